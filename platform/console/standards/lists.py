"""The list of a project's standards, and the company's fee items."""

from typing import Any

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from console.lists import BuiltInView, ChoiceFilter, Column, FlagFilter, ListView, title_column
from console.standards import words
from kernel.access import Action
from services.billing.standards import queries
from services.billing.standards.models import (
    FeeItem,
    FeeKind,
    FeeStandard,
    FeeVersion,
    VersionState,
)


def _shown(row: FeeStandard) -> FeeVersion | None:
    """Return the version that stands for a standard: the one in force, else the latest."""
    shown: FeeVersion | None = None
    for version in row.versions.all():
        if version.pk == row.version_id:  # type: ignore[attr-defined]
            return version
        if version.state != VersionState.WITHDRAWN:
            shown = version
    return shown


def _price(row: FeeStandard) -> str:
    version = _shown(row)
    return words.price_words(version) if version else ""


def _unit(row: FeeStandard) -> str:
    version = _shown(row)
    return words.unit_of(version.method, version.meter_kind) if version else ""


def _months(row: FeeStandard) -> str:
    version = _shown(row)
    return words.months_words(version.valid_from, version.valid_to) if version else ""


class Standards(ListView):
    action = Action.FEE_STANDARD_VIEW
    page_key = "billing.fee-standards"
    title = _("Fee standards")
    template_name = "console/standards/list.html"
    columns = (
        title_column("name", _("Standard"), sort="name"),
        Column(key="item.name", label=_("Fee item"), sort="item__sort_order", phone="sub"),
        Column(key="price", label=_("Price"), value=_price, css="ta-r num", phone="end"),
        Column(key="per", label=_("Per"), value=_unit),
        Column(key="months", label=_("Valid"), value=_months, css="num"),
        Column(
            key="unit_count",
            label=_("Units this month"),
            kind="number",
            sort="unit_count",
        ),
        Column(
            key="waiting",
            label=_("State"),
            value=lambda row: row.draft_count,
            template="console/standards/_waiting.html",
            phone="end2",
        ),
    )
    filters = (
        ChoiceFilter(
            key="kind", label=_("Kind of fee"), field="item__kind", choices=FeeKind.choices
        ),
        FlagFilter(key="submitted", label=_("To be confirmed"), field="is_submitted"),
        FlagFilter(key="scope", label=_("Scope to be confirmed"), field="has_open_scope"),
        FlagFilter(key="in_force", label=_("In force"), field="is_in_force"),
    )
    search_fields = ("name", "item__name", "item__code")
    default_sort = "item.name"
    built_in_views = (
        BuiltInView(key="submitted", label=_("To be confirmed"), query="submitted=1"),
        BuiltInView(key="in_force", label=_("In force"), query="in_force=1"),
    )
    empty_icon = "tag"
    empty_title = _("No fee standards yet")
    empty_text = _(
        "A standard says what an item costs, for which units and from when. Without a confirmed "
        "standard nothing is billed."
    )

    def get_queryset(self) -> QuerySet[FeeStandard]:
        assert self.project_id is not None
        counts = queries.unit_counts(project_id=self.project_id, period=self.today.replace(day=1))
        return queries.standards(
            actor=self.actor, on=self.today.replace(day=1), project_id=self.project_id
        ).annotate(
            unit_count=Case(
                *(When(pk=pk, then=Value(count)) for pk, count in counts.items()),
                default=Value(0),
                output_field=IntegerField(),
            )
        )

    def row_url(self, row: FeeStandard) -> str:
        return reverse("fee-standards-standard", args=[row.project_id, row.pk])

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s standard", "%(count)s standards", count) % {"count": count}

    def page_context(self) -> dict[str, Any]:
        return {
            "project_id": self.project_id,
            "may_draft": self.actor.may(Action.FEE_STANDARD_DRAFT, self.project_id),
        }


class Items(ListView):
    action = Action.FEE_STANDARD_VIEW
    page_key = "billing.fee-items"
    title = _("Fee items")
    template_name = "console/standards/items.html"
    columns = (
        Column(key="code", label=_("Item code"), kind="code", sort="code", phone="end"),
        title_column("name", pgettext_lazy("of a thing", "Name"), sort="sort_order"),
        Column(key="name_en", label=_("English name"), sort="name_en"),
        Column(
            key="kind",
            label=_("Kind of fee"),
            value=lambda row: row.get_kind_display(),
            phone="sub",
        ),
        Column(
            key="is_agency", label=_("Collected for somebody else"), kind="flag", sort="is_agency"
        ),
        Column(key="account", label=_("Credited to account"), sort="account__code"),
    )
    filters = (
        ChoiceFilter(key="kind", label=_("Kind of fee"), field="kind", choices=FeeKind.choices),
        FlagFilter(key="agency", label=_("Collected for somebody else"), field="is_agency"),
    )
    search_fields = ("code", "name", "name_en")
    default_sort = "name"

    def get_queryset(self) -> QuerySet[FeeItem]:
        return queries.items(actor=self.actor)

    def row_url(self, row: FeeItem) -> str:
        if not self.actor.may_everywhere(Action.FEE_STANDARD_DRAFT):
            return ""
        return reverse("fee-items-item", args=[row.pk])

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s item", "%(count)s items", count) % {"count": count}

    def page_context(self) -> dict[str, Any]:
        return {"may_draft": self.actor.may_everywhere(Action.FEE_STANDARD_DRAFT)}
