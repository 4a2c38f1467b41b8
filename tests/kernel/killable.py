"""A worker to be killed: ``python -m … DATABASE WORK NOW [gated]``.

Gated it stops before each statement until a number on its standard input lets so many through, and
says when it has used them up: it is killed where it stands, however busy the machine is.
"""

import os
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")

import django

django.setup()

from django.conf import settings  # noqa: E402 - Django must be set up before
from django.db import connection  # noqa: E402
from django_tenants.utils import tenant_context  # noqa: E402

from kernel import http, outgoing  # noqa: E402
from kernel.deadlines import sweeping  # noqa: E402
from kernel.notifications import operations as notifications  # noqa: E402
from kernel.outbox import operations as outbox  # noqa: E402
from tenants.companies import records  # noqa: E402
from tenants.companies.models import Company  # noqa: E402
from tests import database  # noqa: E402
from tests.threads import PATIENCE  # noqa: E402

ANCHORS = 40
PORTION = 50  # links of a record that are verified at once


def anchor(company: Company, now: datetime) -> None:
    for _night in range(ANCHORS):
        records.check_record(company=company, now=now)


def verify(company: Company, now: datetime) -> None:
    records.PORTION = PORTION  # type: ignore[misc]
    while records.check_record(company=company, now=now) is None:
        pass


WORK: dict[str, Callable[[Company, datetime], object]] = {
    "sweep": lambda _company, now: sweeping.sweep(now=now),
    "events": lambda _company, now: outbox.deliver_due(now=now),
    "mails": lambda _company, now: notifications.deliver_due(now=now),
    "anchor": anchor,
    "verify": verify,
}


class Gate:
    """Let as many statements through as the other side allows."""

    left = 0

    def __call__(self, execute: Callable[..., Any], *statement: Any) -> Any:
        while not self.left:
            sys.stdout.write("waits\n")
            sys.stdout.flush()
            self.left = int(sys.stdin.readline())
        self.left -= 1
        return execute(*statement)


def main(name: str, work: str, now: str, *gated: str) -> None:
    database.use(name)
    settings.OUTBOUND_NETWORKS = ["127.0.0.0/8"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = os.environ.get("MAILS", "")
    company = Company.objects.get(slug="alpha")
    # No turn is over and no server too slow because the machine is busy.
    outgoing.monotonic = lambda: 0.0  # type: ignore[attr-defined]
    http.READ_SECONDS = http.ANSWER_SECONDS = PATIENCE  # type: ignore[misc]
    if gated:
        connection.execute_wrappers.append(Gate())
    with tenant_context(company):
        WORK[work](company, datetime.fromisoformat(now))


if __name__ == "__main__":
    main(*sys.argv[1:])
