"""The keeper's inspection of a delivery, and the stock-in slip of it (PR-31 to PR-35)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.urls import reverse

from kernel.access import Action, Actor
from kernel.audit import operations as audit
from kernel.db import refusing
from kernel.documents import numbers
from kernel.duties import operations as duties
from kernel.errors import NotFound
from kernel.notifications.operations import notify
from kernel.outbox import operations as outbox
from kernel.text import _
from services.billing.ledger import operations as ledger
from services.billing.ledger.models import AccountRole, JournalKind
from services.procurement.orders.models import Delivery, OrderLine, PurchaseOrder
from services.procurement.orders.queries import buyers_of
from services.procurement.receiving import queries, rules
from services.procurement.receiving.models import (
    Destination,
    GoodsReceipt,
    GoodsReceiptLine,
    Objection,
    ObjectionKind,
    SealedSample,
)
from services.procurement.receiving.operations import common
from services.procurement.receiving.operations.assets import register_assets
from services.procurement.receiving.operations.errors import (
    LinesInvalid,
    OrderNotComing,
    SampleNotCompared,
)
from services.procurement.requests import operations as requests
from services.procurement.stock import operations as stock
from services.procurement.stock import rules as stock_rules
from services.procurement.texts import line as one_line

ZERO = Decimal(0)
OBJECTION_RAISED = "procurement.goods-objected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What the keeper found of one line.

    :ivar accepted: of what arrived; the rest is refused at the door.
    :ivar fault: what is wrong with the rest.
    :ivar agrees_with_sample: for articles of which a sample is sealed.
    """

    order_line_id: int
    arrived: Decimal
    accepted: Decimal
    fault: ObjectionKind = ObjectionKind.DAMAGED
    reason: str = ""
    agrees_with_sample: bool | None = None
    lot_number: str = ""
    expires_on: date | None = None


@transaction.atomic
def receive_goods(
    *,
    actor: Actor,
    order_id: int,
    counted: Sequence[Counted],
    is_rest_to_come: bool,
    delivery_id: int | None = None,
    sales_slip: str = "",
    note: str = "",
    key: str = "",
    now: datetime,
    today: date,
) -> GoodsReceipt:
    """Take in what arrived of an order: what is accepted goes where it belongs, the rest back.

    Objections are raised at once to what is refused, and, unless more is to come, to what is
    missing of the lines that were counted (PR-32).

    :param is_rest_to_come: the vendor delivers the rest later.
    :param key: of the form; sent twice it is one receipt.
    :raises NotFound: if there is no such order within the actor's sight, or no such delivery.
    :raises access.ActionDenied: without ``goods.receive`` there.
    :raises duties.DutiesMeet: if the actor bought it (PR-31, SoD-18).
    :raises OrderNotComing: if the order is not sent, or at its end.
    :raises LinesInvalid: if nothing is counted, or a line twice, or one of another order.
    :raises stock_rules.InspectionInvalid: if more is accepted than arrived, or more arrived than
        was to come, or a refusal has no reason.
    :raises SampleNotCompared: if a sample is sealed and was not compared, or does not agree and
        all was accepted.
    :raises stock.KeyReused: if another receipt was entered with the key.
    """
    person_id = actor.require_person()
    order = common.lock_order(actor=actor, order_id=order_id, action=Action.GOODS_RECEIVE)
    duties.require_apart(
        "SoD-18",
        actor=actor,
        earlier=buyers_of(order),
        subject=order,
        project_id=order.project_id,
        now=now,
        is_fixed=True,
    )
    same = {"order_id": order.pk, "received_by": person_id}
    earlier = stock.entered_before(GoodsReceipt.objects.all(), key, **same)
    if earlier is not None:
        return earlier
    if order.state not in queries.COMING:
        raise OrderNotComing(
            _("Nothing comes for this order: %(state)s.") % {"state": order.get_state_display()}
        )
    lines = common.lock_lines(order)
    _require_lines(counted, lines)
    samples = queries.samples_in_force(
        vendor_id=order.vendor_id,
        item_ids=[line.item_id for line in lines.values() if line.item_id is not None],
    )
    for row in counted:
        _check(row, lines[row.order_line_id], samples)

    values = {
        row.order_line_id: rules.value_of(
            unit_price=lines[row.order_line_id].unit_price,
            tax_percent=order.tax_percent,
            before=lines[row.order_line_id].received_quantity,
            quantity=row.accepted,
        )
        for row in counted
    }
    receipt = GoodsReceipt(
        number=numbers.next_number(
            series=common.SERIES_RECEIPT, project_id=order.project_id, on=today
        ),
        order=order,
        delivery=_delivery(order, delivery_id),
        warehouse=order.warehouse,
        sales_slip=one_line(sales_slip, field="sales_slip", longest=60),
        received_by=person_id,
        received_by_label=actor.label[:140],
        received_on=today,
        received_at=now,
        note=one_line(note, field="note", longest=300),
        value=sum(values.values(), ZERO),
        key=key,
    )
    with refusing(goodsreceipt_key_once=stock.key_reused()):
        receipt.save(force_insert=True)
    _write_lines(
        receipt,
        counted,
        lines,
        values,
        samples,
        actor=actor,
        now=now,
        is_rest_to_come=is_rest_to_come,
    )
    common.follow(order)
    data = {
        "receipt": receipt.number,
        "order": order.number,
        "value": str(receipt.value),
        "lines": [
            {"line": row.order_line_id, "arrived": str(row.arrived), "accepted": str(row.accepted)}
            for row in counted
        ],
    }
    audit.record(
        actor=actor,
        event="procurement.goods.received",
        subject=receipt,
        project_id=order.project_id,
        now=now,
        data=data,
    )
    outbox.publish(
        event="procurement.goods.received",
        subject=receipt,
        project_id=order.project_id,
        now=now,
        data={"receipt": receipt.number, "order": order.number},
    )
    return receipt


