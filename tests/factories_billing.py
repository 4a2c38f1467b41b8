"""Billing objects for tests."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from kernel import access
from kernel.approvals import operations as approvals
from services.billing.ledger import operations as ledger
from services.billing.standards import operations as standards
from services.billing.standards.models import FeeItem, FeeStandard, FeeVersion
from services.billing.standards.rules import Tier
from services.properties import rules as registry
from services.properties.models import Building, Household, Meter, Project, Unit
from tests.factories import NOW

NOVEMBER = date(2026, 11, 1)
OCTOBER = date(2026, 10, 1)
JANUARY = date(2026, 1, 1)

WATER_TIERS = (
    Tier(Decimal(14), Decimal("2.90")),
    Tier(Decimal(24), Decimal("3.85")),
    Tier(None, Decimal("6.70")),
)


def seeded() -> None:
    """Give the company in force what provisioning seeds."""
    ledger.seed_chart(NOW)
    standards.seed_items(NOW)
    approvals.seed_chains(NOW)


def add_project(code: str = "YL", name: str = "云麓花园") -> Project:
    return Project.objects.create(code=code, name=name, created_at=NOW)


def add_household(project: Project, code: str) -> Household:
    return Household.objects.create(project=project, label=code, code=code, sort_key=code)


def add_building(project: Project, code: str = "3") -> Building:
    return Building.objects.create(
        project=project, code=code, name=f"{code}栋", sort_key=code.zfill(5)
    )


def add_unit(
    project: Project,
    code: str,
    *,
    kind: str = "RESIDENCE",
    state: str = "OWNER_OCCUPIED",
    area: str | None = "102.35",
    building: Building | None = None,
    household: Household | None = None,
) -> Unit:
    return Unit.objects.create(
        project=project,
        building=building,
        household=household or add_household(project, code),
        kind=kind,
        state=state,
        number=code,
        code=code,
        label=code,
        sort_key=registry.sort_key(code),
        built_area=area,
    )


def add_meter(unit: Unit, code: str = "", *, kind: str = "COLD_WATER", **values: Any) -> Meter:
    return Meter.objects.create(
        project_id=unit.project_id, unit=unit, kind=kind, code=code or f"{unit.code}-W", **values
    )


def item(code: str) -> FeeItem:
    return FeeItem.objects.get(code=code)


def add_standard(project: Project, item_code: str = "WYF", name: str = "") -> FeeStandard:
    return standards.create_standard(
        actor=access.SYSTEM,
        project_id=project.pk,
        item_id=item(item_code).pk,
        name=name or f"{item_code} of {project.code}",
        now=NOW,
    )


def draft(
    standard: FeeStandard,
    *,
    actor: access.Actor = access.SYSTEM,
    valid_from: date = JANUARY,
    price: str | None = "2.80",
    method: str = "PER_AREA",
    **figures: Any,
) -> FeeVersion:
    return standards.draft_version(
        actor=actor,
        standard_id=standard.pk,
        method=method,
        valid_from=valid_from,
        price=None if price is None else Decimal(price),
        now=NOW,
        **figures,
    )


def confirm(version: FeeVersion) -> FeeVersion:
    return standards.confirm_version(
        actor=access.SYSTEM, version_id=version.pk, now=NOW, confirm_unusual=True
    )


def assign(standard: FeeStandard, *kinds: str, **conditions: Any) -> None:
    """Apply a standard to units by rule, at once."""
    standards.assign_by_rule(
        actor=access.SYSTEM,
        standard_id=standard.pk,
        kinds=kinds,
        now=NOW,
        **{"valid_from": JANUARY, **conditions},
    )
    standards.confirm_assignments(actor=access.SYSTEM, standard_id=standard.pk, now=NOW)


def add_fee(
    project: Project,
    item_code: str,
    *kinds: str,
    name: str = "",
    conditions: dict[str, Any] | None = None,
    **figures: Any,
) -> FeeVersion:
    """Add a standard with one confirmed version that applies to units of ``kinds``."""
    standard = add_standard(project, item_code, name)
    version = confirm(draft(standard, **figures))
    assign(standard, *kinds, **(conditions or {}))
    return version


class Tariff(NamedTuple):
    """The confirmed versions of the tariff of 云麓花园."""

    residence: FeeVersion
    shop: FeeVersion
    parking: FeeVersion
    water: FeeVersion


def tariff(project: Project, *, water_kinds: Sequence[str] = ("RESIDENCE", "SHOP")) -> Tariff:
    """Set up what 云麓花园 charges, in force since January; the chart must be seeded."""
    return Tariff(
        residence=add_fee(
            project,
            "WYF",
            "RESIDENCE",
            name="住宅物业服务费",
            price="2.80",
            reduced_rate=Decimal("0.70"),
            reduced_states=["VACANT", "UNSOLD"],
        ),
        shop=add_fee(project, "WYF", "SHOP", name="商铺物业服务费", price="6.50"),
        parking=add_fee(
            project, "CWF", "PARKING", name="车位管理费", method="FIXED", price="60.00"
        ),
        water=add_fee(
            project,
            "SF",
            *water_kinds,
            name="居民生活用水",
            method="TIERED_METER",
            price=None,
            tiers=WATER_TIERS,
            meter_kind="COLD_WATER",
            usage_lag_months=1,
        ),
    )
