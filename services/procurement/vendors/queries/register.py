"""The register of vendors. It is the company's: whoever sees vendors anywhere sees all of them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import (
    BooleanField,
    Case,
    Count,
    DateField,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)

from kernel import access, policies
from kernel.access import Action, Actor
from kernel.audit.models import AuditEntry
from kernel.audit.queries import history_of
from kernel.errors import NotFound
from services.procurement.catalogue.queries import Branch, tree
from services.procurement.vendors import rules
from services.procurement.vendors.models import (
    AccountState,
    BankAccount,
    Contact,
    ContactState,
    PaperKind,
    PaperState,
    Supply,
    SupplyRole,
    Vendor,
    VendorHold,
    VendorPaper,
    VendorState,
)
from services.procurement.vendors.queries.portal import require_vendor
from services.procurement.vendors.queries.standing import standing_of

REVEALED = ("procurement.account.revealed", "procurement.vendor.phone-revealed")


def vendors(*, actor: Actor) -> QuerySet[Vendor]:
    """Return the vendors.

    :raises access.ActionDenied: without ``vendor.view`` anywhere.
    """
    access.require(actor, Action.VENDOR_VIEW)
    return Vendor.objects.order_by("name", "pk")


def get_vendor(*, actor: Actor, vendor_id: int) -> Vendor:
    """Return a vendor. :raises NotFound: if there is none."""
    vendor = vendors(actor=actor).filter(pk=vendor_id).first()
    if vendor is None:
        raise NotFound
    return vendor


def get_own_vendor(actor: Actor, vendor_id: int) -> Vendor:
    """Return the vendor for whom the actor acts, as far as both are still admitted.

    :raises NotFound: for everybody else: for him there is no such vendor.
    """
    require_vendor(actor, vendor_id)
    contacts = Contact.objects.filter(
        vendor=OuterRef("pk"), pk=actor.contact_id or 0, state=ContactState.ACTIVE
    )
    vendor = (
        Vendor.objects.exclude(state=VendorState.CLOSED)
        .filter(Exists(contacts), pk=vendor_id)
        .first()
    )
    if vendor is None:
        raise NotFound
    return vendor


def register(*, actor: Actor, today: date) -> QuerySet[Vendor]:
    """Return the vendors as the list of them shows and filters.

    Annotated: ``is_fit``; ``paper_ends_on``, the day on which the first of the papers that count
    ends; ``papers_to_check``; ``is_review_due``, for who is not under contract (PR-64).
    """
    found = vendors(actor=actor)
    active = found.filter(state=VendorState.ACTIVE).order_by().values_list("pk", flat=True)
    fit = [pk for pk, standing in standing_of(list(active), today=today).items() if standing.is_fit]
    later = VendorPaper.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=OuterRef("valid_to")),
        vendor=OuterRef("vendor"),
        kind=OuterRef("kind"),
        state=PaperState.CHECKED,
    )
    ends = (
        VendorPaper.objects.filter(
            ~Exists(later), vendor=OuterRef("pk"), state=PaperState.CHECKED, kind__is_active=True
        )
        .exclude(valid_to=None)
        .order_by("valid_to")
        .values("valid_to")[:1]
    )
    to_check = Count("papers", filter=Q(papers__state=PaperState.SUBMITTED))
    return found.annotate(
        is_fit=_whether(Q(pk__in=fit)),
        paper_ends_on=Subquery(ends, output_field=DateField()),
        papers_to_check=to_check,
        is_review_due=_whether(review_due(today)),
    )


def supplies_of(
    *, category_ids: Collection[int] | None = None, roles: Collection[str] = ()
) -> QuerySet[Supply, int]:
    """Return the ids of the vendors who supply some of these categories, as some of these roles."""
    found = Supply.objects.order_by()
    if category_ids is not None:
        found = found.filter(category__in=category_ids)
    if roles:
        found = found.filter(role__in=roles)
    return found.values_list("vendor_id", flat=True)


def review_due(today: date) -> Q:
    """Return the condition for who is to be visited: active, and not under contract (PR-64)."""
    months = rules.months_until_review(every=policies.get("vendor.review", str))
    before = rules.months_back(today, months)
    contracts = Supply.objects.filter(vendor=OuterRef("pk"), role=SupplyRole.CONTRACT)
    return (
        Q(state=VendorState.ACTIVE)
        & ~Exists(contracts)
        & (Q(reviewed_on__lte=before) | Q(reviewed_on=None, created_at__date__lte=before))
    )


def _whether(condition: Q) -> Case:
    return Case(
        When(condition, then=Value(True)),  # noqa: FBT003
        default=Value(False),  # noqa: FBT003
        output_field=BooleanField(),
    )


def history_of_vendor(*, actor: Actor, vendor: Vendor) -> QuerySet[AuditEntry]:
    """Return what was done to a vendor, newest first.

    Who looked at his figures is shown to those who may read the record.
    """
    entries = history_of(vendor)
    return entries if actor.may(Action.AUDIT_VIEW) else entries.exclude(event__in=REVEALED)


# ---- accounts -----------------------------------------------------------------------------------


def accounts(*, actor: Actor, vendor_id: int) -> QuerySet[BankAccount]:
    """Return a vendor's accounts, the latest first. :raises NotFound: if there is no vendor."""
    return get_vendor(actor=actor, vendor_id=vendor_id).accounts.order_by("-pk")


