"""The list of vendors, the papers of all of them, their kinds, the backups per category."""

from datetime import timedelta
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from console.lists import (
    BuiltInView,
    ChoiceFilter,
    Column,
    DayFilter,
    FlagFilter,
    ListView,
    title_column,
)
from console.procurement.catalogue.forms import category_choices
from console.views import ConsoleView
from kernel.access import Action
from services.procurement.catalogue import queries as catalogue
from services.procurement.vendors import queries
from services.procurement.vendors.models import (
    PaperKind,
    PaperState,
    SupplyRole,
    Vendor,
    VendorKind,
    VendorPaper,
    VendorState,
)

SOON: Final = timedelta(days=30)  # the first reminder of a paper that runs out


class Vendors(ListView):
    action = Action.VENDOR_VIEW
    page_key = "procurement.vendors"
    title = _("Vendors")
    template_name = "console/procurement/vendors/list.html"
    columns = (
        Column(key="code", label=_("Code"), kind="code", sort="code"),
        title_column("name", pgettext_lazy("of a thing", "Name"), sort="name"),
        Column(
            key="kind",
            label=pgettext_lazy("of a vendor", "Kind"),
            value=lambda row: row.get_kind_display(),
            phone="sub",
        ),
        Column(key="state", label=_("State"), kind="state", sort="state", phone="end2"),
        Column(
            key="is_fit",
            label=_("May quote and deliver"),
            kind="state",
            value=lambda row: _("Fit") if row.is_fit else _("Not fit"),
            tone=lambda row: "ok" if row.is_fit else "bad",
            phone="end",
        ),
        Column(key="paper_ends_on", label=_("First paper ends"), kind="day", sort="paper_ends_on"),
        Column(
            key="papers_to_check",
            label=_("Papers to be checked"),
            kind="number",
            sort="papers_to_check",
        ),
        Column(key="reviewed_on", label=_("Last visit"), kind="day", sort="reviewed_on"),
        Column(key="contact_name", label=_("Contact person"), is_shown=False),
        Column(key="phone_masked", label=_("Phone"), is_shown=False),
        Column(key="credit_code", label=_("Credit code"), kind="code", is_shown=False),
        Column(key="is_on_account", label=_("On account"), kind="flag", is_shown=False),
    )
    filters = (
        ChoiceFilter(key="state", label=_("State"), field="state", choices=VendorState.choices),
        ChoiceFilter(
            key="kind",
            label=pgettext_lazy("of a vendor", "Kind"),
            field="kind",
            choices=VendorKind.choices,
        ),
        ChoiceFilter(
            key="category",
            label=_("Supplies"),
            choices=lambda _view: category_choices(),
            is_multiple=False,
        ),
        ChoiceFilter(key="role", label=_("Supplies it as"), choices=SupplyRole.choices),
        FlagFilter(key="fit", label=_("Fit"), field="is_fit"),
        DayFilter(key="ends", label=_("First paper ends"), field="paper_ends_on"),
        FlagFilter(key="ending", label=_("Papers run out within 30 days")),
        FlagFilter(key="to_check", label=_("Papers to be checked")),
        FlagFilter(key="review", label=_("Visit is due"), field="is_review_due"),
    )
    search_fields = ("name", "initials", "code", "credit_code", "contact_name")
    search_label = _("Name, initials, code or contact")
    default_sort = "name"
    built_in_views = (
        BuiltInView(key="active", label=_("Active"), query="state=ACTIVE"),
        BuiltInView(key="applied", label=_("Applications"), query="state=APPLIED"),
        BuiltInView(key="unfit", label=_("Not fit"), query="state=ACTIVE&fit=0"),
        BuiltInView(key="ending", label=_("Papers run out"), query="state=ACTIVE&ending=1"),
        BuiltInView(key="review", label=_("Visits due"), query="review=1"),
    )
    empty_icon = "truck"
    empty_title = _("No vendors yet")
    empty_text = _("Quotes are asked for from vendors of the register whose papers are in order.")

    def get_queryset(self) -> QuerySet[Vendor]:
        found = queries.register(actor=self.actor, today=self.today)
        category, roles = _chosen(self, "category"), _chosen(self, "role")
        supplies = queries.supplies_of(
            category_ids=catalogue.below(int(category[0])) if category else None, roles=roles
        )
        if category or roles:
            found = found.filter(pk__in=supplies)
        if self.filter_value("ending") is not None:
            soon = Q(paper_ends_on__gte=self.today, paper_ends_on__lte=self.today + SOON)
            others = Q(paper_ends_on=None) | ~soon
            found = found.filter(soon if self.filter_value("ending") else others)
        if self.filter_value("to_check") is not None:
            waits = Q(papers_to_check__gt=0)
            found = found.filter(waits) if self.filter_value("to_check") else found.exclude(waits)
        return found

    def row_url(self, row: Vendor) -> str:
        return reverse("vendors-vendor", args=[row.pk])

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s vendor", "%(count)s vendors", count) % {"count": count}

    def page_context(self) -> dict[str, Any]:
        return {"may_keep": self.actor.may_everywhere(Action.VENDOR_MANAGE)}


