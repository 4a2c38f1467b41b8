"""What a leaver still holds here: a stock of his own, assets, and counts that he has begun."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q
from django.urls import reverse

from kernel.access.actors import Actor
from kernel.access.models import User
from kernel.identity.leaving import Check, Held
from kernel.identity.models import Way
from kernel.text import _
from services.procurement.stock.models import (
    Asset,
    CountState,
    StockBalance,
    StockCount,
    Warehouse,
)
from services.procurement.stock.operations.assets import give_to, make_idle


def _stock(*, user_id: int, today: date) -> Iterable[Held]:
    """His own stock: whatever lies in it is transferred to another warehouse, or issued."""
    for warehouse in Warehouse.objects.filter(holder_id=user_id, is_active=True).order_by("pk"):
        lying = StockBalance.objects.filter(warehouse=warehouse, quantity__gt=0).count()
        yield Held(
            ref=str(warehouse.pk),
            what=f"{warehouse.code} {warehouse.name} ({lying})",
            reason=_("Transfer the goods of this stock to another warehouse, then close it."),
            url=f"{reverse('stock')}?warehouse={warehouse.pk}",
            project_id=warehouse.project_id,
        )


def _assets(*, user_id: int, today: date) -> Iterable[Held]:
    held = Asset.objects.filter(holder_id=user_id).select_related("item")
    for asset in held.order_by("code"):
        yield Held(
            ref=str(asset.pk),
            what=f"{asset.code} {asset.item.name}",
            ways=(Way.HAND_OVER, Way.TAKE_BACK),
            url=reverse("assets-asset", args=[asset.pk]),
            project_id=asset.project_id,
        )


def _counts(*, user_id: int, today: date) -> Iterable[Held]:
    open_counts = StockCount.objects.filter(
        Q(state=CountState.COUNTING) | Q(state=CountState.COUNTED), started_by=user_id
    ).select_related("warehouse")
    for count in open_counts.order_by("pk"):
        yield Held(
            ref=str(count.pk),
            what=f"{count.number} {count.warehouse.name}",
            reason=_("Submit this count or give it up first."),
            url=reverse("stock-counts-count", args=[count.pk]),
            project_id=count.warehouse.project_id,
        )


def _hand_over(
    *,
    actor: Actor,
    leaver_id: int,
    ref: str,
    to_user_id: int | None,
    counted: str,
    note: str,
    now: datetime,
) -> str:
    assert to_user_id is not None, "whoever hands over names a successor"
    successor = User.objects.get(pk=to_user_id)
    give_to(_lock(ref, leaver_id), successor, actor=actor, now=now)
    return successor.label


def _take_back(
    *,
    actor: Actor,
    leaver_id: int,
    ref: str,
    to_user_id: int | None,
    counted: str,
    note: str,
    now: datetime,
) -> str:
    asset = _lock(ref, leaver_id)
    make_idle(asset, actor=actor, now=now, place=asset.place)
    return actor.label


def _lock(ref: str, leaver_id: int) -> Asset:
    return Asset.objects.select_for_update(of=("self",)).get(pk=int(ref), holder_id=leaver_id)


CHECKS = (
    Check(key="procurement.stock", label=_("Stock of his own"), find=_stock),
    Check(
        key="procurement.assets",
        label=_("Fixed assets"),
        find=_assets,
        settle={Way.HAND_OVER: _hand_over, Way.TAKE_BACK: _take_back},
    ),
    Check(key="procurement.counts", label=_("Stock counts"), find=_counts),
)
