from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from console import formats
from console.inputs import MoneyField
from services.billing.runs.rules import month_of
from services.billing.standards.rules import shift_month

MONTHS_BACK = 12


class Prepare(forms.Form):
    """Which month: the next one, this one, or one of the last year."""

    period = forms.DateField(label=_("Month to bill"), widget=forms.Select)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        this_month = month_of(today)
        months = [shift_month(this_month, 1 - number) for number in range(MONTHS_BACK + 2)]
        self.fields["period"].widget.choices = [
            (month.isoformat(), formats.spell_month(month)) for month in months
        ]
        self.initial.setdefault("period", this_month.isoformat())


class Check(forms.Form):
    """The totals that the checker saw travel with his confirmation."""

    expected_lines = forms.IntegerField(widget=forms.HiddenInput)
    expected_amount = MoneyField(widget=forms.HiddenInput, min_value=0)
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What you compared. It stays with the run."),
    )


class Cancel(forms.Form):
    reason = forms.CharField(label=_("Why"), required=False, max_length=300)


class Reverse(forms.Form):
    reason = forms.CharField(
        label=_("Why is the bill reversed?"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
