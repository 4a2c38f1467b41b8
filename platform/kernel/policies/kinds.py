"""What a setting can be: how its value is typed, kept, checked and said.

A value is kept as text, in one spelling for each value (``"70%"``, ``"Mon-Fri"``), which is also
what a form, the API and the handbook write.
"""

import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar, Final, NamedTuple

from django.utils.functional import Promise

from kernel.errors import Invalid
from kernel.text import _, _p

Text = str | Promise

_WHOLE: Final = re.compile(r"-?\d{1,9}", re.ASCII)
_FIGURE: Final = re.compile(r"-?\d{1,12}(\.\d{1,8})?", re.ASCII)
_PATTERN: Final = re.compile(r"[^<>\x00-\x1f\x7f]+")
_GROUPED: Final = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)
DASHES: Final = re.compile("\\s*[-\u2013\u2014\u2212~\u301c至]\\s*")


class ValueRefused(Invalid):
    """Not a value of this kind, or out of its bounds; the message names them."""

    code = "policies.value-refused"


class WholeRange(NamedTuple):
    low: int
    high: int


def plain(text: str) -> str:
    """Return ``text`` with full-width signs made half-width, and of white space one each."""
    # Long white space would be looked at again from each of its places by what splits at dashes.
    return " ".join(unicodedata.normalize("NFKC", text).replace("\u2212", "-").split())


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind(ABC):
    """``code`` names the kind to programs, ``python`` is what readers get."""

    code: ClassVar[str]
    python: ClassVar[type[Any]]

    @abstractmethod
    def parse(self, text: str) -> Any:
        """Return the value written in ``text``.

        :raises ValueRefused: if there is none, or it is out of bounds.
        """

    @abstractmethod
    def text(self, value: Any) -> str:
        """Return the one spelling of ``value``."""

    def words(self, value: Any) -> str:
        """Return ``value`` as people read it, without its unit."""
        return self.text(value)

    def bounds(self) -> str:
        """Return what the values are in words, as shown beside an input and in a refusal."""
        return ""

    def refuse(self) -> ValueRefused:
        return ValueRefused(self.bounds(), field="value")


