"""Calls at the same moment, each in a thread and a database connection of its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event, Lock
from time import monotonic, sleep
from typing import Final, TypeVar

from django.db import connection
from django_tenants.utils import tenant_context

from tenants.companies.models import Company

T = TypeVar("T")

# For what comes at once unless the machine is busy with something else. Nothing is measured by it.
PATIENCE: Final = 120


def at_once(company: Company, calls: Sequence[Callable[[], T]]) -> list[T | Exception]:
    """Run the calls in the company's schema, all started together; return what each came to.

    For the fixture ``committed_tenant``: other connections see only what is committed.
    """
    start = Barrier(len(calls))

    def run(call: Callable[[], T]) -> T | Exception:
        try:
            with tenant_context(company):
                connection.ensure_connection()
                start.wait(timeout=PATIENCE)
                return call()
        except Exception as error:  # the failure is the result
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=len(calls)) as pool:
        return list(pool.map(run, calls))


def until_another_waits(unless: Event | None = None) -> None:
    """Return once another connection waits for a lock that this one holds in its transaction.

    Or, where there is no such lock, once the other has said by the event that it is done.
    """
    given_up_at = monotonic() + PATIENCE
    with connection.cursor() as cursor:
        while monotonic() < given_up_at:
            if unless is not None and unless.is_set():
                return
            # A transaction goes on seeing the connections of its first look.
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))"
            )
            if cursor.fetchone() is not None:
                return
            sleep(0.01)
    raise AssertionError("nobody waits for this connection")


class Meeting:
    """Where two come that do the same: both go on when the second is there.

    Or when the second cannot come because the first holds what it waits for.
    """

    def __init__(self) -> None:
        self._first, self._both = Lock(), Event()

    def come(self) -> None:
        if self._first.acquire(blocking=False):
            until_another_waits(unless=self._both)
        else:
            self._both.set()
