"""A worker to be killed: ``python -m … DATABASE JOB_ID MINUTES UNITS``; it says when it begins.

Its clock is ``MINUTES`` ahead, so that it takes over a job whose last worker is silent; it cuts
a run into chunks of ``UNITS``.
"""

import os
import sys
from datetime import timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")

import django

django.setup()

from kernel.jobs import runner  # noqa: E402 - Django must be set up before
from services.billing.runs import chunks  # noqa: E402
from tests import factories_runs as factories  # noqa: E402
from tests.bench import world  # noqa: E402


def main(database_name: str, job_id: str, minutes: str, units: str) -> None:
    chunks.UNITS_PER_CHUNK = int(units)  # type: ignore[misc]
    world.join(database_name)
    sys.stdout.write("working\n")
    sys.stdout.flush()
    runner.run(int(job_id), lambda: factories.NOW + timedelta(minutes=int(minutes)))


if __name__ == "__main__":
    main(*sys.argv[1:])
