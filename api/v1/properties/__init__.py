"""The registry: projects, buildings, units, households, parties, vehicles, meters."""
