"""Reads of vendors' accounts: entries, balances, ageing, reconciliations."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import F, Q, QuerySet, RowRange, Sum, Window

from kernel import access, policies
from kernel.access import Action, Actor
from kernel.errors import NotFound
from services.procurement.payments import rules
from services.procurement.payments.models import (
    InvoiceState,
    PaymentState,
    VendorEntry,
    VendorInvoice,
    VendorPaymentShare,
    VendorStatement,
)
from services.procurement.vendors.models import Supply, SupplyRole, Vendor
from services.procurement.vendors.queries import get_vendor, require_vendor

ZERO = Decimal(0)
OPEN = F("amount") - F("paid_amount") - F("credited_amount") + F("refunded_amount")
ON_ITS_WAY = (PaymentState.SUBMITTED, PaymentState.APPROVED)
_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


@dataclass(frozen=True, slots=True)
class AgeingRow:
    """What is owed to a vendor: not yet due, then by how long it is overdue.

    What he owes is taken off what is not yet due.
    """

    vendor: Vendor
    columns: tuple[Decimal, ...]

    @property
    def total(self) -> Decimal:
        return sum(self.columns, ZERO)


def entries(*, actor: Actor, vendor_id: int) -> QuerySet[VendorEntry]:
    """Return a vendor's account, oldest first, each entry with the ``balance`` after it.

    :raises access.ActionDenied: without ``vendor.view`` company-wide.
    """
    access.require_everywhere(actor, Action.VENDOR_VIEW)
    return _with_balance(vendor_id)


def booked_entries(*, actor: Actor, vendor_id: int) -> QuerySet[VendorEntry]:
    """Return a vendor's account as it was booked, without the balances: to be read in pages.

    :raises access.ActionDenied: without ``vendor.view`` company-wide.
    :raises NotFound: if there is no such vendor.
    """
    access.require_everywhere(actor, Action.VENDOR_VIEW)
    return get_vendor(actor=actor, vendor_id=vendor_id).entries.order_by("pk")


def own_entries(*, actor: Actor) -> QuerySet[VendorEntry]:
    """Return the account of the vendor who asks. :raises NotFound: if the actor is no vendor."""
    return _with_balance(require_vendor(actor, actor.vendor_id))


def balance_of(vendor_id: int, *, to_day: date | None = None) -> Decimal:
    """Return what is owed to a vendor, up to a day. The caller has checked access."""
    found = VendorEntry.objects.filter(vendor_id=vendor_id)
    if to_day is not None:
        found = found.filter(effective_on__lte=to_day)
    total: Decimal | None = found.aggregate(total=Sum("amount"))["total"]
    return total or ZERO


def open_invoices(*, actor: Actor, vendor_id: int) -> QuerySet[VendorInvoice]:
    """Return what is owed to a vendor, what is due first before the rest, as ``open_amount``.

    :raises access.ActionDenied: without ``vendor.view`` company-wide.
    """
    access.require_everywhere(actor, Action.VENDOR_VIEW)
    return (
        VendorInvoice.objects.filter(vendor_id=vendor_id, state=InvoiceState.BOOKED)
        .annotate(open_amount=OPEN)
        .filter(open_amount__gt=0)
        .select_related("order", "contract", "project")
        .order_by("due_on", "pk")
    )


def debts(*, actor: Actor, vendor_id: int) -> QuerySet[VendorInvoice]:
    """Return the invoices of which a vendor owes: credited after they were paid, as ``debt``.

    :raises access.ActionDenied: without ``vendor.view`` company-wide.
    """
    access.require_everywhere(actor, Action.VENDOR_VIEW)
    return (
        VendorInvoice.objects.filter(vendor_id=vendor_id, state=InvoiceState.BOOKED)
        .annotate(debt=-OPEN)
        .filter(debt__gt=0)
        .select_related("project")
        .order_by("pk")
    )


def asked_for(invoice_ids: Iterable[int], *, without: int | None = None) -> dict[int, Decimal]:
    """Return how much of invoices is on its way to be paid. The caller has checked access."""
    shares = VendorPaymentShare.objects.filter(
        invoice_id__in=list(invoice_ids), payment__state__in=ON_ITS_WAY
    ).exclude(payment_id=without)
    rows = shares.order_by().values("invoice_id").annotate(total=Sum("amount"))
    return {row["invoice_id"]: row["total"] for row in rows}


def ageing(*, actor: Actor, today: date) -> list[AgeingRow]:
    """Return what is owed to every vendor by how long it is overdue, the most first.

    :raises access.ActionDenied: without ``vendor.view`` company-wide.
    """
    access.require_everywhere(actor, Action.VENDOR_VIEW)
    owed: dict[int, list[rules.Open]] = defaultdict(list)
    open_ = (
        VendorInvoice.objects.filter(state=InvoiceState.BOOKED)
        .annotate(open_amount=OPEN)
        .exclude(open_amount=0)
    )
    for vendor_id, due_on, amount in open_.values_list("vendor_id", "due_on", "open_amount"):
        due = due_on if amount > 0 else today
        owed[vendor_id].append(rules.Open(due_on=due, amount=amount))
    rows = [
        AgeingRow(vendor, tuple(rules.ageing(owed[vendor.pk], today=today)))
        for vendor in Vendor.objects.filter(pk__in=owed)
    ]
    return sorted(rows, key=lambda row: (-row.total, row.vendor.pk))


def statements(*, actor: Actor) -> QuerySet[VendorStatement]:
    """Return the reconciliations with vendors, newest first.

    :raises access.ActionDenied: without ``vendor.view`` company-wide.
    """
    access.require_everywhere(actor, Action.VENDOR_VIEW)
    return VendorStatement.objects.select_related("vendor").order_by("-pk")


def get_statement(*, actor: Actor, statement_id: int) -> VendorStatement:
    """Return one reconciliation. :raises NotFound: if there is none."""
    statement = statements(actor=actor).filter(pk=statement_id).first()
    if statement is None:
        raise NotFound
    return statement


def own_statements(*, actor: Actor) -> QuerySet[VendorStatement]:
    """Return those of the vendor who asks. :raises NotFound: if the actor is no vendor."""
    vendor_id = require_vendor(actor, actor.vendor_id)
    return VendorStatement.objects.filter(vendor_id=vendor_id).order_by("-pk")


def reconciliations_due(*, actor: Actor, today: date) -> list[Vendor]:
    """Return the contract vendors whose account both sides have not agreed on for too long.

    How long is ``vendor.reconcile`` (PR-63): by the end of the last whole month, quarter or year.

    :raises access.ActionDenied: without ``vendor.view`` company-wide.
    """
    access.require_everywhere(actor, Action.VENDOR_VIEW)
    months = _MONTHS[policies.get("vendor.reconcile", str)]
    begin = date(today.year, (today.month - 1) // months * months + 1, 1)
    by_contract = Supply.objects.filter(role=SupplyRole.CONTRACT).values("vendor_id")
    return list(
        Vendor.objects.filter(Q(pk__in=by_contract) | Q(is_on_account=True))
        .filter(entries__effective_on__lt=begin)
        .filter(Q(reconciled_to__isnull=True) | Q(reconciled_to__lt=begin - timedelta(days=1)))
        .distinct()
        .order_by("name", "pk")
    )


def _with_balance(vendor_id: int) -> QuerySet[VendorEntry]:
    return (
        VendorEntry.objects.filter(vendor_id=vendor_id)
        .annotate(
            balance=Window(
                Sum("amount"),
                order_by=[F("effective_on").asc(), F("pk").asc()],
                frame=RowRange(end=0),
            )
        )
        .order_by("effective_on", "pk")
    )
