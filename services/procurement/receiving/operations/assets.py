"""Fixed assets that come into the register with a receipt, and leave it with a return."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from kernel.access import Actor
from kernel.text import _
from services.procurement.receiving.models import GoodsReceiptLine
from services.procurement.receiving.operations.errors import AssetsInvalid
from services.procurement.stock.models import Asset, AssetState
from services.procurement.stock.operations import assets


def register_assets(line: GoodsReceiptLine, *, actor: Actor, now: datetime) -> list[Asset]:
    """Put each accepted piece of a line into the register, at its share of what the line is worth.

    :raises AssetsInvalid: if no whole number of pieces was accepted.
    """
    if line.accepted != int(line.accepted):
        raise AssetsInvalid(_("Fixed assets are taken in piece by piece."), field="accepted")
    order, item_id = line.receipt.order, line.order_line.item_id
    assert item_id is not None  # what is no article is used on the spot
    return assets.add_received(
        actor=actor,
        item_id=item_id,
        project_id=order.project_id,
        pieces=int(line.accepted),
        value=line.value,
        receipt_line_id=line.pk,
        place=order.place[:100],
        received_on=line.receipt.received_on,
        now=now,
    )


def give_up_assets(
    line: GoodsReceiptLine, asset_ids: Sequence[int], *, quantity: Decimal, note: str
) -> Decimal:
    """Take pieces of a line out of the register because they go back; return what they cost.

    :raises AssetsInvalid: if they are not as many pieces of this line, still in the register.
    """
    found = list(
        Asset.objects.select_for_update()
        .filter(pk__in=asset_ids, receipt_line_id=line.pk)
        .exclude(state=AssetState.SCRAPPED)
        .order_by("pk")
    )
    if len(found) != quantity or len(found) != len(asset_ids):
        raise AssetsInvalid(_("Name each piece that goes back."), field="assets")
    for asset in found:
        asset.state, asset.note = AssetState.SCRAPPED, note[:300]
        asset.save(update_fields=["state", "note"])
    return sum((asset.cost for asset in found), Decimal(0))