def _require_lines(counted: Sequence[Counted], lines: dict[int, OrderLine]) -> None:
    ids = [row.order_line_id for row in counted]
    if not any(row.arrived for row in counted):
        raise LinesInvalid(_("Count at least one article that arrived."), field="lines")
    if len(set(ids)) < len(ids) or not set(ids) <= lines.keys():
        raise LinesInvalid(_("Each line of this order is counted once."), field="lines")


def _check(row: Counted, line: OrderLine, samples: dict[int, SealedSample]) -> None:
    if not row.accepted.is_finite() or not row.arrived.is_finite() or row.accepted < 0:
        raise stock_rules.InspectionInvalid(
            _("Enter quantities of zero or more with at most three decimals."), field="accepted"
        )
    if row.accepted > row.arrived:
        raise stock_rules.InspectionInvalid(
            _("%(name)s: only %(arrived)s arrived, no more can be accepted.")
            % {"name": line.name, "arrived": f"{row.arrived.normalize():f}"},
            field="accepted",
            details={"line": line.pk},
        )
    inspection = stock_rules.Inspection(
        ordered=line.quantity - line.received_quantity + line.returned_quantity,
        arrived=row.arrived,
        refused=row.arrived - row.accepted,
    )
    stock_rules.check_inspection(inspection, reason=row.reason)
    if line.item_id not in samples or not row.arrived:
        return
    if row.agrees_with_sample is None:
        raise SampleNotCompared(
            _("%(name)s: compare it with the sealed sample %(sample)s.")
            % {"name": line.name, "sample": samples[line.item_id].number},
            field="agrees_with_sample",
            details={"line": line.pk},
        )
    if not row.agrees_with_sample and row.accepted == row.arrived:
        raise SampleNotCompared(
            _("%(name)s: what differs from the sealed sample is not accepted.")
            % {"name": line.name},
            field="accepted",
            details={"line": line.pk},
        )


def _delivery(order: PurchaseOrder, delivery_id: int | None) -> Delivery | None:
    if delivery_id is None:
        return None
    delivery = order.deliveries.filter(pk=delivery_id, cancelled_at__isnull=True).first()
    if delivery is None:
        raise NotFound
    return delivery


def _goes_to(order: PurchaseOrder, line: OrderLine) -> Destination:
    if line.is_fixed_asset and line.item_id is not None:
        return Destination.ASSET
    is_kept = order.warehouse_id is not None and line.item_id is not None
    return Destination.STOCK if is_kept else Destination.SPOT


