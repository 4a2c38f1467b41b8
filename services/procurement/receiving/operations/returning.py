"""Goods that go back to the vendor: out of stock, and out of what is owed for them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from kernel.access import Action, Actor
from kernel.audit import operations as audit
from kernel.documents import numbers
from kernel.text import _
from services.billing.ledger import operations as ledger
from services.billing.ledger.models import AccountRole, JournalKind
from services.procurement.orders.models import OrderState
from services.procurement.orders.operations.common import release
from services.procurement.receiving import queries, rules
from services.procurement.receiving.models import (
    Destination,
    GoodsReceiptLine,
    GoodsReturn,
    Objection,
    ObjectionKind,
    Settlement,
)
from services.procurement.receiving.operations import common
from services.procurement.receiving.operations.assets import give_up_assets
from services.procurement.receiving.operations.errors import ObjectionStateWrong, QuantityTooLarge
from services.procurement.receiving.operations.objections import lock_objection
from services.procurement.requests import operations as requests
from services.procurement.stock import operations as stock
from services.procurement.stock import rules as stock_rules
from services.procurement.stock.models import MoveKind


@transaction.atomic
def return_goods(
    *,
    actor: Actor,
    objection_id: int,
    quantity: Decimal,
    asset_ids: Sequence[int] = (),
    now: datetime,
    today: date,
) -> GoodsReturn:
    """Send goods that were taken in back to the vendor; what they cost is owed no longer.

    Goods leave the stock at its average; what that differs from the order's price is a cost.
    What was invoiced already is made good by the vendor's credit note.

    :param asset_ids: for fixed assets the pieces that go back.
    :raises NotFound: if there is no such objection within the actor's sight.
    :raises access.ActionDenied: without ``goods.receive`` there.
    :raises ObjectionStateWrong: if the goods never were taken in, or are kept by the settlement.
    :raises stock_rules.QuantityInvalid: if the quantity is none.
    :raises QuantityTooLarge: if less of what is objected to is here.
    :raises stock_rules.StockTooSmall: if less lies in the warehouse.
    :raises AssetsInvalid: if the pieces are not those of this receipt.
    """
    person_id = actor.require_person()
    stock_rules.require_quantity(quantity)
    objection = lock_objection(actor=actor, objection_id=objection_id, action=Action.GOODS_RECEIVE)
    taken_in = objection.receipt_line
    if (
        taken_in is None
        or objection.kind != ObjectionKind.IN_USE
        or objection.settlement in (Settlement.KEPT, Settlement.REDUCED)
    ):
        raise ObjectionStateWrong(_("There are no goods of this objection that could go back."))
    left = objection.quantity - queries.returned_of(objection)
    if quantity > left:
        raise QuantityTooLarge(
            _("Only %(left)s of it are here.") % {"left": f"{left.normalize():f}"},
            field="quantity",
        )
    order = objection.order_line.order
    line = common.lock_lines(order)[objection.order_line_id]
    value = rules.value_of(
        unit_price=line.unit_price,
        tax_percent=order.tax_percent,
        before=line.returned_quantity,
        quantity=quantity,
    )
    spent = rules.spent_on(
        unit_price=line.unit_price, before=line.returned_quantity, quantity=quantity
    )
    back = GoodsReturn.objects.create(
        number=numbers.next_number(
            series=common.SERIES_RETURN, project_id=order.project_id, on=today
        ),
        objection=objection,
        warehouse_id=objection.quarantine_id or taken_in.receipt.warehouse_id
        if taken_in.goes_to == Destination.STOCK
        else None,
        quantity=quantity,
        value=value,
        returned_by=person_id,
        returned_by_label=actor.label[:140],
        returned_on=today,
        returned_at=now,
    )
    cost = _take_away(back, objection, taken_in, asset_ids, actor=actor, now=now)
    amounts: dict[AccountRole, Decimal] = defaultdict(Decimal)
    amounts[AccountRole.ACCRUED] += value
    amounts[common.ACCOUNTS[Destination(taken_in.goes_to)]] -= cost
    amounts[AccountRole.MATERIAL_COST] += cost - value
    postings = common.legs(amounts)
    if postings:
        ledger.post_journal(
            project_id=order.project_id,
            kind=JournalKind.GOODS_RETURN,
            source_type="goodsreturn",
            source_id=back.pk,
            effective_on=today,
            now=now,
            posted_by=person_id,
            postings=postings,
        )
    line.returned_quantity += quantity
    line.save(update_fields=["returned_quantity"])
    if line.request_line_id is not None:
        requests.spend(line.request_line_id, -spent)
    if order.state == OrderState.CLOSED:
        # Nothing more comes for it: what went back may be bought anew.
        release(order, {line: quantity})
    common.follow(order)
    audit.record(
        actor=actor,
        event="procurement.goods.returned",
        subject=back,
        project_id=order.project_id,
        now=now,
        data={
            "number": back.number,
            "objection": objection.number,
            "order": order.number,
            "quantity": str(quantity),
            "value": str(value),
        },
    )
    return back


def _take_away(
    back: GoodsReturn,
    objection: Objection,
    line: GoodsReceiptLine,
    asset_ids: Sequence[int],
    *,
    actor: Actor,
    now: datetime,
) -> Decimal:
    """Take goods from where they are; return what they are worth there."""
    if line.goes_to == Destination.ASSET:
        return give_up_assets(line, asset_ids, quantity=back.quantity, note=back.number)
    if line.goes_to == Destination.SPOT or back.warehouse_id is None:
        return back.value
    item_id = line.order_line.item_id
    assert item_id is not None  # what is no article is used on the spot
    return stock.take_out(
        warehouse_id=back.warehouse_id,
        item_id=item_id,
        quantity=back.quantity,
        source_type="goodsreturn",
        source_id=back.pk,
        moved_on=back.returned_on,
        now=now,
        actor=actor,
        kind=MoveKind.RETURN,
        even_expired=True,
    ).value
