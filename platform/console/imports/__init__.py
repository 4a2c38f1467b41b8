"""Imports: upload, match the columns, look at the rehearsal, import, undo."""
