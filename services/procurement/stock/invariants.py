"""What must hold of the stock at any moment, as SQL that returns no rows.

Written like the rules of the books (``billing.ledger.invariants``): one statement each, which
yields the project, the id of the object at fault and a word of detail.
"""

from typing import Final

from kernel.text import _
from services.billing.ledger.invariants.invariant import Invariant

STOCK: Final = (
    Invariant(
        "stock-is-its-moves",
        _("What lies in a warehouse is what its moves add up to"),
        "stockbalance",
        """
        SELECT w.project_id, b.id AS object_id,
               format('moves %%s worth %%s, balance %%s worth %%s',
                      coalesce(m.quantity, 0), coalesce(m.value, 0),
                      coalesce(b.quantity, 0), coalesce(b.value, 0)) AS detail
        FROM procurement_stockbalance b
        FULL JOIN (
            SELECT warehouse_id, item_id, sum(quantity) AS quantity, sum(value) AS value
            FROM procurement_stockmove GROUP BY warehouse_id, item_id
        ) m USING (warehouse_id, item_id)
        JOIN procurement_warehouse w ON w.id = warehouse_id
        WHERE coalesce(m.quantity, 0) <> coalesce(b.quantity, 0)
           OR coalesce(m.value, 0) <> coalesce(b.value, 0)
        """,
    ),
    Invariant(
        "lots-are-their-moves",
        _("What is left of a lot is what its moves add up to"),
        "lot",
        """
        SELECT w.project_id, l.id AS object_id,
               format('moves %%s, lot %%s', coalesce(m.quantity, 0), l.quantity) AS detail
        FROM procurement_lot l
        JOIN procurement_warehouse w ON w.id = l.warehouse_id
        LEFT JOIN (
            SELECT lot_id, warehouse_id, item_id, sum(quantity) AS quantity
            FROM procurement_stockmove WHERE lot_id IS NOT NULL
            GROUP BY lot_id, warehouse_id, item_id
        ) m ON (m.lot_id, m.warehouse_id, m.item_id) = (l.id, l.warehouse_id, l.item_id)
        WHERE l.quantity <> coalesce(m.quantity, 0)
        """,
    ),
    Invariant(
        "lots-lie-in-the-stock",
        _("Lots hold no more than lies in the warehouse"),
        "stockbalance",
        """
        SELECT w.project_id, b.id AS object_id,
               format('lots %%s, balance %%s', l.quantity, coalesce(b.quantity, 0)) AS detail
        FROM (
            SELECT warehouse_id, item_id, sum(quantity) AS quantity
            FROM procurement_lot GROUP BY warehouse_id, item_id
        ) l
        JOIN procurement_warehouse w ON w.id = l.warehouse_id
        LEFT JOIN procurement_stockbalance b USING (warehouse_id, item_id)
        WHERE l.quantity > coalesce(b.quantity, 0)
        """,
    ),
    Invariant(
        "moves-follow-each-other",
        _("Every move of the stock starts from what the one before it left"),
        "stockmove",
        """
        SELECT w.project_id, m.id AS object_id,
               format('%%s + %%s is not %%s, or %%s + %%s is not %%s', m.before, m.quantity,
                      m.quantity_after, m.worth_before, m.value, m.value_after) AS detail
        FROM (
            SELECT id, warehouse_id, quantity, value, quantity_after, value_after,
                   coalesce(lag(quantity_after) OVER chain, 0) AS before,
                   coalesce(lag(value_after) OVER chain, 0) AS worth_before
            FROM procurement_stockmove
            WINDOW chain AS (PARTITION BY warehouse_id, item_id ORDER BY id)
        ) m
        JOIN procurement_warehouse w ON w.id = m.warehouse_id
        WHERE m.before + m.quantity <> m.quantity_after
           OR m.worth_before + m.value <> m.value_after
        """,
    ),
    Invariant(
        "no-stock-is-worth-nothing",
        _("Where nothing lies there is no value"),
        "stockmove",
        """
        SELECT w.project_id, m.id AS object_id, 'worth ' || m.value_after AS detail
        FROM procurement_stockmove m JOIN procurement_warehouse w ON w.id = m.warehouse_id
        WHERE m.quantity_after = 0 AND m.value_after <> 0
        """,
    ),
    Invariant(
        "transfers-lose-nothing",
        _("What one warehouse loses by a transfer the other gains, to the cent"),
        "transferline",
        """
        SELECT w.project_id, l.id AS object_id,
               format('quantity %%s, value %%s left over', m.quantity, m.value) AS detail
        FROM (
            SELECT source_id, sum(quantity) AS quantity, sum(value) AS value
            FROM procurement_stockmove
            WHERE kind = 'TRANSFER' AND source_type = 'transferline' GROUP BY source_id
        ) m
        JOIN procurement_transferline l ON l.id = m.source_id
        JOIN procurement_transfer t ON t.id = l.transfer_id
        JOIN procurement_warehouse w ON w.id = t.source_id
        WHERE m.quantity <> 0 OR m.value <> 0
        """,
    ),
)
# What lies in the warehouses and stands in the register is what the ledger says of its accounts.
BOOKS: Final = (
    Invariant(
        "stock-is-its-account",
        _("The goods in all warehouses are worth what the ledger says of them"),
        "stockbalance",
        """
        SELECT NULL::bigint AS project_id, NULL::bigint AS object_id,
               format('ledger %%s, stock %%s', l.amount, s.amount) AS detail
        FROM (
            SELECT coalesce(sum(p.amount), 0) AS amount
            FROM billing_posting p JOIN billing_ledgeraccount a ON a.id = p.account_id
            WHERE a.role = 'STOCK'
        ) l, (SELECT coalesce(sum(value), 0) AS amount FROM procurement_stockbalance) s
        WHERE l.amount <> s.amount
        """,
    ),
    Invariant(
        "assets-are-their-account",
        _("The fixed assets that were bought are worth what the ledger says of them"),
        "asset",
        """
        SELECT NULL::bigint AS project_id, NULL::bigint AS object_id,
               format('ledger %%s, register %%s', l.amount, r.amount) AS detail
        FROM (
            SELECT coalesce(sum(p.amount), 0) AS amount
            FROM billing_posting p JOIN billing_ledgeraccount a ON a.id = p.account_id
            WHERE a.role = 'ASSET'
        ) l, (
            SELECT coalesce(sum(cost), 0) AS amount FROM procurement_asset
            WHERE receipt_line_id IS NOT NULL AND state <> 'SCRAPPED'
        ) r
        WHERE l.amount <> r.amount
        """,
    ),
)
