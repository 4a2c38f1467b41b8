"""Which desk is slow: how long each step and each person took, with every signature behind it."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from console import formats
from console.approvals import phrases, words
from console.approvals.catalogue import Lookup
from console.lists import ChoiceFilter, Column, DayFilter, FlagFilter, ListView
from kernel.access import Action
from kernel.approvals import queries, registry
from kernel.approvals.models import Signature
from kernel.calendar.queries import calendar
from kernel.calendar.rules import WorkingCalendar

MOST = 5000  # signatures behind the chart
MOST_BARS = 12


@dataclass(slots=True)
class Tally:
    """The signatures of one step or person."""

    label: str
    note: str = ""
    count: int = 0
    late: int = 0
    hours: Decimal = Decimal(0)

    @property
    def mean(self) -> Decimal:
        return self.hours / self.count if self.count else Decimal(0)


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    note: str
    hours: str
    width: str
    late_x: str
    late_width: str


class Report(ListView):
    """Every signature with how long it took; above it the mean by step or by person."""

    action = Action.APPROVAL_CONFIGURE
    lead_template = "console/approvals/_times.html"
    switches = {"by": ("person",)}
    page_key = "approvals.report"
    title = _("How long approvals take")
    is_log = True
    search_fields = ("label", "case__title")
    search_label = _("Person or document")
    empty_icon = "clock"
    empty_title = _("Nothing has been signed in this time")

    filters = (
        ChoiceFilter(
            key="kind",
            label=_("Kind of document"),
            field="case__kind",
            choices=lambda _view: [(kind.key, str(kind.name)) for kind in registry.kinds()],
        ),
        ChoiceFilter(
            key="project",
            label=_("Project"),
            field="case__project_id",
            choices=lambda view: list(Lookup(view.actor, view.today).projects.items()),
        ),
        DayFilter(key="day", label=_("Signed"), field="signed_on"),
        FlagFilter(key="late", label=_("After the deadline"), field="is_late"),
    )

    def get_queryset(self) -> QuerySet[Signature]:
        return queries.signing_times(actor=self.actor)

    @cached_property
    def lookup(self) -> Lookup:
        return Lookup(self.actor, self.today)

    @cached_property
    def working(self) -> WorkingCalendar:
        return calendar()

    @property
    def columns(self) -> tuple[Column, ...]:  # type: ignore[override]
        names = self.lookup.names
        return (
            Column(key="at", label=_("Signed"), kind="time", is_fixed=True, phone="end"),
            Column(key="label", label=_("Signed by"), phone="title"),
            Column(
                key="step",
                label=_("Step"),
                value=lambda row: phrases.step_title(row.step.read(), names),
                phone="sub",
            ),
            Column(
                key="kind",
                label=_("Kind of document"),
                value=lambda row: words.kind_label(row.case.kind),
            ),
            Column(key="number", label=_("Number"), kind="code", value=lambda row: row.case.number),
            Column(key="title", label=_("Document"), value=lambda row: row.case.title),
            Column(key="began_at", label=_("Arrived"), kind="time"),
            Column(
                key="hours",
                label=_("Working hours"),
                kind="number",
                places=1,
                value=self.hours,
                phone="end2",
            ),
            Column(
                key="is_late",
                label=_("After the deadline"),
                kind="flag",
                tone=lambda row: "bad" if row.is_late else "",
            ),
        )

    def hours(self, row: Any) -> Decimal:
        """Return how many working hours lay between arrival and signature."""
        span = self.working.working_time_between(row.began_at, row.at)
        return Decimal(span.total_seconds()) / 3600

    # ---- the chart -----------------------------------------------------------------------------

    def page_context(self) -> dict[str, Any]:
        by = self.state.switches.get("by", "")
        rows = list(self.found[:MOST])
        total = self._tally(rows, lambda _row: ("", ""))
        tallies = self._tally(rows, self._person if by == "person" else self._step)
        return {
            "bys": [
                {"url": self.state.address(by=key), "label": label, "current": key == by}
                for key, label in (("", gettext("By step")), ("person", gettext("By person")))
            ],
            "bars": bars_of(tallies),
            "figures": figures_of(next(iter(total), Tally(""))),
        }

    def _tally(self, rows: Iterable[Any], key_of: Any) -> list[Tally]:
        tallies: dict[Any, Tally] = {}
        for row in rows:
            key = key_of(row)
            tally = tallies.setdefault(key, Tally(*key))
            tally.count += 1
            tally.late += row.is_late
            tally.hours += self.hours(row)
        return sorted(tallies.values(), key=lambda one: -one.mean)

    def _step(self, row: Any) -> tuple[str, str]:
        names = self.lookup.names
        return phrases.step_title(row.step.read(), names), row.case.version.chain.label

    def _person(self, row: Any) -> tuple[str, str]:
        return row.label, ""

    def count_words(self, count: int) -> str:
        return ngettext("%(count)d signature", "%(count)d signatures", count) % {"count": count}


def bars_of(tallies: list[Tally]) -> list[Bar]:
    """Return the slowest, each as long as its mean; its end is red by the share that was late."""
    slowest = tallies[:MOST_BARS]
    peak = max((one.mean for one in slowest), default=Decimal(0)) or Decimal(1)
    found = []
    for one in slowest:
        width = one.mean / peak * 100
        late = width * one.late / one.count
        count = ngettext("%(count)d time", "%(count)d times", one.count) % {"count": one.count}
        found.append(
            Bar(
                one.label,
                phrases.listed([part for part in (one.note, count) if part]),
                formats.spell_number(one.mean, 1),
                f"{width:.2f}",
                f"{width - late:.2f}",
                f"{late:.2f}" if late else "",
            )
        )
    return found


def figures_of(total: Tally) -> list[dict[str, Any]]:
    """Return the key figures above the chart."""
    on_time = Decimal(total.count - total.late) / total.count if total.count else None
    return [
        {"label": gettext("Signatures"), "value": formats.spell_number(total.count)},
        {
            "label": gettext("Mean time to sign"),
            "value": formats.spell_number(total.mean, 1),
            "foot": gettext("working hours"),
        },
        {"label": gettext("In time"), "value": formats.spell_percent(on_time)},
        {
            "label": gettext("After the deadline"),
            "value": formats.spell_number(total.late),
            "tone": "bad" if total.late else "",
        },
    ]
