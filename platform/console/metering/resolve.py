"""One reading in the side sheet: the meter's past, and the decision what is billed of it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_htmx.http import HttpResponseClientRefresh

from console.histories import told
from console.metering.bars import bars_of
from console.metering.forms import REASONS, ReopenForm, ResolveForm
from console.metering.lists import fault_words
from console.metering.months import month_text
from console.sheets import SheetView
from kernel.access import Action
from kernel.duties import KeptApart
from kernel.errors import Conflict, DomainError, Invalid, NotFound
from services.billing.metering import operations, queries, rules
from services.billing.metering.models import Reading, ReadingState, Resolution
from services.properties.models import Meter


class ReadingSheet(SheetView):
    """GET shows a reading and what can be decided, POST decides."""

    action = Action.READING_VIEW
    sheet_template = "console/metering/_reading.html"

    def get(self, request: HttpRequest, project_id: int, reading_id: int) -> HttpResponseBase:
        reading = find_reading(self, project_id, reading_id)
        resolution = self._resolution(reading, request.GET.get("resolution"))
        return self._show(reading, self._form(reading, resolution), resolution)

    def post(self, request: HttpRequest, project_id: int, reading_id: int) -> HttpResponseBase:
        reading = find_reading(self, project_id, reading_id)
        resolution = self._resolution(reading, request.POST.get("resolution"))
        form = ResolveForm(request.POST, resolution=resolution)
        if form.is_valid():
            try:
                operations.resolve_reading(
                    actor=self.actor,
                    reading_id=reading.pk,
                    resolution=resolution,
                    now=self.now,
                    **form.cleaned_data,
                )
            except (Conflict, Invalid, KeptApart) as error:
                self.take(form, error)
            else:
                return self.done(reading)
        return self._show(reading, form, resolution, status=422)

    def done(self, reading: Reading) -> HttpResponse:
        """Return to the list as it stood, with its filters."""
        if self.request.headers.get("HX-Request") == "true":
            return HttpResponseClientRefresh()
        return self.go(list_of(reading))

    def take(self, form: Any, error: DomainError) -> None:
        super().take(form, error)

    def _resolution(self, reading: Reading, asked: str | None) -> str:
        offered = self._offered(reading)
        return asked if asked in offered else offered[0]

    def _offered(self, reading: Reading) -> list[str]:
        """Return the decisions that make sense, the most likely first."""
        found = [Resolution.CORRECT, Resolution.METER_REPLACED, Resolution.ESTIMATE]
        if reading.current is None:
            found = [Resolution.ESTIMATE, Resolution.CORRECT]
        found.append(Resolution.DO_NOT_BILL)
        can_be_billed = rules.consumed(reading.previous, reading.current) is not None
        if can_be_billed and reading.state != ReadingState.ACCEPTED:
            found.insert(0, Resolution.ACCEPT_AS_READ)
        return [str(resolution) for resolution in found]

    def _form(self, reading: Reading, resolution: str) -> ResolveForm:
        rollover = rules.rollover(reading.previous, reading.current)
        return ResolveForm(
            resolution=resolution, initial=ResolveForm.offer(reading, resolution, rollover)
        )

    def _show(
        self, reading: Reading, form: ResolveForm, resolution: str, **extra: Any
    ) -> HttpResponse:
        past = queries.past_of(
            actor=self.actor, meter_id=reading.meter_id, up_to=reading.usage_month
        )
        held = queries.held_meters(
            project_id=reading.project_id, usage_month=reading.usage_month
        ).get(reading.meter_id)
        may_resolve = self.actor.may(Action.READING_RESOLVE, reading.project_id)
        is_own = reading.recorded_by is not None and reading.recorded_by == self.actor.user_id
        return self.show(
            form,
            title=reading.meter.unit.label,
            button=_("Decide"),
            back=list_of(reading),
            crumbs=[(_("Meter readings"), list_of(reading))],
            reading=reading,
            unit=Meter.UNITS_OF_MEASURE[reading.meter.kind],
            faults=fault_words(reading),
            read_consumption=rules.consumed(
                reading.previous, reading.current, reading.meter.multiplier
            ),
            rollover=rules.rollover(reading.previous, reading.current),
            bars=bars_of(past),
            past=list(reversed(past)),
            history=told({Reading: [reading.pk]}),
            held=operations.MESSAGES[held] if held else "",
            can_resolve=may_resolve and not held,
            can_reopen=may_resolve and not held and bool(reading.resolution),
            resolution=resolution,
            resolutions=[
                (value, Resolution(value).label, value == resolution)
                for value in self._offered(reading)
            ],
            own_acceptance=is_own and resolution == Resolution.ACCEPT_AS_READ,
            reasons=REASONS,
            **extra,
        )


class ReopenReading(SheetView):
    action = Action.READING_RESOLVE

    def get(self, request: HttpRequest, project_id: int, reading_id: int) -> HttpResponseBase:
        return self._show(ReopenForm(), find_reading(self, project_id, reading_id))

    def post(self, request: HttpRequest, project_id: int, reading_id: int) -> HttpResponseBase:
        reading = find_reading(self, project_id, reading_id)
        form = ReopenForm(request.POST)
        if form.is_valid():
            try:
                operations.reopen_reading(
                    actor=self.actor, reading_id=reading.pk, now=self.now, **form.cleaned_data
                )
            except (Conflict, Invalid) as error:
                self.take(form, error)
            else:
                if request.headers.get("HX-Request") == "true":
                    return HttpResponseClientRefresh()
                return self.go(list_of(reading))
        return self._show(form, reading, status=422)

    def _show(self, form: ReopenForm, reading: Reading, **extra: Any) -> HttpResponse:
        return self.show(
            form,
            title=_("Take the decision back"),
            button=_("Take it back"),
            back=list_of(reading),
            lead=_("The reading is judged as it was read, and waits to be resolved if it must."),
            **extra,
        )


def find_reading(view: SheetView, project_id: int, reading_id: int) -> Reading:
    """Return the reading of the address. :raises NotFound: if it is not the project's."""
    reading = queries.get_reading(actor=view.actor, reading_id=reading_id)
    if reading.project_id != project_id:
        raise NotFound
    return reading


def list_of(reading: Reading) -> str:
    return reverse("readings-month", args=[reading.project_id, month_text(reading.usage_month)])
