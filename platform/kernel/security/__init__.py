"""The security log: what was refused, and attempts on accounts."""
