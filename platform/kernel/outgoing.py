"""What leaves the system, and is tried again until it has left: mails, robots' posts, webhooks."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kernel.models import CompanyModel

logger = logging.getLogger(__name__)

# Seven attempts over about a day: a server that is down overnight is up again by then.
WAITS = tuple(timedelta(seconds=seconds) for seconds in (60, 300, 900, 3600, 4 * 3600, 16 * 3600))
MOST_ATTEMPTS = len(WAITS) + 1
LEASE = timedelta(minutes=5)  # longer than any server is waited for
# A worker that is busy for longer than messages stay its own would be joined by another.
TURN = timedelta(minutes=1)
SENT_AT_ONCE = 200
SLOW = timedelta(seconds=3)
LONGEST_ERROR = 300


class OutgoingState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Given up")


class Undeliverable(Exception):
    """Trying again would change nothing: no address, an endpoint switched off."""


class NotDelivered(Exception):
    """It did not arrive this time; the text says why, for people."""


class NotNow(Exception):
    """It is to leave at another time; no attempt is counted."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until.isoformat())
        self.until = until


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


def deliver_due(
    waiting: QuerySet[_O], send: Callable[[_O, datetime], None], now: datetime, *, lane: str = ""
) -> int:
    """Send what is due, oldest first, for a minute and at most 200; return how many were sent.

    Runs outside a transaction and is safe to run twice at once: a row is claimed before it is
    sent. A worker that dies with a claim loses it after five minutes, and its row is sent again.
    What is left is due at the next turn, a minute later.

    :param waiting: what to choose from, with the relations that ``send`` needs.
    :param send: gets the row and the moment; raises :class:`NotDelivered` to be tried again,
        :class:`Undeliverable` not to be, :class:`NotNow` to be asked at another time.
    :param lane: the field that names where a row goes: one that fails is left alone for this
        turn, and a slow one comes after the others, so that no server holds up another.
    """
    began, moment = monotonic(), now
    sent, failing, slow = 0, set[Any](), set[Any]()
    for _turn in range(SENT_AT_ONCE):
        if moment >= now + TURN:
            break
        row = _next(waiting, moment, lane, failing, slow)
        if row is None:
            break
        started = moment
        failure = _failure_of(row, send, moment)
        moment = now + timedelta(seconds=int(monotonic() - began))
        if lane and moment - started >= SLOW:
            slow.add(getattr(row, lane))
        if failure is None:
            _finish(row, OutgoingState.SENT, moment)
            sent += 1
        elif isinstance(failure, NotNow):
            row.attempts -= 1
            _save(row, due_at=failure.until)
        elif isinstance(failure, Undeliverable):
            _finish(row, OutgoingState.FAILED, moment, str(failure))
        else:
            _put_off(row, moment, str(failure))
            failing |= {getattr(row, lane)} if lane else set()
    return sent


def _next(
    waiting: QuerySet[_O], moment: datetime, lane: str, failing: set[Any], slow: set[Any]
) -> _O | None:
    """Claim what is due next: of a lane that was slow in this turn if there is nothing else."""
    for avoided in (failing | slow, failing) if slow else (failing,):
        left = waiting.exclude(**{f"{lane}__in": avoided}) if avoided else waiting
        row = _claim(left, moment)
        if row is not None:
            return row
    return None


def _failure_of(
    row: _O, send: Callable[[_O, datetime], None], moment: datetime
) -> Exception | None:
    """Send one row; return why it did not arrive, ``None`` if it did."""
    if row.attempts > MOST_ATTEMPTS:
        return Undeliverable("its worker died each time")
    try:
        send(row, moment)
    except (Undeliverable, NotDelivered, NotNow) as failure:
        return failure
    except Exception as bug:  # of this one row: the others go out, and it is not tried for ever
        logger.exception("something could not be sent")
        return NotDelivered(type(bug).__name__)
    return None


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
