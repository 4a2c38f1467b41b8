"""Procurement: from a request to goods on the shelf. One Django app, a sub-package per part."""
