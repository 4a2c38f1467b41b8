"""What must hold between vendors' money, the stock and the books, as SQL that returns no rows.

Written like the rules of the books (``billing.ledger.invariants``).
"""

from typing import Final

from kernel.text import _
from services.billing.ledger.invariants.invariant import Invariant

# What an account of the chart comes to, by its role; a credit balance as a positive amount.
_BALANCE = """
    SELECT coalesce(sum(p.amount), 0) FROM billing_posting p
    JOIN billing_ledgeraccount a ON a.id = p.account_id WHERE a.role = '{role}'
"""

# Every document of procurement that is booked, with the kind of its journal.
_DOCUMENTS = """
    SELECT 'GOODS' AS kind, 'goodsreceipt' AS source_type, id FROM procurement_goodsreceipt
        WHERE value <> 0
    UNION ALL SELECT 'GOODS_RETURN', 'goodsreturn', id FROM procurement_goodsreturn
        WHERE value <> 0
    UNION ALL SELECT 'VENDOR_INVOICE', 'vendorinvoice', id FROM procurement_vendorinvoice
        WHERE state IN ('BOOKED', 'REVERSED')
    UNION ALL SELECT 'INVOICE_REVERSAL', 'vendorinvoice', id FROM procurement_vendorinvoice
        WHERE state = 'REVERSED'
    UNION ALL SELECT 'VENDOR_CREDIT', 'creditnote', id FROM procurement_creditnote
    UNION ALL SELECT 'VENDOR_REFUND', 'vendorrefund', id FROM procurement_vendorrefund
    UNION ALL SELECT 'VENDOR_PAYMENT', 'vendorpayment', id FROM procurement_vendorpayment
        WHERE state IN ('PAID', 'REVERSED')
    UNION ALL SELECT 'VENDOR_REVERSAL', 'vendorpayment', id FROM procurement_vendorpayment
        WHERE state = 'REVERSED'
    UNION ALL SELECT 'ADVANCE', 'advance', id FROM procurement_advance
        WHERE state IN ('OPEN', 'SETTLED', 'RETURNED')
    UNION ALL SELECT 'ADVANCE_RETURN', 'advance', id FROM procurement_advance
        WHERE state = 'RETURNED'
    UNION ALL SELECT 'CLAIM', 'claim', id FROM procurement_claim WHERE state = 'PAID'
"""

