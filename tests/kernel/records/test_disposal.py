"""Records whose time is over: due, held back, disposed of by approval, never by themselves."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction

from kernel import access
from kernel.access.actors import Actor
from kernel.approvals import operations as approvals
from kernel.audit.models import AuditEntry
from kernel.errors import DomainError, NotFound
from kernel.policies.operations import set_value
from kernel.records import operations, rules
from kernel.records.models import Disposal, DisposalItem, DisposalState, LegalHold
from kernel.records.queries import retention
from services.properties.models import Party, Project, Unit
from services.properties.operations.erasing import StillThere, erase_personal_data
from tenants.companies.models import Company
from tests.factories import NOW, TODAY
from tests.factories_approvals import approve, case_named_by, person, step_under_way
from tests.factories_properties import add_occupancy, add_party, add_project, add_unit
from tests.threads import at_once

DUE = date(2023, 11, 9)  # three years before the tests' day


@pytest.mark.parametrize(
    ("ended_on", "years", "due_on"),
    [
        (date(2023, 11, 9), 3, date(2026, 11, 9)),
        (date(2024, 2, 29), 3, date(2027, 3, 1)),
        (date(2024, 2, 29), 4, date(2028, 2, 29)),
        (date(2020, 12, 31), 1, date(2021, 12, 31)),
    ],
)
def test_a_period_is_of_whole_years(ended_on: date, years: int, due_on: date) -> None:
    assert rules.due_on(ended_on, years) == due_on
    assert rules.ended_by(due_on, years) <= ended_on or ended_on == date(2024, 2, 29)


def test_what_is_due_today_ended_on_the_last_day_asked_for() -> None:
    assert rules.ended_by(TODAY, 3) == DUE
    assert rules.ended_by(date(2028, 2, 29), 3) == date(2025, 2, 28)


@dataclass
class Office:
    project: Project
    unit: Unit
    desk: Actor
    manager: Actor
    former: Party

    def due(self) -> list[retention.Due]:
        return retention.due(actor=self.desk, project_id=self.project.pk, today=TODAY)

    def list(self, *keys: str, **values: Any) -> Disposal:
        return operations.list_for_disposal(
            **{
                "actor": self.desk,
                "project_id": self.project.pk,
                "keys": keys or (self.key,),
                "note": "2026 年到期档案",
                "now": NOW,
                "today": TODAY,
                **values,
            }
        )

    def hold(self, **values: Any) -> LegalHold:
        return operations.place_hold(
            **{
                "actor": self.manager,
                "project_id": self.project.pk,
                "key": self.key,
                "reason": "诉讼中",
                "now": NOW,
                "today": TODAY,
                **values,
            }
        )

    @property
    def key(self) -> str:
        return f"former-owner:{self.former.pk}"


@pytest.fixture
def office(tenant: Company) -> Office:
    return open_office()


def open_office() -> Office:
    approvals.seed_chains(NOW)
    project = add_project()
    unit = add_unit(project, "1602")
    former = add_party("陈志远", "13812346027")
    add_occupancy(unit, former, valid_from=date(2018, 1, 1), valid_to=DUE)
    current = add_party("林晓", "13900001111")
    add_occupancy(unit, current, valid_from=DUE)
    return Office(
        project,
        unit,
        person("wangfang", "front_desk", project_id=project.pk),
        person("sunqiang", "mo_manager", project_id=project.pk),
        former,
    )


def refused(error: type[DomainError], call: Callable[[], object]) -> None:
    def counts() -> tuple[int, ...]:
        models = (Disposal, DisposalItem, LegalHold, AuditEntry)
        return tuple(model.objects.count() for model in models)

    before = counts()
    with pytest.raises(error), transaction.atomic():
        call()
    assert counts() == before


def test_a_former_owner_is_due_after_three_years_and_a_current_one_never(office: Office) -> None:
    (row,) = office.due()

    assert (row.label, row.ended_on, row.due_on, row.years) == ("陈志远", DUE, TODAY, 3)
    later = add_party("王敏", "13700001111")
    add_occupancy(office.unit, later, valid_from=date(2018, 1, 1), valid_to=date(2023, 11, 10))
    assert [row.label for row in office.due()] == ["陈志远"]


def test_the_companys_own_years_count(office: Office) -> None:
    set_value(
        actor=access.SYSTEM,
        key="retention.former_owner_years",
        text="5",
        now=NOW,
        today=TODAY,
    )
    assert office.due() == []


def test_nothing_goes_before_the_manager_has_signed_and_the_list_stays(office: Office) -> None:
    disposal = office.list()
    office.former.refresh_from_db()
    assert office.former.phone_tail == "6027"
    assert office.due() == []  # on a list already

    approve(office.manager, case_named_by(disposal))

    disposal.refresh_from_db()
    office.former.refresh_from_db()
    assert (disposal.state, disposal.done_at) == (DisposalState.DONE, NOW)
    assert (office.former.name, office.former.phone_tail, office.former.phone_encrypted) == (
        "陈志远",
        "",
        "",
    )
    item = disposal.items.get()
    assert (item.label, item.years, item.due_on) == ("陈志远", 3, TODAY)
    events = AuditEntry.objects.order_by("pk").values_list("event", flat=True)
    assert {"properties.personal-data.erased", "records.disposal.done"} <= set(events)
    assert office.due() == []


def test_two_lists_at_once_name_a_record_once(committed_tenant: Company) -> None:
    office = open_office()

    answers = at_once(committed_tenant, [office.list] * 3)

    assert [type(answer) for answer in answers if isinstance(answer, Exception)] == [
        operations.NotDue
    ] * 2
    assert DisposalItem.objects.count() == 1


def test_a_record_is_not_held_back_while_it_is_disposed_of(committed_tenant: Company) -> None:
    """Whoever holds it back meanwhile waits, and is then told that there is nothing to hold."""
    office = open_office()
    case = case_named_by(office.list())

    def hold() -> LegalHold:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '100ms'")
            return office.hold()

    with transaction.atomic():
        approve(office.manager, case)
        (answer,) = at_once(committed_tenant, [hold])

    assert isinstance(answer, OperationalError)
    with pytest.raises(NotFound):
        office.hold()
    assert not LegalHold.objects.exists()


def test_what_is_held_back_is_not_listed(office: Office) -> None:
    hold = office.hold()
    refused(operations.OnHold, office.list)
    refused(operations.HeldAlready, office.hold)
    refused(
        operations.ReasonMissing,
        lambda: operations.lift_hold(actor=office.manager, hold_id=hold.pk, reason=" ", now=NOW),
    )

    operations.lift_hold(actor=office.manager, hold_id=hold.pk, reason="已结案", now=NOW)

    assert office.list().state == DisposalState.WAITING
    refused(
        NotFound,
        lambda: operations.lift_hold(
            actor=office.manager, hold_id=hold.pk, reason="again", now=NOW
        ),
    )


def test_a_hold_that_comes_after_the_list_refuses_the_signature(office: Office) -> None:
    disposal = office.list()
    LegalHold.objects.create(
        project_id=office.project.pk,
        record_class="former-owner",
        object_id=office.former.pk,
        label="陈志远",
        reason="诉讼中",
        placed_by_label="孙强",
        placed_at=NOW,
    )

    with pytest.raises(operations.OnHold), transaction.atomic():
        approve(office.manager, case_named_by(disposal))

    disposal.refresh_from_db()
    office.former.refresh_from_db()
    assert disposal.state == DisposalState.WAITING
    assert office.former.phone_tail == "6027"


def test_who_came_back_meanwhile_keeps_his_data(office: Office) -> None:
    disposal = office.list()
    add_occupancy(office.unit, office.former, valid_from=date(2026, 1, 1), role="LESSEE")

    with pytest.raises(operations.NotDue), transaction.atomic():
        approve(office.manager, case_named_by(disposal))
    with pytest.raises(StillThere), transaction.atomic():
        erase_personal_data(actor=office.manager, party_id=office.former.pk, now=NOW)

    office.former.refresh_from_db()
    assert office.former.phone_tail == "6027"


def test_what_is_to_be_kept_longer_by_now_is_not_disposed_of(office: Office) -> None:
    disposal = office.list()
    set_value(
        actor=access.SYSTEM, key="retention.former_owner_years", text="5", now=NOW, today=TODAY
    )

    with pytest.raises(operations.NotDue), transaction.atomic():
        approve(office.manager, case_named_by(disposal))

    office.former.refresh_from_db()
    disposal.refresh_from_db()
    assert office.former.phone_tail == "6027"
    assert disposal.state == DisposalState.WAITING


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM records_disposalitem",
        "UPDATE records_disposalitem SET label = 'x'",
        "UPDATE records_disposal SET note = 'x'",
        "UPDATE records_disposal SET done_at = now() + interval '1 day'",
        "DELETE FROM records_disposal",
        "UPDATE records_legalhold SET reason = 'x'",
        "UPDATE records_legalhold SET lifted_at = NULL",
        "DELETE FROM records_legalhold",
    ],
)
def test_the_proof_is_not_rewritten_even_by_sql(office: Office, statement: str) -> None:
    hold = office.hold()
    operations.lift_hold(actor=office.manager, hold_id=hold.pk, reason="结案", now=NOW)
    approve(office.manager, case_named_by(office.list()))

    with (
        pytest.raises(DatabaseError, match=r"not edited|permission denied|append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_a_rejected_list_disposes_of_nothing_and_its_records_are_due_again(office: Office) -> None:
    disposal = office.list()
    case = case_named_by(disposal)
    approvals.reject(
        actor=office.manager,
        case_id=case.pk,
        step_id=step_under_way(case).pk,
        text="再留一年",
        now=NOW,
    )

    disposal.refresh_from_db()
    assert disposal.state == DisposalState.REJECTED
    assert [row.key for row in office.due()] == [office.key]


@pytest.mark.parametrize(
    ("error", "values"),
    [
        (operations.NothingChosen, {"keys": []}),
        (operations.ReasonMissing, {"note": " "}),
        (operations.NotDue, {"keys": ["former-owner:999999"]}),
        (operations.NotDue, {"keys": ["finance:1"]}),
    ],
)
def test_a_list_that_makes_no_sense_is_refused(
    office: Office, error: type[DomainError], values: dict[str, Any]
) -> None:
    refused(error, lambda: office.list(**values))


def test_only_the_desk_lists_and_only_the_manager_holds_back(office: Office) -> None:
    refused(access.ActionDenied, lambda: office.list(actor=office.manager))
    refused(access.ActionDenied, lambda: office.hold(actor=office.desk))
    elsewhere = person("y", "front_desk", project_id=add_project("HT", "江湾").pk)
    refused(NotFound, lambda: office.list(actor=elsewhere))
    with pytest.raises(NotFound):
        retention.due(actor=elsewhere, project_id=office.project.pk, today=TODAY)
    disposal = office.list()
    assert list(retention.disposals(actor=office.manager)) == [disposal]
    assert not retention.disposals(actor=elsewhere).exists()
