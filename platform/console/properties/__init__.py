"""Pages of the registry: projects, buildings, units, people, vehicles, meters, the household."""
