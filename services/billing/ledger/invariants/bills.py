"""Rules of bill runs and their lines."""

from typing import Final

from kernel.text import _
from services.billing.ledger.invariants.invariant import Invariant

BILLS: Final = (
    Invariant(
        "billed-once",
        _("No unit is billed twice for an item and month"),
        "billline",
        """
        SELECT project_id, max(id) AS object_id, count(*) || ' times' AS detail
        FROM billing_billline WHERE NOT is_reversed
        GROUP BY project_id, unit_id, item_id, period HAVING count(*) > 1
        """,
    ),
    Invariant(
        "bills-are-their-entry",
        _("The bills of a run are, household by household, what its entries say"),
        "billrun",
        """
        SELECT r.project_id, r.id AS object_id,
               format('household %%s: ledger %%s, bills %%s', household_id,
                      coalesce(l.owed, 0), coalesce(b.owed, 0)) AS detail
        FROM (
            SELECT c.run_id, p.household_id, sum(p.amount) AS owed
            FROM billing_billrunchunk c JOIN billing_posting p ON p.journal_id = c.journal_id
            WHERE p.household_id IS NOT NULL GROUP BY c.run_id, p.household_id
        ) l
        FULL JOIN (
            SELECT run_id, household_id, sum(amount) AS owed FROM billing_billline
            GROUP BY run_id, household_id
        ) b USING (run_id, household_id)
        JOIN billing_billrun r ON r.id = run_id
        WHERE coalesce(l.owed, 0) <> coalesce(b.owed, 0)
        """,
    ),
    Invariant(
        "bills-credit-their-accounts",
        _("Bills are credited to the accounts that they name, and taken back from them"),
        "billrun",
        """
        WITH credited AS (
            SELECT c.run_id, p.account_id, -sum(p.amount) AS amount
            FROM billing_billrunchunk c JOIN billing_posting p ON p.journal_id = c.journal_id
            WHERE p.household_id IS NULL GROUP BY c.run_id, p.account_id
            UNION ALL
            SELECT l.run_id, p.account_id, -sum(p.amount)
            FROM billing_billline l
            JOIN billing_journal j ON j.kind = 'BILL_REVERSAL' AND j.source_type = 'billline'
             AND j.source_id = l.id
            JOIN billing_posting p ON p.journal_id = j.id AND p.household_id IS NULL
            WHERE l.is_reversed GROUP BY l.run_id, p.account_id
        )
        SELECT r.project_id, r.id AS object_id,
               format('account %%s: ledger %%s, bills %%s', account_id,
                      coalesce(c.amount, 0), coalesce(b.amount, 0)) AS detail
        FROM (
            SELECT run_id, account_id, sum(amount) AS amount FROM credited
            GROUP BY run_id, account_id
        ) c
        FULL JOIN (
            SELECT run_id, account_id, sum(amount) FILTER (WHERE NOT is_reversed) AS amount
            FROM billing_billline GROUP BY run_id, account_id
        ) b USING (run_id, account_id)
        JOIN billing_billrun r ON r.id = run_id
        WHERE coalesce(c.amount, 0) <> coalesce(b.amount, 0)
        """,
    ),
    Invariant(
        "run-adds-up",
        _("A posted run has the lines and the sum that were checked"),
        "billrun",
        """
        SELECT r.project_id, r.id AS object_id,
               format('checked %%s of %%s, chunks %%s of %%s, bills %%s of %%s', r.draft_lines,
                      r.draft_amount, c.lines, c.amount, b.lines, b.amount) AS detail
        FROM billing_billrun r
        LEFT JOIN (
            SELECT run_id, count(*) AS lines, sum(amount) AS amount
            FROM billing_billline GROUP BY run_id
        ) b ON b.run_id = r.id
        LEFT JOIN (
            SELECT run_id, sum(line_count) AS lines, sum(amount) AS amount
            FROM billing_billrunchunk WHERE state = 'POSTED' GROUP BY run_id
        ) c ON c.run_id = r.id
        WHERE r.state = 'POSTED'
          AND ((b.lines, b.amount) IS DISTINCT FROM (r.draft_lines::bigint, r.draft_amount)
               OR (c.lines, c.amount) IS DISTINCT FROM (r.draft_lines::bigint, r.draft_amount))
        """,
    ),
    Invariant(
        "posted-as-checked",
        _("What was posted is what somebody confirmed"),
        "billrun",
        """
        SELECT r.project_id, r.id AS object_id,
               coalesce(e.data ->> 'lines', 'never') || ' checked' AS detail
        FROM billing_billrun r
        LEFT JOIN LATERAL (
            SELECT a.actor_id, a.data FROM audit_auditentry a
            WHERE a.object_type = 'billing.billrun' AND a.object_id = r.id
              AND a.event = 'billing.run.checked'
            ORDER BY a.id DESC LIMIT 1
        ) e ON true
        WHERE r.state IN ('CHECKED', 'POSTING', 'POSTED')
          AND (e.actor_id, e.data ->> 'lines', e.data ->> 'amount')
              IS DISTINCT FROM (r.checked_by, r.draft_lines::text, r.draft_amount::text)
        """,
    ),
    Invariant(
        "run-is-worked-on",
        _("No run waits for work that nobody does"),
        "billrun",
        """
        SELECT r.project_id, r.id AS object_id, coalesce(j.state, 'no job') AS detail
        FROM billing_billrun r LEFT JOIN jobs_job j ON j.id = r.job_id
        WHERE r.state IN ('COMPUTING', 'POSTING')
          AND coalesce(j.state, '') NOT IN ('QUEUED', 'RUNNING')
        """,
    ),
    Invariant(
        "draft-is-gone",
        _("A run that is over has no draft left"),
        "billrun",
        """
        SELECT r.project_id, d.run_id AS object_id, count(*) || ' lines' AS detail
        FROM billing_draftline d LEFT JOIN billing_billrun r ON r.id = d.run_id
        WHERE coalesce(r.state, 'POSTED') IN ('POSTED', 'CANCELLED')
        GROUP BY r.project_id, d.run_id
        """,
    ),
    Invariant(
        "amount-follows-from-its-figures",
        _("The amount of a bill follows from its quantity, price and share"),
        "billline",
        """
        WITH tier AS MATERIALIZED (
            SELECT v.id AS version_id, (t.value ->> 'price')::numeric AS price,
                   (t.value ->> 'up_to')::numeric AS up_to,
                   coalesce(lag((t.value ->> 'up_to')::numeric)
                            OVER (PARTITION BY v.id ORDER BY t.number), 0) AS above
            FROM billing_feeversion v
            CROSS JOIN LATERAL jsonb_array_elements(v.tiers) WITH ORDINALITY AS t (value, number)
        ),
        slab AS MATERIALIZED (
            SELECT l.id, sum(greatest(least(l.quantity, coalesce(t.up_to, l.quantity)) - t.above, 0)
                             * t.price) AS gross
            FROM billing_billline l JOIN tier t ON t.version_id = l.version_id
            WHERE l.price IS NULL GROUP BY l.id
        )
        SELECT l.project_id, l.id AS object_id,
               format('%%s is not %%s × %%s × %%s', l.amount, l.quantity,
                      coalesce(l.price::text, 'tiers'), l.rate) AS detail
        FROM billing_billline l LEFT JOIN slab s ON s.id = l.id
        WHERE l.amount IS DISTINCT FROM
              round(round(coalesce(l.quantity * l.price, s.gross), 2) * l.rate, 2)
        """,
    ),
)
