"""Accounts: payer, moves, merging, change of title."""

from datetime import date
from decimal import Decimal

import pytest

from kernel import access
from kernel.access import ActionDenied
from kernel.audit.models import AuditEntry
from kernel.errors import DomainError, NotFound
from services.properties import claims, operations, queries, rules
from services.properties.models import Household, Occupancy, Party, Unit, Vehicle
from services.properties.operations import NewOwner, PartyDetails
from tests import factories
from tests import factories_properties as registry
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.usefixtures("tenant")
SYSTEM = access.SYSTEM
BUYER = NewOwner(PartyDetails(name="李婉婷", phone="13912344415"))


def last_entry() -> AuditEntry:
    return AuditEntry.objects.latest("pk")


def transfer(
    *units: Unit, owners: tuple[NewOwner, ...] = (BUYER,), on: date = TODAY, carry: bool = False
) -> Household:
    return operations.transfer_ownership(
        actor=SYSTEM,
        unit_ids=[unit.pk for unit in units],
        owners=owners,
        effective_on=on,
        carry_open_bills=carry,
        now=NOW,
    )


def owners_on(unit: Unit, day: date) -> list[str]:
    return [
        occupancy.party.name
        for occupancy in unit.occupancies.filter(role="OWNER").order_by("pk")
        if (occupancy.valid_from is None or occupancy.valid_from <= day)
        and (occupancy.valid_to is None or occupancy.valid_to > day)
    ]


def test_billing_answers_what_is_open() -> None:
    unit = registry.add_home()
    space = registry.add_space(unit.project, household=unit.household)
    registry.bill(unit, "994.22", paid="94.22")
    registry.bill(space, "60.00", item="CWF")

    assert claims.open_amount(unit.household_id) == Decimal("960.00")
    assert claims.open_amount(unit.household_id, [space.pk]) == Decimal("60.00")
    assert claims.open_amount(unit.household_id, []) == Decimal("0.00")


def test_payer_is_one_of_the_household() -> None:
    unit = registry.add_home()
    lessee = registry.add_party("王租客", "13700001111")

    with pytest.raises(operations.PayerNotInHousehold):
        operations.set_payer(
            actor=SYSTEM, household_id=unit.household_id, party_id=lessee.pk, now=NOW
        )
    registry.add_occupancy(unit, lessee, "LESSEE")
    operations.set_payer(actor=SYSTEM, household_id=unit.household_id, party_id=lessee.pk, now=NOW)

    unit.household.refresh_from_db()
    assert unit.household.payer == lessee
    assert last_entry().data["name"] == "王租客"


def test_space_moves_into_the_account_of_the_flat() -> None:
    flat = registry.add_home()
    space = registry.add_space(flat.project)
    old = space.household

    operations.move_unit_to_household(
        actor=SYSTEM, unit_id=space.pk, household_id=flat.household_id, now=NOW
    )

    space.refresh_from_db()
    assert space.household_id == flat.household_id
    old.refresh_from_db()
    assert old.code == f"B1-0317~{old.pk}"
    visible = queries.households(actor=SYSTEM, project_id=flat.project_id)
    assert [household.label for household in visible] == ["3栋2单元1602"]


def test_space_moves_out_and_in_again() -> None:
    flat = registry.add_home()
    space = registry.add_space(flat.project, household=flat.household)

    for household_id in (None, flat.household_id, None):
        operations.move_unit_to_household(
            actor=SYSTEM, unit_id=space.pk, household_id=household_id, now=NOW
        )

    space.refresh_from_db()
    assert space.household_id != flat.household_id
    assert (space.household.code, space.household.payer) == ("B1-0317", flat.household.payer)


def test_main_unit_moves_out_and_the_account_is_named_after_the_rest() -> None:
    flat = registry.add_home()
    space = registry.add_space(flat.project, household=flat.household)
    account = flat.household

    operations.move_unit_to_household(actor=SYSTEM, unit_id=flat.pk, household_id=None, now=NOW)

    flat.refresh_from_db()
    assert (flat.household.code, flat.household.label) == ("3-2-1602", "3栋2单元1602")
    account.refresh_from_db()
    assert (account.code, account.sort_key) == ("B1-0317", space.sort_key)


