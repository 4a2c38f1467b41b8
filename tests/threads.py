"""Calls at the same moment, each in a thread and a database connection of its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection
from django_tenants.utils import tenant_context

from tenants.companies.models import Company

T = TypeVar("T")


def at_once(company: Company, calls: Sequence[Callable[[], T]]) -> list[T | Exception]:
    """Run the calls in the company's schema, all started together; return what each came to.

    For the fixture ``committed_tenant``: other connections see only what is committed.
    """
    start = Barrier(len(calls))

    def run(call: Callable[[], T]) -> T | Exception:
        try:
            with tenant_context(company):
                connection.ensure_connection()
                start.wait(timeout=30)
                return call()
        except Exception as error:  # the failure is the result
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=len(calls)) as pool:
        return list(pool.map(run, calls))
