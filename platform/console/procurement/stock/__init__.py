"""Warehouses and what lies in them: lists, cards, papers and counts."""
