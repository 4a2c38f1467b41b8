"""What must hold of the money tables at any moment, as SQL that returns no rows.

One statement each, so that each sees one snapshot and work under way raises no false alarm. They
look across all of billing by SQL alone; no part of it is imported here. Services above billing
register the rules of what they post. Every statement yields
the project, the id of the object at fault and a word of detail.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection, transaction

from services.billing.ledger.invariants.bills import BILLS
from services.billing.ledger.invariants.entries import LEDGER
from services.billing.ledger.invariants.invariant import Invariant
from services.billing.ledger.invariants.money import MONEY
from services.billing.ledger.invariants.people import PEOPLE_AND_PLACES

OF_BILLING: Final = (*LEDGER, *BILLS, *MONEY, *PEOPLE_AND_PLACES)
_INVARIANTS: Final = [*OF_BILLING]
MAX_FINDINGS: Final = 20  # shown of one rule; the rest is counted


def register(*rules: Invariant) -> None:
    """Add the rules of a service that posts to the ledger; called in ``AppConfig.ready``."""
    there = {rule.code for rule in _INVARIANTS}
    if doubled := there & {rule.code for rule in rules}:
        raise ValueError(f"rules of the books are registered already: {sorted(doubled)}")
    _INVARIANTS.extend(rules)


def known() -> tuple[Invariant, ...]:
    """Return every rule there is, in the order in which they are run."""
    return tuple(_INVARIANTS)


@dataclass(frozen=True, slots=True)
class Violation:
    """One object that breaks a rule. ``project_id`` is ``None`` where it belongs to none."""

    code: str
    project_id: int | None
    object_type: str
    object_id: int | None
    detail: str


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one rule: how many objects break it, and the first of them."""

    invariant: Invariant
    count: int
    violations: list[Violation]


def results(project_id: int | None = None) -> list[Result]:
    """Run every rule in the company in force, in the order they are listed.

    :param project_id: looks at one project only; what belongs to none is then left out.
    """
    return [result_of(invariant, project_id) for invariant in _INVARIANTS]


def result_of(invariant: Invariant, project_id: int | None = None) -> Result:
    """Run one rule in the company in force."""
    with transaction.atomic(), connection.cursor() as cursor:
        # It reads everything once; the planner is to hash, not to compile.
        cursor.execute("SET LOCAL jit = off; SET LOCAL work_mem = '64MB'")
        return evaluate(cursor, invariant, project_id)


def check(project_id: int | None = None) -> list[Violation]:
    """Return what breaks a rule, at most ``MAX_FINDINGS`` of each; nothing if all is well."""
    return found_in(results(project_id))


def found_in(checked: Iterable[Result]) -> list[Violation]:
    """Return the violations of several results as one list."""
    return [violation for result in checked for violation in result.violations]


def evaluate(cursor: Any, invariant: Invariant, project_id: int | None) -> Result:
    """Run one rule on a cursor whose search path is the company's."""
    cursor.execute(
        "SELECT project_id, object_id, detail, count(*) OVER ()"  # noqa: S608 - our own SQL
        f" FROM ({invariant.sql}) AS found"
        " WHERE %(project_id)s::bigint IS NULL OR project_id = %(project_id)s"
        " ORDER BY project_id, object_id LIMIT %(limit)s",
        {"project_id": project_id, "limit": MAX_FINDINGS},
    )
    rows = cursor.fetchall()
    return Result(
        invariant=invariant,
        count=rows[0][3] if rows else 0,
        violations=[
            Violation(invariant.code, project, invariant.object_type, object_id, detail)
            for project, object_id, detail, _count in rows
        ],
    )
