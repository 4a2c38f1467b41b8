"""How numbers, amounts, days and moments are spelled in the console.

Grouping and digits are the same in every language; only words are translated.
"""

from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext

from kernel.access import SYSTEM
from kernel.spelling import (
    MINUS,
    NOTHING,
    spell_money,
    spell_number,
    spell_percent,
    spell_share,
)

__all__ = [
    "MINUS",
    "NOTHING",
    "spell_day",
    "spell_duration",
    "spell_moment",
    "spell_money",
    "spell_month",
    "spell_number",
    "spell_percent",
    "spell_share",
    "spell_time",
    "spell_who",
    "start_of_day",
]


def spell_day(day: date | None) -> str:
    """Return ``2026-11-20``."""
    if day is None:
        return NOTHING
    local = timezone.localtime(day) if isinstance(day, datetime) else day
    return f"{local.year:04d}-{local.month:02d}-{local.day:02d}"


def spell_month(day: date | None) -> str:
    """Return the month of a day, ``November 2026`` or ``2026年11月``."""
    return NOTHING if day is None else date_format(day, "YEAR_MONTH_FORMAT")


def spell_time(moment: datetime | None) -> str:
    """Return ``2026-11-20 15:40`` in the company's time zone, for tables and exports."""
    if moment is None:
        return NOTHING
    local = timezone.localtime(moment)
    return f"{spell_day(local)} {local:%H:%M}"


def spell_moment(moment: datetime | None, now: datetime | None = None) -> str:
    """Return a moment for a timeline: today's by the clock, this year's without the year."""
    if moment is None:
        return NOTHING
    local = timezone.localtime(moment)
    today = timezone.localtime(now).date()
    clock = f"{local:%H:%M}"
    if local.date() == today:
        return gettext("Today %(time)s") % {"time": clock}
    if local.date() == today - timedelta(days=1):
        return gettext("Yesterday %(time)s") % {"time": clock}
    if local.year == today.year:
        # Translators: Django's date format; in Chinese n月j日 H:i
        return date_format(local, pgettext("moment of this year", "j M H:i"))
    return f"{spell_day(local)} {clock}"


def spell_duration(span: timedelta | None) -> str:
    """Return ``2 h 30 min``; below one hour a clock, ``42:18``."""
    if span is None:
        return NOTHING
    seconds = int(abs(span.total_seconds()))
    sign = MINUS if span < timedelta(0) and seconds else ""
    hours, rest = divmod(seconds, 3600)
    minutes, rest = divmod(rest, 60)
    if not hours:
        return f"{sign}{minutes:02d}:{rest:02d}"
    return sign + gettext("%(hours)d h %(minutes)02d min") % {"hours": hours, "minutes": minutes}


def spell_who(label: str) -> str:
    """Return who acted; what nobody did by hand was the system."""
    return gettext("The system") if label == SYSTEM.label else label


def spell_name(label: str) -> str:
    """Return a person's name without the name he signs in with, for whoever is not of the company.

    >>> spell_name("何伟 (hewei)")
    '何伟'
    """
    return spell_who(label).rpartition(" (")[0] or spell_who(label)


def start_of_day(day: date) -> datetime:
    """Return the moment at which ``day`` begins in the time zone in force."""
    return timezone.make_aware(datetime.combine(day, time.min))


def spell_pair(what: object, text: object) -> str:
    """Return what something is and what it says, with the colon of the language in force."""
    return gettext("%(what)s: %(text)s") % {"what": what, "text": text}
