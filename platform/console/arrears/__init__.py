"""Who owes what: the list, one household, the collection rates."""
