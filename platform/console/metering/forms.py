"""Forms of reading by hand and of deciding about a reading."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from console.inputs import DayField, NumberField, plain
from services.billing.metering.models import Reading, Resolution
from services.billing.metering.rules import Rollover

# Which figures a decision takes, in the order of the form; those in capitals of need are required.
FIGURES: dict[str, tuple[tuple[str, bool], ...]] = {
    Resolution.ACCEPT_AS_READ: (),
    Resolution.CORRECT: (("current", True), ("previous", False)),
    Resolution.METER_REPLACED: (("old_end", True), ("new_start", True), ("current", False)),
    Resolution.ESTIMATE: (("consumption", True),),
    Resolution.DO_NOT_BILL: (),
}
LABELS = {
    "current": _("Right reading"),
    "previous": _("Right previous reading"),
    "old_end": _("Last value of the old meter"),
    "new_start": _("First value of the new meter"),
    "consumption": _("Estimated consumption"),
}
REASONS = (
    _("Checked on site"),
    _("Misread"),
    _("Meter replaced"),
    _("Counter ran over"),
    _("Leak repaired"),
    _("Nobody at home"),
)


def _figure(label: object, *, required: bool) -> NumberField:
    return NumberField(label=label, required=required, max_digits=12, decimal_places=2, min_value=0)


class ResolveForm(forms.Form):
    """A decision's figures and its reason."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.TextInput(attrs={"list": "reasons", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, resolution: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.resolution = resolution
        for name, required in FIGURES[resolution]:
            label = _("The new meter's reading") if self._is_new_meter(name) else LABELS[name]
            self.fields[name] = _figure(label, required=required)
        self.order_fields([name for name, _required in FIGURES[resolution]])

    def _is_new_meter(self, name: str) -> bool:
        return name == "current" and self.resolution == Resolution.METER_REPLACED

    @staticmethod
    def offer(reading: Reading, resolution: str, rollover: Rollover | None) -> dict[str, str]:
        """Return what the fields begin with."""
        offers: dict[str, Decimal | None] = {}
        if resolution == Resolution.CORRECT:
            offers = {
                "current": reading.corrected_current or reading.current,
                "previous": reading.corrected_previous,
            }
        elif resolution == Resolution.METER_REPLACED:
            offers = {
                "old_end": rollover.old_end if rollover else reading.old_end,
                "new_start": rollover.new_start if rollover else reading.new_start,
                "current": reading.corrected_current or reading.current,
            }
        elif resolution == Resolution.ESTIMATE:
            offers = {"consumption": reading.consumption or reading.usual}
        return {name: plain(value) for name, value in offers.items()}


class ReopenForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300)


class EntryForm(forms.Form):
    """One meter on the screen of a phone."""

    current = NumberField(label=_("Reading"), max_digits=12, decimal_places=2, min_value=0)
    previous = NumberField(
        label=_("Previous reading"),
        required=False,
        max_digits=12,
        decimal_places=2,
        min_value=0,
    )
    read_on = DayField(label=_("Read on"))
    note = forms.CharField(label=_("Note"), max_length=200, required=False)
