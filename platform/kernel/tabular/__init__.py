"""Tables people upload: told apart by content, read under limits, headers found, cells cleaned.

Pure: no Django, no database, no clock. Everything refused carries a stable code; the words for
people are found by whoever shows them.
"""
