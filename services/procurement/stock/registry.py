"""What the stock wires into the product."""

from django.db.models import Model

from kernel.access import Action, Actor
from kernel.approvals import registry as approvals
from kernel.documents import carriers, numbers
from kernel.identity import leaving as departures
from kernel.notifications import registry as notices
from kernel.text import _
from services.billing.ledger import invariants
from services.procurement.scope import require_of
from services.procurement.stock import leaving, queries
from services.procurement.stock.invariants import BOOKS, STOCK
from services.procurement.stock.models import Asset
from services.procurement.stock.operations.alerts import STOCK_LOW
from services.procurement.stock.operations.assets import ASSET_SERIES
from services.procurement.stock.operations.booking import stock_count
from services.procurement.stock.operations.counting import COUNT_SERIES
from services.procurement.stock.operations.issuing import ISSUE_SERIES
from services.procurement.stock.operations.reminders import COUNT_DUE, EXPIRING
from services.procurement.stock.operations.transferring import TRANSFER_SERIES

# The warranty card, the photograph, the paper of a repair.
ASSETS = carriers.Carrier(
    model="procurement.asset",
    read=lambda actor, pk, _now: queries.get_asset(actor=actor, asset_id=pk),
    add=lambda actor, subject, _now: _require_keeper(actor, subject),
)


def _require_keeper(actor: Actor, subject: Model) -> None:
    assert isinstance(subject, Asset)
    require_of(actor, Action.ASSET_KEEP, subject.project_id)


def register() -> None:
    for check in leaving.CHECKS:
        departures.register(check)
    approvals.register(stock_count())
    notices.register(STOCK_LOW, COUNT_DUE, EXPIRING)
    invariants.register(*STOCK, *BOOKS)
    carriers.register(ASSETS)
    for key, name, pattern in (
        (ISSUE_SERIES, _("Issues of goods"), "LL-{YYYY}{MM}-{NNNN}"),
        (TRANSFER_SERIES, _("Transfers"), "DB-{YYYY}{MM}-{NNNN}"),
        (COUNT_SERIES, _("Stock counts"), "PD-{YYYY}{MM}-{NNN}"),
        (ASSET_SERIES, _("Fixed assets"), "ZC-{NNNNNN}"),
    ):
        numbers.register(numbers.Series(key=key, name=name, pattern=pattern))
