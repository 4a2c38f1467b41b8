from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.utils.translation import pgettext_lazy as _p

from console.inputs import DayField, MoneyField, NumberField, once
from services.procurement.stock.models import WarehouseKind

_THOUSANDTH = Decimal("0.001")


def quantity(**options: Any) -> NumberField:
    """Return a field for a quantity of goods."""
    return NumberField(max_digits=10, decimal_places=3, **{"min_value": _THOUSANDTH, **options})


def choose(form: forms.Form, name: str, choices: list[tuple[Any, Any]]) -> None:
    """Give a field its choices; where an empty one is among them it may be left empty."""
    form.fields[name].choices = choices  # type: ignore[attr-defined]


class NewWarehouse(forms.Form):
    code = forms.CharField(label=_("Code"), max_length=20)
    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=60)
    project_id = forms.TypedChoiceField(
        label=_("Project"), coerce=int, empty_value=None, required=False
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=WarehouseKind.choices)
    holder_id = forms.TypedChoiceField(
        label=_("Technician"),
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("Only for a technician's own stock."),
    )

    def __init__(self, *args: Any, places: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "project_id", places)
        choose(self, "holder_id", [("", "—"), *people])


class WarehouseChange(forms.Form):
    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=60)
    is_active = forms.BooleanField(label=_("In use"), required=False)


class Opening(forms.Form):
    warehouse_id = forms.TypedChoiceField(label=_("Warehouse"), coerce=int)
    code = forms.CharField(
        label=_("Article"), max_length=100, help_text=_("Its barcode, its code or its name.")
    )
    quantity = quantity(label=_("Quantity"))
    value = MoneyField(label=_("Value of all of it"), min_value=Decimal(0))
    lot_number = forms.CharField(label=_("Lot number"), max_length=60, required=False)
    expires_on = DayField(label=_("Keeps until"), required=False)

    def __init__(self, *args: Any, warehouses: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "warehouse_id", warehouses)


class Minimum(forms.Form):
    minimum = quantity(
        label=_("Minimum"),
        required=False,
        min_value=Decimal(0),
        help_text=_("Left empty, nobody is told when it runs short."),
    )


class Entry(forms.Form):
    """The lines of a paper that is being written: what is typed or scanned next."""

    code = forms.CharField(
        label=_("Barcode, code or name of the article"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-scan-field": ""}),
    )


class IssueHead(Entry):
    key = once()
    warehouse_id = forms.TypedChoiceField(label=_("Warehouse"), coerce=int)
    project_id = forms.TypedChoiceField(
        label=_("Used for"), coerce=int, empty_value=None, required=False
    )
    unit = forms.CharField(label=_("Unit that uses it"), max_length=100)
    person_id = forms.TypedChoiceField(
        label=_("Who takes it"), coerce=int, empty_value=None, required=False
    )
    person_label = forms.CharField(
        label=_("Or somebody without an account"), max_length=140, required=False
    )
    purpose = forms.CharField(label=_("What for"), max_length=200)

    def __init__(
        self, *args: Any, warehouses: Any, places: Any, people: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "warehouse_id", warehouses)
        choose(self, "project_id", places)
        choose(self, "person_id", [("", "—"), *people])


class TransferHead(Entry):
    key = once()
    source_id = forms.TypedChoiceField(label=_p("of goods", "From"), coerce=int)
    target_id = forms.TypedChoiceField(label=_p("of goods", "To"), coerce=int)
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args: Any, warehouses: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "source_id", warehouses)
        choose(self, "target_id", warehouses)


class GiveBack(forms.Form):
    key = once()
    quantity = quantity(label=_("Quantity given back"))
    reason = forms.CharField(label=_("Reason"), max_length=200)


class StartCount(forms.Form):
    warehouse_id = forms.TypedChoiceField(label=_("Warehouse"), coerce=int)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(self, *args: Any, warehouses: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "warehouse_id", warehouses)


class Counted(forms.Form):
    counted = quantity(label=_("Counted"), min_value=Decimal(0))


class Reason(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200)
