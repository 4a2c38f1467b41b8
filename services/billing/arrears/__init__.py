"""Who owes what since when, and how much of the billed money came in. Reads only."""
