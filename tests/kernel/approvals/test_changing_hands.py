"""Attacks on places that change hands: named signers, spare ones, people without a post."""

from datetime import timedelta

import pytest

from kernel.access.actors import Actor
from kernel.access.models import Department, DepartmentHead, PostHolding, ReportingLine, User
from kernel.approvals import operations
from kernel.approvals.models import Assignment, Case, CaseState
from kernel.approvals.operations import NotYourTurn, Where
from kernel.approvals.rules.definitions import (
    Assignee,
    AssigneeKind,
    DefinitionInvalid,
    Mode,
    Step,
)
from kernel.notifications.models import Notification
from tests.factories import NOW, TODAY, hold_post
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

pytestmark = pytest.mark.usefixtures("tenant")

QUORUM = step("s", "property_manager", mode=Mode.QUORUM, quorum=2)
EACH = step("s", "property_manager", "finance_head")


def state_of(case: Case) -> str:
    return Case.objects.get(pk=case.pk).state


def shut_out(actor: Actor) -> None:
    User.objects.filter(pk=actor.require_person()).update(is_active=False)


def end_posts(actor: Actor) -> None:
    PostHolding.objects.filter(user_id=actor.require_person()).update(valid_to=TODAY)


def stopped(stop: Step, *, first_signs: bool) -> tuple[Case, Actor]:
    """Return a case that stopped because one of two signers left, and the other one."""
    publish(line(stop))
    first = person("m", "property_manager")
    second = person("n", stop.assignees[-1].post)
    case = submit(person("a", "steward"))
    if first_signs:
        approve(first, case)
    shut_out(second)
    operations.sweep(now=NOW)
    assert state_of(case) == CaseState.STUCK
    return case, first


def name(case: Case, user: Actor) -> None:
    operations.name_signer(
        actor=person("x", "company_admin"),
        case_id=case.pk,
        step_id=step_under_way(case).pk,
        user_id=user.require_person(),
        text="He left",
        now=NOW,
    )


# ---- who is named where a case stopped ----------------------------------------------------------


@pytest.mark.parametrize("stop", [QUORUM, EACH], ids=["quorum", "each"])
def test_step_waits_for_who_was_named_though_another_has_signed(
    effects: Effects, stop: Step
) -> None:
    case, _first = stopped(stop, first_signs=True)
    named = person("z", "steward")
    name(case, named)

    for _time in range(2):
        operations.sweep(now=NOW)

    assert (state_of(case), effects.of(case)) == (CaseState.RUNNING, [])
    approve(named, case)
    assert effects.of(case) == ["approved"]


@pytest.mark.parametrize("stop", [QUORUM, EACH], ids=["quorum", "each"])
def test_signature_of_another_does_not_stand_for_who_was_named(
    effects: Effects, stop: Step
) -> None:
    case, first = stopped(stop, first_signs=False)
    name(case, person("z", "steward"))

    approve(first, case)
    operations.sweep(now=NOW)

    assert (state_of(case), effects.of(case)) == (CaseState.RUNNING, [])


@pytest.mark.parametrize("first_signs", [True, False])
def test_case_stops_again_when_who_was_named_leaves(effects: Effects, *, first_signs: bool) -> None:
    case, _first = stopped(QUORUM, first_signs=first_signs)
    named = person("z", "steward")
    name(case, named)

    shut_out(named)
    operations.sweep(now=NOW)

    assert (state_of(case), effects.of(case)) == (CaseState.STUCK, [])
    third = person("o", "property_manager")
    operations.sweep(now=NOW)
    assert state_of(case) == CaseState.RUNNING
    if first_signs:
        approve(third, case)
        assert effects.of(case) == ["approved"]


# ---- a place that is filled already -------------------------------------------------------------


def test_second_holder_of_a_post_that_has_signed_is_not_asked_by_every_sweep(
    effects: Effects,
) -> None:
    publish(line(EACH))
    first, spare = person("f", "finance_head"), person("g", "finance_head")
    manager = person("m", "property_manager")
    case = submit(person("a", "steward"))
    approve(first, case)
    told = Notification.objects.filter(user_id=spare.require_person())
    before = Assignment.objects.count(), told.count()

    for hours in range(1, 4):
        operations.sweep(now=NOW + timedelta(hours=hours))

    assert (Assignment.objects.count(), told.count()) == before
    approve(manager, case)
    assert effects.of(case) == ["approved"]


