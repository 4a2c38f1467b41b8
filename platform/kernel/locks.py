"""Advisory locks of the database: every class of them in one place, so that none meets another.

The second key is the row's id. Session locks end with their connection, also when a process is
killed.
"""

from enum import IntEnum


class LockClass(IntEnum):
    MIGRATION = 1  # second key 0: one migration of all schemas at a time
    PROVISIONING = 2  # second key: the company's id
    DELEGATIONS = 3  # second key: of the schema; one delegation of a company at a time
