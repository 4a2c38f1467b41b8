from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from console.inputs import DayField, NumberField, plain
from services.procurement.orders.models import OrderLine
from services.procurement.orders.rules import NewFigures


class Promise(forms.Form):
    promised_on = DayField(label=_("Day of delivery"))


class _ByLine(forms.Form):
    """A figure for each line of an order."""

    is_required = False

    def __init__(self, *args: Any, lines: Iterable[OrderLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = list(lines)
        for line in self.lines:
            self.fields[f"quantity_{line.pk}"] = NumberField(
                label=gettext("%(line)s: quantity (%(unit)s)")
                % {"line": f"{line.position}. {line.name}", "unit": line.unit},
                initial=plain(line.quantity) if self.is_required else None,
                required=self.is_required,
                max_digits=10,
                decimal_places=3,
            )


class Announce(_ByLine):
    expected_on = DayField(label=_("Day of delivery"))
    carrier = forms.CharField(label=_("Carrier"), max_length=100, required=False)
    tracking_number = forms.CharField(label=_("Tracking number"), max_length=60, required=False)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        """Add ``quantities``: how much of which line comes."""
        values = self.cleaned_data
        found = {line.pk: values.pop(f"quantity_{line.pk}", None) for line in self.lines}
        values["quantities"] = {pk: one for pk, one in found.items() if one}
        return values


class Propose(_ByLine):
    is_required = True
    deliver_by = DayField(label=_("Deliver by"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def clean(self) -> dict[str, Any]:
        """Add ``lines``: what each line is to be."""
        values = self.cleaned_data
        values["lines"] = {
            line.pk: NewFigures(quantity=values.pop(f"quantity_{line.pk}", None))
            for line in self.lines
        }
        return values
