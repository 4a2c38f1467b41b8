"""The property registry: projects, buildings, units, parties, occupancy, meters, vehicles.

Owns what there is and who lives where. Knows nothing of fees, cases or staff.
"""
