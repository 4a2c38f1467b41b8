"""Warehouses, stock, its papers and counts, and fixed assets."""
