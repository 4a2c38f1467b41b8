"""A clock job to be killed: ``python -m … DATABASE HOURS`` sweeps, and hangs in its second case.

It says so once the first case is done and what it does in the second is written, not committed.
"""

import os
import sys
import time
from datetime import datetime, timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")

import django

django.setup()

from django.db import transaction  # noqa: E402 - Django must be set up before

from kernel.approvals.models import Case  # noqa: E402
from kernel.approvals.operations import sweeping  # noqa: E402
from tests.bench import world  # noqa: E402
from tests.factories import NOW  # noqa: E402


def main(database_name: str, hours: str) -> None:
    world.join(database_name)
    look_after = sweeping.look_after
    seen: list[int] = []

    def hanging(*, case_id: int, now: datetime) -> Case:
        seen.append(case_id)
        if len(seen) < 2:
            return look_after(case_id=case_id, now=now)
        with transaction.atomic():
            look_after(case_id=case_id, now=now)
            sys.stdout.write("hanging\n")
            sys.stdout.flush()
            time.sleep(600)
        raise AssertionError("nobody killed it")

    sweeping.look_after = hanging
    sweeping.sweep(now=NOW + timedelta(hours=int(hours)))


if __name__ == "__main__":
    main(*sys.argv[1:])
