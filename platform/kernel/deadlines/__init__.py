"""Service-level clocks: start, pause, stop, warning and escalation."""
