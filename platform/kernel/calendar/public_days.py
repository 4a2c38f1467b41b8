"""China's public holidays and the weekends worked for them, from the ``holidays`` library.

The State Council announces a year's shifted days in the autumn before; until the library knows
them, :func:`is_announced` says no and the page asks for the company's own entries.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

import holidays

from kernel.calendar.rules import SpecialDay

FIRST_YEAR: Final = 2001
LAST_YEAR: Final = 2100

# Facts about the world, alike for every company: a year is computed once in a process.
_YEARS: dict[int, Mapping[date, SpecialDay]] = {}


def public_day(day: date) -> SpecialDay | None:
    """Return the holiday or shifted working day that ``day`` is, if it is one."""
    return of_year(day.year).get(day)


def of_year(year: int) -> Mapping[date, SpecialDay]:
    """Return a year's holidays and worked weekends; none outside of what the library knows."""
    if year not in _YEARS:
        _YEARS[year] = _read(year) if FIRST_YEAR <= year <= LAST_YEAR else {}
    return _YEARS[year]


def is_announced(year: int) -> bool:
    """Tell whether the year's shifted working days are known: there are some in every year."""
    return any(special.is_working for special in of_year(year).values())


def _read(year: int) -> Mapping[date, SpecialDay]:
    found = holidays.country_holidays("CN", years=year, language="zh_CN")
    days = {day: SpecialDay(is_working=False, name=name) for day, name in found.items()}
    for day in found.weekend_workdays:
        if day.year == year:
            days[day] = SpecialDay(is_working=True, name="调休上班")
    return days
