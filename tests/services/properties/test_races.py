"""Two people at the same moment, with real commits. Each race is first shown to exist."""

from decimal import Decimal
from functools import partial
from threading import Event, Lock
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from kernel import access
from services.properties import operations, queries
from services.properties.models import Household, Occupancy, Party, Unit
from services.properties.operations import NewOwner, PartyDetails, households
from tenants.companies.models import Company
from tenants.provisioning import schema
from tests import factories_properties as registry
from tests.factories import NOW, TODAY
from tests.threads import PATIENCE, at_once, until_another_waits

SYSTEM = access.SYSTEM


def drop_index(company: Company, *names: str) -> None:
    with schema.owner_cursor() as cursor:
        for table, name in (name.split(".") for name in names):
            cursor.execute(
                f"ALTER TABLE {company.schema_name}.{table} DROP CONSTRAINT IF EXISTS {name}"
            )
            cursor.execute(f"DROP INDEX IF EXISTS {company.schema_name}.{name}")


def create_twice(company: Company) -> list[object]:
    project = registry.add_project()
    building = registry.add_building(project)
    create = partial(registry.add_unit, project, "1602", building=building, entrance="2")
    return at_once(company, [create, create])


def test_without_the_constraints_a_unit_is_created_twice(committed_tenant: Company) -> None:
    drop_index(
        committed_tenant,
        "properties_unit.unit_code_once",
        "properties_household.household_code_once",
    )

    results = create_twice(committed_tenant)

    assert [type(result) for result in results] == [Unit, Unit]


def test_of_two_people_one_creates_the_unit(committed_tenant: Company) -> None:
    results = create_twice(committed_tenant)

    assert sorted(type(result).__name__ for result in results) == ["Unit", "UnitExists"]
    assert (Unit.objects.count(), Household.objects.count()) == (1, 1)


def sell_twice(company: Company) -> tuple[Unit, list[object]]:
    flat = registry.add_home()
    sales = [
        partial(
            operations.transfer_ownership,
            actor=SYSTEM,
            unit_ids=[flat.pk],
            owners=[NewOwner(PartyDetails(name=buyer))],
            effective_on=TODAY,
            now=NOW,
        )
        for buyer in ("李婉婷", "周明")
    ]
    return flat, at_once(company, sales)


def present_owners(flat: Unit) -> list[str]:
    open_ended = flat.occupancies.filter(role="OWNER", valid_to=None)
    return sorted(open_ended.values_list("party__name", flat=True))


def test_without_the_locks_a_flat_is_sold_twice(
    committed_tenant: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(unit_ids: list[int]) -> tuple[dict[int, Unit], dict[int, Household]]:
        units = Unit.objects.in_bulk(unit_ids)
        return units, {unit.household_id: unit.household for unit in units.values()}

    monkeypatch.setattr(households, "lock_units_with_households", read)
    first, begin_owners = Lock(), households._begin_owners

    def when_the_other_has_read(*args: Any) -> Any:
        if first.acquire(blocking=False):
            until_another_waits()  # to end the same owner
        return begin_owners(*args)

    monkeypatch.setattr(households, "_begin_owners", when_the_other_has_read)

    flat, _results = sell_twice(committed_tenant)

    assert present_owners(flat) == ["周明", "李婉婷"]


def test_of_two_transfers_one_wins_and_the_other_is_told(committed_tenant: Company) -> None:
    flat, results = sell_twice(committed_tenant)

    (won,) = [result for result in results if isinstance(result, Household)]
    (told,) = [result for result in results if isinstance(result, operations.TransferTooEarly)]
    assert won.payer is not None
    assert present_owners(flat) == [won.payer.name]
    assert won.payer.name in str(told)
    flat.household.refresh_from_db()
    assert flat.household.payer == won.payer
    assert Party.objects.count() == 2


def test_two_clerks_register_one_person(committed_tenant: Company) -> None:
    register = partial(registry.add_party, "陈志远", "", registry.ID_NUMBERS[0])

    first, second = at_once(committed_tenant, [register, register])

    assert first == second == Party.objects.get()


def test_two_owners_at_once_keep_within_the_whole(committed_tenant: Company) -> None:
    unit = registry.add_unit(registry.add_project())
    parties = [registry.add_party("甲方"), registry.add_party("乙方")]
    add = [
        partial(registry.add_occupancy, unit, party, share_percent=Decimal(60)) for party in parties
    ]

    results = at_once(committed_tenant, add)

    assert sorted(type(result).__name__ for result in results) == [
        "Occupancy",
        "SharesOverWhole",
    ]
    assert Occupancy.objects.count() == 1


def test_bill_waits_while_its_account_changes_hands(committed_tenant: Company) -> None:
    flat = registry.add_home()
    locked, tried = Event(), Event()

    def change_hands() -> str:
        with transaction.atomic():
            queries.lock_household(flat.household_id)
            locked.set()
            assert tried.wait(timeout=PATIENCE)
        return "changed"

    def post() -> str:
        assert locked.wait(timeout=PATIENCE)
        try:
            with transaction.atomic():
                cursor = connection.cursor()
                cursor.execute("SET LOCAL lock_timeout = '200ms'")
                # As the posting of a bill run does before it writes a household's lines.
                cursor.execute(
                    "SELECT id FROM properties_household WHERE id = %s FOR KEY SHARE",
                    [flat.household_id],
                )
                registry.bill(flat)
        except OperationalError as error:
            return str(error)
        finally:
            tried.set()
        return "posted"

    changed, posted = at_once(committed_tenant, [change_hands, post])

    assert changed == "changed"
    assert "lock timeout" in str(posted)