def _chosen(view: ListView, key: str) -> list[str]:
    value = view.filter_value(key)
    if not value:
        return []
    return [str(one) for one in value] if isinstance(value, (list, tuple)) else [str(value)]


class Papers(ListView):
    """The papers of all vendors: what waits to be checked, what runs out."""

    action = Action.VENDOR_VIEW
    page_key = "procurement.vendor-papers"
    title = _("Vendors' papers")
    columns = (
        title_column("vendor.name", _("Vendor"), sort="vendor__name"),
        Column(key="kind.label", label=pgettext_lazy("of a paper", "Kind"), phone="sub"),
        Column(key="number", label=_("Number"), kind="code"),
        Column(key="valid_from", label=_("Valid from"), kind="day", sort="valid_from"),
        Column(key="valid_to", label=_("Valid through"), kind="day", sort="valid_to", phone="end"),
        Column(key="state", label=_("State"), kind="state", sort="state", phone="end2"),
        Column(key="added_by_label", label=_("Put in by"), is_shown=False),
        Column(key="added_at", label=_("Put in at"), kind="time", sort="added_at"),
        Column(key="checked_by_label", label=_("Checked by"), is_shown=False),
    )
    filters = (
        ChoiceFilter(key="state", label=_("State"), field="state", choices=PaperState.choices),
        ChoiceFilter(
            key="kind",
            label=pgettext_lazy("of a paper", "Kind"),
            field="kind_id",
            choices=lambda view: [
                (kind.pk, kind.label) for kind in queries.paper_kinds(actor=view.actor)
            ],
        ),
        DayFilter(key="to", label=_("Valid through"), field="valid_to"),
    )
    search_fields = ("vendor__name", "vendor__initials", "number")
    default_sort = "-added_at"
    built_in_views = (
        BuiltInView(key="waiting", label=_("To be checked"), query="state=SUBMITTED"),
    )
    empty_icon = "shield"
    empty_title = _("No papers yet")

    def get_queryset(self) -> QuerySet[VendorPaper]:
        return queries.papers(actor=self.actor)

    def row_url(self, row: VendorPaper) -> str:
        return f"{reverse('vendors-vendor', args=[row.vendor_id])}?tab=papers"

    def page_context(self) -> dict[str, Any]:
        return {"crumbs": [(_("Vendors"), reverse("vendors"))]}


class Kinds(ListView):
    action = Action.VENDOR_VIEW
    page_key = "procurement.paper-kinds"
    title = _("Kinds of vendors' papers")
    template_name = "console/procurement/vendors/kinds.html"
    columns = (
        title_column("label", pgettext_lazy("of a thing", "Name"), sort="name"),
        Column(key="key", label=_("Key"), kind="code", sort="key", phone="sub"),
        Column(key="is_required", label=_("Required of every vendor"), kind="flag"),
        Column(
            key="categories",
            label=_("Required of vendors of"),
            value=lambda row: _(", ").join(one.label for one in row.categories.all()),
            wraps=True,
        ),
        Column(
            key="state",
            label=_("State"),
            kind="state",
            phone="end",
            value=lambda row: _("In use") if row.is_active else _("Out of use"),
            tone=lambda row: "ok" if row.is_active else "",
        ),
    )
    filters = (FlagFilter(key="active", label=_("In use"), field="is_active"),)
    search_fields = ("name", "name_en", "key")
    default_sort = "label"
    empty_icon = "shield"
    empty_title = _("No kinds of papers yet")

    def get_queryset(self) -> QuerySet[PaperKind]:
        return queries.paper_kinds(actor=self.actor)

    def row_url(self, row: PaperKind) -> str:
        if not self.actor.may_everywhere(Action.VENDOR_CHECK):
            return ""
        return reverse("vendors-kinds-kind", args=[row.pk])

    def page_context(self) -> dict[str, Any]:
        return {
            "crumbs": [(_("Vendors"), reverse("vendors"))],
            "may_check": self.actor.may_everywhere(Action.VENDOR_CHECK),
        }


class Coverage(ConsoleView):
    """Who supplies each category, and where backups are missing (PR-62)."""

    action = Action.VENDOR_VIEW

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = queries.coverage(actor=self.actor)
        only = request.GET.get("missing") == "1"
        context = {
            "title": _("Vendors of each category"),
            "crumbs": [(_("Vendors"), reverse("vendors"))],
            "rows": [row for row in rows if row.missing] if only else rows,
            "missing_count": sum(1 for row in rows if row.missing),
            "count": len(rows),
            "only_missing": only,
        }
        return render(request, "console/procurement/vendors/coverage.html", context)
