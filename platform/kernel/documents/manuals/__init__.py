"""Controlled manuals (SH-40 to SH-42): number, revisions with three signatures, copies, releases.

The signatures are those of an approval; this package says what follows from them.
"""
