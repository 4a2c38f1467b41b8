"""Separation of duties: the 33 pairs, exemptions and conflicts."""
