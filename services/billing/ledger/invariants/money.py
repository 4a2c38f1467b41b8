"""Rules of payments and receipts."""

from typing import Final

from kernel.text import _
from services.billing.ledger.invariants.invariant import Invariant

MONEY: Final = (
    Invariant(
        "paid-is-allocated",
        _("What is paid on a bill is what payments allocate to it"),
        "billline",
        """
        SELECT l.project_id, l.id AS object_id,
               format('paid %%s, allocated %%s', l.paid_amount, coalesce(a.amount, 0)) AS detail
        FROM billing_billline l
        LEFT JOIN (
            SELECT a.line_id, sum(a.amount) AS amount
            FROM billing_allocation a JOIN billing_payment p ON p.id = a.payment_id
            WHERE p.state = 'RECEIVED' GROUP BY a.line_id
        ) a ON a.line_id = l.id
        WHERE l.paid_amount <> coalesce(a.amount, 0)
        """,
    ),
    Invariant(
        "bill-is-not-overpaid",
        _("Nothing is paid beyond a bill, nor on one that is reversed"),
        "billline",
        """
        SELECT project_id, id AS object_id, format('%%s of %%s', paid_amount, amount) AS detail
        FROM billing_billline
        WHERE paid_amount > amount OR paid_amount < 0 OR (is_reversed AND paid_amount <> 0)
        """,
    ),
    Invariant(
        "payment-is-allocated",
        _("A payment is allocated to the cent"),
        "payment",
        """
        SELECT p.project_id, p.id AS object_id,
               format('%%s of %%s', coalesce(sum(a.amount), 0), p.amount) AS detail
        FROM billing_payment p LEFT JOIN billing_allocation a ON a.payment_id = p.id
        GROUP BY p.id HAVING coalesce(sum(a.amount), 0) <> p.amount
        """,
    ),
    Invariant(
        "payment-is-in-the-ledger",
        _("The ledger has every payment with its amount"),
        "payment",
        """
        SELECT p.project_id, p.id AS object_id,
               format('%%s, ledger %%s', p.amount, coalesce(sum(l.amount), 0)) AS detail
        FROM billing_payment p
        JOIN billing_journal j
          ON j.kind = 'PAYMENT' AND j.source_type = 'payment' AND j.source_id = p.id
        LEFT JOIN billing_posting l ON l.journal_id = j.id AND l.household_id = p.household_id
        GROUP BY p.id HAVING coalesce(sum(l.amount), 0) <> -p.amount
        """,
    ),
    Invariant(
        "money-is-where-it-came-in",
        _("Cash, transfers and codes are booked to the accounts of their kind"),
        "payment",
        """
        SELECT p.project_id, p.id AS object_id, p.method || ' on ' || a.code AS detail
        FROM billing_payment p
        JOIN billing_journal j
          ON j.kind = 'PAYMENT' AND j.source_type = 'payment' AND j.source_id = p.id
        JOIN billing_posting l ON l.journal_id = j.id AND l.household_id IS NULL
        JOIN billing_ledgeraccount a ON a.id = l.account_id
        WHERE a.role <> CASE p.method WHEN 'CASH' THEN 'CASH' WHEN 'TRANSFER' THEN 'BANK'
                                      ELSE 'CHANNEL' END
        """,
    ),
    Invariant(
        "reference-once",
        _("A bank or channel reference is booked once"),
        "payment",
        """
        SELECT min(project_id) AS project_id, max(id) AS object_id, reference AS detail
        FROM billing_payment
        WHERE reference <> '' AND state = 'RECEIVED' AND method IN ('QR', 'TRANSFER')
        GROUP BY method, reference HAVING count(*) > 1
        """,
    ),
    Invariant(
        "receipts-have-no-gap",
        _("Receipt numbers have no gap"),
        "receiptseries",
        """
        SELECT s.project_id, s.id AS object_id,
               format('%%s receipts up to %%s, next is %%s', count(r.id), max(r.number),
                      s.next_number) AS detail
        FROM billing_receiptseries s LEFT JOIN billing_receipt r ON r.series_id = s.id
        GROUP BY s.id
        HAVING (count(DISTINCT r.number), coalesce(max(r.number), 0), coalesce(min(r.number), 1))
               IS DISTINCT FROM (s.next_number::bigint - 1, s.next_number - 1, 1)
        """,
    ),
    Invariant(
        "receipt-belongs-to-payment",
        _("Every payment has its receipt, void if and only if the payment is"),
        "payment",
        """
        SELECT p.project_id, p.id AS object_id, coalesce(r.code, 'no receipt') AS detail
        FROM billing_payment p
        LEFT JOIN billing_receipt r ON r.payment_id = p.id
        LEFT JOIN billing_receiptseries s ON s.id = r.series_id
        WHERE r.id IS NULL OR r.is_void <> (p.state = 'VOIDED') OR s.project_id <> p.project_id
        """,
    ),
)