def test_unit_with_open_bills_does_not_move() -> None:
    flat = registry.add_home()
    space = registry.add_space(flat.project)
    registry.bill(space, "60.00", item="CWF")
    entries = AuditEntry.objects.count()

    with pytest.raises(operations.AccountHasOpenBills) as refusal:
        operations.move_unit_to_household(
            actor=SYSTEM, unit_id=space.pk, household_id=flat.household_id, now=NOW
        )

    assert refusal.value.details == {"household_id": space.household_id, "open_amount": "60.00"}
    space.refresh_from_db()
    assert space.household.code == "B1-0317"
    assert AuditEntry.objects.count() == entries


def test_impossible_moves_are_refused() -> None:
    flat = registry.add_home()
    other = registry.add_project("JH", "江海苑")
    elsewhere = registry.add_unit(other)
    emptied = registry.add_space(flat.project).household
    operations.merge_households(
        actor=SYSTEM, household_id=flat.household_id, merged_id=emptied.pk, now=NOW
    )
    alone = registry.add_space(flat.project, "B1-0001")

    cases: list[tuple[Unit, int | None, type[DomainError]]] = [
        (flat, flat.household_id, operations.AccountIsSame),
        (alone, None, operations.AccountIsOwnAlready),
        (flat, elsewhere.household_id, operations.AccountInAnotherProject),
        (flat, emptied.pk, NotFound),
        (flat, 999_999, NotFound),
    ]
    for unit, household_id, error in cases:
        with pytest.raises(error):
            operations.move_unit_to_household(
                actor=SYSTEM, unit_id=unit.pk, household_id=household_id, now=NOW
            )

    flat.refresh_from_db()
    assert flat.household.code == "3-2-1602"


def test_merge_moves_units_and_vehicles() -> None:
    flat = registry.add_home()
    storage = registry.add_unit(flat.project, "C-12", kind="STORAGE", built_area="8.00")
    vehicle = registry.add_vehicle(storage.household)
    emptied = storage.household

    operations.merge_households(
        actor=SYSTEM, household_id=flat.household_id, merged_id=emptied.pk, now=NOW
    )

    storage.refresh_from_db()
    vehicle.refresh_from_db()
    assert {storage.household_id, vehicle.household_id} == {flat.household_id}
    assert last_entry().data == {"from": emptied.pk, "label": "C-12", "units": ["C-12"]}


def test_account_with_open_bills_is_not_merged_away() -> None:
    flat = registry.add_home()
    space = registry.add_space(flat.project)
    registry.bill(space, "60.00", item="CWF")

    with pytest.raises(operations.AccountHasOpenBills):
        operations.merge_households(
            actor=SYSTEM, household_id=flat.household_id, merged_id=space.household_id, now=NOW
        )

    space.refresh_from_db()
    assert space.household.code == "B1-0317"


def test_open_bills_of_the_account_that_stays_do_not_hinder() -> None:
    flat = registry.add_home()
    registry.bill(flat)
    space = registry.add_space(flat.project)

    operations.merge_households(
        actor=SYSTEM, household_id=flat.household_id, merged_id=space.household_id, now=NOW
    )

    assert flat.household.units.count() == 2


def test_title_passes_with_its_day() -> None:
    flat = registry.add_home()

    account = transfer(flat)

    assert account.pk == flat.household_id
    assert account.payer is not None
    assert (account.payer.name, account.payer.phone_masked) == ("李婉婷", "139 **** 4415")
    assert owners_on(flat, date(2026, 11, 8)) == ["陈志远"]
    assert owners_on(flat, TODAY) == ["李婉婷"]
    assert last_entry().data == {
        "units": ["3栋2单元1602"],
        "effective_on": "2026-11-09",
        "before": {"owners": ["陈志远"], "payer": "陈志远"},
        "after": {"owners": ["李婉婷"], "payer": "李婉婷"},
        "open_amount_taken_over": "0.00",
    }


def test_lessees_stay_when_the_title_passes() -> None:
    flat = registry.add_home()
    registry.add_occupancy(flat, registry.add_party("王租客", "13700001111"), "LESSEE")

    transfer(flat)

    assert flat.occupancies.get(role="LESSEE").valid_to is None


def test_title_passes_to_several_with_shares() -> None:
    flat = registry.add_home()
    known = registry.add_party("周明", "13600002222")

    transfer(
        flat,
        owners=(BUYER._replace(share_percent=Decimal(70)), NewOwner(known.pk, Decimal(30))),
    )

    assert list(
        flat.occupancies.filter(valid_from=TODAY)
        .order_by("pk")
        .values_list("party__name", "share_percent", "is_contact")
    ) == [("李婉婷", Decimal("70.00"), True), ("周明", Decimal("30.00"), False)]