VENDORS_MONEY: Final = (
    Invariant(
        "payables-are-the-vendors-accounts",
        _("What the books say is owed to vendors is what their accounts add up to"),
        "ledgeraccount",
        f"""
        SELECT NULL::bigint AS project_id, a.id AS object_id,
               format('accounts %%s, books %%s', e.total, -b.total) AS detail
        FROM billing_ledgeraccount a,
             (SELECT coalesce(sum(amount), 0) AS total FROM procurement_vendorentry) e,
             (SELECT ({_BALANCE.format(role="PAYABLE")}) AS total) b
        WHERE a.role = 'PAYABLE' AND e.total <> -b.total
        """,  # noqa: S608 - our own SQL
    ),
    Invariant(
        "vendor-entries-are-their-journals",
        _("Every entry of a vendor's account is what its journal owes him"),
        "vendorentry",
        """
        SELECT j.project_id, e.id AS object_id,
               format('entry %%s, journal %%s', e.amount, -coalesce(p.total, 0)) AS detail
        FROM procurement_vendorentry e
        JOIN billing_journal j ON j.id = e.journal_id
        LEFT JOIN (
            SELECT p.journal_id, sum(p.amount) AS total FROM billing_posting p
            JOIN billing_ledgeraccount a ON a.id = p.account_id AND a.role = 'PAYABLE'
            GROUP BY p.journal_id
        ) p ON p.journal_id = e.journal_id
        WHERE e.amount <> -coalesce(p.total, 0)
        """,
    ),
    Invariant(
        "vendors-accounts-are-their-papers",
        _("What is owed to a vendor, or by him, is what is open of his invoices"),
        "vendor",
        """
        SELECT NULL::bigint AS project_id, v.id AS object_id,
               format('account %%s, open invoices %%s', coalesce(e.total, 0), coalesce(i.total, 0))
                   AS detail
        FROM procurement_vendor v
        LEFT JOIN (
            SELECT vendor_id, sum(amount) AS total FROM procurement_vendorentry GROUP BY vendor_id
        ) e ON e.vendor_id = v.id
        LEFT JOIN (
            SELECT vendor_id,
                   sum(amount - paid_amount - credited_amount + refunded_amount) AS total
            FROM procurement_vendorinvoice WHERE state = 'BOOKED' GROUP BY vendor_id
        ) i ON i.vendor_id = v.id
        WHERE coalesce(e.total, 0) <> coalesce(i.total, 0)
        """,
    ),
    Invariant(
        "paid-is-what-was-paid",
        _("What is paid of a vendor's invoice is what payments and claims paid of it"),
        "vendorinvoice",
        """
        SELECT i.project_id, i.id AS object_id,
               format('paid %%s, shares %%s', i.paid_amount,
                      coalesce(s.total, 0) + coalesce(c.amount, 0)) AS detail
        FROM procurement_vendorinvoice i
        LEFT JOIN (
            SELECT s.invoice_id, sum(s.amount) AS total FROM procurement_vendorpaymentshare s
            JOIN procurement_vendorpayment p ON p.id = s.payment_id AND p.state = 'PAID'
            GROUP BY s.invoice_id
        ) s ON s.invoice_id = i.id
        LEFT JOIN procurement_claim c ON c.invoice_id = i.id AND c.state = 'PAID'
        WHERE i.paid_amount <> coalesce(s.total, 0) + coalesce(c.amount, 0)
        """,
    ),
    Invariant(
        "credited-and-refunded-are-papers",
        _("What is credited and refunded of a vendor's invoice is what its papers say"),
        "vendorinvoice",
        """
        SELECT i.project_id, i.id AS object_id,
               format('credited %%s of %%s, refunded %%s of %%s', i.credited_amount,
                      coalesce(c.total, 0), i.refunded_amount, coalesce(r.total, 0)) AS detail
        FROM procurement_vendorinvoice i
        LEFT JOIN (
            SELECT invoice_id, sum(amount) AS total FROM procurement_creditnote GROUP BY invoice_id
        ) c ON c.invoice_id = i.id
        LEFT JOIN (
            SELECT invoice_id, sum(amount) AS total FROM procurement_vendorrefund
            GROUP BY invoice_id
        ) r ON r.invoice_id = i.id
        WHERE i.credited_amount <> coalesce(c.total, 0)
           OR i.refunded_amount <> coalesce(r.total, 0)
        """,
    ),
    Invariant(
        "payments-are-their-shares",
        _("A payment to a vendor is the sum of what it pays"),
        "vendorpayment",
        """
        SELECT p.project_id, p.id AS object_id,
               format('payment %%s, shares %%s', p.amount, coalesce(s.total, 0)) AS detail
        FROM procurement_vendorpayment p
        LEFT JOIN (
            SELECT payment_id, sum(amount) AS total FROM procurement_vendorpaymentshare
            GROUP BY payment_id
        ) s ON s.payment_id = p.id
        WHERE p.amount <> coalesce(s.total, 0)
        """,
    ),
    Invariant(
        "accrued-is-received-not-invoiced",
        _("Goods received and not invoiced are what the books say they are"),
        "ledgeraccount",
        f"""
        SELECT NULL::bigint AS project_id, a.id AS object_id,
               format('receipts %%s, books %%s', g.total, -b.total) AS detail
        FROM billing_ledgeraccount a,
             (SELECT (SELECT coalesce(sum(value), 0) FROM procurement_goodsreceiptline)
                   - (SELECT coalesce(sum(r.value), 0) FROM procurement_goodsreturn r
                      WHERE NOT EXISTS (SELECT FROM procurement_creditnote c
                                        WHERE c.goods_return_id = r.id))
                   - (SELECT coalesce(sum(l.accrued), 0) FROM procurement_invoiceline l
                      JOIN procurement_vendorinvoice i ON i.id = l.invoice_id
                      WHERE i.state = 'BOOKED') AS total) g,
             (SELECT ({_BALANCE.format(role="ACCRUED")}) AS total) b
        WHERE a.role = 'ACCRUED' AND g.total <> -b.total
        """,  # noqa: S608 - our own SQL
    ),
    Invariant(
        "stock-is-in-the-books",
        _("What lies in all warehouses is worth what the books say"),
        "ledgeraccount",
        f"""
        SELECT NULL::bigint AS project_id, a.id AS object_id,
               format('warehouses %%s, books %%s', s.total, b.total) AS detail
        FROM billing_ledgeraccount a,
             (SELECT coalesce(sum(value), 0) AS total FROM procurement_stockbalance) s,
             (SELECT ({_BALANCE.format(role="STOCK")}) AS total) b
        WHERE a.role = 'STOCK' AND s.total <> b.total
        """,  # noqa: S608 - our own SQL
    ),
    Invariant(
        "advances-are-out",
        _("Advances in the books are those that are out"),
        "ledgeraccount",
        f"""
        SELECT NULL::bigint AS project_id, a.id AS object_id,
               format('advances %%s, books %%s', o.total, b.total) AS detail
        FROM billing_ledgeraccount a,
             (SELECT coalesce(sum(amount), 0) AS total FROM procurement_advance
              WHERE state = 'OPEN') o,
             (SELECT ({_BALANCE.format(role="ADVANCE")}) AS total) b
        WHERE a.role = 'ADVANCE' AND o.total <> b.total
        """,  # noqa: S608 - our own SQL
    ),
    Invariant(
        "purchases-have-their-journals",
        _("Every booked document of procurement has its journal, and every journal its document"),
        "journal",
        f"""
        WITH document AS ({_DOCUMENTS})
        SELECT j.project_id, coalesce(j.id, d.id) AS object_id,
               CASE WHEN j.id IS NULL THEN d.kind || ' missing of ' || d.source_type
                    ELSE j.kind || ' of nothing' END AS detail
        FROM document d
        FULL JOIN (
            SELECT * FROM billing_journal
            WHERE kind IN ('GOODS', 'GOODS_RETURN', 'VENDOR_INVOICE', 'INVOICE_REVERSAL',
                           'VENDOR_CREDIT', 'VENDOR_REFUND', 'VENDOR_PAYMENT', 'VENDOR_REVERSAL',
                           'ADVANCE', 'ADVANCE_RETURN', 'CLAIM')
        ) j ON j.kind = d.kind AND j.source_type = d.source_type AND j.source_id = d.id
        WHERE j.id IS NULL OR d.id IS NULL
        """,  # noqa: S608 - our own SQL
    ),
    Invariant(
        "billed-is-on-invoices",
        _("What is billed of an order's line is what its invoices say, less credited returns"),
        "orderline",
        """
        SELECT o.project_id, l.id AS object_id,
               format('billed %%s, invoices %%s', l.billed_quantity,
                      coalesce(i.quantity, 0) - coalesce(r.quantity, 0)) AS detail
        FROM procurement_orderline l
        JOIN procurement_purchaseorder o ON o.id = l.order_id
        LEFT JOIN (
            SELECT n.order_line_id, sum(n.quantity) AS quantity FROM procurement_invoiceline n
            JOIN procurement_vendorinvoice v ON v.id = n.invoice_id AND v.state = 'BOOKED'
            GROUP BY n.order_line_id
        ) i ON i.order_line_id = l.id
        LEFT JOIN (
            SELECT b.order_line_id, sum(r.quantity) AS quantity FROM procurement_goodsreturn r
            JOIN procurement_objection b ON b.id = r.objection_id
            JOIN procurement_creditnote c ON c.goods_return_id = r.id
            GROUP BY b.order_line_id
        ) r ON r.order_line_id = l.id
        WHERE l.billed_quantity <> coalesce(i.quantity, 0) - coalesce(r.quantity, 0)
        """,
    ),
    Invariant(
        "received-is-on-receipts",
        _("What is received and returned of an order's line is what receipts and returns say"),
        "orderline",
        """
        SELECT o.project_id, l.id AS object_id,
               format('received %%s of %%s, returned %%s of %%s', l.received_quantity,
                      coalesce(g.quantity, 0), l.returned_quantity, coalesce(r.quantity, 0))
                   AS detail
        FROM procurement_orderline l
        JOIN procurement_purchaseorder o ON o.id = l.order_id
        LEFT JOIN (
            SELECT order_line_id, sum(accepted) AS quantity FROM procurement_goodsreceiptline
            GROUP BY order_line_id
        ) g ON g.order_line_id = l.id
        LEFT JOIN (
            SELECT b.order_line_id, sum(r.quantity) AS quantity FROM procurement_goodsreturn r
            JOIN procurement_objection b ON b.id = r.objection_id GROUP BY b.order_line_id
        ) r ON r.order_line_id = l.id
        WHERE l.received_quantity <> coalesce(g.quantity, 0)
           OR l.returned_quantity <> coalesce(r.quantity, 0)
        """,
    ),
)
