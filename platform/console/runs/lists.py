"""The lists: runs, the lines and gaps of one, and all bills."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from console import formats
from console.choices import buildings_of, items_of
from console.lists import (
    BuiltInView,
    ChoiceFilter,
    Column,
    DayFilter,
    ListView,
    NumberFilter,
    title_column,
)
from console.runs.views import crumbs_of, run_in, run_url
from kernel.access import Action
from services.billing.runs import preview, queries
from services.billing.runs.models import (
    BillLine,
    BillRun,
    DraftLine,
    LineState,
    RunSkip,
    RunState,
    SkipReason,
)

ROOMS = ("household__sort_key", "unit__sort_key")
# What is as somebody decided it is no warning.
TONES = {SkipReason.EXCLUDED: "", SkipReason.READING_REJECTED: "", SkipReason.NO_METER: ""}


def months_of(view: ListView) -> list[tuple[str, str]]:
    """Return the months that have a run in the project, the latest first."""
    found = queries.runs(actor=view.actor, project_id=view.project_id)
    months = sorted(set(found.order_by().values_list("period", flat=True)), reverse=True)
    return [(month.isoformat(), formats.spell_month(month)) for month in months]


class Runs(ListView):
    action = Action.BILL_VIEW
    page_key = "bill-runs"
    title = _("Bill runs")
    template_name = "console/runs/list.html"
    columns = (
        title_column(
            "period", _("Month"), value=lambda run: formats.spell_month(run.period), sort="period"
        ),
        Column(key="state", label=_("State"), kind="state", sort="state", phone="end2"),
        Column(key="draft_lines", label=_("Bills"), kind="number", places=0),
        Column(
            key="draft_amount",
            label=_("Amount (CNY)"),
            kind="money",
            sort="draft_amount",
            phone="end",
        ),
        Column(key="skip_count", label=_("Left out"), kind="number", places=0),
        Column(key="prepared_by_label", label=_("Prepared by"), phone="sub"),
        Column(key="checked_by_label", label=_("Checked by")),
        Column(key="posted_by_label", label=_("Posted by"), is_shown=False),
        Column(key="issued_on", label=_("Issued"), kind="day", sort="issued_on"),
        Column(key="due_on", label=_("Due on"), kind="day", sort="due_on", is_shown=False),
        Column(key="prepared_at", label=_("Prepared at"), kind="time", sort="prepared_at"),
    )
    filters = (
        ChoiceFilter(key="state", label=_("State"), field="state", choices=RunState.choices),
    )
    default_sort = "-period"
    empty_icon = "calc"
    empty_title = _("No month has been billed yet")
    empty_text = _(
        "A run computes what every unit owes for a month. Nothing is issued before "
        "somebody else has checked it."
    )
    empty_template = "console/runs/_first.html"

    def get_queryset(self) -> QuerySet[BillRun]:
        return queries.runs(actor=self.actor, project_id=self.project_id)

    def row_url(self, row: BillRun) -> str:
        return run_url(row)

    def page_context(self) -> dict[str, Any]:
        return {
            "project_id": self.project_id,
            "may_prepare": self.actor.may(Action.BILL_RUN_PREPARE, self.project_id),
        }

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s run", "%(count)s runs", count) % {"count": f"{count:,}"}


class _OfRun(ListView):
    """A list that belongs to one run of the project; its rows lead to their household."""

    action = Action.BILL_VIEW
    run: BillRun

    def check_access(self, project_id: int | None) -> None:
        super().check_access(project_id)
        self.run = run_in(self.actor, project_id, self.kwargs["run_id"])

    def row_url(self, row: Any) -> str:
        return reverse("household", args=[self.run.project_id, row.unit.household_id])

    def page_context(self) -> dict[str, Any]:
        title = now_("Bills of %(month)s") % {"month": formats.spell_month(self.run.period)}
        return {"crumbs": [*crumbs_of(self.project_id), (title, run_url(self.run))]}


class DraftLines(_OfRun):
    page_key = "bill-runs.draft"
    title = _("Draft bills")
    columns = (
        title_column(
            "unit.label", _("Unit"), kind="code", sort=("household__sort_key", "unit__sort_key")
        ),
        Column(
            key="household.label",
            label=_("Account"),
            sort="household__sort_key",
            is_shown=False,
        ),
        Column(key="item", label=_("Fee item"), sort=("item__sort_order", "item_id"), phone="sub"),
        Column(
            key="usage_month",
            label=_("Used in"),
            value=lambda line: line.usage_month and formats.spell_month(line.usage_month),
        ),
        Column(key="quantity", label=_("Quantity"), kind="number", places=2, sort="quantity"),
        Column(key="price", label=_("Price"), kind="number", places=4, sort="price"),
        Column(key="rate", label=_("Share"), kind="percent", places=0, sort="rate"),
        Column(
            key="amount",
            label=_("Amount (CNY)"),
            kind="money",
            sort="amount",
            total="amount",
            phone="end",
        ),
    )
    filters = (
        ChoiceFilter(key="item", label=_("Fee item"), field="item_id", choices=items_of),
        ChoiceFilter(
            key="building", label=_("Building"), field="unit__building_id", choices=buildings_of
        ),
        NumberFilter(key="amount", label=_("Amount"), field="amount"),
    )
    search_fields = ("unit__code", "unit__label", "household__label")
    search_label = _("Room")
    default_sort = "unit.label"
    empty_icon = "calc"
    empty_title = _("No draft")
    empty_text = _(
        "The draft is gone once a run is posted or cancelled. Posted bills are in the "
        "list of bills."
    )

    def get_queryset(self) -> QuerySet[DraftLine]:
        return preview.draft_lines(actor=self.actor, run_id=self.run.pk)

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s bill", "%(count)s bills", count) % {"count": f"{count:,}"}


class Skips(_OfRun):
    page_key = "bill-runs.skips"
    title = _("Units without a bill")
    columns = (
        title_column("unit.label", _("Unit"), kind="code", sort="unit__sort_key"),
        Column(key="unit.kind", label=_("Kind"), value=lambda row: row.unit.get_kind_display()),
        Column(key="unit.state", label=_("State"), value=lambda row: row.unit.get_state_display()),
        Column(
            key="item",
            label=_("Fee item"),
            value=lambda row: row.item or now_("All items"),
            sort=("item__sort_order", "item_id"),
            phone="sub",
        ),
        Column(
            key="reason",
            label=_("Why"),
            kind="state",
            sort="reason",
            phone="end",
            tone=lambda row: TONES.get(row.reason, "warn"),
        ),
        Column(key="unit.note", label=_("Note"), is_shown=False, wraps=True),
    )
    filters = (
        ChoiceFilter(key="reason", label=_("Why"), field="reason", choices=SkipReason.choices),
        ChoiceFilter(key="item", label=_("Fee item"), field="item_id", choices=items_of),
        ChoiceFilter(
            key="building", label=_("Building"), field="unit__building_id", choices=buildings_of
        ),
    )
    search_fields = ("unit__code", "unit__label")
    search_label = _("Room")
    default_sort = "unit.label"
    empty_icon = "ok"
    empty_title = _("No unit is left out")

    def get_queryset(self) -> QuerySet[RunSkip]:
        return preview.skips(actor=self.actor, run_id=self.run.pk)

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s unit", "%(count)s units", count) % {"count": f"{count:,}"}


class Bills(ListView):
    action = Action.BILL_VIEW
    page_key = "bills"
    title = _("Bills")
    columns = (
        title_column(
            "unit.label", _("Unit"), kind="code", sort=("household__sort_key", "unit__sort_key")
        ),
        Column(key="payer", label=_("Payer"), value=lambda line: line.household.payer),
        Column(key="item", label=_("Fee item"), sort=("item__sort_order", "item_id"), phone="sub"),
        Column(
            key="period",
            label=_("Month"),
            value=lambda line: formats.spell_month(line.period),
            # The latest month first, in it the rooms in their order.
            sort=("period", "-household__sort_key", "-unit__sort_key", "-item__sort_order"),
        ),
        Column(key="quantity", label=_("Quantity"), kind="number", places=2, is_shown=False),
        Column(key="price", label=_("Price"), kind="number", places=4, is_shown=False),
        Column(
            key="amount",
            label=_("Amount (CNY)"),
            kind="money",
            sort="amount",
            total="amount",
            phone="end",
        ),
        Column(
            key="paid_amount",
            label=_("Paid (CNY)"),
            kind="money",
            sort="paid_amount",
            total="paid_amount",
        ),
        Column(
            key="open_amount",
            label=_("Open (CNY)"),
            kind="money",
            sort="open_amount",
            total="open_amount",
        ),
        Column(key="due_on", label=_("Due on"), kind="day", sort="due_on"),
        Column(
            key="state",
            label=_("State"),
            kind="state",
            value=lambda line: LineState(line.state),
            phone="end2",
        ),
    )
    filters = (
        ChoiceFilter(key="month", label=_("Month"), field="period", choices=months_of),
        ChoiceFilter(key="item", label=_("Fee item"), field="item_id", choices=items_of),
        ChoiceFilter(key="state", label=_("State"), field="state", choices=LineState.choices),
        ChoiceFilter(
            key="building", label=_("Building"), field="unit__building_id", choices=buildings_of
        ),
        NumberFilter(key="amount", label=_("Amount"), field="amount"),
        DayFilter(key="due", label=_("Due on"), field="due_on"),
    )
    search_fields = ("unit__code", "unit__label", "household__payer__name")
    search_label = _("Room or name")
    default_sort = "-period"
    built_in_views = (
        BuiltInView(
            key="open", label=_("Open"), query="state=OPEN&state=OVERDUE&state=PARTLY_PAID"
        ),
        BuiltInView(key="overdue", label=_("Overdue"), query="state=OVERDUE"),
        BuiltInView(key="reversed", label=_("Reversed"), query="state=REVERSED"),
    )
    empty_icon = "receipt"
    empty_title = _("No bills yet")
    empty_text = _("Bills come from a bill run that somebody else has checked.")

    def get_queryset(self) -> QuerySet[BillLine]:
        return queries.lines(
            actor=self.actor, today=self.today, project_id=self.project_id
        ).select_related("household__payer", "unit", "item")

    def row_url(self, row: BillLine) -> str:
        return reverse("bills-bill", args=[self.project_id, row.pk])

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s bill", "%(count)s bills", count) % {"count": f"{count:,}"}
