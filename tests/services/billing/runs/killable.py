"""A worker to be killed: ``python -m … DATABASE JOB_ID MINUTES UNITS CHUNKS MOMENT``.

Its clock is ``MINUTES`` ahead, so that it takes over a job whose last worker is silent; it cuts
a run into chunks of ``UNITS``. Of those it does ``CHUNKS`` and, at a ``MOMENT`` of the last, says
so and waits for its end: before it commits the chunk, or after. Without chunks it does all.
"""

import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")

import django

django.setup()

from django.db import transaction  # noqa: E402 - Django must be set up before

from kernel.jobs import runner  # noqa: E402
from services.billing.runs import chunks, computing, posting  # noqa: E402
from tests import factories_runs as factories  # noqa: E402
from tests.bench import world  # noqa: E402


def main(database_name: str, job_id: str, minutes: str, units: str, count: str, at: str) -> None:
    chunks.UNITS_PER_CHUNK = int(units)  # type: ignore[misc]
    computing.compute_chunk = stopping(computing.compute_chunk, int(count), at)
    posting.post_chunk = stopping(posting.post_chunk, int(count), at)
    world.join(database_name)
    runner.run(int(job_id), lambda: factories.NOW + timedelta(minutes=int(minutes)))


def stopping(work: Callable[..., bool], count: int, moment: str) -> Callable[..., bool]:
    done = 0

    def do(**values: Any) -> bool:
        nonlocal done
        with transaction.atomic():
            result = work(**values)
            done += result
            if (done, moment) == (count, "before"):
                wait_for_the_end()
        if (done, moment) == (count, "after"):
            wait_for_the_end()
        return result

    return do


def wait_for_the_end() -> None:
    sys.stdout.write("there\n")
    sys.stdout.flush()
    signal.pause()


if __name__ == "__main__":
    main(*sys.argv[1:])
