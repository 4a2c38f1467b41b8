"""Which classes of records there are and how long each is kept. Services register theirs.

Nothing is ever removed by itself: what was kept long enough appears on a list (SH-71).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from kernel import policies
from kernel.access.actors import Actor
from kernel.tenancy import company_time_zone

FOR_EVER: Final = "permanent"


class Kept(NamedTuple):
    """One record that has ended, and since when."""

    object_id: int
    label: str
    ended_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordClass:
    """Records that are kept alike.

    :ivar setting: the policy that says for how many years, ``""`` for ever. Its value is a number,
        or a choice such as ``30_years``; ``permanent`` is for ever as well.
    :ivar ended: finds the records of a project that ended on a day or before it.
    :ivar dispose: removes one, in the transaction of the last signature.
    :ivar goes: what is removed with it, for people: books and the audit record always stay.
    """

    key: str
    name: object
    goes: object
    setting: str = ""
    ended: Callable[[int, date], Iterable[Kept]] | None = None
    dispose: Callable[[int, Actor, datetime], None] | None = None

    def years(self, project_id: int) -> int | None:
        """Return for how many years such records are kept in a project, ``None`` for ever."""
        if not self.setting:
            return None
        if policies.REGISTRY[self.setting].kind.python is int:
            return policies.get(self.setting, int, project_id=project_id)
        kept = policies.get(self.setting, str, project_id=project_id)
        return None if kept == FOR_EVER else int(kept.removesuffix("_years"))


def end_of(day: date) -> datetime:
    """Return the moment at which a day of the company is over."""
    after = day + timedelta(days=1)
    return datetime(after.year, after.month, after.day, tzinfo=company_time_zone())


_CLASSES: dict[str, RecordClass] = {}


def register(record_class: RecordClass) -> None:
    """Add a class of records; called in ``AppConfig.ready``."""
    _CLASSES[record_class.key] = record_class


def classes() -> tuple[RecordClass, ...]:
    """Return every class by key."""
    return tuple(_CLASSES[key] for key in sorted(_CLASSES))


def class_of(key: str) -> RecordClass:
    """Return a class. :raises KeyError: if there is none of that key."""
    return _CLASSES[key]
