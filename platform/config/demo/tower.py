"""The second company's project: a small office tower, entered by hand as the desk would."""

from datetime import datetime
from decimal import Decimal

from kernel.access import Actor
from services.properties import operations as registry
from services.properties.models import (
    OccupancyRole,
    PartyKind,
    Project,
    Unit,
    UnitKind,
    UnitState,
)

TENANTS = (
    ("0101", "86.40", "江海书店"),
    ("0201", "212.50", "海川设计有限公司"),
    ("0202", "198.75", "海川设计有限公司"),
    ("0301", "411.25", "江南货运代理有限公司"),
    ("0401", "205.60", ""),
    ("0402", "205.65", "明州会计师事务所"),
)


def enter(*, actor: Actor, project: Project, now: datetime) -> int:
    """Enter the tower's units and lessees where that is not done; return how many were made."""
    if Unit.objects.filter(project=project).exists():
        return 0
    building = registry.create_building(actor=actor, project_id=project.pk, name="1号楼", now=now)
    for number, area, lessee in TENANTS:
        unit = registry.create_unit(
            actor=actor,
            project_id=project.pk,
            building_id=building.pk,
            number=number,
            kind=UnitKind.SHOP,
            state=UnitState.LEASED if lessee else UnitState.VACANT,
            built_area=Decimal(area),
            now=now,
        )
        if lessee:
            party = registry.add_party(
                actor=actor, name=lessee, kind=PartyKind.ORGANISATION, now=now
            )
            registry.add_occupancy(
                actor=actor,
                unit_id=unit.pk,
                party_id=party.pk,
                role=OccupancyRole.LESSEE,
                now=now,
            )
    return len(TENANTS)
