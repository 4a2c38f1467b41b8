from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from console.inputs import DayField

WORKING, RESTING = "working", "resting"


class Days(forms.Form):
    """An exception for one day or several in a row."""

    first_day = DayField(label=_("First day"))
    last_day = DayField(
        label=_("Last day"), required=False, help_text=_("Leave empty for a single day.")
    )
    counts_as = forms.ChoiceField(
        label=_("Counts as"),
        choices=[
            (RESTING, pgettext_lazy("a day", "Rest day")),
            (WORKING, pgettext_lazy("a day", "Working day")),
        ],
    )
    name = forms.CharField(
        label=_("Reason"),
        max_length=60,
        help_text=_("For example: company anniversary, make-up day for the Spring Festival."),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("first_day") and not values.get("last_day"):
            values["last_day"] = values["first_day"]
        return values
