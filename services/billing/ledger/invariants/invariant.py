"""A rule that must hold of the money tables at any moment, as SQL that returns no rows."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Invariant:
    """A rule: its stable code, what it says, and the statement that looks for its breach."""

    code: str
    name: object
    object_type: str
    sql: str
