"""Words with places in them, and quiet hours."""

import re
from collections.abc import Collection, Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

_PLACE = re.compile(r"%\((\w{1,40})\)s")


def fill(words: str, values: Mapping[str, str]) -> str:
    """Return ``words`` with each ``%(name)s`` replaced; a name without a value becomes empty.

    Nothing else in ``words`` has a meaning: a company writes them.
    """
    return _PLACE.sub(lambda place: str(values.get(place[1], "")), words)


def unknown_places(words: str, known: Collection[str]) -> list[str]:
    """Return the names of places in ``words`` that are not ``known``, in order, each once."""
    return list(dict.fromkeys(name for name in _PLACE.findall(words) if name not in known))


def after_quiet_hours(moment: datetime, starts_at: time, ends_at: time, zone: ZoneInfo) -> datetime:
    """Return ``moment``, or the end of the quiet hours that it falls into.

    The hours begin with ``starts_at`` and end before ``ends_at``, on the clock of ``zone``; where
    they end earlier than they start they go past midnight.
    """
    local = moment.astimezone(zone)
    clock = local.time()
    if starts_at < ends_at:
        if not starts_at <= clock < ends_at:
            return moment
        day = local.date()
    elif clock >= starts_at:
        day = local.date() + timedelta(days=1)
    elif clock < ends_at:
        day = local.date()
    else:
        return moment
    return datetime.combine(day, ends_at, tzinfo=zone).astimezone(moment.tzinfo)
