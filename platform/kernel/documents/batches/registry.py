"""Which papers are printed in batches. Services register theirs in ``AppConfig.ready``."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from kernel.access import Action, Actor
from kernel.errors import NotFound


class Printing(NamedTuple):
    """What a paper of a batch is made by."""

    actor: Actor
    project_id: int
    language: str
    now: datetime
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchKind:
    """Papers of one kind, each about one record of a project.

    :param labels: what the records of a project are called, for the list of what was not possible.
    :param make: returns a paper's label and its PDF; it runs inside a transaction of its own, with
        the record locked against being printed twice by the same batch, and raises ``NotFound``
        for a record of another project.
    """

    key: str
    name: Any
    action: Action
    labels: Callable[[int, Sequence[int]], Mapping[int, str]]
    make: Callable[[Printing, int], tuple[str, bytes]]


_KINDS: dict[str, BatchKind] = {}


def register(kind: BatchKind) -> None:
    """Add a kind of batch."""
    _KINDS[kind.key] = kind


def kind_named(key: str) -> BatchKind:
    """Return a kind. :raises NotFound: if there is none."""
    kind = _KINDS.get(key)
    if kind is None:
        raise NotFound
    return kind


def keys() -> list[str]:
    """Return the keys of every kind."""
    return sorted(_KINDS)
