"""Back-off of operators' sign-ins, by account and address together.

After five failures the next try from there must wait, twice as long each time, up to a quarter of
an hour. Nobody is locked: whoever guesses an operator's name keeps only himself out, and the
operator signs in from where he sits.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from tenants.operators.models import SignInAttempt

FREE_FAILURES: Final = 5
FIRST_WAIT: Final = timedelta(seconds=30)
LONGEST_WAIT: Final = timedelta(minutes=15)
FORGOTTEN_AFTER: Final = timedelta(hours=24)


def wait_after(failures: int) -> timedelta:
    """Return how long the next try must wait."""
    if failures < FREE_FAILURES:
        return timedelta(0)
    doubled: timedelta = FIRST_WAIT * 2 ** min(failures - FREE_FAILURES, 10)
    return min(doubled, LONGEST_WAIT)


def may_try(*, username: str, address: str, now: datetime) -> bool:
    """Tell whether a try counts now, or has to wait."""
    row = SignInAttempt.objects.filter(username=username, address=address).first()
    return row is None or row.next_try_at <= now


@transaction.atomic
def note_failure(*, username: str, address: str, now: datetime) -> int:
    """Count a failure; return how many there were in a row from there."""
    SignInAttempt.objects.filter(failed_at__lt=now - FORGOTTEN_AFTER).delete()
    row, is_new = SignInAttempt.objects.select_for_update().get_or_create(
        username=username,
        address=address,
        defaults={"failures": 1, "failed_at": now, "next_try_at": now},
    )
    if not is_new:
        row.failures += 1
        row.failed_at = now
        row.next_try_at = now + wait_after(row.failures)
        row.save(update_fields=["failures", "failed_at", "next_try_at"])
    return row.failures


def forget(*, username: str, address: str) -> None:
    """Begin again: a sign-in from there has come right."""
    SignInAttempt.objects.filter(username=username, address=address).delete()
