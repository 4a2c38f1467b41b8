"""What a vendor fills in, as figures and as the bytes that are sealed. Pure.

What is sealed is read again by the opening, months of changes of this program later: the bytes say
which version of the form they are, and nothing in them is believed before it is checked anew.
"""

import json
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from kernel.errors import Invalid
from kernel.money import CENT
from kernel.text import _

VERSION: Final = 1
MAX_PRICE: Final = Decimal("99999999.9999")
_PRICE_PLACES: Final = Decimal("0.0001")
_MOST_DIGITS: Final = 15  # before the point
_LONGEST_PRICE: Final = len(f"{MAX_PRICE}")
_MAX_FREIGHT: Final = Decimal("99999999.99")
_MAX_DAYS: Final = 3650
_TEXTS: Final = {"brand": 100, "note": 200}
_LONGEST_NOTE: Final = 2000
_SIGNS: Final = "¥￥,，"


class SheetInvalid(Invalid):
    code = "procurement.quote-invalid"


class SheetNotReadable(ValueError):
    """The sealed bytes are no quote: the opening lists it as void and goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetLine:
    """The price of one line, with tax, and what is offered for it."""

    line_id: int
    unit_price: Decimal
    brand: str = ""
    delivery_days: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetFile:
    """A file that was sealed beside the quote: its name is a word of the vendor's too."""

    position: int
    name: str
    content_type: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A whole quote."""

    lines: Sequence[SheetLine]
    freight: Decimal = Decimal("0.00")
    tax_percent: Decimal = Decimal(13)
    delivery_days: int | None = None
    warranty_months: int | None = None
    payment_terms: str = ""
    valid_to: date | None = None
    note: str = ""
    files: Sequence[SheetFile] = field(default=())


def read_number(text: str) -> Decimal | None:
    """Return the number that somebody typed or pasted, ``None`` for nothing.

    Full-width digits, grouping commas, currency signs and spaces are taken as they are meant.

    :raises SheetInvalid: if it is no number.
    """
    bare = "".join(
        character
        for character in unicodedata.normalize("NFKC", text)
        if not character.isspace() and character not in _SIGNS
    ).removesuffix("元")
    if not bare:
        return None
    try:
        number = Decimal(bare)
    except InvalidOperation as error:
        raise SheetInvalid(_("Enter a number such as 28.90.")) from error
    # Of more digits than the arithmetic holds, no remainder can be told.
    if not number.is_finite() or "E" in bare.upper() or number.adjusted() >= _MOST_DIGITS:
        raise SheetInvalid(_("Enter a number such as 28.90."))
    return number


def check(sheet: Sheet, *, line_ids: Collection[int], tax_percents: Collection[Decimal]) -> None:
    """Return if a quote can be sealed: every figure possible, every line one of the round.

    Lines may be left out: then it is no complete quote, which is allowed and said.

    :raises SheetInvalid: naming the field, and the line by ``details["line_id"]``.
    """
    if not sheet.lines:
        raise SheetInvalid(_("Enter a price for at least one line."), field="lines")
    seen = set()
    for line in sheet.lines:
        if line.line_id not in line_ids or line.line_id in seen:
            raise _of_line(line, "line_id", _("This line is not in the round, or here twice."))
        seen.add(line.line_id)
        _check_line(line)
    if not _is_number(sheet.freight, least=Decimal(0), most=_MAX_FREIGHT, places=CENT):
        raise SheetInvalid(
            _("Enter an amount of zero or more with at most two decimals."), field="freight"
        )
    if sheet.tax_percent not in tax_percents:
        raise SheetInvalid(_("Choose a tax rate."), field="tax_percent")
    _check_count(sheet.delivery_days, "delivery_days")
    _check_count(sheet.warranty_months, "warranty_months")
    if len(sheet.payment_terms) > 200:
        raise SheetInvalid(_("Enter up to 200 characters."), field="payment_terms")
    if len(sheet.note) > _LONGEST_NOTE:
        raise SheetInvalid(
            _("Enter up to %(count)d characters.") % {"count": _LONGEST_NOTE}, field="note"
        )
    if any("\0" in text for text in _texts_of(sheet)):
        raise SheetInvalid(_("A text holds a character that cannot be kept."), field="note")


def check_at_most(sheet: Sheet, offered: Mapping[int, Decimal]) -> None:
    """Return if no price is above what the vendor offered in the first round.

    :param offered: by line of this round; a line that he left out then is free.
    :raises SheetInvalid: otherwise; ``details``: the line and what he offered.
    """
    for line in sheet.lines:
        most = offered.get(line.line_id)
        if most is not None and line.unit_price > most:
            raise SheetInvalid(
                _("In a second round no price rises: you offered %(price)s.")
                % {"price": f"{most.normalize():f}"},
                field="lines",
                details={"line_id": line.line_id, "offered": f"{most:f}"},
            )


def unusual_lines(
    sheet: Sheet, *, earlier: Mapping[int, Decimal], factor: Decimal = Decimal(3)
) -> dict[int, Decimal]:
    """Return the lines whose price looks like a slip of the decimal point, with a better guess.

    A price of ``factor`` times an earlier one of the vendor's own, or less than its share. The
    guess is the earlier price's power of ten.
    """
    found = {}
    for line in sheet.lines:
        before = earlier.get(line.line_id)
        if before and not before / factor < line.unit_price < before * factor:
            guess = line.unit_price
            for _step in range(6):
                if guess >= before * factor:
                    guess /= 10
                elif guess <= before / factor:
                    guess *= 10
            found[line.line_id] = guess.quantize(_PRICE_PLACES).normalize()
    return found


def to_bytes(sheet: Sheet) -> bytes:
    """Return what is sealed: JSON with amounts as text, the same for equal quotes.

    Filled up with spaces as if every figure were as long as can be. Sealed bytes are padded in
    steps; without this a round of many lines would tell by the step how long its prices are.
    """
    content = json.dumps(
        {
            "version": VERSION,
            "lines": [
                {
                    "line": line.line_id,
                    "price": f"{line.unit_price:f}",
                    "brand": line.brand,
                    "days": line.delivery_days,
                    "note": line.note,
                }
                for line in sorted(sheet.lines, key=lambda each: each.line_id)
            ],
            "freight": f"{sheet.freight:f}",
            "tax_percent": f"{sheet.tax_percent:f}",
            "delivery_days": sheet.delivery_days,
            "warranty_months": sheet.warranty_months,
            "payment_terms": sheet.payment_terms,
            "valid_to": sheet.valid_to.isoformat() if sheet.valid_to else None,
            "note": sheet.note,
            "files": [
                {
                    "position": each.position,
                    "name": each.name,
                    "type": each.content_type,
                    "size": each.size_bytes,
                }
                for each in sheet.files
            ],
        },
        ensure_ascii=False,
        separators=(",", ":"),
        sort_keys=True,
    ).encode()
    return content + b" " * _spare(sheet)


def from_bytes(content: bytes) -> Sheet:
    """Return the quote of :func:`to_bytes`. :raises SheetNotReadable: if the bytes are none."""
    try:
        read: dict[str, Any] = json.loads(content)
        if read["version"] != VERSION:
            raise SheetNotReadable("made by another version")
        return Sheet(
            lines=tuple(
                SheetLine(
                    line_id=int(line["line"]),
                    unit_price=Decimal(line["price"]),
                    brand=str(line["brand"]),
                    delivery_days=_count(line["days"]),
                    note=str(line["note"]),
                )
                for line in read["lines"]
            ),
            freight=Decimal(read["freight"]),
            tax_percent=Decimal(read["tax_percent"]),
            delivery_days=_count(read["delivery_days"]),
            warranty_months=_count(read["warranty_months"]),
            payment_terms=str(read["payment_terms"]),
            valid_to=date.fromisoformat(read["valid_to"]) if read["valid_to"] else None,
            note=str(read["note"]),
            files=tuple(
                SheetFile(
                    position=int(each["position"]),
                    name=str(each["name"]),
                    content_type=str(each["type"]),
                    size_bytes=int(each["size"]),
                )
                for each in read["files"]
            ),
        )
    except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError) as error:
        raise SheetNotReadable("these bytes are no quote") from error


def _count(value: Any) -> int | None:
    return None if value is None else int(value)


def _spare(sheet: Sheet) -> int:
    """Return by how much a quote's figures are shorter than the longest that can be written."""
    prices = [*(line.unit_price for line in sheet.lines), sheet.freight]
    counts = [line.delivery_days for line in sheet.lines]
    counts += [sheet.delivery_days, sheet.warranty_months]
    spare = [_LONGEST_PRICE - len(f"{price:f}") for price in prices]
    spare += [len("null") - len(json.dumps(count)) for count in counts]
    spare.append(len("100.00") - len(f"{sheet.tax_percent:f}"))
    spare.append(0 if sheet.valid_to else len('"2026-01-01"') - len("null"))
    return sum(max(0, each) for each in spare)


