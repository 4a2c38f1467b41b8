"""Two clicks at the same moment, with real commits. The race is first shown to exist."""

import threading
from datetime import date
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from django_tenants.utils import tenant_context

from kernel.access import SYSTEM, Actor
from kernel.approvals import operations
from kernel.approvals.models import SIGNING, Act, Case, CaseState, Delegation, Signature
from kernel.approvals.operations import checks
from kernel.approvals.queries import running
from kernel.approvals.rules.definitions import Mode
from kernel.errors import NotFound
from kernel.identity.leaving import Group
from kernel.identity.models import Departure
from kernel.identity.operations import departures
from kernel.tenancy import current_schema
from tenants.companies.models import Company
from tenants.provisioning.schema import owner_cursor
from tests.factories import NOW, TODAY, add_actor
from tests.factories_approvals import (
    Effects,
    approve,
    line,
    person,
    publish,
    step,
    step_under_way,
    submit,
)
from tests.threads import PATIENCE, at_once


def click_twice(company: Company, actors: list[Actor], case: Case) -> list[Any]:
    shown = step_under_way(case).pk
    return at_once(
        company,
        [
            partial(
                operations.approve, actor=actor, case_id=case.pk, step_id=shown, text="", now=NOW
            )
            for actor in actors
        ],
    )


def signed(case: Case) -> int:
    return Signature.objects.filter(case=case, act__in=SIGNING).count()


