"""Where the record that an entry is about is shown."""

from collections.abc import Callable

from django.urls import reverse

from kernel.audit.models import AuditEntry
from services.billing.standards.models import FeeAssignment, FeeVersion
from services.properties.models import Unit

Find = Callable[[AuditEntry], str]


def _in_project(route: str) -> Find:
    def find(entry: AuditEntry) -> str:
        if entry.project_id is None:
            return ""
        return reverse(route, args=[entry.project_id, entry.object_id])

    return find


def _in_company(route: str) -> Find:
    return lambda entry: reverse(route, args=[entry.object_id])


def _project(entry: AuditEntry) -> str:
    return reverse("overview", args=[entry.object_id])


def _unit(entry: AuditEntry) -> str:
    unit = Unit.objects.filter(pk=entry.object_id).first()
    return reverse("household", args=[unit.project_id, unit.household_id]) if unit else ""


def _version(entry: AuditEntry) -> str:
    version = FeeVersion.objects.filter(pk=entry.object_id).select_related("standard").first()
    if version is None:
        return ""
    return reverse(
        "fee-standards-standard", args=[version.standard.project_id, version.standard_id]
    )


def _assignment(entry: AuditEntry) -> str:
    found = FeeAssignment.objects.filter(pk=entry.object_id).select_related("standard").first()
    if found is None:
        return ""
    return reverse("fee-standards-standard", args=[found.standard.project_id, found.standard_id])


PAGES: dict[str, Find] = {
    "access.user": _in_company("people-person"),
    "billing.billline": _in_project("bills-bill"),
    "billing.billrun": _in_project("bill-runs-run"),
    "billing.feeassignment": _assignment,
    "billing.feeitem": _in_company("fee-items-item"),
    "billing.feestandard": _in_project("fee-standards-standard"),
    "billing.feeversion": _version,
    "billing.receipt": _in_project("receipts-receipt"),
    "companies.company": lambda _entry: reverse("company"),
    "imports.importbatch": _in_project("imports-batch"),
    "properties.household": _in_project("household"),
    "properties.party": _in_project("parties-party"),
    "properties.project": _project,
    "properties.unit": _unit,
}


def record_url(entry: AuditEntry) -> str:
    """Return the page of the record that an entry is about, ``""`` where it has none."""
    find = PAGES.get(entry.object_type)
    return find(entry) if find else ""
