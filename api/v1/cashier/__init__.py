"""The counter: what is open, payments, their receipts, what came in on a day."""
