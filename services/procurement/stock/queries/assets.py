"""Reads of the register of fixed assets."""

from collections.abc import Collection

from django.db.models import QuerySet

from kernel import access
from kernel.access import Action, Actor
from kernel.errors import NotFound
from services.procurement.catalogue.queries import ancestors_of, below
from services.procurement.scope import require_of
from services.procurement.stock.models import Asset, AssetState


def assets(*, actor: Actor) -> QuerySet[Asset]:
    """Return the assets in sight by code; the company's own are for company-wide holders."""
    found = Asset.objects.select_related("item__category", "project")
    return access.scoped(found, actor, Action.STOCK_VIEW).order_by("code")


def get_asset(*, actor: Actor, asset_id: int, action: Action = Action.STOCK_VIEW) -> Asset:
    """Return an asset.

    :raises NotFound: if there is none, or none in the actor's sight.
    :raises access.ActionDenied: if he lacks ``action`` there.
    """
    asset = Asset.objects.select_related("item__category", "project").filter(pk=asset_id).first()
    if asset is None:
        raise NotFound
    require_of(actor, action, asset.project_id)
    return asset


def idle_assets(*, item_id: int | None = None, category_id: int | None = None) -> QuerySet[Asset]:
    """Return what stands idle anywhere in the company, of an article or a category (PR-06).

    Before something is bought anew, whoever asks for it is told what could be reallocated,
    wherever it stands: no action is asked.
    """
    found = Asset.objects.select_related("item", "project").filter(state=AssetState.IDLE)
    if item_id is not None:
        found = found.filter(item_id=item_id)
    if category_id is not None:
        found = found.filter(item__category_id__in=below(category_id))
    return found.order_by("code")


def idle_in_categories(category_ids: Collection[int]) -> QuerySet[Asset]:
    """Return what stands idle of these categories and of those below them, in two queries."""
    wanted = set(category_ids)
    inside = [pk for pk, line in ancestors_of().items() if wanted & set(line)]
    return idle_assets().filter(item__category_id__in=inside)
