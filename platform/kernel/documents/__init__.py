"""Attachments, numbers, templates and printing."""
