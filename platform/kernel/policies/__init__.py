"""The handbook's ``P:`` rules as typed settings, read through one function.

A company changes them and its projects override them; :func:`get` tells what counts. Values of
settings that prices depend on count from a day on: whoever asks for one says on which day.
"""

from datetime import date
from typing import TypeVar

from kernel.policies.catalogue import GROUPS, REGISTRY
from kernel.policies.errors import PolicyUnset
from kernel.policies.reading import reading_once, snapshot
from kernel.policies.settings import Setting

__all__ = ["GROUPS", "REGISTRY", "PolicyUnset", "Setting", "find", "get", "reading_once"]

_T = TypeVar("_T")


def get(key: str, kind: type[_T], *, project_id: int | None = None, on: date | None = None) -> _T:
    """Return the value in force for the project, or for the company when ``project_id`` is None.

    :param on: the day it is asked for; needed for settings that are dated.
    :raises PolicyUnset: if there is no value and no default: the function cannot be done.
    :raises KeyError: if there is no such setting: a typing error, not the user's.
    :raises TypeError: if the setting is of another type than ``kind``, or a day is missing.
    """
    value = find(key, kind, project_id=project_id, on=on)
    if value is None:
        raise PolicyUnset(REGISTRY[key])
    return value


def find(
    key: str, kind: type[_T], *, project_id: int | None = None, on: date | None = None
) -> _T | None:
    """Return the value in force, ``None`` if none is set; otherwise like :func:`get`."""
    setting = REGISTRY[key]
    if setting.kind.python is not kind:
        raise TypeError(f"{key} is no {kind.__name__}")
    if setting.is_dated and on is None:
        raise TypeError(f"{key} is dated: say for which day")
    value: _T | None = snapshot().find(setting, project_id, on).value
    return value
