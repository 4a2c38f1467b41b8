"""Retention, disposal and access to protected files."""