def get_account(*, actor: Actor, account_id: int) -> BankAccount:
    """Return an account with its vendor. :raises NotFound: if there is none."""
    access.require(actor, Action.VENDOR_VIEW)
    account = BankAccount.objects.select_related("vendor").filter(pk=account_id).first()
    if account is None:
        raise NotFound
    return account


def account_in_force(vendor_id: int) -> BankAccount | None:
    """Return where a vendor is paid. Asks no action: for operations that have asked."""
    return BankAccount.objects.filter(vendor=vendor_id, state=AccountState.ACTIVE).first()


def vendors_with_number(account: BankAccount) -> list[Vendor]:
    """Return the other vendors who are, or want to be, paid to the same number."""
    return list(
        Vendor.objects.filter(
            accounts__number_index=account.number_index,
            accounts__state__in=[AccountState.ACTIVE, AccountState.PENDING],
        )
        .exclude(pk=account.vendor_id)
        .distinct()
        .order_by("name", "pk")
    )


# ---- papers -------------------------------------------------------------------------------------


def papers(*, actor: Actor) -> QuerySet[VendorPaper]:
    """Return all vendors' papers.

    :raises access.ActionDenied: without ``vendor.view`` anywhere.
    """
    access.require(actor, Action.VENDOR_VIEW)
    return VendorPaper.objects.select_related("vendor", "kind").order_by("-pk")


def get_paper(*, actor: Actor, paper_id: int) -> VendorPaper:
    """Return a paper, also for the vendor whose it is. :raises NotFound: if there is none."""
    found = VendorPaper.objects.select_related("vendor", "kind").filter(pk=paper_id)
    if actor.vendor_id is not None:
        found = found.filter(vendor=get_own_vendor(actor, actor.vendor_id))
    else:
        access.require(actor, Action.VENDOR_VIEW)
    paper = found.first()
    if paper is None:
        raise NotFound
    return paper


def paper_kinds(*, actor: Actor) -> QuerySet[PaperKind]:
    """Return the kinds of papers.

    :raises access.ActionDenied: without ``vendor.view`` anywhere.
    """
    access.require(actor, Action.VENDOR_VIEW)
    return PaperKind.objects.prefetch_related("categories").order_by("name", "pk")


def get_paper_kind(*, actor: Actor, kind_id: int) -> PaperKind:
    """Return a kind of paper. :raises NotFound: if there is none."""
    kind = paper_kinds(actor=actor).filter(pk=kind_id).first()
    if kind is None:
        raise NotFound
    return kind


def get_hold(*, actor: Actor, hold_id: int) -> VendorHold:
    """Return a hold with its vendor. :raises NotFound: if there is none."""
    access.require(actor, Action.VENDOR_VIEW)
    hold = VendorHold.objects.select_related("vendor").filter(pk=hold_id).first()
    if hold is None:
        raise NotFound
    return hold


def get_supply(*, actor: Actor, supply_id: int) -> Supply:
    """Return what a vendor supplies, with the vendor. :raises NotFound: if there is none."""
    access.require(actor, Action.VENDOR_VIEW)
    supply = Supply.objects.select_related("vendor", "category").filter(pk=supply_id).first()
    if supply is None:
        raise NotFound
    return supply


def get_contact(*, actor: Actor, contact_id: int) -> Contact:
    """Return a contact with its vendor. :raises NotFound: if there is none."""
    access.require(actor, Action.VENDOR_VIEW)
    contact = Contact.objects.select_related("vendor").filter(pk=contact_id).first()
    if contact is None:
        raise NotFound
    return contact


# ---- backups ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Coverage:
    """Who supplies a category, and how many backups it lacks (PR-62)."""

    branch: Branch
    contract: tuple[Vendor, ...]
    backup: tuple[Vendor, ...]
    candidates: tuple[Vendor, ...]
    missing: int

    @property
    def groups(self) -> tuple[tuple[Vendor, ...], ...]:
        """The vendors by role, the most bound first."""
        return self.contract, self.backup, self.candidates


def coverage(*, actor: Actor) -> list[Coverage]:
    """Return for every category that somebody supplies, or that is lowest, who supplies it.

    Only active vendors count, and backups at the category itself: another's do not stand in.

    :raises access.ActionDenied: without ``vendor.view`` anywhere.
    """
    access.require(actor, Action.VENDOR_VIEW)
    least = policies.get("vendor.min_backup", int)
    by_role: dict[tuple[int, str], list[Vendor]] = {}
    for supply in (
        Supply.objects.filter(vendor__state=VendorState.ACTIVE)
        .select_related("vendor")
        .order_by("vendor__name", "pk")
    ):
        by_role.setdefault((supply.category_id, supply.role), []).append(supply.vendor)
    branches = tree()
    above = {branch.category.parent_id for branch in branches}
    found = []
    for branch in branches:
        pk = branch.category.pk
        vendors_as = {role: tuple(by_role.get((pk, role), ())) for role in SupplyRole.values}
        if pk in above and not any(vendors_as.values()):
            continue
        backup = vendors_as[SupplyRole.BACKUP]
        found.append(
            Coverage(
                branch=branch,
                contract=vendors_as[SupplyRole.CONTRACT],
                backup=backup,
                candidates=vendors_as[SupplyRole.CANDIDATE],
                missing=rules.backups_missing(backups=len(backup), least=least),
            )
        )
    return found
