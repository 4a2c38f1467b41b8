"""The counter: money taken from households, what it paid, the numbered receipts, their voiding.

Owns payments, allocations and receipts, and keeps ``BillLine.paid_amount``. It makes no bill and
changes none; it has no daily close, no deposits and no advance accounts yet.
"""
