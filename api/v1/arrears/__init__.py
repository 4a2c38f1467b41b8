"""Who owes what since when, and how much of what was billed came in."""
