from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from console.inputs import NumberField, plain
from console.procurement.money.forms import InvoiceFigures
from kernel.documents import kinds
from services.procurement.orders.models import OrderLine
from services.procurement.payments.operations import BilledLine, Figures

ZERO = Decimal(0)


class BilledFields(NamedTuple):
    """A line of an order with the two fields in which it is billed."""

    line: OrderLine
    quantity: forms.BoundField
    price: forms.BoundField


class Scanned(InvoiceFigures):
    """What stands on an invoice, and its scan."""

    scan = forms.FileField(label=_("Picture or PDF of the invoice"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        accept = ",".join(f".{extension}" for extension in kinds.EXTENSIONS)
        self.fields["scan"].widget.attrs["accept"] = accept

    def figures(self) -> Figures:
        """Return what stands on the invoice, of a form that is valid."""
        values = self.cleaned_data
        return Figures(
            number=values["number"],
            invoiced_on=values["invoiced_on"],
            net_amount=values["net_amount"],
            tax_amount=values["tax_amount"],
            freight=values.get("freight") or ZERO,
        )


class Month(Scanned):
    """The invoice of a service for an assessed month."""

    freight = None  # type: ignore[assignment]  # Django's way to leave a field out


class Order(Scanned):
    """The invoice of an order: how much of each line, at which price."""

    def __init__(
        self,
        *args: Any,
        lines: Iterable[OrderLine],
        entered: Mapping[int, Decimal],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.lines = list(lines)
        for line in self.lines:
            open_quantity = (
                line.received_quantity
                - line.returned_quantity
                - line.billed_quantity
                - entered.get(line.pk, ZERO)
            )
            self.fields[f"quantity_{line.pk}"] = NumberField(
                label=gettext("Billed quantity (%(unit)s)") % {"unit": line.unit},
                required=False,
                min_value=0,
                max_digits=10,
                decimal_places=3,
                initial=plain(open_quantity) if open_quantity > 0 else "",
            )
            self.fields[f"price_{line.pk}"] = NumberField(
                label=gettext("Unit price with tax"),
                required=False,
                min_value=0,
                max_digits=11,
                decimal_places=4,
                initial=plain(line.unit_price, 2),
            )

    def billed(self) -> list[BilledFields]:
        """Return the lines with their fields, as the page shows them."""
        return [
            BilledFields(line, self[f"quantity_{line.pk}"], self[f"price_{line.pk}"])
            for line in self.lines
        ]

    def billed_lines(self) -> list[BilledLine]:
        """Return what is billed, of a form that is valid."""
        values = self.cleaned_data
        return [
            BilledLine(
                order_line_id=line.pk,
                quantity=values[f"quantity_{line.pk}"],
                unit_price=values[f"price_{line.pk}"] or ZERO,
            )
            for line in self.lines
            if values[f"quantity_{line.pk}"]
        ]
