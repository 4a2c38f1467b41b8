"""Projects, buildings and units."""

from datetime import date
from decimal import Decimal

import pytest

from kernel import access
from kernel.access import Action, ActionDenied, Actor, Grant
from kernel.audit.models import AuditEntry
from kernel.errors import DomainError, NotFound
from services.properties import operations, rules
from services.properties.models import Building, Household, Project, Unit, UnitStateChange
from tenants.companies.models import Company
from tests import factories
from tests import factories_properties as registry
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.usefixtures("tenant")
SYSTEM = access.SYSTEM


def last_entry() -> AuditEntry:
    return AuditEntry.objects.latest("pk")


def test_create_project() -> None:
    actor = factories.add_actor("xujing", "company_admin")

    project = operations.create_project(
        actor=actor, code=" yl ", name="云麓花园", city="杭州", now=NOW
    )

    assert (project.code, project.sort_key) == ("YL", "yun lu hua yuan")
    entry = last_entry()
    assert (entry.event, entry.object_id) == ("properties.project.created", project.pk)
    assert entry.data == {"code": "YL", "name": "云麓花园"}


@pytest.mark.parametrize(
    ("code", "name", "error", "field"),
    [
        ("yl", "江海苑", operations.ProjectCodeTaken, "code"),
        ("JH", "云麓花园", operations.ProjectNameTaken, "name"),
    ],
)
def test_project_of_taken_code_or_name_is_refused(
    code: str, name: str, error: type[DomainError], field: str
) -> None:
    registry.add_project("YL", "云麓花园")

    with pytest.raises(error) as refusal:
        registry.add_project(code, name)

    assert refusal.value.field == field
    assert Project.objects.count() == 1
    assert AuditEntry.objects.count() == 1


def test_only_the_company_administrator_creates_projects() -> None:
    project = registry.add_project()
    director = factories.add_actor("zhaomin", "charging_director")
    own = frozenset({Grant(Action.COMPANY_CONFIGURE, project.pk)})  # in this one only
    of_one_project = Actor(label="wu", user_id=1, grants=own)
    entries = AuditEntry.objects.count()

    for actor in (director, of_one_project):
        with pytest.raises(ActionDenied):
            operations.create_project(actor=actor, code="JH", name="江海苑", now=NOW)

    assert Project.objects.count() == 1
    assert AuditEntry.objects.count() == entries


def test_update_project_records_before_and_after() -> None:
    project = registry.add_project()

    operations.update_project(
        actor=SYSTEM,
        project_id=project.pk,
        changes={"name": "云麓雅苑", "city": "杭州", "code": "yl"},
        now=NOW,
    )

    project.refresh_from_db()
    assert (project.code, project.name, project.sort_key) == ("YL", "云麓雅苑", "yun lu ya yuan")
    assert last_entry().data == {
        "before": {"name": "云麓花园", "city": "", "sort_key": "yun lu hua yuan"},
        "after": {"name": "云麓雅苑", "city": "杭州", "sort_key": "yun lu ya yuan"},
    }


def test_update_without_a_difference_records_nothing() -> None:
    project = registry.add_project()
    entries = AuditEntry.objects.count()

    operations.update_project(
        actor=SYSTEM, project_id=project.pk, changes={"name": "云麓花园"}, now=NOW
    )

    assert AuditEntry.objects.count() == entries


def test_create_building() -> None:
    building = registry.add_building(registry.add_project(), "3")

    assert (building.name, building.code, building.sort_key) == ("3栋", "3", "000003")


@pytest.mark.parametrize("name", ["3栋", "3号楼", "三栋", "３"])
def test_building_typed_alike_is_refused(name: str) -> None:
    project = registry.add_project()
    registry.add_building(project, "3栋")

    with pytest.raises(operations.BuildingExists) as refusal:
        registry.add_building(project, name)

    assert refusal.value.field == "name"
    assert Building.objects.count() == 1


def test_rename_building_renames_rooms_and_accounts() -> None:
    project = registry.add_project()
    building = registry.add_building(project, "3栋")
    flat = registry.add_unit(project, "1602", building=building, entrance="2")
    space = registry.add_space(project, household=flat.household)

    operations.rename_building(actor=SYSTEM, building_id=building.pk, name="A座", now=NOW)

    flat.refresh_from_db()
    assert (flat.code, flat.label) == ("A-2-1602", "A座2单元1602")
    assert flat.sort_key == "A-000002-001602"
    flat.household.refresh_from_db()
    assert (flat.household.code, flat.household.label) == ("A-2-1602", "A座2单元1602")
    space.refresh_from_db()
    assert space.code == "B1-0317"
    assert last_entry().data["units"] == 1


