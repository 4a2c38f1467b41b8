"""A quote as it is typed: rows of prices, and the conditions below them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from console.inputs import DayField, plain
from services.procurement.rounds.models import RoundLine
from services.procurement.rounds.rules import sheets
from services.procurement.rounds.rules.awards import amount_of
from services.procurement.rounds.rules.drafts import TAX_PERCENTS
from services.procurement.rounds.rules.sheets import Sheet, SheetInvalid, SheetLine

CELLS: Final = ("price", "brand", "days", "note")
CONDITIONS: Final = (
    "freight",
    "tax_percent",
    "delivery_days",
    "warranty_months",
    "payment_terms",
    "valid_to",
    "note",
)


class Conditions(forms.Form):
    freight = forms.CharField(label=_("Freight (CNY)"), max_length=20, required=False)
    tax_percent = forms.TypedChoiceField(
        label=_("Tax rate"),
        coerce=Decimal,
        choices=[(f"{rate}", f"{rate} %") for rate in reversed(TAX_PERCENTS)],
    )
    delivery_days = forms.IntegerField(
        label=_("Delivery within (days)"), min_value=0, max_value=3650, required=False
    )
    warranty_months = forms.IntegerField(
        label=_("Warranty (months)"), min_value=0, max_value=3650, required=False
    )
    payment_terms = forms.CharField(label=_("Terms of payment"), max_length=200, required=False)
    valid_to = DayField(label=_("Valid until"), required=False)
    note = forms.CharField(
        label=_("Note"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@dataclass(slots=True)
class Row:
    """A line of the grid, with what was typed into it and what is wrong with it."""

    line: RoundLine
    typed: dict[str, str] = field(default_factory=dict)
    error: str = ""
    guess: Decimal | None = None  # a better price, where this one looks like a slip
    before: Decimal | None = None

    @property
    def amount(self) -> Decimal | None:
        """Return what the line comes to, ``None`` while its price cannot be read."""
        try:
            price = sheets.read_number(self.typed.get("price", ""))
        except SheetInvalid:
            return None
        return amount_of(price, self.line.quantity) if price is not None else None


def typed_of(data: Mapping[str, Any], lines: Iterable[RoundLine]) -> dict[str, Any]:
    """Return what was sent, as a draft keeps it: texts, nothing understood."""
    rows = {
        str(line.pk): {cell: str(data.get(f"line-{line.pk}-{cell}", ""))[:300] for cell in CELLS}
        for line in lines
    }
    return {"lines": rows, **{name: str(data.get(name, ""))[:2000] for name in CONDITIONS}}


def typed_from(sheet: Sheet) -> dict[str, Any]:
    """Return a quote that was sent, as it is typed, to go on from."""
    rows = {
        str(line.line_id): {
            "price": plain(line.unit_price, 2),
            "brand": line.brand,
            "days": "" if line.delivery_days is None else str(line.delivery_days),
            "note": line.note,
        }
        for line in sheet.lines
    }
    return {
        "lines": rows,
        "freight": plain(sheet.freight, 2),
        "tax_percent": plain(sheet.tax_percent),
        "delivery_days": "" if sheet.delivery_days is None else str(sheet.delivery_days),
        "warranty_months": "" if sheet.warranty_months is None else str(sheet.warranty_months),
        "payment_terms": sheet.payment_terms,
        "valid_to": sheet.valid_to.isoformat() if sheet.valid_to else "",
        "note": sheet.note,
    }


def rows_of(typed: Mapping[str, Any], lines: Sequence[RoundLine]) -> list[Row]:
    given: Mapping[str, dict[str, str]] = typed.get("lines", {})
    return [Row(line, dict(given.get(str(line.pk), {}))) for line in lines]


def sheet_of(rows: Iterable[Row], values: Mapping[str, Any]) -> Sheet | None:
    """Return the quote that was typed; ``None`` after writing on the rows what is wrong."""
    lines, is_right = [], True
    for row in rows:
        try:
            price = sheets.read_number(row.typed.get("price", ""))
            days = sheets.read_number(row.typed.get("days", ""))
        except SheetInvalid as error:
            row.error, is_right = str(error), False
            continue
        if price is None:
            continue
        if days is not None and days % 1:
            row.error, is_right = str(_("Enter a number of days.")), False
            continue
        lines.append(
            SheetLine(
                line_id=row.line.pk,
                unit_price=price,
                brand=row.typed.get("brand", "").strip(),
                delivery_days=None if days is None else int(days),
                note=row.typed.get("note", "").strip(),
            )
        )
    if not is_right:
        return None
    return Sheet(
        lines=tuple(lines),
        freight=sheets.read_number(values["freight"]) or Decimal("0.00"),
        tax_percent=values["tax_percent"],
        delivery_days=values["delivery_days"],
        warranty_months=values["warranty_months"],
        payment_terms=values["payment_terms"],
        valid_to=values["valid_to"],
        note=values["note"],
    )


class Ask(forms.Form):
    text = forms.CharField(
        label=_("Your question"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class Decline(forms.Form):
    reason = forms.CharField(label=_("Reason (optional)"), max_length=200, required=False)
