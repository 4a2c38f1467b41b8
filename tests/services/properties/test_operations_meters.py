from datetime import date
from decimal import Decimal

import pytest

from kernel import access
from kernel.access import ActionDenied
from kernel.audit.models import AuditEntry
from kernel.errors import DomainError
from services.properties import operations, rules
from services.properties.models import Meter
from tests import factories
from tests import factories_properties as registry
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.usefixtures("tenant")
SYSTEM = access.SYSTEM


def test_create_meter() -> None:
    unit = registry.add_home()

    meter = registry.add_meter(unit, " 3-2-1602-Ｗ ", opening_reading=Decimal("12.5"))

    assert (meter.code, meter.project_id, meter.multiplier) == (
        "3-2-1602-W",
        unit.project_id,
        Decimal(1),
    )
    entry = AuditEntry.objects.latest("pk")
    assert (entry.event, entry.object_id) == ("properties.meter.created", unit.pk)


@pytest.mark.parametrize(
    ("values", "error", "field"),
    [
        ({"code": "3-2-1602-W"}, operations.MeterExists, "code"),
        ({"code": "X", "multiplier": Decimal(0)}, operations.MeterValueInvalid, "multiplier"),
        (
            {"code": "X", "opening_reading": Decimal(-1)},
            operations.MeterValueInvalid,
            "opening_reading",
        ),
    ],
)
def test_impossible_meter_is_refused(
    values: dict[str, object], error: type[DomainError], field: str
) -> None:
    unit = registry.add_home()
    registry.add_meter(unit)

    with pytest.raises(error) as refusal:
        registry.add_meter(unit, **values)  # type: ignore[arg-type]

    assert refusal.value.field == field
    assert Meter.objects.count() == 1


def test_update_meter() -> None:
    meter = registry.add_meter(registry.add_home())

    operations.update_meter(
        actor=SYSTEM,
        meter_id=meter.pk,
        changes={"code": "W-1", "multiplier": Decimal("2.00")},
        now=NOW,
    )

    meter.refresh_from_db()
    assert (meter.code, meter.multiplier) == ("W-1", Decimal(2))
    assert AuditEntry.objects.latest("pk").data["before"] == {
        "code": "3-2-1602-W",
        "multiplier": "1.00",
    }


def test_replaced_meter_names_its_predecessor() -> None:
    old = registry.add_meter(registry.add_home(), multiplier=Decimal(2))

    new = operations.replace_meter(
        actor=SYSTEM,
        meter_id=old.pk,
        code="W-2",
        closing_reading=Decimal("812.00"),
        opening_reading=Decimal(0),
        effective_on=TODAY,
        now=NOW,
    )

    old.refresh_from_db()
    assert (old.is_active, old.closing_reading, old.removed_on) == (False, Decimal(812), TODAY)
    assert (new.replaces, new.installed_on, new.multiplier) == (old, TODAY, Decimal(2))
    assert AuditEntry.objects.latest("pk").data["before"] == {
        "code": "3-2-1602-W",
        "closing_reading": "812.00",
    }


def test_replacement_of_a_taken_number_leaves_the_old_meter_in_place() -> None:
    unit = registry.add_home()
    old = registry.add_meter(unit)
    registry.add_meter(unit, "W-2")

    with pytest.raises(operations.MeterExists):
        operations.replace_meter(
            actor=SYSTEM,
            meter_id=old.pk,
            code="W-2",
            closing_reading=Decimal(1),
            opening_reading=Decimal(0),
            effective_on=TODAY,
            now=NOW,
        )

    old.refresh_from_db()
    assert (old.is_active, old.closing_reading) == (True, None)


def test_meter_out_of_use_is_not_touched() -> None:
    meter = registry.add_meter(registry.add_home(), installed_on=date(2026, 1, 1))
    with pytest.raises(rules.PeriodReversed):
        operations.deactivate_meter(
            actor=SYSTEM, meter_id=meter.pk, effective_on=date(2025, 12, 31), now=NOW
        )

    operations.deactivate_meter(
        actor=SYSTEM,
        meter_id=meter.pk,
        effective_on=TODAY,
        closing_reading=Decimal(5),
        now=NOW,
    )

    with pytest.raises(operations.MeterOutOfUse):
        operations.update_meter(actor=SYSTEM, meter_id=meter.pk, changes={"code": "X"}, now=NOW)
    meter.refresh_from_db()
    assert (meter.code, meter.is_active) == ("3-2-1602-W", False)


def test_meter_reader_registers_no_meters() -> None:
    unit = registry.add_home()
    reader = factories.add_actor("li", "meter_reader", project_id=unit.project_id)

    with pytest.raises(ActionDenied):
        operations.create_meter(actor=reader, unit_id=unit.pk, kind="COLD_WATER", code="W", now=NOW)

    assert not Meter.objects.exists()