# ---- people without a post ----------------------------------------------------------------------


def test_who_took_over_and_lost_his_post_signs_no_more(effects: Effects) -> None:
    publish(line(step("property_manager")))
    manager, other = person("m", "property_manager"), person("o", "steward")
    case = submit(person("a", "steward"))
    operations.hand_over(
        actor=manager,
        case_id=case.pk,
        step_id=step_under_way(case).pk,
        user_id=other.require_person(),
        text="You know it",
        now=NOW,
    )

    end_posts(other)

    with pytest.raises(NotYourTurn):
        approve(other, case)
    hold_post(User.objects.get(pk=other.require_person()), "company_admin")
    with pytest.raises(NotYourTurn):
        approve(other, case)
    operations.sweep(now=NOW)
    approve(manager, case)
    assert effects.of(case) == ["approved"]


@pytest.mark.parametrize("where", list(Where))
def test_case_stops_where_an_added_signer_lost_his_post(effects: Effects, where: Where) -> None:
    publish(line(step("property_manager")))
    manager, other = person("m", "property_manager"), person("o", "steward")
    case = submit(person("a", "steward"))
    _add(manager, case, other, where)
    if where != Where.BEFORE:
        approve(manager, case)

    end_posts(other)

    with pytest.raises(NotYourTurn):
        approve(other, case)
    operations.sweep(now=NOW)
    assert (state_of(case), effects.of(case)) == (CaseState.STUCK, [])


@pytest.mark.parametrize("kind", [AssigneeKind.LEADER, AssigneeKind.DEPARTMENT_HEAD])
def test_administrator_signs_neither_as_leader_nor_as_head(
    effects: Effects, kind: AssigneeKind
) -> None:
    admin, clerk = person("x", "company_admin"), person("a", "steward")
    department = Department.objects.earliest("pk")
    User.objects.filter(pk=clerk.require_person()).update(department=department)
    DepartmentHead.objects.create(department=department, user_id=admin.require_person())
    ReportingLine.objects.filter(post__key="steward").delete()
    ReportingLine.objects.create(post_id="steward", reports_to_id="company_admin", valid_from=TODAY)
    publish(line(step("s", assignees=(Assignee(kind=kind),))))

    assert submit(clerk).state == CaseState.STUCK

    hold_post(User.objects.get(pk=admin.require_person()), "property_manager")
    approve(admin, submit(clerk))


@pytest.mark.parametrize("posts", [(), ("company_admin",)])
def test_chain_names_nobody_who_takes_no_part_in_approvals(
    effects: Effects, posts: tuple[str, ...]
) -> None:
    named = person("z", "steward")
    publish(line(_of(named)))
    end_posts(named)
    for post in posts:
        hold_post(User.objects.get(pk=named.require_person()), post)

    assert submit(person("a", "steward")).state == CaseState.STUCK
    with pytest.raises(DefinitionInvalid):
        publish(line(_of(named), step("property_manager")))


# ---- who is asked by name -----------------------------------------------------------------------


def test_added_signer_signs_though_he_has_signed_before(effects: Effects) -> None:
    """What the company counts once is what the chain asks twice."""
    publish(line(step("property_manager"), step("company_gm"), step("chairman")))
    manager, leader = person("m", "property_manager"), person("g", "company_gm")
    case = submit(person("a", "steward"))
    person("c", "chairman")
    approve(manager, case)

    _add(leader, case, manager, Where.BEFORE)

    assert step_under_way(case).assignments.get().user_id == manager.user_id
    approve(manager, case)
    approve(leader, case)
    assert state_of(case) == CaseState.RUNNING


def _of(actor: Actor) -> Step:
    person_meant = Assignee(kind=AssigneeKind.PERSON, user_id=actor.require_person())
    return step("named", assignees=(person_meant,))


def _add(actor: Actor, case: Case, other: Actor, where: Where) -> None:
    operations.add_signer(
        actor=actor,
        case_id=case.pk,
        step_id=step_under_way(case).pk,
        user_id=other.require_person(),
        where=where,
        text="You know it",
        now=NOW,
    )
