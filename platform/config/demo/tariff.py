"""The fee standards of a demo project, drafted by one and confirmed by another."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from kernel.access import Actor
from services.billing.standards import operations as standards
from services.billing.standards.models import FeeItem, FeeStandard, Method
from services.billing.standards.rules import Tier
from services.properties.models import MeterKind, UnitKind, UnitState

SINCE = date(2026, 1, 1)


@dataclass(frozen=True)
class Standard:
    """A standard, the units it applies to, and the figures of its first version."""

    item: str
    name: str
    kinds: tuple[str, ...]
    figures: dict[str, Any] = field(default_factory=dict)


RESIDENTIAL = Standard(
    "WYF",
    "高层住宅物业服务费",
    (UnitKind.RESIDENCE,),
    {
        "method": Method.PER_AREA,
        "price": Decimal("2.80"),
        "reduced_rate": Decimal("0.70"),
        "reduced_states": (UnitState.VACANT, UnitState.UNSOLD),
        "basis_note": "前期物业服务合同",
    },
)
SHOPS = Standard(
    "WYF",
    "商铺物业服务费",
    (UnitKind.SHOP,),
    {"method": Method.PER_AREA, "price": Decimal("6.50"), "basis_note": "前期物业服务合同"},
)
PARKING = Standard(
    "CWF",
    "产权车位管理费",
    (UnitKind.PARKING,),
    {"method": Method.FIXED, "price": Decimal("60.00"), "basis_note": "前期物业服务合同"},
)
WATER = Standard(
    "SF",
    "居民阶梯水价",
    (UnitKind.RESIDENCE,),
    {
        "method": Method.TIERED_METER,
        "meter_kind": MeterKind.COLD_WATER,
        "tiers": (
            Tier(Decimal(14), Decimal("2.90")),
            Tier(Decimal(24), Decimal("3.85")),
            Tier(None, Decimal("6.70")),
        ),
        "usage_lag_months": 1,
        "basis_note": "供水企业公布的居民阶梯水价",
    },
)
TARIFF = (RESIDENTIAL, SHOPS, PARKING, WATER)


def set_up(*, drafter: Actor, confirmer: Actor, project_id: int, now: datetime) -> int:
    """Make what is missing of the tariff; return the number of standards made."""
    made = 0
    for wanted in TARIFF:
        if FeeStandard.objects.filter(project_id=project_id, name=wanted.name).exists():
            continue
        standard = standards.create_standard(
            actor=drafter,
            project_id=project_id,
            item_id=FeeItem.objects.get(code=wanted.item).pk,
            name=wanted.name,
            now=now,
        )
        standards.assign_by_rule(
            actor=drafter,
            standard_id=standard.pk,
            kinds=wanted.kinds,
            valid_from=SINCE,
            now=now,
        )
        version = standards.draft_version(
            actor=drafter, standard_id=standard.pk, valid_from=SINCE, now=now, **wanted.figures
        )
        standards.confirm_version(
            actor=confirmer, version_id=version.pk, confirm_unusual=True, now=now
        )
        made += 1
    return made
