"""Back-off of sign-ins outside of companies, by account and address together.

After five failures the next try from there must wait, twice as long each time, up to a quarter of
an hour. Nobody is locked: whoever guesses another's name keeps only himself out, and the
other signs in from where he sits.
"""

from datetime import datetime, timedelta
from typing import ClassVar, Final

from django.db import models, transaction

from kernel.errors import Denied, Invalid


class SignInRefused(Denied):
    """Unknown, wrong, shut out or too early: which of them is not told."""


class CodeWrong(Invalid):
    """It is another code, it was used, or tries from there must wait."""


FREE_FAILURES: Final = 5
FIRST_WAIT: Final = timedelta(seconds=30)
LONGEST_WAIT: Final = timedelta(minutes=15)
FORGOTTEN_AFTER: Final = timedelta(hours=24)


class Attempts(models.Model):
    """Failures in a row for a user name from one address, be there such an account or not."""

    username = models.CharField(max_length=254)
    address = models.CharField(max_length=45)
    failures = models.IntegerField()
    failed_at = models.DateTimeField()
    next_try_at = models.DateTimeField()

    objects: ClassVar[models.Manager["Attempts"]]

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"#{self.pk} {self.failures}"


def wait_after(failures: int) -> timedelta:
    """Return how long the next try must wait."""
    if failures < FREE_FAILURES:
        return timedelta(0)
    doubled: timedelta = FIRST_WAIT * 2 ** min(failures - FREE_FAILURES, 10)
    return min(doubled, LONGEST_WAIT)


def may_try(table: type[Attempts], *, username: str, address: str, now: datetime) -> bool:
    """Tell whether a try counts now, or has to wait."""
    row = table.objects.filter(username=username, address=address).first()
    return row is None or row.next_try_at <= now


@transaction.atomic
def note_failure(table: type[Attempts], *, username: str, address: str, now: datetime) -> int:
    """Count a failure; return how many there were in a row from there."""
    table.objects.filter(failed_at__lt=now - FORGOTTEN_AFTER).delete()
    row, is_new = table.objects.select_for_update().get_or_create(
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


def forget(table: type[Attempts], *, username: str, address: str) -> None:
    """Begin again: a sign-in from there has come right."""
    table.objects.filter(username=username, address=address).delete()
