"""Rules of who did what, where and when, and of rows that name each other."""

from typing import Final

from kernel.text import _
from services.billing.ledger.invariants.invariant import Invariant

PEOPLE_AND_PLACES: Final = (
    Invariant(
        "duties-are-apart",
        _("Nobody confirms what he has prepared"),
        "document",
        """
        SELECT project_id, id AS object_id, 'bill run' AS detail FROM billing_billrun
        WHERE checked_by = prepared_by
           OR (state IN ('CHECKED', 'POSTING', 'POSTED') AND checked_by IS NULL)
        UNION ALL
        SELECT s.project_id, v.id, 'fee version'
        FROM billing_feeversion v JOIN billing_feestandard s ON s.id = v.standard_id
        WHERE v.confirmed_by = v.drafted_by
        UNION ALL
        SELECT s.project_id, a.id, 'fee assignment'
        FROM billing_feeassignment a JOIN billing_feestandard s ON s.id = a.standard_id
        WHERE a.confirmed_by = a.drafted_by
        """,
    ),
    Invariant(
        "person-held-a-post",
        _("Whoever touched money held a post in the project on that day"),
        "document",
        """
        WITH deed AS (
            SELECT project_id, id, 'prepared' AS what, prepared_by AS person, prepared_at AS at
            FROM billing_billrun
            UNION ALL
            SELECT project_id, id, 'checked', checked_by, checked_at FROM billing_billrun
            UNION ALL
            SELECT project_id, id, 'payment', received_by, received_at FROM billing_payment
            UNION ALL
            SELECT project_id, id, 'void', voided_by, voided_at FROM billing_payment
            UNION ALL
            SELECT project_id, id, 'reversal', reversed_by, reversed_at FROM billing_billline
            WHERE is_reversed
        )
        SELECT d.project_id, d.id AS object_id, d.what || ' by user ' || d.person AS detail
        FROM deed d
        WHERE d.person IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM access_postholding h
            WHERE h.user_id = d.person AND (h.project_id IS NULL OR h.project_id = d.project_id)
              AND h.valid_from <= (d.at + interval '1 day')::date
              AND (h.valid_to IS NULL OR h.valid_to > (d.at - interval '1 day')::date)
        )
        """,
    ),
    Invariant(
        "nothing-crosses-projects",
        _("Money stays within its project and household"),
        "document",
        """
        SELECT p.project_id, a.id AS object_id, 'allocation' AS detail
        FROM billing_allocation a
        JOIN billing_payment p ON p.id = a.payment_id
        JOIN billing_billline l ON l.id = a.line_id
        WHERE p.project_id <> l.project_id OR p.household_id <> l.household_id
        UNION ALL
        SELECT l.project_id, l.id, 'bill'
        FROM billing_billline l
        JOIN billing_billrun r ON r.id = l.run_id
        JOIN properties_unit u ON u.id = l.unit_id
        JOIN properties_household h ON h.id = l.household_id
        WHERE l.project_id <> r.project_id OR l.project_id <> u.project_id
           OR l.project_id <> h.project_id
        UNION ALL
        SELECT j.project_id, p.id, 'posting'
        FROM billing_posting p
        JOIN billing_journal j ON j.id = p.journal_id
        JOIN properties_household h ON h.id = p.household_id
        WHERE h.project_id <> j.project_id
        """,
    ),
    Invariant(
        "nothing-is-orphaned",
        _("Nothing names a row that is gone"),
        "document",
        """
        SELECT NULL::bigint AS project_id, p.id AS object_id, 'posting' AS detail
        FROM billing_posting p
        LEFT JOIN billing_journal j ON j.id = p.journal_id
        LEFT JOIN billing_ledgeraccount a ON a.id = p.account_id
        LEFT JOIN properties_household h ON h.id = p.household_id
        WHERE j.id IS NULL OR a.id IS NULL OR (p.household_id IS NOT NULL AND h.id IS NULL)
        UNION ALL
        SELECT l.project_id, l.id, 'bill'
        FROM billing_billline l
        LEFT JOIN billing_billrun r ON r.id = l.run_id
        LEFT JOIN properties_project p ON p.id = l.project_id
        LEFT JOIN properties_household h ON h.id = l.household_id
        LEFT JOIN properties_unit u ON u.id = l.unit_id
        LEFT JOIN billing_feeitem i ON i.id = l.item_id
        LEFT JOIN billing_feeversion v ON v.id = l.version_id
        LEFT JOIN billing_reading m ON m.id = l.reading_id
        WHERE r.id IS NULL OR p.id IS NULL OR h.id IS NULL OR u.id IS NULL OR i.id IS NULL
           OR v.id IS NULL OR (l.reading_id IS NOT NULL AND m.id IS NULL)
        """,
    ),
    Invariant(
        "times-are-sane",
        _("Nothing comes from the future or ends before it began"),
        "document",
        """
        SELECT project_id, id AS object_id, 'journal' AS detail FROM billing_journal
        WHERE posted_at > now() + interval '5 minutes'
        UNION ALL
        SELECT project_id, id, 'payment' FROM billing_payment
        WHERE received_at > now() + interval '5 minutes' OR voided_at < received_at
        UNION ALL
        SELECT project_id, id, 'bill run' FROM billing_billrun
        WHERE computed_at < prepared_at OR checked_at < computed_at OR posted_at < checked_at
        """,
    ),
    Invariant(
        "amounts-are-sane",
        _("No amount is negative or zero where it may not be, or no number"),
        "document",
        """
        SELECT project_id, id AS object_id, 'bill' AS detail FROM billing_billline
        WHERE NOT (amount >= 0 AND amount <= 999999999999)
        UNION ALL
        SELECT project_id, id, 'payment' FROM billing_payment
        WHERE NOT (amount > 0 AND amount <= 999999999999)
        UNION ALL
        SELECT NULL, id, 'allocation' FROM billing_allocation
        WHERE NOT (amount > 0 AND amount <= 999999999999)
        UNION ALL
        SELECT NULL, id, 'posting' FROM billing_posting
        WHERE amount = 0 OR NOT abs(amount) <= 999999999999
        """,
    ),
)
