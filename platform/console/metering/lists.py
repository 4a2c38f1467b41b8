"""The month's readings, exceptions first, and the meters without one."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext

from console.choices import buildings_of
from console.inputs import read_month
from console.lists import BuiltInView, ChoiceFilter, Column, ListView, TextFilter, title_column
from console.metering.months import default_month, month_context, month_of, month_text
from console.views import ConsoleView
from kernel.access import Action
from services.billing.metering import queries
from services.billing.metering.models import Reading, ReadingFault, ReadingState
from services.properties.models import Meter, MeterKind


class LatestMonth(ConsoleView):
    """Leads to the month asked for (``?month=2026-10``), or to the one that is worked on."""

    action = Action.READING_VIEW

    def get(self, request: HttpRequest, project_id: int) -> HttpResponseBase:
        month = read_month(request.GET.get("month", "")) or default_month(
            actor=self.actor, project_id=project_id, today=self.today
        )
        return redirect("readings-month", project_id, month_text(month))


def fault_words(reading: Reading) -> str:
    """Return what is wrong with a reading, the gravest first."""
    comma = pgettext("between items of a list", ", ")
    return comma.join(str(ReadingFault(fault).label) for fault in reading.faults)


def _decision(row: Reading) -> str:
    if not row.resolution:
        return ""
    return f"{row.get_resolution_display()}: {row.reason}"


@dataclass(frozen=True, kw_only=True)
class FaultFilter(ChoiceFilter):
    """Readings that have any of the faults."""

    def q(self, value: Any) -> Q:
        return Q(**{f"{self.field}__overlap": list(value)})


class MonthList(ListView):
    """A list within the month of the address."""

    action = Action.READING_VIEW

    @cached_property
    def month(self) -> date:
        return month_of(self.kwargs["month"])

    def page_context(self) -> dict[str, Any]:
        assert self.project_id is not None
        return {
            **month_context(
                actor=self.actor, project_id=self.project_id, month=self.month, today=self.today
            ),
            "may_record": self.actor.may(Action.READING_RECORD, self.project_id),
        }


class Readings(MonthList):
    page_key = "billing.readings"
    title = _("Meter readings")
    template_name = "console/metering/readings.html"
    columns = (
        Column(
            key="meter.unit.label",
            label=_("Room"),
            sort="meter__unit__sort_key",
            template="console/metering/_room.html",
            is_fixed=True,
            phone="title",
            css="room",
        ),
        Column(key="meter.code", label=_("Meter number"), kind="code", sort="meter__code"),
        Column(
            key="kind",
            label=_("Meter"),
            value=lambda row: row.meter.get_kind_display(),
            is_shown=False,
        ),
        Column(key="previous", label=_("Previous reading"), kind="number", sort="previous"),
        Column(key="current", label=_("Reading"), kind="number", sort="current"),
        Column(
            key="consumption",
            label=_("Consumption"),
            kind="number",
            sort="consumption",
            total="consumption",
            phone="end",
        ),
        Column(key="usual", label=_("Usual"), kind="number", sort="usual", is_shown=False),
        Column(key="read_on", label=_("Read on"), kind="day", sort="read_on"),
        Column(key="reader_name", label=_("Read by"), sort="reader_name"),
        Column(
            key="state",
            label=_("State"),
            kind="state",
            sort=("rank", "meter__unit__sort_key"),
            phone="end2",
        ),
        Column(key="faults", label=_("Why"), value=fault_words, wraps=True, phone="sub"),
        Column(key="reason", label=_("Decision"), value=_decision, wraps=True),
        Column(key="note", label=_("Note"), is_shown=False, wraps=True),
    )
    filters = (
        ChoiceFilter(key="state", label=_("State"), field="state", choices=ReadingState.choices),
        FaultFilter(key="fault", label=_("Why"), field="faults", choices=ReadingFault.choices),
        ChoiceFilter(
            key="building",
            label=_("Building"),
            field="meter__unit__building_id",
            choices=buildings_of,
        ),
        ChoiceFilter(key="kind", label=_("Meter"), field="meter__kind", choices=MeterKind.choices),
        TextFilter(key="reader", label=_("Read by"), field="reader_name"),
    )
    search_fields = ("meter__code", "meter__unit__code", "meter__unit__label")
    default_sort = "state"
    built_in_views = (
        BuiltInView(key="exceptions", label=_("To be resolved"), query="state=EXCEPTION"),
        BuiltInView(key="accepted", label=_("Accepted"), query="state=ACCEPTED"),
        BuiltInView(key="decided", label=_("Decided"), query="state=RESOLVED&state=REJECTED"),
    )
    empty_icon = "gauge"
    empty_title = _("No readings of this month yet")
    empty_text = _("Import the readers' list, or read meter by meter.")

    def get_queryset(self) -> QuerySet[Reading]:
        assert self.project_id is not None
        return queries.readings(
            actor=self.actor, project_id=self.project_id, usage_month=self.month
        )

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s reading", "%(count)s readings", count) % {"count": f"{count:,}"}


class Missing(MonthList):
    page_key = "billing.readings-missing"
    title = _("Meters without a reading")
    template_name = "console/metering/missing.html"
    columns = (
        title_column("unit.label", _("Room"), sort="unit__sort_key", css="room"),
        Column(key="code", label=_("Meter number"), kind="code", sort="code", phone="sub"),
        Column(key="kind", label=_("Meter"), value=lambda row: row.get_kind_display(), phone="end"),
    )
    filters = (
        ChoiceFilter(
            key="building", label=_("Building"), field="unit__building_id", choices=buildings_of
        ),
        ChoiceFilter(key="kind", label=_("Meter"), field="kind", choices=MeterKind.choices),
    )
    search_fields = ("code", "unit__code", "unit__label")
    default_sort = "unit.label"
    empty_icon = "check"
    empty_title = _("Every meter has a reading")

    def get_queryset(self) -> QuerySet[Meter]:
        assert self.project_id is not None
        return queries.missing_meters(
            actor=self.actor, project_id=self.project_id, usage_month=self.month
        )

    def page_context(self) -> dict[str, Any]:
        readings = reverse("readings-month", args=[self.project_id, month_text(self.month)])
        return super().page_context() | {"crumbs": [(_("Meter readings"), readings)]}

    def row_url(self, row: Meter) -> str:
        if not self.actor.may(Action.READING_RECORD, self.project_id):
            return ""
        entry = reverse("readings-entry", args=[self.project_id, month_text(self.month)])
        return f"{entry}?meter={row.pk}"

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s meter", "%(count)s meters", count) % {"count": f"{count:,}"}
