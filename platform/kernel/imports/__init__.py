"""Imports of tables: upload and rehearsal, mapping, commit, undo. Services bring the importers.

Nothing but the batch itself is written before the commit; the commit is one transaction that
checks everything anew; the undo takes a whole import back while nothing depends on it.
"""
