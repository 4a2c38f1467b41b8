"""Attacks on what is easily only read: deputies without a post, the clock, its death, holidays."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection

from kernel import access
from kernel.access.models import PostHolding, User
from kernel.approvals import operations, queries
from kernel.approvals.models import (
    Act,
    Assignment,
    AssignmentState,
    Case,
    CaseState,
    Delegation,
    Origin,
    Signature,
)
from kernel.approvals.operations import sweeping
from kernel.approvals.rules.definitions import Limit, Mode
from kernel.calendar.queries import calendar
from kernel.errors import DomainError
from kernel.notifications.models import Notification
from tenants.companies.models import Company
from tests import database
from tests.factories import NOW, TODAY, hold_post
from tests.factories_approvals import (
    Effects,
    add_paper,
    approve,
    line,
    person,
    publish,
    step,
    step_under_way,
    submit,
)

# ---- deputies -----------------------------------------------------------------------------------


def delegated(principal: access.Actor, deputy: access.Actor) -> Delegation:
    return operations.delegate(
        actor=principal,
        deputy_id=deputy.require_person(),
        valid_from=TODAY,
        valid_to=TODAY + timedelta(days=5),
        reason="Away",
        now=NOW,
    )


def end_posts(actor: access.Actor) -> None:
    PostHolding.objects.filter(user_id=actor.require_person()).delete()


def refused(actor: access.Actor, case: Case) -> type[Exception]:
    with pytest.raises(DomainError) as error:
        approve(actor, case)
    assert not Signature.objects.filter(case=case, act=Act.APPROVED).exists()
    return error.type


@pytest.mark.usefixtures("tenant")
def test_deputy_without_a_post_of_his_own_signs_no_more(effects: Effects) -> None:
    publish(line(step("property_manager")))
    manager, deputy = person("m", "property_manager"), person("d", "steward")
    delegated(manager, deputy)
    case = submit(person("a", "steward"))
    assert queries.waiting_count(actor=deputy, now=NOW) == 1

    end_posts(deputy)

    assert queries.waiting_count(actor=deputy, now=NOW) == 0
    refused(deputy, case)
    hold_post(User.objects.get(pk=deputy.require_person()), "company_admin")
    refused(deputy, case)
    hold_post(User.objects.get(pk=deputy.require_person()), "steward")
    approve(deputy, case)
    assert effects.of(case) == ["approved"]


@pytest.mark.usefixtures("tenant")
@pytest.mark.parametrize("posts", [(), ("company_admin",)])
def test_who_has_no_part_in_approvals_becomes_nobodys_deputy(
    effects: Effects, posts: tuple[str, ...]
) -> None:
    manager, deputy = person("m", "property_manager"), person("d", *posts)

    with pytest.raises(operations.DelegationInvalid) as error:
        delegated(manager, deputy)

    assert error.value.field == "deputy_id"
    assert not Delegation.objects.exists()


@pytest.mark.usefixtures("tenant")
def test_deputy_of_a_person_whose_post_ended_signs_no_more(effects: Effects) -> None:
    """Even before the clock has looked after the case."""
    publish(line(step("property_manager")))
    manager, deputy = person("m", "property_manager"), person("d", "steward")
    other = person("n", "property_manager")
    delegated(manager, deputy)
    case = submit(person("a", "steward"))

    end_posts(manager)

    assert refused(deputy, case) is operations.NotYourTurn
    assert refused(manager, case) is operations.NotYourTurn
    operations.sweep(now=NOW)
    assert queries.waiting_count(actor=deputy, now=NOW) == 0
    approve(other, case)


@pytest.mark.usefixtures("tenant")
def test_delegation_that_was_ended_lets_nobody_sign(effects: Effects) -> None:
    publish(line(step("property_manager")))
    manager, deputy = person("m", "property_manager"), person("d", "steward")
    given = delegated(manager, deputy)
    case = submit(person("a", "steward"))

    operations.end_delegation(actor=manager, delegation_id=given.pk, now=NOW)

    refused(deputy, case)


@pytest.mark.usefixtures("tenant")
def test_nobody_signs_for_whose_paper_it_is_even_if_it_waited_for_him(effects: Effects) -> None:
    """The second lock on the door: no place is given to him, and none that was would count."""
    publish(line(step("property_manager")))
    manager, deputy = person("m", "property_manager"), person("d", "steward")
    person("n", "property_manager")
    delegated(manager, deputy)
    case = submit(manager, subject=add_paper())
    Assignment.objects.create(
        step=step_under_way(case),
        user_id=manager.require_person(),
        parties=[0],
        origin=Origin.NAMED,
        created_at=NOW,
    )

    assert refused(deputy, case) is operations.OwnPaper
    assert refused(manager, case) is operations.OwnPaper


# ---- the clock ----------------------------------------------------------------------------------


@pytest.mark.usefixtures("tenant")
def test_case_that_fails_in_its_own_way_stops_no_other(effects: Effects) -> None:
    publish(line(step("s", "property_manager", mode=Mode.ALL, limit=Limit(1, is_working=False))))
    first, second = person("m", "property_manager"), person("n", "property_manager")
    clerk = person("a", "steward")
    broken, sound = submit(clerk), submit(clerk)
    approve(first, broken)
    end_posts(second)  # with the clock the first case is complete, and its effect fails
    effects.refusal = RuntimeError("a bug of the module")

    operations.sweep(now=NOW + timedelta(hours=2))

    broken.refresh_from_db()
    assert broken.state == CaseState.RUNNING
    told = Notification.objects.filter(kind="approvals.overdue", url=f"/approvals/{sound.pk}/")
    assert told.exists()
    effects.refusal = None
    operations.sweep(now=NOW + timedelta(hours=3))
    broken.refresh_from_db()
    assert broken.state == CaseState.APPROVED


@pytest.mark.usefixtures("tenant")
def test_database_that_is_gone_ends_the_sweep(
    effects: Effects, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(line(step("property_manager")))
    person("m", "property_manager")
    submit(person("a", "steward"))

    def gone(**_values: object) -> Case:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(sweeping, "look_after", gone)
    with pytest.raises(OperationalError):
        operations.sweep(now=NOW)


@pytest.mark.usefixtures("tenant")
def test_limit_stands_still_over_the_holidays_and_counts_the_shifted_days(
    effects: Effects,
) -> None:
    """National Day 2026: 1 to 7 October off, Saturday the 10th worked."""
    eve = datetime(2026, 9, 30, 7, 0, tzinfo=UTC)  # Wednesday, 15:00 in Shanghai
    publish(line(step("property_manager", limit=Limit(24, is_working=True))))
    manager = person("m", "property_manager")
    person("g", "company_gm")
    case = submit(person("a", "steward"), now=eve)
    due_at = step_under_way(case).due_at
    assert due_at == calendar().add_working_hours(eve, 24)
    assert due_at is not None
    assert due_at.date() == datetime(2026, 10, 10, tzinfo=UTC).date()

    def told(kind: str) -> int:
        mine = Notification.objects.filter(user_id=manager.require_person())
        return mine.filter(kind=f"approvals.{kind}").count()

    for day in range(1, 8):
        operations.sweep(now=datetime(2026, 10, day, 4, 0, tzinfo=UTC))
    assert (told("reminder"), told("overdue")) == (0, 0)
    operations.sweep(now=due_at - timedelta(minutes=1))
    assert (told("reminder"), told("overdue")) == (1, 0)
    for minutes in (0, 1, 60 * 24 * 30):
        operations.sweep(now=due_at + timedelta(minutes=minutes))
    assert (told("reminder"), told("overdue")) == (1, 1)
    assert Signature.objects.filter(case=case, act=Act.ESCALATED).count() == 1


@pytest.mark.usefixtures("tenant")
def test_step_that_loses_everybody_while_it_runs_stops_and_goes_on_with_the_next_holder(
    effects: Effects,
) -> None:
    publish(line(step("s", "property_manager", mode=Mode.QUORUM, quorum=2)))
    first, second = person("m", "property_manager"), person("n", "property_manager")
    case = submit(person("a", "steward"))
    approve(first, case)

    end_posts(second)
    operations.sweep(now=NOW)
    operations.sweep(now=NOW)

    case.refresh_from_db()
    assert case.state == CaseState.STUCK
    assert Signature.objects.filter(case=case, act=Act.STUCK).count() == 1
    third = person("o", "property_manager")
    operations.sweep(now=NOW)
    case.refresh_from_db()
    assert case.state == CaseState.RUNNING
    approve(third, case)
    assert effects.of(case) == ["approved"]
    assert not Assignment.objects.filter(step__case=case, state=AssignmentState.OPEN).exists()


def test_clock_killed_in_the_middle_leaves_no_half_and_does_nothing_twice(
    committed_tenant: Company, effects: Effects
) -> None:
    publish(line(step("property_manager", limit=Limit(1, is_working=False))))
    manager = person("m", "property_manager")
    person("g", "company_gm")
    clerk = person("a", "steward")
    cases = [submit(clerk) for _number in range(3)]
    command = [sys.executable, "-m", "tests.kernel.approvals.killable"]
    with subprocess.Popen(
        [*command, str(connection.settings_dict["NAME"]), "2"],
        cwd=database.ROOT,
        env=os.environ | {"PYTHONPATH": f"{database.ROOT / 'platform'}{os.pathsep}{database.ROOT}"},
        stdout=subprocess.PIPE,
        text=True,
    ) as clock:
        assert clock.stdout is not None
        assert clock.stdout.readline() == "hanging\n"
        clock.send_signal(signal.SIGKILL)

    def escalated() -> list[int]:
        return [Signature.objects.filter(case=case, act=Act.ESCALATED).count() for case in cases]

    def overdue() -> list[int]:
        told = Notification.objects.filter(
            kind="approvals.overdue", user_id=manager.require_person()
        )
        return [told.filter(url=f"/approvals/{case.pk}/").count() for case in cases]

    assert (escalated(), overdue()) == ([1, 0, 0], [1, 0, 0])
    for hours in (2, 3):
        operations.sweep(now=NOW + timedelta(hours=hours))
    assert (escalated(), overdue()) == ([1, 1, 1], [1, 1, 1])
