"""Turn one raw cell into the value it should be, or say by a stable code why it cannot be.

Every function takes a cell as ``read`` returns it and gives None for an empty one.
"""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from operator import mul

from kernel.tabular.cells import Cell
from kernel.tabular.problems import CellProblem
from kernel.tabular.text import squeeze, tidy

_NUMBER = re.compile(r"[+-]?([0-9]{1,3}(,[0-9]{3})+|[0-9]+)?(\.[0-9]*)?([eE][+-]?[0-9]{1,2})?")
_DIGITS_LIMIT = 30
# A space between digits is a thousands separator or a slip: 1 090.5 is a number, 90 5 is not.
_BROKEN_DIGITS = re.compile(r"[0-9.,] +[0-9.,]")
_SPACED_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(?: [0-9]{3})+(?:\.[0-9]+)?(?![0-9 ])")
# The point of the Chinese keyboard, typed for the decimal one: 90。5.
_FULL_STOPS = str.maketrans("。｡", "..")
_APPROXIMATE = re.compile(r"^(约|大约|近|≈|~)|(左右|上下|多)$")
_AREA_UNIT = re.compile(r"(㎡|m2|m²|M2|M²|平方米|平米|平方|平|sqm|square met(?:er|re)s?)$")
_MONEY_SIGNS = re.compile(r"^(¥|￥|rmb|cny)|(元|圆|rmb|cny)$", re.IGNORECASE)

_DATE_TEXT = re.compile(
    r"([0-9]{4})(?:年|[-/.])([0-9]{1,2})(?:月|[-/.])([0-9]{1,2})日?"
    # a time of day, which is left out
    r"(?:[ T]?[0-9]{1,2}:[0-9]{1,2}(?::[0-9]{1,2}(?:\.[0-9]+)?)?)?"
)
_COMPACT_DATE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
# 1927-05-18 to 2199-12-31. A smaller number is a year (2026) or a slip, never a day's serial.
_SERIALS = range(10_000, 109_574)
_SERIAL_EPOCH = date(1899, 12, 30)
_YEARS = range(1900, 2200)

_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"(0[0-9]{2,3})-?([2-9][0-9]{6,7})(?:-?([0-9]{1,6}))?")
_SERVICE_LINE = re.compile(r"[48]00[0-9]{7}")
_LOCAL_LINE = re.compile(r"[2-9][0-9]{6,7}")
_COUNTRY_CODE = re.compile(r"^(?:\+|00)?86-?(?=1[3-9][0-9-]{9,11}$|0[0-9]{2,3}-?[0-9]{7,8}$)")

_ID_18 = re.compile(r"[0-9]{17}[0-9X]")
_ID_15 = re.compile(r"[0-9]{15}")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK_DIGITS = "10X98765432"
# Spreadsheets keep 15 digits of a number: a longer one typed as a number has lost its end.
_EXACT_BELOW = 10**15

# I and O are on no plate but often typed for 1 and 0: that is for people to see, not to refuse.
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领][A-Z]"
    r"(?:[A-Z0-9]{6}|[A-Z0-9]{4}[A-Z0-9挂学警港澳])"
)


_ORDINARY_NAME = re.compile(r"[\u4e00-\u9fff]+")
# Bullets and middle dots of every font, as typed between the parts of a name: ·
_NAME_DOTS = dict.fromkeys((0x2022, 0x2027, 0x30FB, 0x2219, 0x22C5, 0xFF65), 0xB7)


def text(cell: Cell, *, longest: int = 200) -> str | None:
    """Return the cell as text: whole numbers without a point, dates as ISO.

    :raises CellProblem: ``too-long``.
    """
    if cell is None:
        return None
    if isinstance(cell, str):
        value = tidy(cell)
    elif isinstance(cell, datetime):
        value = cell.isoformat(sep=" ")
    elif isinstance(cell, Decimal):
        value = format(cell.normalize(), "f")
    else:
        value = str(cell)
    if len(value) > longest:
        raise CellProblem("too-long", value)
    return value or None


def person_name(cell: Cell, *, longest: int = 100) -> str | None:
    """Return a name with the spaces between Chinese characters gone and its separator dot unified.

    :raises CellProblem: ``too-long``.
    """
    if isinstance(cell, str) and len(cell) <= longest and _ORDINARY_NAME.fullmatch(cell):
        return cell
    value = text(cell, longest=longest)
    if value is None or value.isascii():
        return value
    return re.sub(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])", "", value).translate(_NAME_DOTS)


