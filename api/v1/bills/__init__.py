"""Bill runs, bills, the ledger under them, and the jobs that do the long work."""
