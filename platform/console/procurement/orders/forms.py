from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from console.inputs import DayField, MoneyField, NumberField, plain, read_number
from services.procurement.orders.models import OrderLine
from services.procurement.orders.operations import Bought, Price
from services.procurement.orders.rules import NewFigures
from services.procurement.requests.models import RequestLine

Choices = list[tuple[object, object]]


class Draft(forms.Form):
    warehouse_id = forms.TypedChoiceField(
        label=_("Warehouse"), coerce=int, empty_value=None, required=False
    )
    place = forms.CharField(label=_("Place of delivery"), max_length=200, required=False)
    deliver_by = DayField(label=_("Deliver by"), required=False)
    terms = forms.CharField(
        label=_("Terms"), widget=forms.Textarea(attrs={"rows": 4}), required=False, max_length=5000
    )

    def __init__(self, *args: Any, warehouses: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["warehouse_id"].choices = [  # type: ignore[attr-defined]
            ("", _("Used on the spot")),
            *warehouses,
        ]


class Send(forms.Form):
    is_declared = forms.BooleanField(
        label=_(
            "I declare that I neither asked for, nor was promised, nor took a kickback, gift or "
            "other advantage for this order."
        )
    )


class Reason(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300)


class ProposeChange(forms.Form):
    """New quantities and prices; what is as before does not change."""

    def __init__(
        self, *args: Any, lines: Iterable[OrderLine], has_prices: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.lines = list(lines)
        for line in self.lines:
            name = f"{line.position}. {line.name}"
            self.fields[f"quantity_{line.pk}"] = NumberField(
                label=gettext("%(line)s: quantity (%(unit)s)") % {"line": name, "unit": line.unit},
                initial=plain(line.quantity),
                max_digits=10,
                decimal_places=3,
            )
            if has_prices:
                self.fields[f"price_{line.pk}"] = NumberField(
                    label=gettext("%(line)s: price with tax") % {"line": name},
                    initial=plain(line.unit_price, 2),
                    max_digits=12,
                    decimal_places=4,
                )
        self.fields["deliver_by"] = DayField(label=gettext("Deliver by"), required=False)
        self.fields["reason"] = forms.CharField(label=gettext("Reason"), max_length=300)

    def clean(self) -> dict[str, Any]:
        """Add ``figures``: what each line is to be."""
        values = self.cleaned_data
        values["figures"] = {
            line.pk: NewFigures(
                quantity=values.get(f"quantity_{line.pk}"),
                unit_price=values.get(f"price_{line.pk}"),
            )
            for line in self.lines
        }
        return values


class Loss(forms.Form):
    amount = MoneyField(label=_("Amount"))
    cause = forms.CharField(
        label=_("How it came about"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


class _OfRequests(forms.Form):
    """So much of each line of requests; a line left empty is not ordered."""

    def __init__(
        self, *args: Any, lines: Iterable[RequestLine], has_prices: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.lines = list(lines)
        for line in self.lines:
            name = f"{line.request.number} {line.name}"
            left = plain(line.left)  # type: ignore[attr-defined]  # annotated
            self.fields[f"quantity_{line.pk}"] = NumberField(
                label=gettext("%(line)s: %(left)s %(unit)s are left")
                % {"line": name, "left": left, "unit": line.unit},
                required=False,
                max_digits=10,
                decimal_places=3,
            )
            if has_prices:
                self.fields[f"price_{line.pk}"] = NumberField(
                    label=gettext("%(line)s: price with tax") % {"line": name},
                    initial=plain(line.unit_price, 2),
                    required=False,
                    max_digits=12,
                    decimal_places=4,
                )
        self.fields["deliver_by"] = DayField(label=gettext("Deliver by"), required=False)
        self.fields["place"] = forms.CharField(
            label=gettext("Place of delivery"), max_length=200, required=False
        )

    def clean(self) -> dict[str, Any]:
        """Add ``quantities``: how much of which line is ordered."""
        values = self.cleaned_data
        found = {line.pk: values.get(f"quantity_{line.pk}") for line in self.lines}
        values["quantities"] = {pk: one for pk, one in found.items() if one is not None}
        return values


class CallOff(_OfRequests):
    """What is called off at an agreement's prices."""


class Emergency(_OfRequests):
    vendor_id = forms.TypedChoiceField(label=_("Vendor"), coerce=int)

    def __init__(self, *args: Any, vendors: Choices, **kwargs: Any) -> None:
        super().__init__(*args, has_prices=True, **kwargs)
        self.fields["vendor_id"].choices = vendors  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Add ``bought``: what is bought of which line, at which price."""
        values = super().clean()
        values["bought"] = {
            pk: Bought(quantity=one, unit_price=values.get(f"price_{pk}") or Decimal(0))
            for pk, one in values["quantities"].items()
        }
        return values


class Prices(forms.Form):
    """Prices, one in a line, as rows of a spreadsheet are pasted."""

    prices = forms.CharField(
        label=_("Prices"),
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
        help_text=_(
            "One article in a line: code, price with tax; then, if there are any, the least that "
            "is called off at once and the most in all."
        ),
    )

    def clean_prices(self) -> dict[str, Price]:
        found: dict[str, Price] = {}
        for line in self.cleaned_data["prices"].splitlines():
            parts = line.split()
            if not parts:
                continue
            figures = [read_number(part) for part in parts[1:4]]
            if not figures or None in figures or len(parts) > 4 or parts[0] in found:
                raise forms.ValidationError(
                    _("Write each article once, as code and price: “%(line)s” is none."),
                    params={"line": line.strip()[:60]},
                    code="invalid",
                )
            price, least, most = (*figures, None, None)[:3]
            found[parts[0]] = Price(
                unit_price=price or Decimal(0),
                minimum_quantity=least or Decimal(0),
                maximum_quantity=most,
            )
        return found


def joined(names: Iterable[str]) -> str:
    """Return a list of names in words."""
    return pgettext("between items of a list", ", ").join(names)
