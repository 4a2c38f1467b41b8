"""How a run is cut into pieces, and the lock under which each piece is worked on."""

from typing import Final

from django.db import connection

from kernel.errors import Conflict, NotFound
from kernel.text import _
from services.billing.runs.models import BillRun, BillRunChunk, RunState

# About 5,000 lines of two or three items: a fraction of a second of work. A worker proves that it
# lives between two chunks, and its successor repeats at most one.
UNITS_PER_CHUNK: Final = 2000
LAST_ID: Final = 2**63 - 1


class RunMovedOn(Conflict):
    """The run is no longer in the state that this work is for; somebody else did it or stopped."""

    code = "billing.run-moved-on"


def lock_run(run_id: int) -> BillRun:
    """Return the run, locked until the transaction ends. Runs are locked before their chunks.

    :raises NotFound: if there is no such run.
    """
    run = BillRun.objects.select_for_update(of=("self",)).filter(pk=run_id).first()
    if run is None:
        raise NotFound
    return run


def lock_for_work(run_id: int, state: RunState) -> BillRun:
    """Return the run, locked, if its work is still to be done.

    Two workers that take the same chunk meet here; the second finds the chunk done.

    :raises RunMovedOn: if the run is in another state.
    """
    run = lock_run(run_id)
    if run.state != state:
        raise RunMovedOn(_("The bill run has been changed meanwhile."))
    return run


def hold_inputs(project_id: int) -> None:
    """Keep readings and prices of the project as they are until the transaction ends.

    Who changes them locks the project's row first and refuses what an open run has in its draft.
    Without this a change could slip in between the look-up here and the commit of the draft.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM properties_project WHERE id = %s FOR SHARE", [project_id])


def plan(run: BillRun) -> None:
    """Cut the project's households into ranges of about ``UNITS_PER_CHUNK`` units.

    The ranges leave no gap and the last is open, so that a household that joins while the run
    computes is in one of them. The caller has locked the run.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH household AS (
                SELECT household_id AS id, count(*) AS units
                FROM properties_unit WHERE project_id = %(project_id)s AND is_active
                GROUP BY household_id
            ),
            numbered AS (
                SELECT id, (sum(units) OVER (ORDER BY id) - units)::bigint / %(size)s AS number
                FROM household
            )
            SELECT min(id), count(*) FROM numbered GROUP BY number ORDER BY number
            """,
            {"project_id": run.project_id, "size": UNITS_PER_CHUNK},
        )
        found = cursor.fetchall()
    starts = [0, *(first_id for first_id, _count in found[1:])]
    ends = [*(start - 1 for start in starts[1:]), LAST_ID]
    counts = [count for _first_id, count in found] or [0]
    BillRunChunk.objects.bulk_create(
        BillRunChunk(
            run=run,
            number=number,
            first_household_id=first_id,
            last_household_id=last_id,
            household_count=count,
        )
        for number, (first_id, last_id, count) in enumerate(
            zip(starts, ends, counts, strict=True), start=1
        )
    )
