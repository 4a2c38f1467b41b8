"""Meter reading in the console: the month's list, its exceptions, reading by hand."""
