"""Which series of numbers there are. Filled in ``AppConfig.ready``."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kernel.documents.numbers import rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A series of numbers and the pattern that it has until a company changes it.

    :param values: tokens that whoever takes a number fills, beside ``CO`` and ``PROJECT``.
    :param is_gapless: law or cash needs every number; then a taker waits for the one before. The
        others take theirs without waiting, and a taker who fails leaves a gap.
    :param setting: the company's setting that says the same, and changes with the pattern.
    """

    key: str
    name: Any
    pattern: str
    is_gapless: bool = True
    values: tuple[str, ...] = ()
    setting: str = ""

    @property
    def tokens(self) -> frozenset[str]:
        return frozenset({"CO", "PROJECT", *self.values})


_SERIES: dict[str, Series] = {}
_PROJECT_CODES: list[Callable[[int], str]] = []


def register(series: Series) -> None:
    """Add a series. :raises rules.PatternInvalid: if its own pattern is none."""
    rules.parse(series.pattern, allowed=series.tokens)
    _SERIES[series.key] = series


def know_codes(code_of: Callable[[int], str]) -> None:
    """Say how a project's code is found: the kernel knows no projects."""
    _PROJECT_CODES[:] = [code_of]


def series_named(key: str) -> Series:
    """Return a series. :raises KeyError: if there is none: a typing error, not the user's."""
    return _SERIES[key]


def all_series() -> list[Series]:
    """Return every series by key."""
    return [_SERIES[key] for key in sorted(_SERIES)]


def project_code(project_id: int) -> str:
    """Return a project's code in letters and digits."""
    return "".join(
        character
        for character in _PROJECT_CODES[0](project_id).upper()
        if rules.VALUE.match(character)
    )
