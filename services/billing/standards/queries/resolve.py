"""Which version applies where, and what is billed already. The statements are in ``sql``."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from django.db import connection

from services.billing.standards import sql
from services.billing.standards.models import FeeStandard


class Applicable(NamedTuple):
    """What a unit is charged of an item: a version, or the ``runs.SkipReason`` why of none."""

    unit_id: int
    item_id: int
    version_id: int | None
    problem: str


def applicable(*, project_id: int, period: date) -> list[Applicable]:
    """Return for each unit and item that any confirmed assignment reaches what applies.

    A unit that no assignment reaches is not in it. Ordered by unit and item. For the run itself
    see ``sql.APPLICABLE``, the same in one statement with the amounts.
    """
    rows = fetch(
        f"WITH {sql.SCOPE_OF_PROJECT}, {sql.APPLICABLE}"  # noqa: S608 - our own SQL
        " SELECT unit_id, item_id, version_id, problem FROM applicable ORDER BY 1, 2",
        {"project_id": project_id, "period": period},
    )
    return [Applicable(*row) for row in rows]


def unit_counts(*, project_id: int, period: date) -> dict[int, int]:
    """Return how many units each standard of a project charges in a month, by standard id."""
    rows = fetch(
        f"WITH {sql.SCOPE_OF_PROJECT}, {sql.APPLICABLE}"  # noqa: S608 - our own SQL
        " SELECT v.standard_id, count(*) FROM applicable a"
        " JOIN live_version v ON v.version_id = a.version_id GROUP BY v.standard_id",
        {"project_id": project_id, "period": period},
    )
    return {row[0]: row[1] for row in rows}


def last_billed(*, standard: FeeStandard, since: date) -> date | None:
    """Return the last month from ``since`` on that is billed of the item for the standard's units.

    A month that an open run has in its draft counts, too: cancel the run first. Lines that were
    reversed do not: their month may be billed anew.
    """
    rows = fetch(
        f"WITH {sql.SCOPE_OF_PROJECT}, {sql.MEMBERS} {sql.LAST_BILLED}",
        {
            "project_id": standard.project_id,
            "standard_id": standard.pk,
            "item_id": standard.item_id,
            "period": since,
        },
    )
    month: date | None = rows[0][0]
    return month


def fetch(statement: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Return the rows of a statement of :mod:`services.billing.standards.sql`."""
    with connection.cursor() as cursor:
        cursor.execute(statement, dict(parameters))
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
