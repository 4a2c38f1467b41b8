"""Forms of the evaluation: who scores, the marks, the award."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from services.procurement.rounds.models import Score
from services.procurement.rounds.rules.awards import FULL_SCORE
from services.procurement.rounds.rules.comparison import Column, Comparison


class EvaluatorsForm(forms.Form):
    people = forms.TypedMultipleChoiceField(
        label=_("Evaluators"), coerce=int, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, people: Iterable[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].choices = list(people)  # type: ignore[attr-defined]


class ScoresForm(forms.Form):
    """A mark and a word for each quote and criterion: fields ``m-<quote>-<criterion>``."""

    def __init__(
        self,
        *args: Any,
        columns: Sequence[Column],
        criteria: Sequence[tuple[str, str]],
        given: dict[tuple[int, str], Score],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.columns, self.criteria = columns, criteria
        for column in columns:
            for key, label in criteria:
                quote_id = column.bid.quote_id
                score = given.get((quote_id, key))
                words = {"vendor": column.bid.vendor_name, "criterion": label}
                self.fields[f"m-{quote_id}-{key}"] = forms.IntegerField(
                    label=_("%(vendor)s, %(criterion)s: mark") % words,
                    min_value=0,
                    max_value=FULL_SCORE,
                    required=False,
                    initial=score.points if score else None,
                    widget=forms.NumberInput(
                        attrs={"class": "form-control num", "inputmode": "numeric"}
                    ),
                )
                self.fields[f"n-{quote_id}-{key}"] = forms.CharField(
                    label=_("%(vendor)s, %(criterion)s: note") % words,
                    max_length=200,
                    required=False,
                    initial=score.note if score else "",
                    widget=forms.TextInput(
                        attrs={"class": "form-control", "placeholder": _("Remark")}
                    ),
                )

    def rows(self) -> list[tuple[str, list[tuple[forms.BoundField, forms.BoundField]]]]:
        """Return the fields of each criterion by vendor, as the page shows them."""
        return [
            (
                label,
                [
                    (self[f"m-{column.bid.quote_id}-{key}"], self[f"n-{column.bid.quote_id}-{key}"])
                    for column in self.columns
                ],
            )
            for key, label in self.criteria
        ]

    def marks(self) -> dict[tuple[int, str], tuple[int, str]]:
        """Return the marks that were given, as the operation takes them."""
        found = {}
        for column in self.columns:
            for key, _label in self.criteria:
                quote_id = column.bid.quote_id
                points = self.cleaned_data[f"m-{quote_id}-{key}"]
                if points is not None:
                    found[quote_id, key] = (points, self.cleaned_data[f"n-{quote_id}-{key}"])
        return found


class AwardForm(forms.Form):
    """One vendor for all lines, or one for each: fields ``line-<id>``."""

    kind = forms.ChoiceField(
        label=_("Award"),
        choices=[("whole", _("As a whole")), ("split", _("Line by line"))],
        widget=forms.RadioSelect,
        initial="whole",
    )
    vendor = forms.TypedChoiceField(
        label=_("Vendor"), coerce=int, required=False, empty_value=None, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, sheet: Comparison, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sheet = sheet
        complete = [column for column in sheet.columns if column.is_complete]
        self.fields["vendor"].choices = [  # type: ignore[attr-defined]
            (column.bid.vendor_id, column.bid.vendor_name) for column in complete
        ]
        if complete:
            best = sheet.best or sheet.cheapest
            self.fields["vendor"].initial = best.bid.vendor_id if best else None
        cheapest = sheet.cheapest_split or {}
        for line, cells in sheet.rows:
            self.fields[f"line-{line.line_id}"] = forms.TypedChoiceField(
                label=line.name,
                coerce=int,
                required=False,
                empty_value=None,
                choices=[
                    (column.bid.vendor_id, column.bid.vendor_name)
                    for column, cell in zip(sheet.columns, cells, strict=True)
                    if cell.price is not None
                ],
                initial=cheapest.get(line.line_id),
                widget=forms.Select(attrs={"class": "inp"}),
            )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("kind") == "whole" and not values.get("vendor"):
            self.add_error("vendor", _("Choose who gets the order."))
        return values

    def award(self) -> dict[int, int]:
        """Return a vendor by line, as the operation takes it; lines without one are left out."""
        if self.cleaned_data["kind"] == "whole":
            return self.sheet.whole(self.cleaned_data["vendor"])
        chosen = {
            line.line_id: self.cleaned_data.get(f"line-{line.line_id}")
            for line, _cells in self.sheet.rows
        }
        return {line_id: vendor_id for line_id, vendor_id in chosen.items() if vendor_id}
