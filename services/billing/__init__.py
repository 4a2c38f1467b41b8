"""Billing: what is owed, why, and what became of it.

``standards`` prices, ``metering`` readings, ``runs`` the month's bills, ``ledger`` the double entry
under them, ``cashier`` money and receipts, ``arrears`` who owes. Knows the registry, never the
other way round.
"""
