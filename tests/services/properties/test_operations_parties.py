"""Parties, occupancies, personal data."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from kernel import access, crypto
from kernel.access import ActionDenied, Actor
from kernel.audit.models import AuditEntry
from kernel.errors import DomainError, NotFound
from kernel.policies.operations import set_value
from kernel.records.models import AccessLook
from kernel.records.operations import ReasonTooShort
from kernel.security.models import SecurityEvent
from services.properties import operations, rules
from services.properties.models import Occupancy, Party
from tests import factories
from tests import factories_properties as registry
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.usefixtures("tenant")
SYSTEM = access.SYSTEM
ID_NUMBER = registry.ID_NUMBERS[0]


def last_entry() -> AuditEntry:
    return AuditEntry.objects.latest("pk")


def test_add_party_stores_nothing_personal_in_the_clear() -> None:
    party = registry.add_party("曾 小贤", " 138-1234-6027", "11010519491231002x")

    party.refresh_from_db()
    assert (party.name, party.initials, party.sort_key) == ("曾小贤", "zxx", "zeng xiao xian")
    assert (party.phone_masked, party.id_number_masked) == ("138 **** 6027", "*" * 14 + "002X")
    assert crypto.decrypt(party.phone_encrypted) == "13812346027"
    assert crypto.decrypt(party.id_number_encrypted) == ID_NUMBER
    stored = str(Party.objects.values().get()) + str(AuditEntry.objects.values_list("data"))
    assert "13812346027" not in stored
    assert "1234602" not in stored
    assert "19491231" not in stored


def test_party_of_a_known_id_number_is_returned_unchanged() -> None:
    known = registry.add_party("陈志远", "13812346027", ID_NUMBER)
    entries = AuditEntry.objects.count()

    again = registry.add_party("陈志远", "13900000000", ID_NUMBER.lower())

    assert again.pk == known.pk
    assert again.phone_tail == "6027"
    assert Party.objects.count() == 1
    assert AuditEntry.objects.count() == entries


def test_id_number_under_another_name_is_refused() -> None:
    registry.add_party("陈志远", id_number=ID_NUMBER)

    with pytest.raises(operations.IdNumberOfAnother) as refusal:
        registry.add_party("李婉婷", id_number=ID_NUMBER)

    assert refusal.value.field == "id_number"
    assert Party.objects.count() == 1


def test_parties_without_an_id_number_are_different_people() -> None:
    registry.add_party("陈志远")
    registry.add_party("陈志远")

    assert Party.objects.count() == 2


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"phone": "123"}, rules.PhoneInvalid),
        ({"id_number": "110105194912310021"}, rules.IdNumberInvalid),
    ],
)
def test_party_with_a_wrong_number_is_refused(
    values: dict[str, str], error: type[DomainError]
) -> None:
    with pytest.raises(error):
        registry.add_party(**values)

    assert not Party.objects.exists()


def test_party_of_another_project_is_reached_only_at_a_unit() -> None:
    other = registry.add_project("JH", "江海苑")
    elsewhere = registry.add_home(other)
    known = registry.add_party("李婉婷", "", ID_NUMBER)
    registry.add_occupancy(elsewhere, known)
    project = registry.add_project()
    unit = registry.add_unit(project)
    clerk = factories.add_actor("zhaomin", "charging_director", project_id=project.pk)

    with pytest.raises(operations.PartyElsewhere):
        operations.add_party(actor=clerk, name="李婉婷", id_number=ID_NUMBER, now=NOW)
    with pytest.raises(NotFound):
        operations.add_occupancy(
            actor=clerk, unit_id=unit.pk, party_id=known.pk, role="OWNER", now=NOW
        )
    assert not Occupancy.objects.filter(unit=unit).exists()

    occupancy = operations.register_occupant(
        actor=clerk,
        unit_id=unit.pk,
        party=operations.PartyDetails(name="李婉婷", id_number=ID_NUMBER),
        role="OWNER",
        now=NOW,
    )
    assert occupancy.party_id == known.pk


def test_update_party_records_that_and_not_what() -> None:
    party = registry.add_home().occupancies.get().party

    operations.update_party(
        actor=SYSTEM,
        party_id=party.pk,
        changes={"name": "陈致远", "phone": "139 0000 4415", "id_number": ID_NUMBER},
        now=NOW,
    )

    party.refresh_from_db()
    assert (party.name, party.phone_masked, party.id_number_tail) == (
        "陈致远",
        "139 **** 4415",
        "002X",
    )
    assert last_entry().data == {
        "before": {"name": "陈志远"},
        "after": {"name": "陈致远"},
        "changed": ["name", "phone", "id_number"],
    }


def test_update_party_to_a_taken_id_number_is_refused() -> None:
    registry.add_party("李婉婷", id_number=ID_NUMBER)
    party = registry.add_party("陈志远")

    with pytest.raises(operations.IdNumberOfAnother):
        operations.update_party(
            actor=SYSTEM, party_id=party.pk, changes={"id_number": ID_NUMBER}, now=NOW
        )

    party.refresh_from_db()
    assert party.id_number_tail == ""


def test_first_owner_pays_for_the_account() -> None:
    unit = registry.add_unit(registry.add_project())
    lessee, owner, second = (registry.add_party(name) for name in ("租客", "业主", "共有人"))

    registry.add_occupancy(unit, lessee, "LESSEE")
    unit.household.refresh_from_db()
    assert unit.household.payer is None

    registry.add_occupancy(unit, owner, share_percent=Decimal(50))
    registry.add_occupancy(unit, second, share_percent=Decimal(50))
    unit.household.refresh_from_db()
    assert unit.household.payer == owner


def test_same_role_at_once_is_refused() -> None:
    unit = registry.add_unit(registry.add_project())
    party = registry.add_party()
    registry.add_occupancy(unit, party, "LESSEE", valid_from=date(2026, 1, 1))

    with pytest.raises(operations.OccupancyOverlaps):
        registry.add_occupancy(unit, party, "LESSEE", valid_from=date(2026, 6, 1))

    assert Occupancy.objects.count() == 1


def test_role_may_follow_itself() -> None:
    unit = registry.add_unit(registry.add_project())
    party = registry.add_party()
    registry.add_occupancy(
        unit, party, "LESSEE", valid_from=date(2025, 1, 1), valid_to=date(2026, 1, 1)
    )

    registry.add_occupancy(unit, party, "LESSEE", valid_from=date(2026, 1, 1))

    assert Occupancy.objects.count() == 2


def test_shares_over_the_whole_are_refused() -> None:
    unit = registry.add_unit(registry.add_project())
    registry.add_occupancy(unit, registry.add_party("甲方"), share_percent=Decimal(60))

    with pytest.raises(rules.SharesOverWhole):
        registry.add_occupancy(unit, registry.add_party("乙方"), share_percent=Decimal("40.01"))

    assert Occupancy.objects.count() == 1


def test_shares_of_former_owners_do_not_count() -> None:
    unit = registry.add_unit(registry.add_project())
    registry.add_occupancy(
        unit, registry.add_party("甲方"), share_percent=Decimal(100), valid_to=date(2026, 1, 1)
    )

    registry.add_occupancy(
        unit,
        registry.add_party("乙方"),
        share_percent=Decimal(100),
        valid_from=date(2026, 1, 1),
    )

    assert Occupancy.objects.count() == 2


@pytest.mark.parametrize("share", ["0", "-1", "100.01"])
def test_impossible_share_is_refused(share: str) -> None:
    unit = registry.add_unit(registry.add_project())

    with pytest.raises(rules.SharesOverWhole):
        registry.add_occupancy(unit, share_percent=Decimal(share))

    assert not Occupancy.objects.exists()


def test_reversed_period_is_refused() -> None:
    unit = registry.add_unit(registry.add_project())

    with pytest.raises(rules.PeriodReversed):
        registry.add_occupancy(unit, valid_from=date(2026, 2, 1), valid_to=date(2026, 2, 1))

    assert not Occupancy.objects.exists()


def test_update_occupancy() -> None:
    occupancy = registry.add_home().occupancies.get()

    operations.update_occupancy(
        actor=SYSTEM,
        occupancy_id=occupancy.pk,
        changes={"is_contact": True, "share_percent": Decimal(50)},
        now=NOW,
    )

    occupancy.refresh_from_db()
    assert (occupancy.is_contact, occupancy.share_percent) == (True, Decimal(50))
    assert last_entry().data["after"] == {"is_contact": True, "share_percent": "50"}


def test_end_occupancy() -> None:
    occupancy = registry.add_home().occupancies.get()

    operations.end_occupancy(
        actor=SYSTEM, occupancy_id=occupancy.pk, valid_to=date(2026, 12, 1), now=NOW
    )

    occupancy.refresh_from_db()
    assert occupancy.valid_to == date(2026, 12, 1)
    with pytest.raises(operations.OccupancyEnded):
        operations.end_occupancy(
            actor=SYSTEM, occupancy_id=occupancy.pk, valid_to=date(2026, 12, 2), now=NOW
        )
    with pytest.raises(rules.PeriodReversed):
        operations.end_occupancy(
            actor=SYSTEM, occupancy_id=occupancy.pk, valid_to=date(2021, 6, 18), now=NOW
        )


def test_look_at_personal_data_is_recorded() -> None:
    unit = registry.add_home()
    party = unit.occupancies.get().party
    collector = factories.add_actor("zhouting", "collector", project_id=unit.project_id)

    phone = operations.reveal_personal_data(
        actor=collector,
        party_id=party.pk,
        field=operations.PersonalField.PHONE,
        reason="water leak below",
        now=NOW,
    )

    assert phone == "13812346027"
    entry = last_entry()
    assert (entry.event, entry.object_id, entry.actor_id, entry.project_id) == (
        "properties.personal-data.revealed",
        party.pk,
        collector.user_id,
        unit.project_id,
    )
    assert entry.data == {"field": "phone", "reason": "water leak below"}
    look = AccessLook.objects.get()
    assert (look.user_id, look.project_id, look.subject_id, look.what, look.mode, look.reason) == (
        collector.user_id,
        unit.project_id,
        party.pk,
        "Phone",
        "DATA",
        "water leak below",
    )
    event = SecurityEvent.objects.get(kind="DATA_REVEALED")
    assert (event.user_id, event.data["field"]) == (collector.user_id, "phone")
    for row in (entry, look, event):
        assert "13812346027" not in str(vars(row))


@pytest.mark.parametrize("reason", ["", "   ", "abc", " a  b ", "....", "aaaaaa", "\u200b" * 8])
def test_look_without_a_reason_that_says_something_is_refused(reason: str) -> None:
    unit = registry.add_home()
    collector = factories.add_actor("zhouting", "collector", project_id=unit.project_id)
    entries = AuditEntry.objects.count()

    with pytest.raises(ReasonTooShort) as refusal:
        operations.reveal_personal_data(
            actor=collector,
            party_id=unit.occupancies.get().party_id,
            field=operations.PersonalField.PHONE,
            reason=reason,
            now=NOW,
        )

    assert refusal.value.field == "reason"
    assert AuditEntry.objects.count() == entries
    assert not AccessLook.objects.exists()
    assert not SecurityEvent.objects.exists()


def test_how_long_a_reason_is_the_company_says() -> None:
    unit = registry.add_home()
    party_id = unit.occupancies.get().party_id
    collector = factories.add_actor("zhouting", "collector", project_id=unit.project_id)
    set_value(actor=SYSTEM, key="archive.reveal_reason_chars", text="10", now=NOW, today=TODAY)

    def reveal(reason: str) -> str:
        return operations.reveal_personal_data(
            actor=collector,
            party_id=party_id,
            field=operations.PersonalField.PHONE,
            reason=reason,
            now=NOW,
        )

    with pytest.raises(ReasonTooShort):
        reveal("楼下漏水,无人应门")
    assert reveal("楼下漏水,家里无人应门") == "13812346027"


def test_whoever_looks_very_often_is_entered_once_an_hour() -> None:
    unit = registry.add_home()
    party_id = unit.occupancies.get().party_id
    collector = factories.add_actor("zhouting", "collector", project_id=unit.project_id)
    other = factories.add_actor("zhou", "collector", project_id=unit.project_id)
    set_value(actor=SYSTEM, key="archive.reveals_per_hour", text="3", now=NOW, today=TODAY)
    noticed = SecurityEvent.objects.filter(kind="MANY_REVEALED")

    def reveal(actor: Actor, minutes: int) -> None:
        operations.reveal_personal_data(
            actor=actor,
            party_id=party_id,
            field=operations.PersonalField.PHONE,
            reason="water leak",
            now=NOW + timedelta(minutes=minutes),
        )

    for minute in range(3):
        reveal(collector, minute)
        reveal(other, minute)
    assert not noticed.exists()
    reveal(collector, 3)
    reveal(collector, 4)
    assert [(event.user_id, event.data) for event in noticed.all()] == [
        (collector.user_id, {"count": 4, "usual": 3})
    ]
    for minute in (80, 81, 82):
        reveal(collector, minute)
    assert noticed.count() == 1  # the earlier looks are more than an hour ago
    reveal(collector, 83)
    assert noticed.count() == 2


def test_look_without_the_action_or_out_of_sight_is_refused() -> None:
    unit = registry.add_home()
    party = unit.occupancies.get().party
    other = registry.add_project("JH", "江海苑")
    reader = factories.add_actor("li", "meter_reader", project_id=unit.project_id)
    stranger = factories.add_actor("zhou", "collector", project_id=other.pk)
    entries = AuditEntry.objects.count()

    for actor, error in ((reader, ActionDenied), (stranger, NotFound)):
        with pytest.raises(error):
            operations.reveal_personal_data(
                actor=actor,
                party_id=party.pk,
                field=operations.PersonalField.ID_NUMBER,
                reason="water leak below",
                now=NOW,
            )

    assert AuditEntry.objects.count() == entries


def test_party_may_be_looked_at_where_one_of_its_projects_allows() -> None:
    unit = registry.add_home()
    other = registry.add_project("JH", "江海苑")
    party = unit.occupancies.get().party
    registry.add_occupancy(registry.add_unit(other), party)
    collector = factories.add_actor("zhou", "collector", project_id=other.pk)

    operations.reveal_personal_data(
        actor=collector,
        party_id=party.pk,
        field=operations.PersonalField.PHONE,
        reason="water leak below",
        now=NOW,
    )

    assert last_entry().project_id == other.pk
