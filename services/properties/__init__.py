"""The registry: projects, buildings, units, parties, who lives where, vehicles, meters.

Knows nothing of money. What is owed for a unit belongs to billing, which tells the registry
through ``claims`` what it must know before an account changes hands.
"""