def test_create_unit_opens_its_account() -> None:
    project = registry.add_project()
    building = registry.add_building(project)

    unit = operations.create_unit(
        actor=factories.add_actor("zhaomin", "charging_director"),
        project_id=project.pk,
        building_id=building.pk,
        entrance="2单元",
        number="1602室",
        kind="RESIDENCE",
        state="VACANT",
        built_area=Decimal("118.36"),
        inner_area=Decimal("94.02"),
        handed_over_on=date(2021, 6, 18),
        now=NOW,
    )

    assert (unit.code, unit.label, unit.entrance) == ("3-2-1602", "3栋2单元1602", "2")
    assert (unit.household.code, unit.household.label) == ("3-2-1602", "3栋2单元1602")
    assert unit.household.payer is None
    entry = last_entry()
    assert (entry.event, entry.project_id) == ("properties.unit.created", project.pk)


def test_create_unit_in_an_account() -> None:
    flat = registry.add_home()

    space = registry.add_space(flat.project, household=flat.household)

    assert space.household_id == flat.household_id
    assert Household.objects.count() == 1


def test_unit_of_a_taken_number_is_refused() -> None:
    flat = registry.add_home()
    entries = AuditEntry.objects.count()

    with pytest.raises(operations.UnitExists) as refusal:
        registry.add_unit(flat.project, "1602", building=flat.building, entrance="2单元")

    assert refusal.value.field == "number"
    assert (Unit.objects.count(), Household.objects.count()) == (1, 1)
    assert AuditEntry.objects.count() == entries


@pytest.mark.parametrize("area", ["0", "-1", "1000000"])
def test_impossible_area_is_refused(area: str) -> None:
    project = registry.add_project()

    with pytest.raises(operations.AreaInvalid) as refusal:
        registry.add_unit(project, built_area=area)

    assert refusal.value.field == "built_area"
    assert not Household.objects.exists()


def test_unit_without_a_number_is_refused() -> None:
    with pytest.raises(rules.RoomNumberMissing):
        registry.add_unit(registry.add_project(), " ")

    assert not Unit.objects.exists()


def test_building_and_account_of_another_project_do_not_exist() -> None:
    project = registry.add_project()
    other = registry.add_project("JH", "江海苑")
    elsewhere = registry.add_unit(other, "101", building=registry.add_building(other))

    for values in ({"building": elsewhere.building}, {"household": elsewhere.household}):
        with pytest.raises(NotFound):
            registry.add_unit(project, **values)

    assert Unit.objects.count() == 1


def test_a_unit_whose_code_would_be_too_long_is_refused() -> None:
    project = registry.add_project()
    street = registry.add_building(project, "商业街")
    unit = registry.add_unit(project, "9" * 30, building=street)
    operations.update_unit(
        actor=SYSTEM, unit_id=unit.pk, changes={"entrance": "东" * 5}, now=NOW
    )  # 40 letters: as many as a code may have
    entries = AuditEntry.objects.count()

    with pytest.raises(operations.RoomCodeTooLong) as longer:
        operations.update_unit(
            actor=SYSTEM, unit_id=unit.pk, changes={"entrance": "东" * 6}, now=NOW
        )
    with pytest.raises(operations.RoomCodeTooLong) as renamed:
        operations.rename_building(actor=SYSTEM, building_id=street.pk, name="商业大街", now=NOW)

    assert (longer.value.field, renamed.value.field) == ("number", "name")
    unit.refresh_from_db()
    assert unit.code == f"商业街-{'东' * 5}-{'9' * 30}"
    assert AuditEntry.objects.count() == entries


def test_update_unit_renames_the_account_that_bears_its_name() -> None:
    flat = registry.add_home()

    operations.update_unit(
        actor=SYSTEM,
        unit_id=flat.pk,
        changes={"number": "1603", "entrance": "1单元", "built_area": Decimal("120.00")},
        now=NOW,
    )

    flat.refresh_from_db()
    assert (flat.code, flat.label) == ("3-1-1603", "3栋1单元1603")
    flat.household.refresh_from_db()
    assert (flat.household.code, flat.household.sort_key) == ("3-1-1603", flat.sort_key)
    assert last_entry().data == {
        "before": {"number": "1602", "entrance": "2", "built_area": "118.36"},
        "after": {"number": "1603", "entrance": "1", "built_area": "120.00"},
    }


def test_update_of_a_second_unit_leaves_the_account_s_name() -> None:
    flat = registry.add_home()
    space = registry.add_space(flat.project, household=flat.household)

    operations.update_unit(actor=SYSTEM, unit_id=space.pk, changes={"number": "B1-0318"}, now=NOW)

    flat.household.refresh_from_db()
    assert flat.household.code == "3-2-1602"


