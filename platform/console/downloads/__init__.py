"""Sheets of lists that are too long for one request, and one's own downloads."""
