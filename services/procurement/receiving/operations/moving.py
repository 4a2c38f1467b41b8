"""Goods on their way between the warehouse, the quarantine and the vendor."""

from datetime import date, datetime

from kernel.access import Actor
from services.procurement.receiving import queries
from services.procurement.receiving.models import Objection
from services.procurement.stock import operations as stock
from services.procurement.stock.models import MoveKind
from services.procurement.stock.operations.moving import Delivery, Paper, put


def set_aside(
    objection: Objection, *, actor: Actor, now: datetime, today: date, is_back: bool = False
) -> None:
    """Move what is objected to into its quarantine, or back; what it is worth goes along.

    :raises stock_rules.StockTooSmall: if less lies there.
    """
    line = objection.receipt_line
    assert line is not None  # only what was taken into stock is set aside
    places = [line.receipt.warehouse_id, objection.quarantine_id]
    item_id = line.order_line.item_id
    source_id, target_id = reversed(places) if is_back else places
    assert item_id is not None
    assert source_id is not None
    assert target_id is not None
    # What went back to the vendor in between is there no more.
    quantity = objection.quantity - queries.returned_of(objection)
    if not quantity:
        return
    balances = stock.lock_balances([(source_id, item_id), (target_id, item_id)])
    source_type = "objectionback" if is_back else "objection"
    taken = stock.take_out(
        warehouse_id=source_id,
        item_id=item_id,
        quantity=quantity,
        source_type=source_type,
        source_id=objection.pk,
        moved_on=today,
        now=now,
        actor=actor,
        kind=MoveKind.TRANSFER,
        even_expired=True,
    )
    target = balances[target_id, item_id]
    for move in taken.moves:
        # The same goods stay the same lot wherever they lie.
        put(
            target,
            quantity=-move.quantity,
            value=-move.value,
            delivery=Delivery(
                number=move.lot.number if move.lot is not None else "",
                received_on=move.lot.received_on if move.lot is not None else today,
                expires_on=move.lot.expires_on if move.lot is not None else None,
            ),
            paper=Paper(
                kind=MoveKind.TRANSFER,
                source_type=source_type,
                source_id=objection.pk,
                moved_on=today,
                now=now,
                actor=actor,
            ),
        )
