"""What each actor sees, the figures, the file of a household."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries

from kernel import access
from kernel.access import Action, ActionDenied, Actor, Grant
from kernel.errors import NotFound
from services.properties import operations, queries
from services.properties.models import Unit
from services.properties.operations import NewOwner, PartyDetails
from tests import factories
from tests import factories_properties as registry
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.usefixtures("tenant")
SYSTEM = access.SYSTEM


def viewer(*project_ids: int | None) -> Actor:
    grants = frozenset(Grant(Action.REGISTRY_VIEW, pk) for pk in project_ids)
    return Actor("viewer", 5, grants)


def furnish(code: str, name: str) -> Unit:
    """Make a project with one of everything."""
    unit = registry.add_home(registry.add_project(code, name), owner=f"{name}业主")
    space = registry.add_space(unit.project)
    registry.add_vehicle(unit.household, space=space)
    registry.add_meter(unit)
    return unit


LISTS = [
    queries.buildings,
    queries.units,
    queries.households,
    queries.parties,
    queries.occupancies,
    queries.vehicles,
    queries.meters,
    queries.spaces,
]


@pytest.mark.parametrize("read", LISTS, ids=lambda read: read.__name__)
def test_lists_show_what_lies_in_the_actor_s_projects(read: object) -> None:
    assert callable(read)
    home, away = furnish("YL", "云麓花园"), furnish("JH", "江海苑")
    here = set(read(actor=viewer(home.project_id)))
    everything = set(read(actor=viewer(None)))

    assert here
    assert here < everything
    assert set(read(actor=viewer(None), project_id=home.project_id)) == here
    assert set(read(actor=viewer(home.project_id), project_id=home.project_id)) == here
    assert set(read(actor=viewer(home.project_id), project_id=away.project_id)) == set()
    assert set(read(actor=viewer())) == set()


def test_projects_by_pinyin() -> None:
    for code, name in (("YL", "云麓花园"), ("JH", "江海苑"), ("ZT", "曾庭")):
        registry.add_project(code, name)

    assert [project.name for project in queries.projects(actor=SYSTEM)] == [
        "江海苑",
        "云麓花园",
        "曾庭",
    ]


def test_records_out_of_sight_do_not_exist() -> None:
    home = furnish("YL", "云麓花园")
    other = registry.add_project("JH", "江海苑")
    actor = viewer(other.pk)
    party = home.occupancies.get().party

    reads: list[Callable[[], object]] = [
        lambda: queries.get_project(actor=actor, project_id=home.project_id),
        lambda: queries.get_building(actor=actor, building_id=home.building_id or 0),
        lambda: queries.get_unit(actor=actor, unit_id=home.pk),
        lambda: queries.get_household(actor=actor, household_id=home.household_id),
        lambda: queries.get_party(actor=actor, party_id=party.pk),
        lambda: queries.get_occupancy(actor=actor, occupancy_id=home.occupancies.get().pk),
        lambda: queries.get_vehicle(actor=actor, vehicle_id=home.household.vehicles.get().pk),
        lambda: queries.get_meter(actor=actor, meter_id=home.meters.get().pk),
        lambda: queries.state_changes(actor=actor, unit_id=home.pk),
        lambda: queries.household_file(actor=actor, household_id=home.household_id, today=TODAY),
        lambda: queries.occupancy_figures(actor=actor, project_id=home.project_id, on=TODAY),
    ]
    for read in reads:
        with pytest.raises(NotFound):
            read()


def test_household_in_sight_without_the_action_is_refused() -> None:
    home = registry.add_home()

    with pytest.raises(ActionDenied):
        queries.get_household(
            actor=viewer(home.project_id),
            household_id=home.household_id,
            action=Action.PAYMENT_TAKE,
        )


def test_party_that_is_attached_nowhere_is_seen_by_those_who_may_attach_it() -> None:
    project = registry.add_project()
    party = registry.add_party()
    clerk = factories.add_actor("zhaomin", "charging_director", project_id=project.pk)

    assert list(queries.parties(actor=clerk)) == [party]
    assert list(queries.parties(actor=viewer(project.pk))) == []


def test_former_owner_stays_in_sight() -> None:
    home = registry.add_home()
    former = home.occupancies.get().party
    operations.transfer_ownership(
        actor=SYSTEM,
        unit_ids=[home.pk],
        owners=[NewOwner(PartyDetails(name="李婉婷"))],
        effective_on=TODAY,
        now=NOW,
    )

    assert former in queries.parties(actor=viewer(home.project_id))


def test_figures_of_a_day_follow_the_history() -> None:
    project = registry.add_project()
    states = ["UNSOLD", "SOLD", "VACANT", "RENOVATION", "OWNER_OCCUPIED", "LEASED", "CUSTODY"]
    units = {
        state: registry.add_unit(project, f"10{index}", state=state)
        for index, state in enumerate(states)
    }
    registry.add_space(project)  # is not lived in
    registry.add_unit(registry.add_project("JH", "江海苑"))
    for state, day in (("LEASED", date(2026, 10, 1)), ("OWNER_OCCUPIED", date(2026, 11, 1))):
        operations.change_unit_state(
            actor=SYSTEM, unit_id=units["VACANT"].pk, state=state, effective_on=day, now=NOW
        )

    now = queries.occupancy_figures(actor=SYSTEM, project_id=project.pk, on=TODAY)
    october = queries.occupancy_figures(actor=SYSTEM, project_id=project.pk, on=date(2026, 10, 31))
    before = queries.occupancy_figures(actor=SYSTEM, project_id=project.pk, on=date(2026, 9, 30))

    assert (now.total, now.handed_over, now.not_handed_over) == (7, 5, 2)
    assert (now.occupied, now.leased, now.vacant) == (3, 1, 2)
    assert now.occupancy_rate == Decimal("0.6")
    assert (october.occupied, october.leased, october.vacant) == (3, 2, 2)
    assert (before.occupied, before.leased, before.vacant) == (2, 1, 3)


def test_project_without_units_has_no_rate() -> None:
    project = registry.add_project()

    figures = queries.occupancy_figures(actor=SYSTEM, project_id=project.pk, on=TODAY)

    assert (figures.total, figures.occupancy_rate) == (0, None)


def test_file_of_a_household(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    flat = furnish("YL", "云麓花园")
    before = registry.add_home(flat.project, "1502", owner="甲方")
    after = registry.add_home(flat.project, "1701", owner="乙方")
    space = registry.add_space(flat.project, "B1-0001", household=flat.household)
    registry.add_occupancy(
        flat,
        registry.add_party("王租客", "13700001111"),
        "LESSEE",
        valid_from=date(2025, 1, 1),
        valid_to=date(2026, 1, 1),
    )
    registry.add_occupancy(flat, registry.add_party("女儿", ""), "RESIDENT")
    registry.add_occupancy(flat, registry.add_party("李婉婷", "13912344415"), is_contact=True)

    with django_assert_num_queries(7):
        file = queries.household_file(actor=SYSTEM, household_id=flat.household_id, today=TODAY)

    assert file.main_unit == flat
    assert file.units == [flat, space]
    assert file.spaces == [space]
    assert [(o.party.name, o.role) for o in file.people] == [
        ("李婉婷", "OWNER"),
        ("云麓花园业主", "OWNER"),
        ("女儿", "RESIDENT"),
    ]
    assert [o.party.name for o in file.former_people] == ["王租客"]
    assert [vehicle.plate for vehicle in file.vehicles] == ["浙A7K3M2"]
    assert [meter.code for meter in file.meters] == ["3-2-1602-W"]
    assert (file.previous, file.next) == (before.household, after.household)


def test_neighbours_end_with_the_project_and_skip_emptied_accounts() -> None:
    flat = registry.add_home()
    space = registry.add_space(flat.project)
    operations.merge_households(
        actor=SYSTEM,
        household_id=flat.household_id,
        merged_id=space.household_id,
        now=NOW,
    )

    file = queries.household_file(actor=SYSTEM, household_id=flat.household_id, today=TODAY)

    assert (file.previous, file.next) == (None, None)


def test_history_tells_who_looked_only_to_those_who_may_read_the_record() -> None:
    flat = registry.add_home()
    party = flat.occupancies.get().party
    elsewhere = registry.add_unit(registry.add_project("JH", "江海苑"))
    registry.add_occupancy(elsewhere, party)
    operations.reveal_personal_data(
        actor=factories.add_actor("zhaomin", "charging_director"),
        party_id=party.pk,
        field=operations.PersonalField.PHONE,
        reason="water leak",
        now=NOW,
    )
    collector = factories.add_actor("zhouting", "collector", project_id=flat.project_id)
    manager = factories.add_actor("fang", "property_manager")

    def events(actor: Actor) -> list[str]:
        file = queries.household_file(actor=actor, household_id=flat.household_id, today=TODAY)
        return [entry.event for entry in queries.history_of_household(actor=actor, file=file)]

    assert events(collector) == [
        "properties.occupancy.added",
        "properties.party.added",
        "properties.unit.created",
    ]
    assert events(manager) == ["properties.personal-data.revealed", *events(collector)]