def test_open_bills_do_not_change_hands_silently() -> None:
    flat = registry.add_home()
    registry.bill(flat)
    parties = Party.objects.count()

    with pytest.raises(operations.AccountHasOpenBills) as refusal:
        transfer(flat)

    assert refusal.value.details["open_amount"] == "994.22"
    assert owners_on(flat, TODAY) == ["陈志远"]
    assert Party.objects.count() == parties
    flat.household.refresh_from_db()
    assert flat.household.payer is not None
    assert flat.household.payer.name == "陈志远"


def test_new_owner_may_take_over_open_bills_and_the_record_says_so() -> None:
    flat = registry.add_home()
    registry.bill(flat)

    account = transfer(flat, carry=True)

    assert account.payer is not None
    assert account.payer.name == "李婉婷"
    assert last_entry().data["open_amount_taken_over"] == "994.22"


def test_unit_sold_out_of_an_account_gets_its_own() -> None:
    flat = registry.add_home()
    space = registry.add_space(flat.project, household=flat.household)
    registry.add_occupancy(space, flat.household.payer)
    registry.bill(flat)

    account = transfer(space)

    space.refresh_from_db()
    assert account.pk == space.household_id != flat.household_id
    assert account.code == "B1-0317"
    assert account.payer is not None
    assert account.payer.name == "李婉婷"
    flat.household.refresh_from_db()
    assert flat.household.payer is not None
    assert flat.household.payer.name == "陈志远"
    assert owners_on(flat, TODAY) == ["陈志远"]


def test_unit_sold_out_of_an_account_owes_nothing() -> None:
    flat = registry.add_home()
    space = registry.add_space(flat.project, household=flat.household)
    registry.bill(space, "60.00", item="CWF")

    with pytest.raises(operations.AccountHasOpenBills):
        transfer(space, carry=True)

    space.refresh_from_db()
    assert space.household_id == flat.household_id


def test_flat_and_space_sold_together_keep_their_account() -> None:
    flat = registry.add_home()
    space = registry.add_space(flat.project, household=flat.household)

    account = transfer(flat, space)

    assert account.pk == flat.household_id
    assert owners_on(space, TODAY) == ["李婉婷"]


def test_unsold_unit_is_sold_with_the_title() -> None:
    unit = registry.add_unit(registry.add_project(), state="UNSOLD")

    transfer(unit)

    unit.refresh_from_db()
    assert unit.state == "SOLD"
    change = unit.state_changes.get()
    assert (change.from_state, change.to_state, change.effective_on) == ("UNSOLD", "SOLD", TODAY)


def test_impossible_transfers_are_refused_whole() -> None:
    flat = registry.add_home()
    neighbour = registry.add_home(flat.project, "1603", owner="周明", phone="13600002222")
    known = registry.add_party("何晓敏", "13500003333")
    twice = (NewOwner(known.pk), NewOwner(known.pk))
    too_much = (NewOwner(known.pk, Decimal(60)), BUYER._replace(share_percent=Decimal(41)))
    occupancies = Occupancy.objects.count()

    cases: list[tuple[tuple[Unit, ...], tuple[NewOwner, ...], date, type[DomainError]]] = [
        ((), (BUYER,), TODAY, operations.OwnersMissing),
        ((flat,), (), TODAY, operations.OwnersMissing),
        ((flat, neighbour), (BUYER,), TODAY, operations.UnitsOfSeveralAccounts),
        ((flat,), (BUYER,), date(2021, 6, 18), operations.TransferTooEarly),
        ((flat,), twice, TODAY, operations.OccupancyOverlaps),
        ((flat,), too_much, TODAY, rules.SharesOverWhole),
        ((flat,), (NewOwner(999_999),), TODAY, NotFound),
    ]
    for units, owners, on, error in cases:
        with pytest.raises(error):
            transfer(*units, owners=owners, on=on)

    assert Occupancy.objects.count() == occupancies
    assert owners_on(flat, TODAY) == ["陈志远"]


def test_accounts_out_of_sight_or_without_the_action() -> None:
    flat = registry.add_home()
    other = registry.add_project("JH", "江海苑")
    space = registry.add_space(flat.project)
    stranger = factories.add_actor("wu", "charging_director", project_id=other.pk)
    manager = factories.add_actor("fang", "property_manager")
    entries = AuditEntry.objects.count()

    for actor, error in ((stranger, NotFound), (manager, ActionDenied)):
        with pytest.raises(error):
            operations.transfer_ownership(
                actor=actor, unit_ids=[flat.pk], owners=[BUYER], effective_on=TODAY, now=NOW
            )
        with pytest.raises(error):
            operations.move_unit_to_household(
                actor=actor, unit_id=space.pk, household_id=flat.household_id, now=NOW
            )
        with pytest.raises(error):
            operations.merge_households(
                actor=actor,
                household_id=flat.household_id,
                merged_id=space.household_id,
                now=NOW,
            )
        with pytest.raises(error):
            operations.set_payer(actor=actor, household_id=flat.household_id, party_id=1, now=NOW)

    assert AuditEntry.objects.count() == entries


