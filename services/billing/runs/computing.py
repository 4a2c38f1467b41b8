"""The draft of a run: every unit and item that a standard reaches, priced in the database.

One statement per chunk of households. The prices and who pays them are ``standards.sql``; what is
added here is the consumption of meters, what an earlier run billed, and why something has no line.
"""

from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from services.billing.runs import chunks
from services.billing.runs.models import BillRun, BillRunChunk, ChunkState, RunState
from services.billing.standards import sql

# PostgreSQL guesses one row for each of these tables, whose rows it cannot know, and would join
# them by nested loops: quadratic. What is looked up in the big tables is written as LATERAL or as a
# sub-select with LIMIT, which go by the index whatever else is chosen. No JIT: compiling the
# statement takes longer than running it on a chunk.
_PLAN_SETTINGS = "SET LOCAL enable_nestloop = off; SET LOCAL jit = off; SET LOCAL work_mem = '32MB'"

_SCOPE = """
scope AS (
    SELECT id AS unit_id, household_id, kind, state, building_id, built_area, inner_area
    FROM properties_unit
    WHERE project_id = %(project_id)s AND is_active
      AND household_id BETWEEN %(first_household_id)s AND %(last_household_id)s
)"""

# What no run has billed yet; a reversed line frees its place.
_UNBILLED = """
unbilled AS (
    SELECT a.unit_id, a.item_id, a.version_id, a.problem
    FROM applicable a
    WHERE (
        SELECT l.id FROM billing_billline l
        WHERE l.unit_id = a.unit_id AND l.item_id = a.item_id AND l.period = %(period)s
          AND NOT l.is_reversed
        LIMIT 1
    ) IS NULL
)"""

# The consumption of a unit is the sum over its meters of the kind that were in place in the month
# of usage, and is known only when every one of them has a reading that may be billed: one that was
# taken out in the month ran until then. The line names the reading where there is one.
_USAGE = """
usage AS (
    SELECT o.unit_id, o.item_id, m.*
    FROM unbilled o
    JOIN live_version v ON v.version_id = o.version_id AND v.method = 'TIERED_METER'
    CROSS JOIN LATERAL (
        SELECT count(*) AS meters, sum(r.consumption) AS consumption,
               CASE WHEN count(*) = 1 THEN min(r.id) END AS reading_id,
               min(r.id) AS any_reading_id,
               CASE WHEN bool_or(r.state = 'EXCEPTION') THEN 'READING_OPEN'
                    WHEN bool_or(r.id IS NULL) THEN 'READING_MISSING'
                    WHEN bool_or(r.state = 'REJECTED') THEN 'READING_REJECTED'
                    ELSE '' END AS problem
        FROM properties_meter m
        LEFT JOIN LATERAL (
            SELECT r.id, r.state, r.consumption FROM billing_reading r
            WHERE r.meter_id = m.id
              AND r.usage_month = (%(period)s - make_interval(months => v.usage_lag_months))::date
            LIMIT 1
        ) r ON true
        WHERE m.unit_id = o.unit_id AND m.kind = v.meter_kind
          AND (r.id IS NOT NULL
               OR (m.is_active OR m.removed_on
                       >= (%(period)s - make_interval(months => v.usage_lag_months))::date)
                  AND (m.installed_on IS NULL OR m.installed_on
                       < (%(period)s - make_interval(months => v.usage_lag_months - 1))::date))
    ) m
)"""

_PRICED = f"""
measured AS (
    SELECT u.household_id, o.unit_id, o.item_id, o.version_id, v.method, g.reading_id,
           g.any_reading_id,
           CASE WHEN v.method = 'TIERED_METER'
                THEN (%(period)s - make_interval(months => v.usage_lag_months))::date
                END AS usage_month,
           CASE v.method WHEN 'PER_AREA' THEN {sql.area()}
                WHEN 'TIERED_METER' THEN g.consumption ELSE 1 END AS quantity,
           v.price, coalesce(s.rate, {sql.rate()}) AS rate,
           CASE WHEN o.problem <> '' THEN o.problem
                WHEN v.method = 'PER_AREA' AND {sql.area()} IS NULL THEN 'AREA_MISSING'
                WHEN g.meters = 0 THEN 'NO_METER'
                ELSE coalesce(g.problem, '') END AS problem
    FROM unbilled o
    JOIN scope u ON u.unit_id = o.unit_id
    LEFT JOIN live_version v ON v.version_id = o.version_id
    LEFT JOIN month_share s ON s.unit_id = o.unit_id AND s.version_id = o.version_id
    LEFT JOIN usage g ON g.unit_id = o.unit_id AND g.item_id = o.item_id
),
priced AS MATERIALIZED (
    SELECT *, CASE WHEN problem <> '' THEN NULL
                   WHEN method = 'TIERED_METER' THEN {sql.tiered_amount("quantity", "version_id", "rate")}
                   ELSE {sql.flat_amount("quantity", "price", "rate")} END AS amount
    FROM measured
)"""  # noqa: E501, S608 - expressions of ours

