"""The side panel: what the figures on the screen would charge, computed on the server."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from console.inputs import plain, read_month, read_number
from console.standards import words
from console.standards.forms import FiguresForm
from console.views import ConsoleView
from kernel.access import Action, Actor
from kernel.errors import Invalid, NotFound
from services.billing.metering import queries as metering
from services.billing.standards import queries, rules
from services.billing.standards.models import FeeStandard, FeeVersion, Method, VersionState
from services.properties.models import Unit


class Trial(ConsoleView):
    """The panel's result for the figures, the room and the months that were sent."""

    action = Action.FEE_STANDARD_VIEW

    def post(self, request: HttpRequest, project_id: int, standard_id: int) -> HttpResponseBase:
        standard = queries.get_standard(actor=self.actor, standard_id=standard_id)
        if standard.project_id != project_id:
            raise NotFound
        figures, problem = self._figures(standard)
        version = self._named(standard)
        context = trial_context(
            actor=self.actor,
            standard=standard,
            figures=figures,
            unit_text=request.POST.get("trial_unit", ""),
            months=_months(request.POST.get("trial_months", ""), self.today),
            consumption=read_number(request.POST.get("trial_consumption", "")),
            version=version,
        )
        return render(
            request, "console/standards/_trial.html", {**context, "trial_problem": problem}
        )

    def _named(self, standard: FeeStandard) -> FeeVersion | None:
        text = self.request.POST.get("trial_version")
        for version in standard.versions.all() if text else ():
            if str(version.pk) == text:
                return version
        return None

    def _figures(self, standard: FeeStandard) -> tuple[rules.Figures | None, str]:
        """Return the figures to try out, or what is wrong with them.

        A version that cannot be edited is named; its fields are locked and do not come along.
        """
        version = self._named(standard)
        if version is not None:
            return queries.figures_of(version), ""
        form = FiguresForm(self.request.POST)
        if not form.is_valid():
            return None, " ".join(str(error) for errors in form.errors.values() for error in errors)
        figures = form.figures()
        try:
            rules.check_figures(figures)
        except Invalid as error:
            return None, str(error)
        return figures, ""


def trial_context(
    *,
    actor: Actor,
    standard: FeeStandard,
    figures: rules.Figures | None,
    unit_text: str,
    months: Sequence[date],
    consumption: Decimal | None = None,
    version: FeeVersion | None = None,
) -> dict[str, Any]:
    """Return what the panel shows; without figures only that there is nothing to compute.

    :param version: the version that the figures are of, if they are saved.
    """
    unit = queries.find_unit(actor=actor, project_id=standard.project_id, text=unit_text)
    context: dict[str, Any] = {
        "trial_unit": unit,
        "trial_unit_text": unit_text,
        "trial_figures": figures,
    }
    if figures is None:
        return context
    if figures.pricing.method == Method.TIERED_METER and unit is not None:
        consumption = (
            metering.last_consumption(actor=actor, unit_id=unit.pk, kind=figures.meter_kind)
            if consumption is None
            else consumption
        )
    context["trial_consumption"] = plain(consumption)
    context["impact"] = impact = queries.impact(standard=standard, figures=figures)
    context["gaps"] = [(gap, words.problem_word(gap.problem)) for gap in impact.gaps]
    context["is_metered"] = figures.pricing.method == Method.TIERED_METER
    if unit is not None:
        context |= _preview(actor, standard, figures, unit, months, consumption, version)
    return context


def _preview(
    actor: Actor,
    standard: FeeStandard,
    figures: rules.Figures,
    unit: Unit,
    months: Sequence[date],
    consumption: Decimal | None,
    version: FeeVersion | None,
) -> dict[str, Any]:
    # A confirmed version is shown among the others as they stand, a draft as if it were in force.
    is_confirmed = version is not None and version.state == VersionState.CONFIRMED
    preview = queries.preview(
        actor=actor,
        standard=standard,
        unit_id=unit.pk,
        months=months,
        figures=None if is_confirmed else figures,
        consumption=consumption,
    )
    rows = [
        {
            "month": words.month_words(month.month),
            "version": f"V{month.number}" if month.number else "",
            "steps": words.explanation_rows(month.explanation, figures.meter_kind)
            if month.explanation
            else [],
            "amount": month.amount,
            "problem": words.problem_word(month.problem) if month.problem else "",
        }
        for month in preview.months
    ]
    share = None
    if preview.change is not None and preview.before:
        share = preview.change / preview.before
    return {"preview": preview, "preview_rows": rows, "preview_share": share}


def _months(text: str, today: date) -> list[date]:
    first = read_month(text.removesuffix("-Q")) or today.replace(day=1)
    count = 3 if text.endswith("-Q") else 1
    return [rules.shift_month(first, number) for number in range(count)]
