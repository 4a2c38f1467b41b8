"""What some units are charged: the lines of a household's page."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from kernel.access import Action, Actor
from services.billing.standards import sql
from services.billing.standards.models import FeeItem, FeeVersion
from services.billing.standards.queries.resolve import Applicable, fetch

_SCOPE_OF_UNITS = """
scope AS (
    SELECT id AS unit_id, household_id, kind, state, building_id, built_area, inner_area
    FROM properties_unit
    WHERE project_id = %(project_id)s AND is_active AND id = ANY (%(unit_ids)s)
)"""


class UnitFee(NamedTuple):
    """What a unit is charged of an item: a version with its standard, or the problem why not."""

    unit_id: int
    item: FeeItem
    version: FeeVersion | None
    problem: str  # a value of ``runs.SkipReason``


def fees_of_units(
    *, actor: Actor, project_id: int, unit_ids: Collection[int], period: date
) -> list[UnitFee]:
    """Return what applies to units of one project in a month, by item and unit.

    Empty without ``fee-standard.view`` in the project: the page shows other things then.

    :param period: the first day of the month.
    """
    if not unit_ids or not actor.may(Action.FEE_STANDARD_VIEW, project_id):
        return []
    rows = fetch(
        f"WITH {_SCOPE_OF_UNITS}, {sql.APPLICABLE}"  # noqa: S608 - our own SQL
        " SELECT unit_id, item_id, version_id, problem FROM applicable ORDER BY 2, 1",
        {"project_id": project_id, "period": period, "unit_ids": list(unit_ids)},
    )
    found = [Applicable(*row) for row in rows]
    items = FeeItem.objects.in_bulk({each.item_id for each in found})
    versions = FeeVersion.objects.select_related("standard").in_bulk(
        {each.version_id for each in found if each.version_id is not None}
    )
    return sorted(
        (
            UnitFee(
                each.unit_id,
                items[each.item_id],
                versions[each.version_id] if each.version_id is not None else None,
                each.problem,
            )
            for each in found
        ),
        key=lambda fee: (fee.item.sort_order, fee.item.pk, fee.unit_id),
    )
