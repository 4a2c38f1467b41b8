"""编号规则: the series of numbers and their patterns."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from console.sheets import EditSheet
from console.views import ConsoleView
from kernel.access import Action
from kernel.documents.models import NumberSeries
from kernel.documents.numbers import change_pattern, queries


class AllSeries(ConsoleView):
    action = Action.COMPANY_CONFIGURE

    def get(self, request: HttpRequest) -> HttpResponseBase:
        context = {
            "title": _("Numbering"),
            "series": queries.series_in_force(actor=self.actor, today=self.today),
        }
        return render(request, "console/numbering/numbers.html", context)


class PatternForm(forms.Form):
    pattern = forms.CharField(label=_("Pattern"), max_length=60)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=60)


class EditPattern(EditSheet):
    """Another pattern, for the numbers to come."""

    action = Action.COMPANY_CONFIGURE
    form_class = PatternForm

    def words(self) -> dict[str, Any]:
        series = self._series()
        tokens = " ".join(f"{{{token}}}" for token in series.tokens)
        return {
            "title": gettext("Numbers of: %(series)s") % {"series": series.name},
            "lead": gettext("Tokens: %(tokens)s. {NN} counts with at least two digits.")
            % {"tokens": tokens},
        }

    def form_options(self) -> dict[str, Any]:
        pattern = self._series().pattern
        return {"initial": {"pattern": pattern, "seen": pattern}}

    def save(self, values: dict[str, Any]) -> None:
        change_pattern(actor=self.actor, series=self.kwargs["series"], now=self.now, **values)

    def records(self) -> dict[Any, list[int]]:
        pk = self._series().pk
        return {NumberSeries: [pk]} if pk else {}

    def back(self) -> str:
        return reverse("numbers")

    def _series(self) -> queries.SeriesInForce:
        return queries.get_series(actor=self.actor, key=self.kwargs["series"], today=self.today)
