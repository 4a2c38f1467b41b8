"""What a vendor's contact may read of his own vendor: each begins with asking whose it is."""

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from kernel.access import Actor
from kernel.documents.models import Attachment
from kernel.errors import NotFound
from services.procurement.vendors.models import (
    AccountState,
    BankAccount,
    Contact,
    ContactState,
    PaperKind,
    PaperState,
    Vendor,
    VendorPaper,
)
from services.procurement.vendors.queries.portal import require_vendor
from services.procurement.vendors.queries.standing import standing_of
from services.procurement.vendors.rules import Standing


def own_vendor(*, actor: Actor) -> Vendor:
    """Return the actor's vendor. :raises NotFound: for everybody who is no vendor's contact."""
    vendor = Vendor.objects.filter(pk=require_vendor(actor, actor.vendor_id)).first()
    if vendor is None:
        raise NotFound
    return vendor


def own_standing(*, actor: Actor, today: date) -> Standing:
    """Return whether he may be asked for quotes, and what is missing."""
    vendor = own_vendor(actor=actor)
    return standing_of([vendor.pk], today=today)[vendor.pk]


def own_papers(*, actor: Actor) -> QuerySet[VendorPaper]:
    """Return his papers, the latest first."""
    return own_vendor(actor=actor).papers.select_related("kind").order_by("-pk")


def files_of_papers(*, actor: Actor, papers: Iterable[VendorPaper]) -> dict[int, list[Attachment]]:
    """Return the files of his papers, by paper, in one query however many they are."""
    vendor = own_vendor(actor=actor)
    found: dict[int, list[Attachment]] = {
        paper.pk: [] for paper in papers if paper.vendor_id == vendor.pk
    }
    for attachment in Attachment.objects.filter(
        subject_type=VendorPaper._meta.label_lower, subject_id__in=found, withdrawn_at=None
    ).order_by("pk"):
        found[attachment.subject_id].append(attachment)
    return found


def own_paper_kinds(*, actor: Actor) -> QuerySet[PaperKind]:
    """Return the kinds of papers that he may put in."""
    own_vendor(actor=actor)
    return PaperKind.objects.filter(is_active=True).order_by("-is_required", "name", "pk")


def own_contacts(*, actor: Actor) -> QuerySet[Contact]:
    """Return his vendor's people who were invited, without those whose access has ended."""
    found = own_vendor(actor=actor).contacts
    return found.exclude(state=ContactState.ENDED).order_by("name", "pk")


def own_accounts(*, actor: Actor) -> QuerySet[BankAccount]:
    """Return where he is paid and where he has asked to be, the latest first."""
    return own_vendor(actor=actor).accounts.exclude(state=AccountState.REPLACED).order_by("-pk")


def own_running_out(*, actor: Actor, today: date, until: date) -> list[tuple[VendorPaper, date]]:
    """Return his checked papers that end by a day, with it; none that another one follows."""
    papers = list(own_papers(actor=actor).exclude(state=PaperState.REFUSED))
    latest: dict[int, date] = {}
    for paper in papers:
        end = paper.valid_to or date.max
        latest[paper.kind_id] = max(end, latest.get(paper.kind_id, end))
    return [
        (paper, paper.valid_to)
        for paper in papers
        if paper.state == PaperState.CHECKED
        and paper.valid_to is not None
        and today <= paper.valid_to <= until
        and latest[paper.kind_id] == paper.valid_to
    ]
