from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as _p

from console.inputs import DayField, MoneyField
from console.procurement.stock.forms import choose


class NewAsset(forms.Form):
    code = forms.CharField(
        label=_("Article"), max_length=100, help_text=_("Its barcode, its code or its name.")
    )
    project_id = forms.TypedChoiceField(
        label=_("Project"), coerce=int, empty_value=None, required=False
    )
    place = forms.CharField(label=_("Place"), max_length=100, required=False)
    serial_number = forms.CharField(label=_("Serial number"), max_length=80, required=False)
    cost = MoneyField(label=_("Cost"), min_value=Decimal(0))
    received_on = DayField(label=_("Received"))
    warranty_to = DayField(label=_("Warranty until"), required=False)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(self, *args: Any, places: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "project_id", places)


class HandOver(forms.Form):
    holder_id = forms.TypedChoiceField(label=_("Who gets it"), coerce=int)
    place = forms.CharField(label=_("Place"), max_length=100, required=False)

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "holder_id", people)


class Move(forms.Form):
    project_id = forms.TypedChoiceField(
        label=_("Project"), coerce=int, empty_value=None, required=False
    )
    place = forms.CharField(label=_("Place"), max_length=100, required=False)

    def __init__(self, *args: Any, places: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "project_id", places)


class Place(forms.Form):
    place = forms.CharField(label=_("Place"), max_length=100, required=False)


class Reason(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300)


class Note(forms.Form):
    note = forms.CharField(label=_p("of an asset", "What was done"), max_length=300, required=False)
