"""Procurement: from a request to goods on the shelf, and the money for them.

``catalogue`` what can be bought, ``vendors`` from whom, ``stock`` warehouses and moves,
``requests`` what is asked for and its budget, ``rounds`` sealed quotes and awards, ``contracts``,
``orders``, ``receiving`` goods at the door, ``payments`` advances, claims and what is owed.
Knows the ledger and the registry, never the other way round.
"""
