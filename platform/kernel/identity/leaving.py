"""What somebody still holds on the day he leaves. Each module registers what it knows of.

A check tells what there is and how it is settled. Whatever is found and does not end with the
account by itself keeps the account open.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from django.utils.functional import Promise

from kernel.access.actors import Actor
from kernel.identity.models import Way

Text = str | Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One thing that he holds."""

    ref: str  # unique within its check, e.g. "17"
    what: str
    reason: Text = ""  # why it keeps the account open, and what to do; for what has no way
    ways: tuple[Way, ...] = ()
    ends_by_itself: bool = False  # closing the account ends it: a session, a token, a post
    must_count: bool = False  # money: taking it back needs the counted amount
    url: str = ""
    project_id: int | None = None


class Settle(Protocol):
    """Settles one thing in the caller's transaction, with its own record."""

    def __call__(
        self,
        *,
        actor: Actor,
        leaver_id: int,
        ref: str,
        to_user_id: int | None,
        counted: str,
        note: str,
        now: datetime,
    ) -> str:
        """Return the label of the person it went to."""
        ...


Find = Callable[..., Iterable[Held]]  # find(user_id=…, today=…)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One kind of things: how they are found, and for each way how it is gone."""

    key: str  # "identity.items"
    label: Text
    find: Find
    settle: dict[Way, Settle] = field(default_factory=dict)
    # Nothing but the step of the departure says that it is settled: money that was counted.
    by_step: bool = False


_CHECKS: dict[str, Check] = {}


def register(check: Check) -> None:
    """Add a check; called in ``AppConfig.ready``.

    :raises ValueError: if another one bears its key.
    """
    if check.key in _CHECKS and _CHECKS[check.key] != check:
        raise ValueError(f"two checks are called {check.key}")
    _CHECKS[check.key] = check


def check_of(key: str) -> Check | None:
    return _CHECKS.get(key)


@dataclass(frozen=True, slots=True)
class Group:
    """What one check has found."""

    check: Check
    things: tuple[Held, ...]

    @property
    def blocking(self) -> tuple[Held, ...]:
        return tuple(thing for thing in self.things if not thing.ends_by_itself)


def held_by(*, user_id: int, today: date) -> list[Group]:
    """Return everything that the person holds, by check, in the order of their keys."""
    found = (
        Group(_CHECKS[key], tuple(_CHECKS[key].find(user_id=user_id, today=today)))
        for key in sorted(_CHECKS)
    )
    return [group for group in found if group.things]