def test_update_unit_to_a_taken_number_is_refused() -> None:
    flat = registry.add_home()
    registry.add_home(flat.project, "1603", owner="李婉婷", phone="13912344415")

    with pytest.raises(operations.UnitExists):
        operations.update_unit(actor=SYSTEM, unit_id=flat.pk, changes={"number": "1603"}, now=NOW)

    flat.refresh_from_db()
    assert flat.code == "3-2-1602"


def test_unit_out_of_sight_does_not_exist_and_without_the_action_is_refused() -> None:
    flat = registry.add_home()
    other = registry.add_project("JH", "江海苑")
    stranger = factories.add_actor("wu", "charging_director", project_id=other.pk)
    collector = factories.add_actor("zhouting", "collector", project_id=flat.project_id)
    both = access.Actor("both", 7, stranger.grants | collector.grants)
    entries = AuditEntry.objects.count()

    for actor, error in ((stranger, NotFound), (collector, ActionDenied), (both, ActionDenied)):
        with pytest.raises(error):
            operations.update_unit(actor=actor, unit_id=flat.pk, changes={"note": "x"}, now=NOW)

    flat.refresh_from_db()
    assert flat.note == ""
    assert AuditEntry.objects.count() == entries


def test_state_changes_keep_their_history() -> None:
    project = registry.add_project()
    unit = registry.add_unit(project, state="UNSOLD")
    actor = factories.add_actor("zhaomin", "charging_director")

    operations.change_unit_state(
        actor=actor, unit_id=unit.pk, state="SOLD", effective_on=date(2026, 9, 1), now=NOW
    )
    operations.change_unit_state(
        actor=actor, unit_id=unit.pk, state="VACANT", effective_on=date(2026, 10, 8), now=NOW
    )

    unit.refresh_from_db()
    assert (unit.state, unit.handed_over_on) == ("VACANT", date(2026, 10, 8))
    assert list(
        UnitStateChange.objects.order_by("pk").values_list(
            "from_state", "to_state", "effective_on", "recorded_by_label"
        )
    ) == [
        ("UNSOLD", "SOLD", date(2026, 9, 1), actor.label),
        ("SOLD", "VACANT", date(2026, 10, 8), actor.label),
    ]
    assert last_entry().data == {
        "before": {"state": "SOLD", "handed_over_on": None},
        "after": {"state": "VACANT", "handed_over_on": "2026-10-08"},
        "effective_on": "2026-10-08",
        "note": "",
    }


@pytest.mark.parametrize(
    ("state", "effective_on", "error"),
    [
        ("OWNER_OCCUPIED", TODAY, rules.StateUnchanged),
        ("VACANT", date(2026, 11, 10), operations.StateChangeOutOfOrder),
        ("VACANT", date(2026, 9, 30), operations.StateChangeOutOfOrder),
        ("SOLD", TODAY, rules.StateChangeUnexplained),
    ],
)
def test_state_change_out_of_order_is_refused(
    state: str, effective_on: date, error: type[DomainError]
) -> None:
    unit = registry.add_unit(registry.add_project(), state="RENOVATION")
    operations.change_unit_state(
        actor=SYSTEM,
        unit_id=unit.pk,
        state="OWNER_OCCUPIED",
        effective_on=date(2026, 10, 1),
        now=NOW,
    )

    with pytest.raises(error):
        operations.change_unit_state(
            actor=SYSTEM, unit_id=unit.pk, state=state, effective_on=effective_on, now=NOW
        )

    unit.refresh_from_db()
    assert unit.state == "OWNER_OCCUPIED"
    assert UnitStateChange.objects.count() == 1


def test_handover_taken_back_takes_its_day_back() -> None:
    unit = registry.add_unit(
        registry.add_project(), state="VACANT", handed_over_on=date(2026, 10, 1)
    )

    operations.change_unit_state(
        actor=SYSTEM,
        unit_id=unit.pk,
        state="SOLD",
        effective_on=TODAY,
        note="keys returned",
        now=NOW,
    )

    unit.refresh_from_db()
    assert unit.handed_over_on is None


def test_history_of_states_is_append_only(tenant: Company) -> None:
    unit = registry.add_unit(registry.add_project(), state="UNSOLD")
    operations.change_unit_state(
        actor=SYSTEM, unit_id=unit.pk, state="SOLD", effective_on=TODAY, now=NOW
    )

    with pytest.raises(Exception, match=r"permission denied|append-only"):
        UnitStateChange.objects.update(note="x")