@dataclass(frozen=True, kw_only=True, slots=True)
class Whole(Kind):
    code: ClassVar = "whole"
    python: ClassVar = int
    least: int = 0
    most: int = 999

    def parse(self, text: str) -> int:
        found = _ungrouped(plain(text))
        if not _WHOLE.fullmatch(found) or not self.least <= int(found) <= self.most:
            raise self.refuse()
        return int(found)

    def text(self, value: int) -> str:
        return str(value)

    def bounds(self) -> str:
        return _("A whole number from %(least)s to %(most)s.") % {
            "least": self.least,
            "most": self.most,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure(Kind):
    """A number with decimals."""

    code: ClassVar = "figure"
    python: ClassVar = Decimal
    least: Decimal = Decimal(0)
    most: Decimal = Decimal(9999)
    places: int = 2

    def parse(self, text: str) -> Decimal:
        return _number(self, _ungrouped(plain(text)), self.least, self.most, self.places)

    def text(self, value: Decimal) -> str:
        return _short(value)

    def bounds(self) -> str:
        return _("A number from %(least)s to %(most)s with at most %(places)s decimals.") % {
            "least": _short(self.least),
            "most": _short(self.most),
            "places": self.places,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Money(Kind):
    code: ClassVar = "money"
    python: ClassVar = Decimal
    least: Decimal = Decimal(0)
    most: Decimal = Decimal("9999999.99")

    def parse(self, text: str) -> Decimal:
        bare = plain(text).removeprefix("¥").removesuffix("元").strip()
        number = _number(self, _ungrouped(bare), self.least, self.most, 2)
        return number.quantize(Decimal("0.01"))

    def text(self, value: Decimal) -> str:
        return f"{value:.2f}"

    def words(self, value: Decimal) -> str:
        return f"{value:,.2f}"

    def bounds(self) -> str:
        return _("An amount from %(least)s to %(most)s with at most 2 decimals.") % {
            "least": f"{self.least:,.2f}",
            "most": f"{self.most:,.2f}",
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Share(Kind):
    """A part of a whole, written in per cent: ``"70%"`` is ``Decimal("0.7")``."""

    code: ClassVar = "percent"
    python: ClassVar = Decimal
    least: Decimal = Decimal(0)
    most: Decimal = Decimal(100)
    places: int = 2  # of the per cent

    def parse(self, text: str) -> Decimal:
        bare = plain(text).removesuffix("%").strip()
        return _number(self, bare, self.least, self.most, self.places) / 100

    def text(self, value: Decimal) -> str:
        return f"{_short(value * 100)}%"

    def bounds(self) -> str:
        return _("Per cent from %(least)s to %(most)s with at most %(places)s decimals.") % {
            "least": _short(self.least),
            "most": _short(self.most),
            "places": self.places,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Flag(Kind):
    code: ClassVar = "flag"
    python: ClassVar = bool

    def parse(self, text: str) -> bool:
        found = plain(text).lower()
        if found not in {"on", "off"}:
            raise self.refuse()
        return found == "on"

    def text(self, value: bool) -> str:  # noqa: FBT001 - the value of the setting
        return "on" if value else "off"

    def words(self, value: bool) -> str:  # noqa: FBT001
        return str(_p("a setting", "On") if value else _p("a setting", "Off"))

    def bounds(self) -> str:
        return _("“on” or “off”.") % {}


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice(Kind):
    """One of some codes, each with its words."""

    code: ClassVar = "choice"
    python: ClassVar = str
    options: Mapping[str, Text] = field(default_factory=dict)

    def parse(self, text: str) -> str:
        found = plain(text)
        if found not in self.options:
            raise self.refuse()
        return found

    def text(self, value: str) -> str:
        return value

    def words(self, value: str) -> str:
        return str(self.options[value])

    def bounds(self) -> str:
        return _("One of: %(options)s.") % {"options": listed(self.options.values())}


@dataclass(frozen=True, kw_only=True, slots=True)
class Choices(Kind):
    """Several of some codes in an order; never none."""

    code: ClassVar = "choices"
    python: ClassVar = tuple
    options: Mapping[str, Text] = field(default_factory=dict)

    def parse(self, text: str) -> tuple[str, ...]:
        found = parts_of(text)
        if not found or len(set(found)) != len(found) or not set(found) <= set(self.options):
            raise self.refuse()
        return found

    def text(self, value: tuple[str, ...]) -> str:
        return ",".join(value)

    def words(self, value: tuple[str, ...]) -> str:
        return listed(self.options[code] for code in value)

    def bounds(self) -> str:
        return _("At least one of: %(options)s.") % {"options": listed(self.options.values())}


@dataclass(frozen=True, kw_only=True, slots=True)
class Between(Kind):
    """A lower and an upper whole number: ``1-2``."""

    code: ClassVar = "range"
    python: ClassVar = WholeRange
    least: int = 0
    most: int = 99

    def parse(self, text: str) -> WholeRange:
        parts = DASHES.split(plain(text))
        bounds = Whole(least=self.least, most=self.most)
        try:
            low, high = bounds.parse(parts[0]), bounds.parse(parts[-1])
        except ValueRefused:
            raise self.refuse() from None
        if len(parts) > 2 or high < low:
            raise self.refuse()
        return WholeRange(low, high)

    def text(self, value: WholeRange) -> str:
        return f"{value.low}-{value.high}"

    def bounds(self) -> str:
        return _("Two whole numbers from %(least)s to %(most)s, such as 1-2.") % {
            "least": self.least,
            "most": self.most,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Lines(Kind):
    """A list in the company's own words, one item on each line."""

    code: ClassVar = "lines"
    python: ClassVar = tuple
    most: int = 60

    def parse(self, text: str) -> tuple[str, ...]:
        found = tuple(line.strip() for line in text.splitlines() if line.strip())
        if len(found) > self.most or any(len(line) > 200 for line in found):
            raise self.refuse()
        if len(set(found)) != len(found):
            raise self.refuse()
        return found

    def text(self, value: tuple[Any, ...]) -> str:
        return "\n".join(map(str, value))

    def words(self, value: tuple[Any, ...]) -> str:
        return listed(value)

    def bounds(self) -> str:
        return _("One item on each line, at most %(most)s, none of them twice.") % {
            "most": self.most
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Pattern(Kind):
    """A text with placeholders in braces; whoever decides it says which there are."""

    code: ClassVar = "pattern"
    python: ClassVar = str
    most: int = 60

    def parse(self, text: str) -> str:
        found = text.strip()
        if not 0 < len(found) <= self.most or not _PATTERN.fullmatch(found):
            raise self.refuse()
        return found

    def text(self, value: str) -> str:
        return value

    def bounds(self) -> str:
        return _("A text of at most %(most)s characters, with placeholders in braces.") % {
            "most": self.most
        }


def _ungrouped(text: str) -> str:
    """Return a number without the commas between thousands; any other comma stays and is refused.

    Whoever writes 2,80 does not mean 280.
    """
    return text.replace(",", "") if _GROUPED.fullmatch(text) else text


def parts_of(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in re.split(r"[,、;]", plain(text)) if part.strip())


def listed(items: Any) -> str:
    return str(_p("between items of a list", ", ")).join(map(str, items))


def _short(value: Decimal) -> str:
    """Return a number without needless zeros: ``2.5`` for 2.500, ``10`` for 10."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _number(kind: Kind, text: str, least: Decimal, most: Decimal, places: int) -> Decimal:
    if not _FIGURE.fullmatch(text):
        raise kind.refuse()
    try:
        value = Decimal(text)
    except InvalidOperation:  # pragma: no cover - the pattern lets none through
        raise kind.refuse() from None
    _sign, _digits, exponent = value.normalize().as_tuple()
    if not least <= value <= most or (isinstance(exponent, int) and -exponent > places):
        raise kind.refuse()
    return value
