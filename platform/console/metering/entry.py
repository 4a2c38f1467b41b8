"""Reading by hand, meter after meter, on a phone: find or scan, type the digits, next."""

from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from console import formats
from console.inputs import plain
from console.metering.forms import EntryForm
from console.metering.lists import fault_words
from console.metering.months import month_context, month_of, month_text
from console.views import ConsoleView
from kernel.access import Action
from kernel.errors import Conflict, Invalid, NotFound
from services.billing.metering import operations, queries, rules
from services.billing.metering.models import Reading
from services.billing.metering.queries import ReadingEntry
from services.properties import queries as registry
from services.properties.models import Meter


class Entry(ConsoleView):
    """GET shows the meter asked for, or the next without a reading; POST records and goes on."""

    action = Action.READING_RECORD
    project_id: int

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.project_id = kwargs["project_id"]

    @cached_property
    def month(self) -> date:
        return month_of(self.kwargs["month"])

    def get(self, request: HttpRequest, project_id: int, month: str) -> HttpResponseBase:
        code = request.GET.get("code", "").replace("\x00", "").strip()
        if code:
            meter = queries.find_meter(actor=self.actor, project_id=project_id, code=code[:40])
            if meter is None:
                words = gettext("There is no meter of the number %(code)s here.")
                return self._show(self._next(), problem=words % {"code": code[:40]}, status=404)
            return self._show(meter)
        return self._show(self._asked() or self._next())

    def post(self, request: HttpRequest, project_id: int, month: str) -> HttpResponseBase:
        meter = self._asked()
        if meter is None:
            raise NotFound
        form = EntryForm(request.POST)
        if not form.is_valid():
            return self._show(meter, form=form, status=422)
        if request.POST.get("sure") != "1":
            doubts = self._doubts(meter, form)
            if doubts:
                return self._show(meter, form=form, doubts=doubts, status=409)
        try:
            reading = self._record(meter, form)
        except (Conflict, Invalid) as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            return self._show(meter, form=form, status=error.status)
        following = self._next(after=meter)
        address = reverse("readings-entry", args=[project_id, month])
        query = self._query(following) if following else f"building={self._building or ''}"
        return redirect(f"{address}?{query}&saved={reading.pk}")

    # ---- the reading ---------------------------------------------------------------------------

    def _doubts(self, meter: Meter, form: EntryForm) -> list[str]:
        """Return what makes a value doubtful, so that the reader looks again while he is there."""
        [assessment] = queries.assess(
            project_id=self.project_id,
            usage_month=self.month,
            entries=[self._entry(meter, form)],
        )
        if assessment.verdict is None:
            return []
        reading = Reading(faults=list(assessment.verdict.faults))
        return [fault_words(reading)] if reading.faults else []

    def _record(self, meter: Meter, form: EntryForm) -> Reading:
        entry = self._entry(meter, form)
        return operations.record_reading(
            actor=self.actor,
            meter_id=meter.pk,
            usage_month=self.month,
            previous=entry.previous,
            current=entry.current,
            read_on=entry.read_on,
            reader_name=entry.reader_name,
            note=entry.note,
            now=self.now,
            today=self.today,
        )

    def _entry(self, meter: Meter, form: EntryForm) -> ReadingEntry:
        data = form.cleaned_data
        return ReadingEntry(
            meter_id=meter.pk,
            current=data["current"],
            previous=data["previous"],
            read_on=data["read_on"],
            reader_name=str(self.request.user)[:60],
            note=data["note"],
        )

    def _saved(self) -> tuple[str, str] | None:
        """Return tone and words about the reading that was saved a moment ago."""
        text = self.request.GET.get("saved", "")
        if not (text.isascii() and text.isdigit() and len(text) < 19):
            return None
        reading = queries.all_readings(actor=self.actor).filter(pk=int(text)).first()
        if reading is None:
            return None
        room, kind = reading.meter.unit.label, reading.meter.kind
        if reading.consumption is None:
            words = gettext("%(room)s: on the exception list (%(why)s).")
            return "warn", words % {"room": room, "why": fault_words(reading)}
        words = gettext("%(room)s: %(consumption)s %(unit)s saved.")
        consumption = formats.spell_number(reading.consumption.normalize() + 0)
        unit = Meter.UNITS_OF_MEASURE[kind]
        return "ok", words % {"room": room, "consumption": consumption, "unit": unit}

    # ---- which meter ---------------------------------------------------------------------------

    def _asked(self) -> Meter | None:
        text = self.request.POST.get("meter") or self.request.GET.get("meter") or ""
        if not (text.isascii() and text.isdigit() and len(text) < 19):
            return None
        meter = queries.get_meter(actor=self.actor, meter_id=int(text))
        if meter.project_id != self.project_id:
            raise NotFound
        return meter

    def _waiting(self) -> QuerySet[Meter]:
        """Return the meters without a reading, on the route that was chosen."""
        waiting = queries.missing_meters(
            actor=self.actor, project_id=self.project_id, usage_month=self.month
        )
        building = self._building
        return waiting.filter(unit__building_id=building) if building else waiting

    @cached_property
    def _building(self) -> int | None:
        text = self.request.POST.get("building") or self.request.GET.get("building") or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None

    def _next(self, after: Meter | None = None) -> Meter | None:
        """Return the next meter on the route; past its end those that were left out."""
        waiting = self._waiting()
        if after is None:
            return waiting.first()
        further = waiting.filter(
            Q(unit__sort_key__gt=after.unit.sort_key)
            | Q(unit__sort_key=after.unit.sort_key, code__gt=after.code)
        )
        return further.first() or waiting.exclude(pk=after.pk).first()

    def _query(self, meter: Meter) -> str:
        route = f"&building={self._building}" if self._building else ""
        return f"meter={meter.pk}{route}"

    # ---- the page ------------------------------------------------------------------------------

    def _show(
        self,
        meter: Meter | None,
        *,
        form: EntryForm | None = None,
        doubts: list[str] | None = None,
        problem: str = "",
        status: int = 200,
    ) -> HttpResponse:
        context = {
            **month_context(
                actor=self.actor, project_id=self.project_id, month=self.month, today=self.today
            ),
            "title": _("Read meters"),
            "crumbs": [
                (
                    _("Meter readings"),
                    reverse("readings-month", args=[self.project_id, month_text(self.month)]),
                )
            ],
            "meter": meter,
            "waiting": self._waiting().count(),
            "buildings": registry.buildings(actor=self.actor, project_id=self.project_id),
            "building": self._building,
            "doubts": doubts,
            "problem": problem,
            "saved": self._saved(),
            **(self._meter_context(meter, form) if meter else {}),
        }
        return render(self.request, "console/metering/entry.html", context, status=status)

    def _meter_context(self, meter: Meter, form: EntryForm | None) -> dict[str, Any]:
        history = queries.histories([meter], before=self.month)[meter.pk]
        there = queries.reading_of(actor=self.actor, meter_id=meter.pk, usage_month=self.month)
        known = there.previous if there else (history.closings[0] if history.closings else None)
        following = self._next(after=meter)
        usual = rules.usual_consumption(history.recent, None)
        return {
            "form": form
            or EntryForm(
                initial={
                    "current": plain(there.current) if there else None,
                    "previous": plain(known),
                    "read_on": there.read_on if there and there.read_on else self._day(),
                    "note": there.note if there else "",
                }
            ),
            "known_previous": known,
            "usual": usual,
            "unit": Meter.UNITS_OF_MEASURE[meter.kind],
            "there": there,
            "skip": self._query(following) if following else "",
        }

    def _day(self) -> date:
        """Return the day to offer: today in the month itself, else the window's last day."""
        if self.today.replace(day=1) == self.month:
            return self.today
        return rules.window_of(self.month, queries.limits_of(self.project_id))[1]