def test_without_lock_and_constraint_one_click_too_many_counts(
    committed_tenant: Company, effects: Effects, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The teeth of the two tests below: the lock and the database are what makes them pass."""
    publish(line(step("property_manager")))
    manager = person("m", "property_manager")
    case = submit(person("a", "steward"))
    with owner_cursor() as cursor:
        cursor.execute("SELECT set_config('search_path', %s, true)", [current_schema()])
        cursor.execute("DROP INDEX signature_decides_once")

    def unlocked(case_id: int) -> Case:
        found = Case.objects.select_related("version__chain").filter(pk=case_id).first()
        if found is None:
            raise NotFound
        return found

    def take_seat(*args: Any, **values: Any) -> checks.Seat:
        seat = honest(*args, **values)
        both.wait(PATIENCE)  # both have looked before either writes
        return seat

    both, honest = threading.Barrier(2), checks.take_seat
    monkeypatch.setattr(running, "lock_case", unlocked)
    monkeypatch.setattr(checks, "take_seat", take_seat)

    click_twice(committed_tenant, [manager, manager], case)

    assert signed(case) == 2


def test_two_clicks_of_one_person_count_once(committed_tenant: Company, effects: Effects) -> None:
    publish(line(step("property_manager"), step("company_gm")))
    manager = person("m", "property_manager", "company_gm")
    person("g", "company_gm")
    case = submit(person("a", "steward"))

    outcomes = click_twice(committed_tenant, [manager, manager], case)

    assert not [one for one in outcomes if isinstance(one, Exception)]
    assert Signature.objects.filter(case=case, act=Act.APPROVED).count() == 1


def test_two_people_at_once_sign_one_step_once(committed_tenant: Company, effects: Effects) -> None:
    publish(line(step("property_manager")))
    managers = [person("m", "property_manager"), person("n", "property_manager")]
    case = submit(person("a", "steward"))

    outcomes = click_twice(committed_tenant, managers, case)

    refused = [one for one in outcomes if isinstance(one, Exception)]
    assert [type(one) for one in refused] == [operations.StepMoved]
    assert signed(case) == 1
    assert effects.of(case) == ["approved"]


def test_a_person_and_his_deputy_at_once_sign_once(
    committed_tenant: Company, effects: Effects
) -> None:
    publish(line(step("property_manager")))
    manager, deputy = person("m", "property_manager"), person("d", "steward")
    Delegation.objects.create(
        principal_id=manager.require_person(),
        deputy_id=deputy.require_person(),
        valid_from=TODAY,
        valid_to=TODAY.replace(day=30),
        reason="away",
        created_by_label="m",
        created_at=NOW,
    )
    case = submit(person("a", "steward"))

    outcomes = click_twice(committed_tenant, [manager, deputy], case)

    assert len([one for one in outcomes if isinstance(one, operations.StepMoved)]) == 1
    assert signed(case) == 1
    assert effects.of(case) == ["approved"]


def test_approval_and_withdrawal_at_once_end_in_one_of_them(
    committed_tenant: Company, effects: Effects
) -> None:
    publish(line(step("property_manager")))
    manager, clerk = person("m", "property_manager"), person("a", "steward")
    case = submit(clerk)

    at_once(
        committed_tenant,
        [
            partial(approve, manager, case, step_id=step_under_way(case).pk),
            partial(operations.withdraw, actor=clerk, case_id=case.pk, now=NOW),
        ],
    )

    case.refresh_from_db()
    expected = ["approved"] if case.state == CaseState.APPROVED else ["withdrawn"]
    assert effects.of(case) == expected


def test_two_delegations_at_once_close_no_circle(committed_tenant: Company) -> None:
    people = [person("a", "steward"), person("b", "steward"), person("c", "steward")]

    outcomes = at_once(
        committed_tenant,
        [
            partial(
                operations.delegate,
                actor=giver,
                deputy_id=taker.user_id or 0,
                valid_from=TODAY,
                valid_to=TODAY.replace(day=30),
                reason="away",
                now=NOW,
            )
            for giver, taker in zip(people, [*people[1:], people[0]], strict=True)
        ],
    )

    refused = [one for one in outcomes if isinstance(one, Exception)]
    assert [type(one) for one in refused] == [operations.DelegationCircle]
    assert Delegation.objects.count() == 2


def test_two_publishes_at_once_put_one_version_in_use(
    committed_tenant: Company, effects: Effects
) -> None:
    first = publish(line(step("property_manager")))
    draft = operations.draft_version(actor=SYSTEM, chain_id=first.chain_id, now=NOW)
    one = partial(operations.publish, actor=SYSTEM, version_id=draft.pk, now=NOW)

    outcomes = at_once(committed_tenant, [one, one])

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["ChainVersion", "NotDraft"]
    states = first.chain.versions.order_by("number").values_list("state", flat=True)
    assert list(states) == ["RETIRED", "PUBLISHED"]


@pytest.mark.parametrize("act", ["approve", "reject", "hand_over"])
def test_click_that_races_a_return_acts_on_the_step_shown_or_not_at_all(
    committed_tenant: Company, effects: Effects, act: str
) -> None:
    """Both were shown the manager's step: whoever comes second finds it over, signed or gone."""
    publish(line(step("charging_director"), step("property_manager", mode=Mode.ALL)))
    first = person("d", "charging_director")
    managers = [person("m", "property_manager"), person("n", "property_manager")]
    case = submit(person("a", "steward"))
    done = step_under_way(case)
    approve(first, case)
    shown = step_under_way(case)
    values: dict[str, Any] = {"approve": {"text": ""}, "reject": {"text": "No"}}.get(
        act, {"text": "Away", "user_id": first.user_id}
    )

    outcomes = at_once(
        committed_tenant,
        [
            partial(
                operations.return_to,
                actor=managers[0],
                case_id=case.pk,
                step_id=shown.pk,
                to_step_id=done.pk,
                text="Again",
                now=NOW,
            ),
            partial(
                getattr(operations, act),
                actor=managers[1],
                case_id=case.pk,
                step_id=shown.pk,
                now=NOW,
                **values,
            ),
        ],
    )

    refused = [one for one in outcomes if isinstance(one, Exception)]
    assert all(isinstance(one, operations.StepMoved) for one in refused)
    assert isinstance(outcomes[0], Case) or act == "reject"
    acted = Signature.objects.filter(case=case, user_id=managers[1].require_person())
    assert set(acted.values_list("step_id", flat=True)) <= {shown.pk}
    assert acted.count() == (0 if isinstance(outcomes[1], Exception) else 1)


def test_a_paper_that_comes_to_a_leaver_as_he_leaves_is_not_lost(
    committed_tenant: Company, effects: Effects, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who signs was looked up before the account closed: the next sweep finds it."""
    publish(line(step("property_manager")))
    admin, leaver = add_actor("xujing", "company_admin"), person("m", "property_manager")
    clerk = person("a", "steward")
    leaving = departures.begin(
        actor=admin, user_id=leaver.require_person(), last_day=TODAY, now=NOW
    )
    listed, is_there = departures.left_of, threading.Event()

    def bring() -> None:
        try:
            with tenant_context(committed_tenant), transaction.atomic():
                submit(clerk)
                is_there.set()  # and then it waits for the leaver's row
        finally:
            connection.close()

    def list_then_bring(found: Departure, *, today: date) -> list[Group]:
        groups = listed(found, today=today)
        bringing.start()
        assert is_there.wait(PATIENCE)
        return groups

    bringing = threading.Thread(target=bring)
    monkeypatch.setattr(departures, "left_of", list_then_bring)
    departures.close(actor=admin, departure_id=leaving.pk, now=NOW)
    bringing.join(PATIENCE)
    case = Case.objects.get()
    assert case.state == CaseState.RUNNING  # it waits for somebody who is gone

    operations.sweep(now=NOW)

    case.refresh_from_db()
    assert case.state == CaseState.STUCK
    successor = person("n", "property_manager")
    operations.sweep(now=NOW)
    approve(successor, case)
    case.refresh_from_db()
    assert case.state == CaseState.APPROVED
