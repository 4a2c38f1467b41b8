"""What leaves the system, and is tried again until it has left: mails, robots' posts, webhooks."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kernel.models import CompanyModel

# Seven attempts over about a day: a server that is down overnight is up again by then.
WAITS = tuple(timedelta(seconds=seconds) for seconds in (60, 300, 900, 3600, 4 * 3600, 16 * 3600))
LEASE = timedelta(minutes=5)  # longer than any server is waited for
SENT_AT_ONCE = 200
LONGEST_ERROR = 300


class OutgoingState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Given up")


class Undeliverable(Exception):
    """Trying again would change nothing: no address, an endpoint switched off."""


class NotDelivered(Exception):
    """It did not arrive this time; the text says why, for people."""


class Outgoing(CompanyModel):
    """One thing on its way, with every attempt counted."""

    state = models.CharField(max_length=10, choices=OutgoingState, default=OutgoingState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()  # not before; while one sends, until when he has it to himself
    finished_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=LONGEST_ERROR, blank=True)

    class Meta:
        abstract = True


_O = TypeVar("_O", bound=Outgoing)


def deliver_due(waiting: QuerySet[_O], send: Callable[[_O], None], now: datetime) -> int:
    """Send what is due, oldest first, at most 200; return how many were sent.

    Runs outside a transaction and is safe to run twice at once: a row is claimed before it is
    sent. A worker that dies with a claim loses it after five minutes, and its row is sent again.

    :param waiting: what to choose from, with the relations that ``send`` needs.
    :param send: raises :class:`NotDelivered` to be tried again, :class:`Undeliverable` not to be.
    """
    sent = 0
    for _turn in range(SENT_AT_ONCE):
        row = _claim(waiting, now)
        if row is None:
            break
        try:
            send(row)
        except Undeliverable as failure:
            _finish(row, OutgoingState.FAILED, now, str(failure))
        except NotDelivered as failure:
            _put_off(row, now, str(failure))
        else:
            _finish(row, OutgoingState.SENT, now)
            sent += 1
    return sent


def next_attempt(attempts: int, now: datetime) -> datetime | None:
    """Return when to try again after ``attempts`` failures, ``None`` to give up."""
    return now + WAITS[attempts - 1] if attempts <= len(WAITS) else None


def _claim(waiting: QuerySet[_O], now: datetime) -> _O | None:
    with transaction.atomic():
        row = (
            waiting.select_for_update(skip_locked=True, of=("self",))
            .filter(state=OutgoingState.WAITING, due_at__lte=now)
            .order_by("due_at", "pk")
            .first()
        )
        if row is not None:
            row.attempts += 1
            _save(row, due_at=now + LEASE)
    return row


def _put_off(row: Outgoing, now: datetime, error: str) -> None:
    again = next_attempt(row.attempts, now)
    if again is None:
        _finish(row, OutgoingState.FAILED, now, error)
    else:
        _save(row, due_at=again, error=error[:LONGEST_ERROR])


def _finish(row: Outgoing, state: OutgoingState, now: datetime, error: str = "") -> None:
    _save(row, state=state, finished_at=now, error=error[:LONGEST_ERROR])


def _save(row: Outgoing, **values: Any) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=["attempts", *values])