def test_vehicle_with_its_space() -> None:
    flat = registry.add_home()
    space = registry.add_space(flat.project)

    vehicle = registry.add_vehicle(flat.household, " 浙a·7k3m2 ", space)

    assert (vehicle.plate, vehicle.space) == ("浙A7K3M2", space)
    assert last_entry().data == {
        "vehicle": vehicle.pk,
        "plate": "浙A7K3M2",
        "space": "B1-0317",
    }


def test_plate_is_registered_once_until_signed_off() -> None:
    flat = registry.add_home()
    vehicle = registry.add_vehicle(flat.household)

    with pytest.raises(operations.PlateTaken) as refusal:
        registry.add_vehicle(flat.household, "浙A-7K3M2")
    assert refusal.value.field == "plate"

    operations.remove_vehicle(actor=SYSTEM, vehicle_id=vehicle.pk, now=NOW)
    registry.add_vehicle(flat.household)
    assert Vehicle.objects.filter(is_active=True).count() == 1
    with pytest.raises(operations.VehicleRemoved):
        operations.remove_vehicle(actor=SYSTEM, vehicle_id=vehicle.pk, now=NOW)


def test_vehicle_changes_its_space() -> None:
    flat = registry.add_home()
    space = registry.add_space(flat.project)
    vehicle = registry.add_vehicle(flat.household)

    operations.update_vehicle(
        actor=SYSTEM, vehicle_id=vehicle.pk, changes={"space_id": space.pk}, now=NOW
    )

    vehicle.refresh_from_db()
    assert vehicle.space == space
    with pytest.raises(operations.SpaceInvalid):
        operations.update_vehicle(
            actor=SYSTEM, vehicle_id=vehicle.pk, changes={"space_id": flat.pk}, now=NOW
        )


def test_space_is_assigned_and_released() -> None:
    flat = registry.add_home()
    space = registry.add_space(flat.project)

    operations.assign_space(
        actor=SYSTEM,
        space_id=space.pk,
        household_id=flat.household_id,
        effective_on=date(2026, 11, 1),
        now=NOW,
    )
    vehicle = registry.add_vehicle(flat.household, space=space)
    space.refresh_from_db()
    assert (space.household_id, space.state) == (flat.household_id, "OWNER_OCCUPIED")

    operations.release_space(
        actor=SYSTEM, space_id=space.pk, effective_on=date(2026, 11, 5), now=NOW
    )
    space.refresh_from_db()
    vehicle.refresh_from_db()
    assert (space.household.code, space.household.payer, space.state) == (
        "B1-0317",
        None,
        "VACANT",
    )
    assert vehicle.space is None
    assert last_entry().object_id == flat.household_id


def test_space_of_another_household_is_not_assigned() -> None:
    flat = registry.add_home()
    neighbour = registry.add_home(flat.project, "1603", owner="周明", phone="13600002222")
    shared = registry.add_space(flat.project, household=flat.household)
    bought = registry.add_space(flat.project, "B1-0001")
    registry.add_occupancy(bought, flat.household.payer)

    for space in (shared, bought):
        with pytest.raises(operations.SpaceTaken):
            operations.assign_space(
                actor=SYSTEM,
                space_id=space.pk,
                household_id=neighbour.household_id,
                effective_on=TODAY,
                now=NOW,
            )
    with pytest.raises(operations.SpaceInvalid):
        operations.assign_space(
            actor=SYSTEM,
            space_id=flat.pk,
            household_id=neighbour.household_id,
            effective_on=TODAY,
            now=NOW,
        )


def test_space_with_open_bills_is_not_released() -> None:
    flat = registry.add_home()
    space = registry.add_space(flat.project, household=flat.household)
    registry.bill(space, "60.00", item="CWF")

    with pytest.raises(operations.AccountHasOpenBills):
        operations.release_space(actor=SYSTEM, space_id=space.pk, effective_on=TODAY, now=NOW)

    space.refresh_from_db()
    assert space.household_id == flat.household_id
