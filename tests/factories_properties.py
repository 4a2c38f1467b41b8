"""Objects of the registry, made through its operations."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from kernel import access
from services.billing.ledger import operations as ledger
from services.billing.runs.models import BillLine
from services.billing.standards import operations as standards
from services.billing.standards.models import FeeItem
from services.properties import operations
from services.properties.models import (
    Building,
    Household,
    Meter,
    MeterKind,
    Occupancy,
    OccupancyRole,
    Party,
    Project,
    Unit,
    UnitKind,
    UnitState,
    Vehicle,
)
from tests.factories import NOW

# Valid check digits, invented people.
ID_NUMBERS = ("11010519491231002X", "440524188001010014", "330106199003074112")


def add_project(code: str = "YL", name: str = "云麓花园", **values: Any) -> Project:
    return operations.create_project(actor=access.SYSTEM, code=code, name=name, now=NOW, **values)


def add_building(project: Project, name: str = "3栋") -> Building:
    return operations.create_building(
        actor=access.SYSTEM, project_id=project.pk, name=name, now=NOW
    )


def add_unit(
    project: Project,
    number: str = "1602",
    *,
    building: Building | None = None,
    entrance: str = "",
    kind: str = UnitKind.RESIDENCE,
    state: str = UnitState.OWNER_OCCUPIED,
    built_area: str | None = "118.36",
    household: Household | None = None,
    **values: Any,
) -> Unit:
    return operations.create_unit(
        actor=access.SYSTEM,
        project_id=project.pk,
        building_id=building.pk if building else None,
        entrance=entrance,
        number=number,
        kind=kind,
        state=state,
        built_area=Decimal(built_area) if built_area else None,
        household_id=household.pk if household else None,
        now=NOW,
        **values,
    )


def add_space(
    project: Project,
    number: str = "B1-0317",
    *,
    household: Household | None = None,
    state: str = UnitState.VACANT,
) -> Unit:
    return add_unit(
        project,
        number,
        kind=UnitKind.PARKING,
        state=state,
        built_area=None,
        household=household,
    )


def add_party(name: str = "陈志远", phone: str = "13812346027", id_number: str = "") -> Party:
    return operations.add_party(
        actor=access.SYSTEM, name=name, phone=phone, id_number=id_number, now=NOW
    )


def add_occupancy(
    unit: Unit,
    party: Party | None = None,
    role: str = OccupancyRole.OWNER,
    **values: Any,
) -> Occupancy:
    return operations.add_occupancy(
        actor=access.SYSTEM,
        unit_id=unit.pk,
        party_id=(party or add_party()).pk,
        role=role,
        now=NOW,
        **values,
    )


def add_vehicle(
    household: Household, plate: str = "浙A7K3M2", space: Unit | None = None
) -> Vehicle:
    return operations.add_vehicle(
        actor=access.SYSTEM,
        household_id=household.pk,
        plate=plate,
        space_id=space.pk if space else None,
        now=NOW,
    )


def add_meter(unit: Unit, code: str = "", kind: str = MeterKind.COLD_WATER, **values: Any) -> Meter:
    return operations.create_meter(
        actor=access.SYSTEM,
        unit_id=unit.pk,
        kind=kind,
        code=code or f"{unit.code}-W",
        now=NOW,
        **values,
    )


def add_home(
    project: Project | None = None,
    number: str = "1602",
    *,
    owner: str = "陈志远",
    phone: str = "13812346027",
) -> Unit:
    """Make 3栋2单元1602 with an owner, in the project or in a new one."""
    project = project or add_project()
    building = Building.objects.filter(project=project, code="3").first() or add_building(project)
    unit = add_unit(project, number, building=building, entrance="2")
    add_occupancy(unit, add_party(owner, phone), valid_from=date(2021, 6, 18))
    unit.household.refresh_from_db()
    return unit


def bill(
    unit: Unit,
    amount: str = "994.22",
    *,
    paid: str = "0",
    item: str = "WYF",
    due_on: date = date(2026, 10, 10),
) -> BillLine:
    """Make a bill line as a run would post it; its journal is not needed here."""
    if not FeeItem.objects.exists():
        ledger.seed_chart(NOW)
        standards.seed_items(NOW)
    fee = FeeItem.objects.get(code=item)
    return BillLine.objects.create(
        run_id=1,
        project_id=unit.project_id,
        household_id=unit.household_id,
        unit=unit,
        item=fee,
        account_id=fee.account_id,
        version_id=1,
        period=date(2026, 10, 1),
        quantity=Decimal("118.36"),
        price=Decimal("2.80"),
        rate=Decimal(1),
        amount=Decimal(amount),
        paid_amount=Decimal(paid),
        due_on=due_on,
        issued_on=date(2026, 10, 1),
    )


def labels(units: Sequence[Unit]) -> list[str]:
    return [unit.label for unit in units]
