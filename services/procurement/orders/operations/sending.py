"""Fill in a draft, declare that nothing was taken for it, send it to the vendor."""

from datetime import date, datetime

from django.db import transaction

from kernel.access import Actor
from kernel.outbox import operations as outbox
from kernel.text import _
from services.procurement.contracts import queries as contracts
from services.procurement.orders import queries, telling
from services.procurement.orders.models import LetterKind, OrderState, PurchaseOrder
from services.procurement.orders.operations.common import (
    facts,
    lock_to_buy,
    record_order,
    require_contract,
    require_person,
    require_state,
)
from services.procurement.orders.operations.errors import AgreementNotInForce, DeclarationMissing
from services.procurement.orders.rules import OrderInvalid
from services.procurement.requests import operations as requests
from services.procurement.stock.models import Warehouse, WarehouseKind
from services.procurement.vendors.operations import require_fit

SENT_EVENT = "procurement.order.sent"
LONGEST_TERMS = 5000


@transaction.atomic
def change_draft(
    *,
    actor: Actor,
    order_id: int,
    warehouse_id: int | None,
    place: str,
    deliver_by: date | None,
    terms: str,
    now: datetime,
) -> PurchaseOrder:
    """Say where, until when and on which terms the goods of a draft are delivered.

    :raises NotFound: if there is no such order within the actor's sight.
    :raises access.ActionDenied: without ``purchase.buy`` there.
    :raises OrderStateWrong: if it is no draft.
    :raises OrderInvalid: if the warehouse is another project's, closed, or none to deliver to.
    """
    order = lock_to_buy(actor=actor, order_id=order_id, now=now)
    require_state(order, OrderState.DRAFT)
    if len(place.strip()) > 200 or len(terms) > LONGEST_TERMS:
        raise OrderInvalid(_("This text is too long."), field="terms")
    before = facts(order)
    order.warehouse = _warehouse(order, warehouse_id)
    order.place, order.deliver_by, order.terms = place.strip(), deliver_by, terms.strip()
    order.save(update_fields=["warehouse", "place", "deliver_by", "terms"])
    record_order(actor, "drafted", order, now, {"before": before, "after": facts(order)})
    return order


@transaction.atomic
def declare(*, actor: Actor, order_id: int, now: datetime) -> PurchaseOrder:
    """Declare that neither kickback nor gift was asked for, promised or taken (PR-80).

    :raises NotFound: if there is no such order within the actor's sight.
    :raises access.ActionDenied: without ``purchase.buy`` there.
    :raises OrderStateWrong: if it is no draft.
    """
    order = lock_to_buy(actor=actor, order_id=order_id, now=now)
    require_state(order, OrderState.DRAFT)
    order.declared_by, order.declared_by_label = require_person(actor), actor.label[:140]
    order.declared_at = now
    order.save(update_fields=["declared_by", "declared_by_label", "declared_at"])
    record_order(actor, "declared", order, now, {})
    return order


@transaction.atomic
def send(*, actor: Actor, order_id: int, now: datetime, today: date) -> PurchaseOrder:
    """Send a draft to the vendor. It is binding from here on; changes take his consent.

    :raises NotFound: if there is no such order within the actor's sight.
    :raises access.ActionDenied: without ``purchase.buy`` there.
    :raises duties.DutiesMeet: if he approved one of its requests (SoD-21).
    :raises OrderStateWrong: if it is no draft.
    :raises DeclarationMissing: without the sender's own declaration (PR-80).
    :raises VendorNotFit: naming what is in the way (PR-66).
    :raises NotApproved: and the others of ``require_effective``: if one of its requests is not
        approved, or an emergency's paper is overdue.
    :raises AgreementNotInForce: if the agreement that it calls off has ended.
    :raises ContractMissing: if it is a bulk purchase without its signed contract (PR-50).
    """
    order = lock_to_buy(actor=actor, order_id=order_id, now=now)
    require_state(order, OrderState.DRAFT)
    if order.declared_by is None or order.declared_by != actor.user_id:
        raise DeclarationMissing(
            _("Declare first that nobody asked for, promised or took a kickback or gift for it.")
        )
    require_fit(order.vendor_id, today=today)
    lines = list(queries.lines_of(order))
    wanted = {line.request_line for line in lines if line.request_line is not None}
    requests.require_buyer(actor=actor, line_ids={line.pk for line in wanted}, now=now)
    for request_id in sorted({line.request_id for line in wanted}):
        requests.require_effective(request_id, now=now)
    agreement = order.contract if order.award_id is None else None
    if agreement is not None and not contracts.is_in_force(agreement, today=today):
        raise AgreementNotInForce(_("The agreement is not in force any more."))
    require_contract(order, queries.award_amount(order))
    if order.award_id is not None:
        order.contract = contracts.signed_contract(
            award_id=order.award_id, vendor_id=order.vendor_id
        )
    order.state, order.sent_at = OrderState.SENT, now
    order.save(update_fields=["state", "sent_at", "contract"])
    record_order(actor, "sent", order, now, {"amount": f"{order.amount:.2f}"})
    publish(SENT_EVENT, order, now)
    telling.tell_vendor(order, LetterKind.SENT, now=now)
    return order


def publish(event: str, order: PurchaseOrder, now: datetime) -> None:
    """Tell other systems what became of an order."""
    outbox.publish(
        event=event,
        subject=order,
        project_id=order.project_id,
        data={
            "number": order.number,
            "vendor": order.vendor.code,
            "state": order.state,
            "version": order.version,
            "amount": f"{order.amount:.2f}",
            "promised_on": order.promised_on.isoformat() if order.promised_on else None,
        },
        now=now,
    )


def _warehouse(order: PurchaseOrder, warehouse_id: int | None) -> Warehouse | None:
    if warehouse_id is None:
        return None
    found = Warehouse.objects.filter(
        pk=warehouse_id, is_active=True, kind=WarehouseKind.STORE
    ).first()
    if found is None or found.project_id not in {None, order.project_id}:
        raise OrderInvalid(_("Choose a warehouse of this project."), field="warehouse_id")
    return found
