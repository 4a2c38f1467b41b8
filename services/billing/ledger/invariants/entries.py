"""Rules of the ledger itself, and of the documents that its entries come from."""

from typing import Final

from kernel.text import _
from services.billing.ledger.invariants.invariant import Invariant

LEDGER: Final = (
    Invariant(
        "journal-balances",
        _("Every entry balances"),
        "journal",
        """
        SELECT j.project_id, j.id AS object_id, 'sum ' || sum(p.amount) AS detail
        FROM billing_journal j JOIN billing_posting p ON p.journal_id = j.id
        GROUP BY j.id HAVING sum(p.amount) <> 0
        """,
    ),
    Invariant(
        "journal-has-two-legs",
        _("Every entry has two postings or more"),
        "journal",
        """
        SELECT j.project_id, j.id AS object_id, count(p.id) || ' postings' AS detail
        FROM billing_journal j LEFT JOIN billing_posting p ON p.journal_id = j.id
        GROUP BY j.id HAVING count(p.id) < 2
        """,
    ),
    Invariant(
        "ledger-sums-to-zero",
        _("The whole ledger sums to zero"),
        "ledger",
        """
        SELECT NULL::bigint AS project_id, NULL::bigint AS object_id,
               'sum ' || sum(amount) AS detail
        FROM billing_posting HAVING sum(amount) <> 0
        """,
    ),
    Invariant(
        "receivable-names-household",
        _("Receivables, and only they, name a household"),
        "posting",
        """
        SELECT j.project_id, p.id AS object_id, a.code AS detail
        FROM billing_posting p
        JOIN billing_ledgeraccount a ON a.id = p.account_id
        JOIN billing_journal j ON j.id = p.journal_id
        WHERE (a.role = 'RECEIVABLE') <> (p.household_id IS NOT NULL)
        """,
    ),
    Invariant(
        "receivables-are-open-bills",
        _("What the ledger says a household owes is what its bills say"),
        "household",
        """
        SELECT h.project_id, household_id AS object_id,
               format('ledger %%s, bills %%s', coalesce(l.owed, 0), coalesce(b.owed, 0)) AS detail
        FROM (
            SELECT household_id, sum(amount) AS owed FROM billing_posting
            WHERE household_id IS NOT NULL GROUP BY household_id
        ) l
        FULL JOIN (
            SELECT household_id, sum(amount - paid_amount) AS owed FROM billing_billline
            WHERE NOT is_reversed GROUP BY household_id
        ) b USING (household_id)
        LEFT JOIN properties_household h ON h.id = household_id
        WHERE coalesce(l.owed, 0) <> coalesce(b.owed, 0)
        """,
    ),
    Invariant(
        "reversal-mirrors",
        _("A reversal is the mirror image of its entry, and is not reversed itself"),
        "journal",
        """
        SELECT r.project_id, r.id AS object_id, 'of #' || r.reverses_id AS detail
        FROM billing_journal r JOIN billing_journal o ON o.id = r.reverses_id
        WHERE o.reverses_id IS NOT NULL OR EXISTS (
            SELECT 1 FROM billing_posting p WHERE p.journal_id IN (r.id, o.id)
            GROUP BY p.account_id, p.household_id HAVING sum(p.amount) <> 0
        )
        """,
    ),
    Invariant(
        "document-has-its-entry",
        _("Every document has its entry, and every entry its document"),
        "document",
        """
        WITH document AS (
            SELECT project_id, 'PAYMENT' AS kind, 'payment' AS source_type, id FROM billing_payment
            UNION ALL
            SELECT project_id, 'PAYMENT_REVERSAL', 'payment', id FROM billing_payment
            WHERE state = 'VOIDED'
            UNION ALL
            SELECT r.project_id, 'BILLS', 'billrunchunk', c.id
            FROM billing_billrunchunk c JOIN billing_billrun r ON r.id = c.run_id
            WHERE c.state = 'POSTED' AND c.amount > 0
            UNION ALL
            SELECT project_id, 'BILL_REVERSAL', 'billline', id FROM billing_billline
            WHERE is_reversed AND amount > 0
        )
        SELECT coalesce(d.project_id, j.project_id) AS project_id,
               coalesce(d.id, j.id) AS object_id,
               CASE WHEN j.id IS NULL THEN d.kind || ' missing'
                    ELSE j.kind || ' of nothing' END AS detail
        FROM document d
        FULL JOIN (
            SELECT * FROM billing_journal
            WHERE kind IN ('PAYMENT', 'PAYMENT_REVERSAL', 'BILLS', 'BILL_REVERSAL')
        ) j
          ON j.kind = d.kind AND j.source_type = d.source_type AND j.source_id = d.id
        WHERE j.id IS NULL OR d.id IS NULL
        """,
    ),
)