def _write_lines(
    receipt: GoodsReceipt,
    counted: Sequence[Counted],
    lines: dict[int, OrderLine],
    values: dict[int, Decimal],
    samples: dict[int, SealedSample],
    *,
    actor: Actor,
    now: datetime,
    is_rest_to_come: bool,
) -> None:
    order = receipt.order
    stock.lock_balances(
        (order.warehouse_id, line.item_id)
        for line in (lines[row.order_line_id] for row in counted if row.accepted)
        if order.warehouse_id is not None
        and line.item_id is not None
        and _goes_to(order, line) == Destination.STOCK
    )
    amounts: dict[AccountRole, Decimal] = defaultdict(Decimal)
    for row in sorted(counted, key=lambda row: row.order_line_id):
        line, value = lines[row.order_line_id], values[row.order_line_id]
        if not row.arrived and is_rest_to_come:
            continue
        if row.arrived:
            written = _write_line(receipt, row, line, value, samples, actor=actor, now=now)
            amounts[common.ACCOUNTS[Destination(written.goes_to)]] += value
            amounts[AccountRole.ACCRUED] -= value
        else:
            written = None
        missing = line.quantity - line.received_quantity + line.returned_quantity - row.arrived
        _count_in(line, row.accepted)
        if row.arrived > row.accepted:
            _object(
                receipt,
                line,
                written,
                row.fault,
                row.arrived - row.accepted,
                row.reason,
                actor,
                now,
            )
        if missing > 0 and not is_rest_to_come:
            text = str(_("Missing on arrival."))
            _object(receipt, line, written, ObjectionKind.SHORT, missing, text, actor, now)
    if receipt.value:
        ledger.post_journal(
            project_id=order.project_id,
            kind=JournalKind.GOODS,
            source_type="goodsreceipt",
            source_id=receipt.pk,
            effective_on=receipt.received_on,
            now=now,
            posted_by=actor.user_id,
            postings=common.legs(amounts),
        )


def _write_line(
    receipt: GoodsReceipt,
    row: Counted,
    line: OrderLine,
    value: Decimal,
    samples: dict[int, SealedSample],
    *,
    actor: Actor,
    now: datetime,
) -> GoodsReceiptLine:
    goes_to = _goes_to(receipt.order, line)
    sample = samples.get(line.item_id) if line.item_id is not None else None
    written = GoodsReceiptLine.objects.create(
        receipt=receipt,
        order_line=line,
        arrived=row.arrived,
        accepted=row.accepted,
        refused=row.arrived - row.accepted,
        refusal_reason=one_line(row.reason, field="reason", longest=200)
        if row.arrived > row.accepted
        else "",
        value=value,
        goes_to=goes_to,
        sample=sample,
        agrees_with_sample=row.agrees_with_sample if sample is not None else None,
    )
    if not row.accepted:
        return written
    if goes_to == Destination.STOCK and line.item_id and receipt.order.warehouse_id:
        stock.take_in(
            warehouse_id=receipt.order.warehouse_id,
            item_id=line.item_id,
            quantity=row.accepted,
            value=value,
            source_type="goodsreceiptline",
            source_id=written.pk,
            moved_on=receipt.received_on,
            now=now,
            actor=actor,
            lot_number=one_line(row.lot_number, field="lot_number", longest=60),
            expires_on=row.expires_on,
        )
    elif goes_to == Destination.ASSET:
        register_assets(written, actor=actor, now=now)
    return written


def _count_in(line: OrderLine, accepted: Decimal) -> None:
    """Add what was accepted to an order's line, and to what was spent of its budget."""
    if not accepted:
        return
    spent = rules.spent_on(
        unit_price=line.unit_price, before=line.received_quantity, quantity=accepted
    )
    line.received_quantity += accepted
    line.save(update_fields=["received_quantity"])
    if line.request_line_id is not None:
        requests.spend(line.request_line_id, spent)


def _object(
    receipt: GoodsReceipt,
    line: OrderLine,
    written: GoodsReceiptLine | None,
    kind: ObjectionKind,
    quantity: Decimal,
    text: str,
    actor: Actor,
    now: datetime,
) -> Objection:
    objection = Objection.objects.create(
        number=numbers.next_number(
            series=common.SERIES_OBJECTION,
            project_id=receipt.order.project_id,
            on=receipt.received_on,
        ),
        order_line=line,
        receipt_line=written,
        kind=kind,
        quantity=quantity,
        text=one_line(text, field="reason", longest=500, is_required=True),
        raised_by=receipt.received_by,
        raised_by_label=receipt.received_by_label,
        raised_at=now,
    )
    record_objection(objection, actor=actor, now=now)
    return objection


def record_objection(objection: Objection, *, actor: Actor, now: datetime) -> None:
    """Record an objection that was raised, and tell the buyer: he talks with the vendor (PR-32)."""
    line = objection.order_line
    audit.record(
        actor=actor,
        event="procurement.objection.raised",
        subject=objection,
        project_id=line.order.project_id,
        now=now,
        data={
            "number": objection.number,
            "quantity": str(objection.quantity),
            "text": objection.text,
        },
    )
    notify(
        kind=OBJECTION_RAISED,
        to=[line.order.declared_by or line.order.created_by],
        url=reverse("goods-objections-objection", args=[objection.pk]),
        context={
            "number": objection.number,
            "order": line.order.number,
            "article": line.name,
            "quantity": f"{objection.quantity.normalize():f} {line.unit}",
        },
        project_id=line.order.project_id,
        now=now,
        actor=actor,
    )