def number(cell: Cell) -> Decimal | None:
    """Return a number, of digits in either width, with or without thousands separators.

    :raises CellProblem: ``not-a-number`` or ``too-large``.
    """
    if cell is None:
        return None
    if isinstance(cell, bool) or not isinstance(cell, str | int | Decimal):
        raise CellProblem("not-a-number", cell)
    if not isinstance(cell, str):
        return Decimal(cell)
    value = _joined(cell)
    if not value:
        return None
    if len(value) > _DIGITS_LIMIT:
        raise CellProblem("too-large" if value.isdecimal() else "not-a-number", cell)
    # isascii: Decimal would take the digits of other scripts.
    if not value.isascii() or not _NUMBER.fullmatch(value):
        raise CellProblem("not-a-number", cell)
    try:
        return Decimal(value.replace(",", ""))
    except InvalidOperation as error:
        raise CellProblem("not-a-number", cell) from error


def _joined(cell: str) -> str:
    """Return the text of a number without its spaces.

    :raises CellProblem: ``not-a-number`` if a space divides it into two.
    """
    value = tidy(cell).translate(_FULL_STOPS)
    if _BROKEN_DIGITS.search(value) and not _SPACED_THOUSANDS.match(value):
        raise CellProblem("not-a-number", cell)
    return squeeze(value)


def whole_number(cell: Cell) -> int | None:
    """Return a whole number.

    :raises CellProblem: ``not-a-number``, ``not-whole`` or ``too-large``.
    """
    value = number(cell)
    if value is None:
        return None
    if value != value.to_integral_value():
        raise CellProblem("not-whole", cell)
    return int(value)


def bounded(
    value: Decimal | None, cell: Cell, *, digits: int, places: int, positive: bool
) -> Decimal | None:
    """Return ``value`` if a column of ``digits`` digits, ``places`` of them decimal, can hold it.

    :param positive: whether zero is refused; negative values always are.
    :raises CellProblem: ``negative``, ``zero``, ``too-large`` or ``too-many-decimals``.
    """
    if value is None:
        return None
    if value < 0:
        raise CellProblem("negative", cell)
    if positive and value == 0:
        raise CellProblem("zero", cell)
    if value >= Decimal(10) ** (digits - places):
        raise CellProblem("too-large", cell)
    exact = value.quantize(Decimal(1).scaleb(-places))
    if exact != value:
        raise CellProblem("too-many-decimals", cell)
    return exact


def area(cell: Cell) -> Decimal | None:
    """Return an area in m² with two places, its unit taken off.

    Figures with more places come from formulas (length × width) and are rounded half up.

    :raises CellProblem: ``approximate``, ``not-a-number``, ``negative``, ``zero`` or ``too-large``.
    """
    value = number(_without(_AREA_UNIT, cell))
    if value is None:
        return None
    return bounded(_round_half_up(value), cell, digits=10, places=2, positive=True)


def money(cell: Cell) -> Decimal | None:
    """Return an amount with two places, its currency sign taken off; zero is allowed.

    :raises CellProblem: ``not-a-number``, ``negative``, ``too-large`` or ``too-many-decimals``.
    """
    value = number(_without(_MONEY_SIGNS, cell))
    return bounded(value, cell, digits=14, places=2, positive=False)


def reading(cell: Cell, *, places: int = 3) -> Decimal | None:
    """Return a meter's reading; zero is allowed.

    :raises CellProblem: ``not-a-number``, ``negative``, ``too-large`` or ``too-many-decimals``.
    """
    return bounded(number(cell), cell, digits=14, places=places, positive=False)


