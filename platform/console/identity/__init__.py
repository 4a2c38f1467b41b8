"""Company items, people who leave, programs, and who must have a second factor."""
