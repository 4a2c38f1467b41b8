"""What counts: a project's value before the company's before the default.

All values of a company are a few hundred short rows: they are read by one query. In a request and
in a task they are read once (:func:`reading_once`); elsewhere each question reads them anew.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from enum import StrEnum
from typing import Any, Final, NamedTuple

from django.apps import apps

from kernel.policies.settings import Setting
from kernel.tenancy import NoCompany, current_schema, is_public


class Origin(StrEnum):
    """Who says what counts."""

    UNSET = "unset"
    DEFAULT = "default"
    COMPANY = "company"
    PROJECT = "project"


class Said(NamedTuple):
    """A row: from ``since`` on it is ``text``; ``None`` gives way to what is inherited."""

    since: date | None
    text: str | None


class Found(NamedTuple):
    """What counts for a setting, and why."""

    value: Any
    origin: Origin
    since: date | None


Place = tuple[str, int | None]


class Snapshot:
    """All values of one company at one moment."""

    def __init__(self, rows: Sequence[tuple[str, int | None, date | None, str | None]]) -> None:
        said: dict[Place, list[Said]] = {}
        for key, project_id, since, text in rows:
            said.setdefault((key, project_id), []).append(Said(since, text))
        self._said: Mapping[Place, list[Said]] = said
        self._parsed: dict[tuple[str, str], Any] = {}

    def find(self, setting: Setting, project_id: int | None, on: date | None) -> Found:
        """Return what counts in the project, or in the company without one, on a day."""
        if project_id is not None and setting.per_project:
            own = self.said(setting, project_id, on)
            if own is not None and own.text is not None:
                return Found(self._value(setting, own.text), Origin.PROJECT, own.since)
        own = self.said(setting, None, on)
        if own is not None and own.text is not None:
            return Found(self._value(setting, own.text), Origin.COMPANY, own.since)
        default = setting.default
        return Found(default, Origin.UNSET if default is None else Origin.DEFAULT, None)

    def said(self, setting: Setting, project_id: int | None, on: date | None) -> Said | None:
        """Return the row in force in just this place; ``None`` if there is none."""
        latest = None
        for said in self._said.get((setting.key, project_id), ()):
            if said.since is None or (on is not None and said.since <= on):
                latest = said
        return latest

    def planned(self, setting: Setting, project_id: int | None, on: date) -> list[Said]:
        """Return what counts in just this place from later days on."""
        said = self._said.get((setting.key, project_id), ())
        return [one for one in said if one.since is not None and one.since > on]

    def projects_of(self, setting: Setting) -> list[int]:
        """Return the projects that ever said something of the setting."""
        return sorted(
            project for key, project in self._said if key == setting.key and project is not None
        )

    def _value(self, setting: Setting, text: str) -> Any:
        place = setting.key, text
        if place not in self._parsed:
            self._parsed[place] = setting.kind.parse(text)
        return self._parsed[place]


# By schema: a task or request of one company may ask for something in another's.
_KEPT: Final[ContextVar[dict[str, Snapshot] | None]] = ContextVar("policies", default=None)


@contextmanager
def reading_once() -> Iterator[None]:
    """Read each company's values at most once in the block: a request, a task, a computation."""
    if _KEPT.get() is not None:
        yield
        return
    token = _KEPT.set({})
    try:
        yield
    finally:
        _KEPT.reset(token)


def snapshot() -> Snapshot:
    """Return the values of the company in force.

    :raises NoCompany: in the public schema.
    """
    kept = _KEPT.get()
    if kept is None:
        return _load()
    schema = current_schema()
    if schema not in kept:
        kept[schema] = _load()
    return kept[schema]


def forget() -> None:
    """Read anew at the next question: something was written."""
    kept = _KEPT.get()
    if kept is not None:
        kept.pop(current_schema(), None)


def _load() -> Snapshot:
    if is_public():
        raise NoCompany("settings are a company's")
    rows = apps.get_model("policies", "PolicyValue").objects.order_by("valid_from")
    return Snapshot(list(rows.values_list("key", "project_id", "valid_from", "text")))
