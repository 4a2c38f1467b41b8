"""What people type into number and date fields, read the same way by forms and filters."""

import re
import secrets
import unicodedata
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

# As many digits as NUMERIC(14, 2) can hold, and some for unit prices.
_PLAIN_NUMBER = re.compile(r"-?\d{1,14}(\.\d{0,8})?|-?\.\d{1,8}", re.ASCII)
_PLAIN_DAY = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{4})(\d{2})(\d{2})", re.ASCII
)

_GROUPED_NUMBER = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d*)?", re.ASCII)

_PLAIN_MONTH = re.compile(r"(\d{4})[-/.年](\d{1,2})月?|(\d{4})(\d{2})", re.ASCII)


def plain_text(text: str) -> str:
    """Return ``text`` with full-width letters, digits and signs made half-width, trimmed."""
    return unicodedata.normalize("NFKC", text).strip()


def read_number(text: str) -> Decimal | None:
    """Return the number in ``2,300``, ``２３００``, ``￥2300.5``, ``−20``; otherwise ``None``.

    A comma stands between thousands only: ``2,80`` is a slip of the finger and not 280.
    """
    plain = plain_text(text).replace("\u2212", "-").replace("。", ".")
    plain = re.sub(r"\s", "", plain)
    plain = re.sub(r"^(-?)[¥$]", r"\1", plain).removesuffix("元")
    if _GROUPED_NUMBER.fullmatch(plain):
        plain = plain.replace(",", "")
    if not _PLAIN_NUMBER.fullmatch(plain):
        return None
    try:
        return Decimal(plain)
    except InvalidOperation:  # a lone "-."
        return None


def read_day(text: str) -> date | None:
    """Return the day in ``2026-11-20``, ``2026/11/20``, ``20261120``, ``2026年11月20日``."""
    match = _PLAIN_DAY.fullmatch(plain_text(text))
    if match is None:
        return None
    year, month, day = (int(part) for part in match.groups() if part)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_month(text: str) -> date | None:
    """Return the first of the month in ``2026-11``, ``2026/11``, ``202611``, ``2026年11月``."""
    match = _PLAIN_MONTH.fullmatch(plain_text(text))
    if match is None:
        return None
    year, month = (int(part) for part in match.groups() if part)
    try:
        return date(year, month, 1)
    except ValueError:
        return None


def plain(value: Decimal | None, places: int = 0) -> str:
    """Return a figure as one types it, with at least ``places`` decimals: ``14``, ``2.80``."""
    if value is None:
        return ""
    whole, _point, decimals = f"{value:f}".partition(".")
    decimals = decimals.rstrip("0").ljust(places, "0")
    return f"{whole}.{decimals}" if decimals else whole


def once() -> forms.CharField:
    """Return the hidden key of a form: sent twice, it is booked once."""
    return forms.CharField(
        widget=forms.HiddenInput,
        max_length=80,
        required=False,
        initial=lambda: secrets.token_urlsafe(16),
    )


class NumberField(forms.DecimalField):
    """A figure with its own range and decimals, typed in any of the usual ways."""

    refusal = _("Enter a number.")

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]  # stubs say int
        if value in self.empty_values:
            return None
        if isinstance(value, Decimal):
            return value
        number = read_number(str(value))
        if number is None:
            raise forms.ValidationError(self.refusal, code="invalid")
        return number


class MoneyField(NumberField):
    """An amount in major units with at most two decimals, above zero unless told otherwise."""

    refusal = _("Enter an amount, e.g. 2300.50.")
    default_error_messages = {
        "required": _("Enter an amount."),
        "min_value": _("The amount is too small."),
        "max_decimal_places": _("An amount has at most two decimals."),
        "max_digits": _("The amount is too large."),
        "max_whole_digits": _("The amount is too large."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("min_value", Decimal("0.01"))
        kwargs.setdefault("max_digits", 14)
        kwargs.setdefault("decimal_places", 2)
        kwargs.setdefault("widget", forms.TextInput)
        super().__init__(**kwargs)


class DayField(forms.DateField):
    """A day: the browser's date field, or typed in one of the usual ways."""

    refusal = _("Enter a day, e.g. 2026-11-20.")
    pattern = "%Y-%m-%d"
    typed: ClassVar[dict[str, str]] = {"type": "date"}

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(format=self.pattern, attrs=self.typed)
        kwargs.setdefault("widget", widget)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values:
            return None
        if isinstance(value, date):
            return value
        day = self.read(str(value))
        if day is None:
            raise forms.ValidationError(self.refusal, code="invalid")
        return day

    def read(self, text: str) -> date | None:
        return read_day(text)


class MonthField(DayField):
    """A month, as its first day, typed in one of the usual ways.

    No ``type="month"``: half of the browsers have none, and the others write the month in their
    own language instead of the page's.
    """

    refusal = _("Enter a month, e.g. 2026-11.")
    pattern = "%Y-%m"
    typed: ClassVar[dict[str, str]] = {
        "inputmode": "numeric",
        "placeholder": "2026-11",
        "maxlength": "8",
    }

    def read(self, text: str) -> date | None:
        return read_month(text)
