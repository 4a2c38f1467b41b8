from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from console.inputs import DayField, MoneyField, NumberField, once
from services.procurement.orders.models import OrderLine
from services.procurement.receiving.models import ObjectionKind, SealedSample, Settlement

Choices = list[tuple[object, object]]
AT_THE_DOOR: Final = (ObjectionKind.DAMAGED, ObjectionKind.UNLIKE_SAMPLE, ObjectionKind.WRONG)


class QuantityField(NumberField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_digits=10, decimal_places=3, **kwargs)


class Receive(forms.Form):
    """What arrived, article by article; what is left empty did not arrive."""

    key = once()
    sales_slip = forms.CharField(label=_("Number of the sales slip"), max_length=60, required=False)
    is_rest_to_come = forms.BooleanField(
        label=_("The vendor delivers the rest later"),
        required=False,
        help_text=_("Otherwise what is missing is objected to at once."),
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(
        self, *args: Any, lines: list[OrderLine], samples: dict[int, SealedSample], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.lines, self.samples = lines, samples
        for line in lines:
            self.fields.update(self._fields_of(line))

    def _fields_of(self, line: OrderLine) -> dict[str, forms.Field]:
        to_come = f"{line.to_come.normalize():f} {line.unit}"  # type: ignore[attr-defined]
        found: dict[str, forms.Field] = {
            "arrived": QuantityField(
                label=_("%(name)s: arrived") % {"name": line.name},
                required=False,
                help_text=_("%(quantity)s to come") % {"quantity": to_come},
            ),
            "accepted": QuantityField(
                label=_("%(name)s: accepted") % {"name": line.name},
                required=False,
                help_text=_("Empty: all that arrived."),
            ),
            "fault": forms.ChoiceField(
                label=_("%(name)s: what is wrong with the rest") % {"name": line.name},
                choices=[(kind.value, kind.label) for kind in AT_THE_DOOR],
                required=False,
            ),
            "reason": forms.CharField(
                label=_("%(name)s: why the rest is refused") % {"name": line.name},
                max_length=200,
                required=False,
            ),
        }
        if line.item_id in self.samples:
            sample = self.samples[line.item_id]
            found["agrees"] = forms.TypedChoiceField(
                label=_("%(name)s: agrees with sealed sample %(sample)s")
                % {"name": line.name, "sample": sample.number},
                choices=[("", _("Not compared")), ("1", _("Agrees")), ("0", _("Differs"))],
                coerce=lambda value: value == "1",
                empty_value=None,
                required=False,
            )
        if line.item is not None:
            found["lot"] = forms.CharField(
                label=_("%(name)s: lot number") % {"name": line.name},
                max_length=60,
                required=False,
            )
        if line.item is not None and line.item.has_expiry:
            found["expires"] = DayField(
                label=_("%(name)s: keeps until") % {"name": line.name}, required=False
            )
        return {f"{name}_{line.pk}": field for name, field in found.items()}


class ObjectInUse(forms.Form):
    quantity = QuantityField(label=_("Quantity"))
    quarantine = forms.TypedChoiceField(
        label=_("Set aside in"),
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("For goods that lie in the warehouse."),
    )
    text = forms.CharField(label=_("What is wrong"), max_length=500)

    def __init__(self, *args: Any, quarantines: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Choices = [("", _("Nothing is in the warehouse")), *quarantines]
        self.fields["quarantine"].choices = choices  # type: ignore[attr-defined]


class Settle(forms.Form):
    settlement = forms.ChoiceField(label=_("How it was settled"), choices=Settlement.choices)
    credit = MoneyField(
        label=_("What the vendor gives back, with tax"), required=False, min_value=0
    )
    text = forms.CharField(label=_("What was agreed"), max_length=500)


class Return(forms.Form):
    quantity = QuantityField(label=_("Quantity"))
    assets = forms.TypedMultipleChoiceField(
        label=_("Pieces that go back"), coerce=int, required=False
    )

    def __init__(self, *args: Any, assets: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if assets:
            self.fields["assets"].choices = assets  # type: ignore[attr-defined]
        else:
            del self.fields["assets"]


class Seal(forms.Form):
    item = forms.TypedChoiceField(label=_("Article"), coerce=int)
    vendor = forms.TypedChoiceField(label=_("Vendor"), coerce=int)
    replaces = forms.TypedChoiceField(
        label=_("Takes the place of"), coerce=int, empty_value=None, required=False
    )
    description = forms.CharField(label=_("Description"), max_length=300)
    place = forms.CharField(label=_("Where it is kept"), max_length=100)

    def __init__(
        self, *args: Any, items: Choices, vendors: Choices, samples: Choices, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["item"].choices = items
        fields["vendor"].choices = vendors
        fields["replaces"].choices = [("", _("None")), *samples]


class Nothing(forms.Form):
    """A question that is answered by its button."""
