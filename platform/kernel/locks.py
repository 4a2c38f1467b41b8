"""Advisory locks of the database: every class of them in one place, so that none meets another.

The second key is the row's id. Session locks end with their connection, also when a process is
killed.
"""

from enum import IntEnum

from django.db import connection


class LockClass(IntEnum):
    MIGRATION = 1  # second key 0: one migration of all schemas at a time
    PROVISIONING = 2  # second key: the company's id
    DELEGATIONS = 3  # second key: of the schema; one delegation of a company at a time
    POLICIES = 4  # second key: of the schema; settings that must go together, one change at a time
    LADDER = 5  # second key: of the schema; reporting lines, one change at a time
    VERIFICATION = 6  # second key: the company's id; one portion of its record at a time
    DISPOSAL = 7  # second key: of the schema; a record is listed, held or disposed of in turn
    NUMBER = 8  # second key: of the schema and a number that somebody is about to take
    PURCHASE_PLANS = 9  # second key: of the schema; whether a month's reminder was sent


def lock_company(lock: LockClass) -> None:
    """Wait until no other transaction of the company holds this lock; hold it until ours ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(current_schema()))", [int(lock)])


def try_lock(lock: LockClass, key: int) -> bool:
    """Tell whether no other transaction held this lock; if so, hold it until ours ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [int(lock), key])
        return bool(cursor.fetchone()[0])


def try_lock_name(lock: LockClass, name: str) -> bool:
    """Tell whether no other of the company's transactions held this lock; if so, ours holds it.

    Until it ends. Two names may rarely share a lock: try another where it is refused.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(%s, hashtext(current_schema() || '/' || %s))",
            [int(lock), name],
        )
        return bool(cursor.fetchone()[0])
