"""What the company has already of what a request of class B asks for (PR-06)."""

from collections.abc import Sequence
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as _p

from console.procurement.records import Cell, Table, holds, number, place, text
from kernel.access import Action, Actor
from services.procurement.requests.models import (
    ClassChoice,
    PurchaseRequest,
    RequestLine,
    RequestState,
)
from services.procurement.stock import queries
from services.procurement.stock.models import Asset

# While somebody may still decide that nothing is bought.
_OPEN: Final = (RequestState.DRAFT, RequestState.SUBMITTED)
MOST_SHOWN: Final = 50


def existing(actor: Actor, request: PurchaseRequest, lines: Sequence[RequestLine]) -> list[Table]:
    """Return the table of idle assets of its categories and of free stock of its articles.

    Whoever may see the request sees them wherever they are; pages of assets open to whoever looks
    after stock there.
    """
    if request.purchase_class != ClassChoice.B or request.state not in _OPEN:
        return []
    names = {line.item_id: line.name for line in lines if line.item_id is not None}
    idle = queries.idle_in_categories({line.category_id for line in lines})
    rows = [_asset(actor, asset) for asset in idle[:MOST_SHOWN]]
    for item_id, places in queries.free_stock(item_ids=names).items():
        rows += [
            (text(names[item_id]), text(_("In stock")), text(one.warehouse), number(one.quantity))
            for one in places
        ]
    return [
        Table(
            title=_("What the company has already"),
            headings=(_("Goods"), _("What there is"), _p("of goods", "Where"), _("Quantity")),
            rows=rows,
            empty=_("Nothing stands idle, and nothing lies in stock."),
        )
    ]


def _asset(actor: Actor, asset: Asset) -> tuple[Cell, ...]:
    may_see = holds(actor, Action.STOCK_VIEW, asset.project_id)
    url = reverse("assets-asset", args=[asset.pk]) if may_see else ""
    return (
        text(asset.item.name),
        text(asset.code, url=url, note=_("Idle asset")),
        text(place(asset.project), note=asset.place),
        Cell(value="1", kind="text"),
    )
