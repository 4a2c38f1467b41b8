"""From the checked draft to bills: lines and their journal, chunk by chunk.

What was checked is what is posted: nothing is computed anew here.
"""

from datetime import datetime
from decimal import Decimal

from django.db import connection, transaction

from kernel.errors import Conflict
from kernel.text import _
from services.billing.ledger import operations as ledger
from services.billing.ledger import queries as ledger_queries
from services.billing.ledger.models import AccountRole, JournalKind
from services.billing.runs import chunks
from services.billing.runs.models import BillRun, BillRunChunk, ChunkState, RunState

_LINES = """
INSERT INTO billing_billline
    (run_id, project_id, household_id, unit_id, item_id, account_id, version_id, reading_id, period,
     usage_month, quantity, price, rate, amount, paid_amount, due_on, issued_on, is_reversed,
     reverse_reason)
SELECT d.run_id, %(project_id)s, d.household_id, d.unit_id, d.item_id, i.account_id, d.version_id,
       d.reading_id, %(period)s, d.usage_month, d.quantity, d.price, d.rate, d.amount, 0,
       %(due_on)s, %(issued_on)s, false, ''
FROM billing_draftline d JOIN billing_feeitem i ON i.id = d.item_id
WHERE d.run_id = %(run_id)s AND d.household_id BETWEEN %(first)s AND %(last)s
ORDER BY d.household_id, d.unit_id, d.item_id
"""

# Debit what each household owes, credit the account of each item (BL-59: agency money apart). A
# bill of 0.00 posts nothing.
_POSTINGS = """
SELECT %s::bigint AS account_id, household_id, sum(amount) AS amount
FROM billing_draftline
WHERE run_id = %s AND household_id BETWEEN %s AND %s
GROUP BY household_id HAVING sum(amount) <> 0
UNION ALL
SELECT i.account_id, NULL, -sum(d.amount)
FROM billing_draftline d JOIN billing_feeitem i ON i.id = d.item_id
WHERE d.run_id = %s AND d.household_id BETWEEN %s AND %s
GROUP BY i.account_id HAVING sum(d.amount) <> 0
"""


# The account of an item stays what it is from the lines to their postings.
_LOCK_ITEMS = "SELECT FROM billing_feeitem ORDER BY id FOR SHARE"

# What foreign keys would do line by line: nobody deletes these rows or moves a unit to another
# account (the registry locks both for it) until the chunk is committed; afterwards the triggers
# of their tables and the registry's own rules see the bills. Yields what is not as it was drafted.
_LOCK_PARENTS = """
WITH wanted AS MATERIALIZED (
    SELECT DISTINCT household_id, unit_id FROM billing_draftline
    WHERE run_id = %s AND household_id BETWEEN %s AND %s
),
household AS MATERIALIZED (
    SELECT id FROM properties_household
    WHERE id = ANY (ARRAY(SELECT DISTINCT household_id FROM wanted))
    ORDER BY id FOR KEY SHARE
),
unit AS MATERIALIZED (
    SELECT id, household_id FROM properties_unit
    WHERE id = ANY (ARRAY(SELECT unit_id FROM wanted)) AND EXISTS (SELECT 1 FROM household)
    ORDER BY id FOR KEY SHARE
)
SELECT count(*)
FROM wanted w
LEFT JOIN household h ON h.id = w.household_id
LEFT JOIN unit u ON u.id = w.unit_id AND u.household_id = w.household_id
WHERE h.id IS NULL OR u.id IS NULL
"""


class DraftChanged(Conflict):
    """What was checked cannot be posted as it is: units are gone, or a hand was in the draft."""

    code = "billing.draft-changed"


@transaction.atomic
def post_chunk(*, run_id: int, chunk_id: int, now: datetime) -> bool:
    """Make one chunk's draft into bills with their journal; return whether it was to be done.

    :raises chunks.RunMovedOn: if the run is not being posted any more.
    :raises DraftChanged: if lines or sum are not those of the checked draft.
    """
    run = chunks.lock_for_work(run_id, RunState.POSTING)
    chunk = BillRunChunk.objects.filter(pk=chunk_id, run=run).first()
    if chunk is None:
        raise chunks.RunMovedOn
    if chunk.state == ChunkState.POSTED:
        return False
    if chunk.line_count:
        _write_lines(run, chunk, now)
    chunk.state = ChunkState.POSTED
    chunk.save(update_fields=["state", "journal"])
    return True


def _write_lines(run: BillRun, chunk: BillRunChunk, now: datetime) -> None:
    assert run.issued_on is not None
    span = [run.pk, chunk.first_household_id, chunk.last_household_id]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off; SET LOCAL enable_nestloop = off")
        cursor.execute(_LOCK_PARENTS, span)
        if cursor.fetchone() != (0,):
            raise DraftChanged(
                _(
                    "Units of this run were removed or have changed hands since it was computed. "
                    "Cancel the run and prepare it anew."
                )
            )
        cursor.execute("SET LOCAL enable_nestloop = on")
        cursor.execute(_LOCK_ITEMS)
        cursor.execute(
            _LINES,
            {
                "run_id": run.pk,
                "project_id": run.project_id,
                "period": run.period,
                "due_on": run.due_on,
                "issued_on": run.issued_on,
                "first": chunk.first_household_id,
                "last": chunk.last_household_id,
            },
        )
        line_count = cursor.rowcount
    if (line_count, _post_entry(run, chunk, span, now)) != (chunk.line_count, chunk.amount):
        raise DraftChanged(
            _("The draft is not the one that was checked. Cancel the run and prepare it anew.")
        )
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM billing_draftline WHERE run_id = %s AND household_id BETWEEN %s AND %s",
            span,
        )


def _post_entry(run: BillRun, chunk: BillRunChunk, span: list[int], now: datetime) -> Decimal:
    """Post the chunk's journal unless all its bills are of 0.00; return what is owed by it."""
    assert run.issued_on is not None
    if not chunk.amount:
        return Decimal(0)
    receivable = ledger_queries.account_of_role(AccountRole.RECEIVABLE)
    chunk.journal, _legs = ledger.post_journal_of_query(
        project_id=run.project_id,
        kind=JournalKind.BILLS,
        source_type="billrunchunk",
        source_id=chunk.pk,
        effective_on=run.issued_on,
        now=now,
        posted_by=run.posted_by,
        postings_sql=_POSTINGS,
        parameters=[receivable.pk, *span, *span],
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(amount), 0) FROM billing_posting"
            " WHERE journal_id = %s AND household_id > 0",
            [chunk.journal.pk],
        )
        row = cursor.fetchone()
    assert row is not None
    owed: Decimal = row[0]
    return owed