_STATEMENT = f"""
WITH {_SCOPE}, {sql.APPLICABLE}, {sql.TIERS}, {sql.MONTH_SHARES}, {_UNBILLED}, {_USAGE}, {_PRICED},
drafted AS (
    INSERT INTO billing_draftline
        (run_id, household_id, unit_id, item_id, version_id, reading_id, usage_month,
         quantity, price, rate, amount)
    SELECT %(run_id)s, household_id, unit_id, item_id, version_id, reading_id, usage_month,
           quantity, price, rate, amount
    FROM priced WHERE problem = ''
    ORDER BY household_id, unit_id, item_id
),
skipped AS (
    INSERT INTO billing_runskip (run_id, unit_id, item_id, reason, reading_id)
    SELECT %(run_id)s, unit_id, item_id, problem, any_reading_id
    FROM priced WHERE problem <> ''
    UNION ALL
    SELECT %(run_id)s, u.unit_id, NULL, 'NO_STANDARD', NULL
    FROM scope u
    WHERE NOT EXISTS (SELECT 1 FROM applicable a WHERE a.unit_id = u.unit_id)
      AND NOT EXISTS (SELECT 1 FROM named_unit n WHERE n.unit_id = u.unit_id)
    UNION ALL
    SELECT %(run_id)s, n.unit_id, n.item_id, 'EXCLUDED', NULL
    FROM named_unit n
    JOIN scope u ON u.unit_id = n.unit_id
    LEFT JOIN applicable a ON a.unit_id = n.unit_id AND a.item_id = n.item_id
    WHERE n.is_excluded AND a.unit_id IS NULL
    GROUP BY n.unit_id, n.item_id
)
SELECT count(*), coalesce(sum(amount), 0),
       (SELECT count(*) FROM applicable) - (SELECT count(*) FROM unbilled)
FROM priced WHERE problem = ''
"""  # noqa: S608 - our own SQL


@transaction.atomic
def compute_chunk(*, run_id: int, chunk_id: int) -> bool:
    """Write the draft lines and skips of one chunk; return whether it was still to be done.

    :raises chunks.RunMovedOn: if the run is not being computed any more.
    """
    run = chunks.lock_for_work(run_id, RunState.COMPUTING)
    chunk = BillRunChunk.objects.filter(pk=chunk_id, run=run).first()
    if chunk is None:
        raise chunks.RunMovedOn
    if chunk.state != ChunkState.OPEN:
        return False
    chunks.hold_inputs(run.project_id)
    chunk.line_count, chunk.amount, chunk.billed_before = _write_draft(run, chunk)
    chunk.state = ChunkState.COMPUTED
    chunk.save(update_fields=["line_count", "amount", "billed_before", "state"])
    return True


def _write_draft(run: BillRun, chunk: BillRunChunk) -> tuple[int, Decimal, int]:
    with connection.cursor() as cursor:
        cursor.execute(_PLAN_SETTINGS)
        cursor.execute(
            _STATEMENT,
            {
                "run_id": run.pk,
                "project_id": run.project_id,
                "period": run.period,
                "first_household_id": chunk.first_household_id,
                "last_household_id": chunk.last_household_id,
            },
        )
        row: tuple[int, Decimal, int] | None = cursor.fetchone()
    assert row is not None
    return row


def units_out_of_place(run: BillRun) -> int:
    """Return how many units came into the draft in no account or in a former one.

    Each chunk sees the accounts as they are then: a unit that moves from an account still to be
    computed into one that is done is overlooked, one that moves on is billed twice.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")
        cursor.execute(
            """
            WITH drafted AS (
                SELECT DISTINCT unit_id, household_id FROM billing_draftline
                WHERE run_id = %(run_id)s
            ),
            looked_at AS (
                SELECT unit_id FROM drafted
                UNION SELECT unit_id FROM billing_runskip WHERE run_id = %(run_id)s
                UNION SELECT unit_id FROM billing_billline
                WHERE project_id = %(project_id)s AND period = %(period)s AND NOT is_reversed
            )
            SELECT (SELECT count(*)
                    FROM properties_unit u LEFT JOIN looked_at l ON l.unit_id = u.id
                    WHERE u.project_id = %(project_id)s AND u.is_active AND l.unit_id IS NULL)
                 + (SELECT count(*)
                    FROM drafted d JOIN properties_unit u ON u.id = d.unit_id
                    WHERE u.household_id <> d.household_id)
            """,
            {"run_id": run.pk, "project_id": run.project_id, "period": run.period},
        )
        row = cursor.fetchone()
    assert row is not None
    count: int = row[0]
    return count


def item_totals(run: BillRun, month_before: Any) -> list[dict[str, Any]]:
    """Return lines and amount of the draft by item, beside those of the month before.

    In the order of the items; every item that has either.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH draft AS (
                SELECT item_id, count(*) AS lines, sum(amount) AS amount
                FROM billing_draftline WHERE run_id = %(run_id)s GROUP BY item_id
            ),
            before AS (
                SELECT item_id, count(*) AS lines, sum(amount) AS amount
                FROM billing_billline
                WHERE project_id = %(project_id)s AND period = %(before)s AND NOT is_reversed
                GROUP BY item_id
            )
            SELECT i.id, coalesce(d.lines, 0), coalesce(d.amount, 0.00),
                   coalesce(b.lines, 0), coalesce(b.amount, 0.00)
            FROM billing_feeitem i
            LEFT JOIN draft d ON d.item_id = i.id
            LEFT JOIN before b ON b.item_id = i.id
            WHERE d.item_id IS NOT NULL OR b.item_id IS NOT NULL
            ORDER BY i.sort_order, i.id
            """,
            {"run_id": run.pk, "project_id": run.project_id, "before": month_before},
        )
        return [
            {
                "item_id": item_id,
                "lines": lines,
                "amount": str(amount),
                "last_lines": last_lines,
                "last_amount": str(last_amount),
            }
            for item_id, lines, amount, last_lines, last_amount in cursor.fetchall()
        ]