def _texts_of(sheet: Sheet) -> list[str]:
    own = [sheet.payment_terms, sheet.note]
    return own + [text for line in sheet.lines for text in (line.brand, line.note)]


def _check_line(line: SheetLine) -> None:
    if not _is_number(line.unit_price, least=_PRICE_PLACES, most=MAX_PRICE, places=_PRICE_PLACES):
        raise _of_line(
            line, "unit_price", _("Enter a price above zero with at most four decimals.")
        )
    for name, longest in _TEXTS.items():
        if len(getattr(line, name)) > longest:
            raise _of_line(line, name, _("Enter up to %(count)d characters.") % {"count": longest})
    days = line.delivery_days
    if days is not None and not 0 <= days <= _MAX_DAYS:
        raise _of_line(line, "delivery_days", _("Enter a number of days."))


def _check_count(count: int | None, name: str) -> None:
    if count is not None and not 0 <= count <= _MAX_DAYS:
        raise SheetInvalid(_("Enter a whole number of zero or more."), field=name)


def _is_number(value: Decimal, *, least: Decimal, most: Decimal, places: Decimal) -> bool:
    return value.is_finite() and least <= value <= most and not value % places


def _of_line(line: SheetLine, name: str, text: object) -> SheetInvalid:
    return SheetInvalid(str(text), field=name, details={"line_id": line.line_id})
