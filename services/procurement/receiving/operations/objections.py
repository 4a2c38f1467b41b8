"""Objections to goods, from the keeper's word to the buyer's settlement (PR-32, PR-33)."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from kernel.access import Action, Actor
from kernel.audit import operations as audit
from kernel.documents import numbers
from kernel.errors import NotFound
from kernel.text import _
from services.procurement import scope
from services.procurement.orders.models import PurchaseOrder
from services.procurement.receiving import queries
from services.procurement.receiving.models import (
    Destination,
    GoodsReceiptLine,
    Objection,
    ObjectionKind,
    ObjectionState,
    Settlement,
)
from services.procurement.receiving.operations import common
from services.procurement.receiving.operations.errors import (
    ObjectionStateWrong,
    QuantityTooLarge,
    SettlementInvalid,
    WarehouseWrong,
)
from services.procurement.receiving.operations.moving import set_aside
from services.procurement.receiving.operations.receiving import record_objection
from services.procurement.stock import rules as stock_rules
from services.procurement.stock.models import Warehouse, WarehouseKind
from services.procurement.texts import line as one_line

PAYS_BACK = (Settlement.REFUNDED, Settlement.REDUCED)


@transaction.atomic
def object_in_use(
    *,
    actor: Actor,
    receipt_line_id: int,
    quantity: Decimal,
    text: str,
    quarantine_id: int | None = None,
    now: datetime,
    today: date,
) -> Objection:
    """Object to goods that were found bad in use; set aside what still lies in stock (PR-33).

    :param quarantine_id: the quarantine that they are moved to; ``None`` if none are in stock.
    :raises NotFound: if there is no such line within the actor's sight, or no such warehouse.
    :raises access.ActionDenied: without ``goods.receive`` there.
    :raises stock_rules.QuantityInvalid: if the quantity is none.
    :raises QuantityTooLarge: if less of the line is neither objected to nor sent back.
    :raises WarehouseWrong: if it is no quarantine, or the goods never lay in stock.
    :raises stock_rules.StockTooSmall: if less lies in the warehouse.
    """
    person_id = actor.require_person()
    stock_rules.require_quantity(quantity)
    line = _lock_line(receipt_line_id)
    order = line.receipt.order
    scope.require_of(actor, Action.GOODS_RECEIVE, order.project_id)
    left = queries.may_still_object(line)
    if quantity > left:
        raise QuantityTooLarge(
            _("Only %(left)s of it may still be objected to.") % {"left": f"{left.normalize():f}"},
            field="quantity",
        )
    objection = Objection.objects.create(
        number=numbers.next_number(
            series=common.SERIES_OBJECTION, project_id=order.project_id, on=today
        ),
        order_line=line.order_line,
        receipt_line=line,
        kind=ObjectionKind.IN_USE,
        quantity=quantity,
        quarantine=_quarantine(line, quarantine_id),
        text=one_line(text, field="text", longest=500, is_required=True),
        raised_by=person_id,
        raised_by_label=actor.label[:140],
        raised_at=now,
    )
    if objection.quarantine_id is not None:
        set_aside(objection, actor=actor, now=now, today=today)
    record_objection(objection, actor=actor, now=now)
    return objection


@transaction.atomic
def take_up_objection(*, actor: Actor, objection_id: int, now: datetime) -> Objection:
    """Note that the buyer talks with the vendor.

    :raises NotFound: if there is no such objection within the actor's sight.
    :raises access.ActionDenied: without ``purchase.buy`` there.
    :raises ObjectionStateWrong: if it is taken up already, or settled.
    """
    objection = lock_objection(actor=actor, objection_id=objection_id, action=Action.PURCHASE_BUY)
    if objection.state != ObjectionState.OPEN:
        raise _wrong_state(objection)
    objection.state = ObjectionState.TALKING
    objection.save(update_fields=["state"])
    _record(actor, "taken-up", objection, now, {})
    return objection


@transaction.atomic
def settle_objection(
    *,
    actor: Actor,
    objection_id: int,
    settlement: Settlement | str,
    text: str,
    credit: Decimal = Decimal(0),
    now: datetime,
) -> Objection:
    """Write down what the buyer and the vendor agreed on; the end of the objection.

    :param credit: what the vendor gives back, with tax; his credit note is entered by finance.
    :raises NotFound: if there is no such objection within the actor's sight.
    :raises access.ActionDenied: without ``purchase.buy`` there.
    :raises ObjectionStateWrong: if it is settled.
    :raises SettlementInvalid: if a credit comes without its amount, or an amount without a credit.
    """
    person_id = actor.require_person()
    objection = lock_objection(actor=actor, objection_id=objection_id, action=Action.PURCHASE_BUY)
    if objection.state == ObjectionState.SETTLED:
        raise _wrong_state(objection)
    if settlement not in Settlement.values:
        raise SettlementInvalid(_("Choose how it was settled."), field="settlement")
    is_money = settlement in PAYS_BACK
    if not credit.is_finite() or credit < 0 or credit != round(credit, 2) or credit >= 10**12:
        raise SettlementInvalid(_("Enter an amount of zero or more."), field="credit")
    if is_money != (credit > 0):
        raise SettlementInvalid(
            _("Enter what the vendor gives back.")
            if is_money
            else _("Nothing is given back by this settlement."),
            field="credit",
        )
    objection.state = ObjectionState.SETTLED
    objection.settlement = Settlement(settlement)
    objection.settlement_text = one_line(text, field="text", longest=500, is_required=True)
    objection.credit = credit
    objection.settled_by, objection.settled_by_label = person_id, actor.label[:140]
    objection.settled_at = now
    objection.save(
        update_fields=[
            "state",
            "settlement",
            "settlement_text",
            "credit",
            "settled_by",
            "settled_by_label",
            "settled_at",
        ]
    )
    _record(
        actor,
        "settled",
        objection,
        now,
        {
            "settlement": objection.settlement,
            "credit": str(credit),
            "text": objection.settlement_text,
        },
    )
    return objection


@transaction.atomic
def put_back(*, actor: Actor, objection_id: int, now: datetime, today: date) -> Objection:
    """Move goods that are kept after all out of quarantine, back where they lay.

    :raises NotFound: if there is no such objection within the actor's sight.
    :raises access.ActionDenied: without ``goods.receive`` there.
    :raises ObjectionStateWrong: if it is not settled by keeping them, or nothing is set aside.
    """
    objection = lock_objection(actor=actor, objection_id=objection_id, action=Action.GOODS_RECEIVE)
    is_kept = objection.settlement in (Settlement.KEPT, Settlement.REDUCED)
    if objection.quarantine_id is None or not is_kept:
        raise _wrong_state(objection)
    set_aside(objection, actor=actor, now=now, today=today, is_back=True)
    objection.quarantine = None
    objection.save(update_fields=["quarantine"])
    _record(actor, "put-back", objection, now, {})
    return objection


def lock_objection(*, actor: Actor, objection_id: int, action: Action) -> Objection:
    """Return an objection, locked after its order, if the actor holds ``action`` where it lies.

    :raises NotFound: if there is no such objection within his sight.
    :raises access.ActionDenied: if he lacks the action there.
    """
    found = Objection.objects.select_related("order_line").filter(pk=objection_id).first()
    if found is None:
        raise NotFound
    common.lock_order(actor=actor, order_id=found.order_line.order_id, action=action)
    return (
        Objection.objects.select_for_update(of=("self",))
        .select_related(
            "order_line__order__vendor", "order_line__item", "receipt_line__receipt", "quarantine"
        )
        .get(pk=objection_id)
    )


def _lock_line(receipt_line_id: int) -> GoodsReceiptLine:
    """Return a line of a receipt, its order locked: one objection comes after the other."""
    line = GoodsReceiptLine.objects.filter(pk=receipt_line_id).first()
    if line is None:
        raise NotFound
    PurchaseOrder.objects.select_for_update().get(pk=line.order_line.order_id)
    return GoodsReceiptLine.objects.select_related(
        "receipt__order", "receipt__warehouse", "order_line__order", "order_line__item"
    ).get(pk=receipt_line_id)


def _quarantine(line: GoodsReceiptLine, quarantine_id: int | None) -> Warehouse | None:
    if quarantine_id is None:
        return None
    quarantine = Warehouse.objects.filter(pk=quarantine_id).first()
    if quarantine is None:
        raise NotFound(_("There is no such warehouse."), field="quarantine")
    if quarantine.kind != WarehouseKind.QUARANTINE or line.goes_to != Destination.STOCK:
        raise WarehouseWrong(
            _("Goods that lie in stock are set aside in a quarantine."), field="quarantine"
        )
    if quarantine.project_id not in (None, line.receipt.order.project_id):
        raise WarehouseWrong(_("This quarantine is another project's."), field="quarantine")
    return quarantine


def _wrong_state(objection: Objection) -> ObjectionStateWrong:
    return ObjectionStateWrong(
        _("This is not possible any more: %(state)s.") % {"state": objection.get_state_display()}
    )


def _record(
    actor: Actor, what: str, objection: Objection, now: datetime, data: dict[str, object]
) -> None:
    audit.record(
        actor=actor,
        event=f"procurement.objection.{what}",
        subject=objection,
        project_id=objection.order_line.order.project_id,
        now=now,
        data={"number": objection.number, **data},
    )