def _without(unit: re.Pattern[str], cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    value = _joined(cell)
    if _APPROXIMATE.search(value):
        raise CellProblem("approximate", cell)
    return unit.sub("", value)


def _round_half_up(value: Decimal) -> Decimal:
    if abs(value) >= Decimal(10) ** 12:
        return value
    return value.quantize(Decimal("0.01"), "ROUND_HALF_UP")


def day(cell: Cell) -> date | None:
    """Return a date typed as a date, as text in the usual spellings, or as a spreadsheet's serial.

    :raises CellProblem: ``impossible-date`` (the shape is right, the day does not exist) or
        ``not-a-date``.
    """
    if cell is None or isinstance(cell, str):
        return _day_in_text(cell)
    if isinstance(cell, date):
        return _in_range(cell.date() if isinstance(cell, datetime) else cell, cell)
    if isinstance(cell, bool | time | timedelta):
        raise CellProblem("not-a-date", cell)
    if isinstance(cell, Decimal):
        return _from_serial(int(cell), cell)
    return _from_digits(str(cell), cell)


def _day_in_text(cell: str | None) -> date | None:
    value = tidy(cell or "").translate(_FULL_STOPS)
    if not value:
        return None
    match = _DATE_TEXT.fullmatch(value) or _DATE_TEXT.fullmatch(value.replace(" ", ""))
    if match:
        return _calendar_day(int(match[1]), int(match[2]), int(match[3]), cell)
    return _from_digits(value, cell)


def _from_digits(value: str, cell: Cell) -> date:
    if not (value.isascii() and value.isdecimal()):
        raise CellProblem("not-a-date", cell)
    compact = _COMPACT_DATE.fullmatch(value)
    if compact:
        return _calendar_day(int(compact[1]), int(compact[2]), int(compact[3]), cell)
    if len(value) > 6:
        raise CellProblem("not-a-date", cell)
    return _from_serial(int(value), cell)


def _from_serial(serial: int, cell: Cell) -> date:
    if serial not in _SERIALS:
        raise CellProblem("not-a-date", cell)
    return _SERIAL_EPOCH + timedelta(days=serial)


def _calendar_day(year: int, month: int, day_of_month: int, cell: Cell) -> date:
    try:
        return _in_range(date(year, month, day_of_month), cell)
    except ValueError as error:
        raise CellProblem("impossible-date", cell) from error


def _in_range(value: date, cell: Cell) -> date:
    if value.year not in _YEARS:
        raise CellProblem("impossible-date", cell)
    return value


def phone(cell: Cell) -> str | None:
    """Return a phone number: a mobile as 11 digits, a landline as ``0571-88001234``.

    :raises CellProblem: ``phone-invalid``.
    """
    if cell is None:
        return None
    if isinstance(cell, str) and _MOBILE.fullmatch(cell):
        return cell
    if isinstance(cell, bool) or not isinstance(cell, str | int):
        raise CellProblem("phone-invalid", cell)
    value = re.sub(r"[\s()]", "", tidy(str(cell)))
    if not value:
        return None
    value = _COUNTRY_CODE.sub("", value.removesuffix(".0"))
    joined = value.replace("-", "")
    if _MOBILE.fullmatch(joined) or _SERVICE_LINE.fullmatch(joined):
        return joined
    landline = _LANDLINE.fullmatch(value)
    if landline:
        return "-".join(part for part in landline.groups() if part)
    if _LOCAL_LINE.fullmatch(joined):
        return joined
    raise CellProblem("phone-invalid", cell)


def identity_number(cell: Cell) -> str | None:
    """Return a resident's identity number, 18 or 15 signs, X in upper case; judge its shape only.

    :raises CellProblem: ``id-number-lost-digits`` (typed as a number, of which 15 digits remain),
        ``id-number-length`` or ``id-number-invalid``.
    """
    if cell is None:
        return None
    if isinstance(cell, str) and _ID_18.fullmatch(cell):
        return cell
    if isinstance(cell, Decimal) or (isinstance(cell, int) and cell >= _EXACT_BELOW):
        raise CellProblem("id-number-lost-digits", cell)
    value = re.sub(r"[\s'’‘`\-]", "", tidy(str(cell))).upper()
    if not value:
        return None
    if _ID_18.fullmatch(value) or _ID_15.fullmatch(value):
        return value
    if re.fullmatch(r"[0-9]+X?", value):
        raise CellProblem("id-number-length", cell)
    if re.fullmatch(r"[0-9](\.[0-9]+)?E\+?[0-9]+", value):
        raise CellProblem("id-number-lost-digits", cell)
    raise CellProblem("id-number-invalid", cell)


def has_valid_check_digit(identity: str) -> bool:
    """Whether the last sign of an 18-sign identity number follows from the others (GB 11643)."""
    if len(identity) != 18:
        return True
    total = sum(map(mul, map(int, identity[:17]), _ID_WEIGHTS))
    return identity[17] == _ID_CHECK_DIGITS[total % 11]


def plate(cell: Cell) -> str | None:
    """Return a car's plate without spaces, dots and dashes: ``浙A·V1SMJ`` is ``浙AV1SMJ``.

    :raises CellProblem: ``plate-invalid``.
    """
    if isinstance(cell, str) and _PLATE.fullmatch(cell):
        return cell
    value = text(cell)
    if value is None:
        return None
    value = re.sub(r"[\s·•.\-]", "", value).upper()
    if not _PLATE.fullmatch(value):
        raise CellProblem("plate-invalid", cell)
    return value
