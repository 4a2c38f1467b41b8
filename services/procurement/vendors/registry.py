"""What the register of vendors wires into the product."""

from datetime import datetime

from django.db.models import Model

from kernel import access, seeds
from kernel.access import Action
from kernel.approvals import registry as approvals
from kernel.documents import carriers, numbers
from kernel.notifications import registry as notices
from kernel.text import _
from services.procurement.vendors import letters, queries
from services.procurement.vendors.models import PaperState, VendorPaper
from services.procurement.vendors.operations import (
    PaperDecided,
    account_kind,
    blacklist_kind,
)
from services.procurement.vendors.operations.register import SERIES
from services.procurement.vendors.operations.reminders import (
    PAPER_ENDED,
    PAPER_ENDS,
    RUNNING_OUT,
    VISITS_DUE,
)
from services.procurement.vendors.seeding import seed_paper_kinds


def _nowhere(_subject: Model) -> None:
    """Return in which project a vendor lies: in none."""
    return


def _may_add_to_paper(actor: access.Actor, subject: Model, _now: datetime) -> None:
    assert isinstance(subject, VendorPaper)
    if subject.state != PaperState.SUBMITTED:
        raise PaperDecided(_("This paper is decided already."))
    if actor.vendor_id is None:  # his own paper, as ``read`` has seen
        access.require_everywhere(actor, Action.VENDOR_MANAGE)


VENDORS = carriers.Carrier(
    model="procurement.vendor",
    read=lambda actor, pk, _now: queries.get_vendor(actor=actor, vendor_id=pk),
    add=carriers.holding(Action.VENDOR_MANAGE, _nowhere),
    project_id=_nowhere,
)
# What was found in order stays what it was: no file is added to it or withdrawn afterwards.
PAPERS = carriers.Carrier(
    model="procurement.vendorpaper",
    read=lambda actor, pk, _now: queries.get_paper(actor=actor, paper_id=pk),
    add=_may_add_to_paper,
    project_id=_nowhere,
    is_for_vendors=True,
)


def register() -> None:
    seeds.register("31-vendor-papers", seed_paper_kinds)
    numbers.register(numbers.Series(key=SERIES, name=_("Vendors"), pattern="GYS-{NNNN}"))
    carriers.register(VENDORS)
    carriers.register(PAPERS)
    approvals.register(account_kind())
    approvals.register(blacklist_kind())
    notices.register(RUNNING_OUT, VISITS_DUE)
    letters.register(PAPER_ENDS, PAPER_ENDED)
