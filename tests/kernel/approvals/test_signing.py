"""Approve, reject, return: who may, how often it counts, what follows."""

from datetime import timedelta

import pytest

from kernel import duties
from kernel.approvals import operations, queries
from kernel.approvals.models import Act, Assignment, Case, CaseState, Signature, StepState
from kernel.errors import Invalid, NotFound
from tests.factories import NOW
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


def acts(case: Case) -> list[str]:
    return [signature.act for signature in Signature.objects.filter(case=case).order_by("pk")]


def test_a_paper_goes_from_step_to_step_and_takes_effect_once(effects: Effects) -> None:
    publish(line(step("property_manager"), step("company_gm")))
    clerk, manager, gm = (
        person("a", "internal_clerk"),
        person("m", "property_manager"),
        person("g", "company_gm"),
    )
    case = submit(clerk)
    assert case.state == CaseState.RUNNING
    assert [one.user_id for one in queries.waiting_for(actor=manager, now=NOW)] == [manager.user_id]
    assert not queries.waiting_for(actor=gm, now=NOW).exists()

    approve(manager, case)
    assert effects.calls == []
    approve(gm, case)

    case.refresh_from_db()
    assert case.state == CaseState.APPROVED
    assert case.finished_at == NOW
    assert effects.of(case) == ["approved"]
    assert acts(case) == [Act.SUBMITTED, Act.APPROVED, Act.APPROVED]


def test_the_second_click_counts_for_nothing(effects: Effects) -> None:
    publish(line(step("property_manager"), step("company_gm")))
    case = submit(person("a", "internal_clerk"))
    manager, _gm = person("m", "property_manager"), person("g", "company_gm")
    publish(line(step("property_manager")))  # cases under way keep their version
    operations.look_after(case_id=case.pk, now=NOW)
    first = step_under_way(case)
    approve(manager, case, step_id=first.pk)
    approve(manager, case, step_id=first.pk)
    assert acts(case).count(Act.APPROVED) == 1
    assert step_under_way(case).key == "company_gm"


def test_the_applicant_never_signs_his_own_paper(effects: Effects) -> None:
    publish(line(step("property_manager")))
    manager = person("m", "property_manager")
    case = submit(manager)
    assert case.state == CaseState.STUCK
    assert not Assignment.objects.exists()
    other = person("n", "property_manager")
    operations.look_after(case_id=case.pk, now=NOW)
    with pytest.raises(operations.OwnPaper):
        approve(manager, case)
    approve(other, case)
    assert effects.of(case) == ["approved"]


def test_who_is_not_asked_does_not_know_of_it(effects: Effects) -> None:
    publish(line(step("property_manager")))
    person("m", "property_manager")
    case = submit(person("a", "internal_clerk"))
    with pytest.raises(NotFound):
        approve(person("x", "company_gm"), case)
    assert acts(case) == [Act.SUBMITTED]


def test_one_person_in_both_posts_signs_once(effects: Effects) -> None:
    """C-01: 主任 and 经理 may be one person; then the step is done once."""
    publish(line(step("mo_director"), step("mo_manager")))
    both = person("b", "mo_director", "mo_manager")
    case = submit(person("a", "steward"))
    approve(both, case)
    case.refresh_from_db()
    assert case.state == CaseState.APPROVED
    assert effects.of(case) == ["approved"]
    assert acts(case) == [Act.SUBMITTED, Act.APPROVED, Act.COUNTED]
    assert [one.state for one in case.steps.order_by("position")] == [
        StepState.DONE,
        StepState.COUNTED,
    ]


def test_duties_kept_apart_stay_apart_across_steps(effects: Effects) -> None:
    """SoD-20: one person in both posts of a purchase stops it."""
    publish(
        line(step("property_manager", duties="SoD-20:A"), step("company_gm", duties="SoD-20:B"))
    )
    both = person("b", "property_manager", "company_gm")
    case = submit(person("a", "steward"))
    approve(both, case)
    case.refresh_from_db()
    assert case.state == CaseState.STUCK
    assert effects.calls == []
    gm = person("g", "company_gm")
    operations.look_after(case_id=case.pk, now=NOW)
    with pytest.raises(duties.DutiesMeet, match="Two different approvers are required"):
        approve(both, case)
    approve(gm, case)
    assert effects.of(case) == ["approved"]


def test_a_delegation_does_not_join_duties_kept_apart(effects: Effects) -> None:
    """S-49: the property GM uses a delegation to do the company GM's step."""
    publish(
        line(step("property_manager", duties="SoD-20:A"), step("company_gm", duties="SoD-20:B"))
    )
    manager, gm = person("m", "property_manager"), person("g", "company_gm")

    operations.delegate(
        actor=gm,
        deputy_id=manager.user_id or 0,
        valid_from=NOW.date(),
        valid_to=NOW.date() + timedelta(days=3),
        reason="away",
        now=NOW,
    )
    case = submit(person("a", "steward"))
    approve(manager, case)
    before = acts(case)
    with pytest.raises(duties.DutiesMeet):
        approve(manager, case)
    assert acts(case) == before
    assert effects.calls == []


def test_a_rejected_paper_keeps_number_and_history(effects: Effects) -> None:
    publish(line(step("property_manager"), step("company_gm")))
    clerk, manager, gm = (
        person("a", "internal_clerk"),
        person("m", "property_manager"),
        person("g", "company_gm"),
    )
    case = submit(clerk)
    approve(manager, case)
    with pytest.raises(Invalid):
        operations.reject(
            actor=gm, case_id=case.pk, step_id=step_under_way(case).pk, text=" ", now=NOW
        )
    operations.reject(
        actor=gm, case_id=case.pk, step_id=step_under_way(case).pk, text="Too dear", now=NOW
    )
    case.refresh_from_db()
    assert case.state == CaseState.REJECTED
    number = case.number
    case = operations.resubmit(actor=clerk, case_id=case.pk, now=NOW)
    assert (case.number, case.lap) == (number, 2)
    approve(manager, case)
    approve(gm, case)
    assert effects.of(case) == ["rejected", "approved"]
    assert acts(case) == [
        Act.SUBMITTED,
        Act.APPROVED,
        Act.REJECTED,
        Act.RESUBMITTED,
        Act.APPROVED,
        Act.APPROVED,
    ]


def test_a_case_goes_back_to_a_step_and_on_again(effects: Effects) -> None:
    publish(line(step("mo_manager"), step("property_manager"), step("company_gm")))
    office, manager, gm = (
        person("o", "mo_manager"),
        person("m", "property_manager"),
        person("g", "company_gm"),
    )
    case = submit(person("a", "steward"))
    approve(office, case)
    approve(manager, case)
    first = case.steps.get(key="mo_manager")
    operations.return_to(
        actor=gm,
        case_id=case.pk,
        step_id=step_under_way(case).pk,
        to_step_id=first.pk,
        text="Measure again",
        now=NOW,
    )
    assert step_under_way(case).key == "mo_manager"
    for actor in (office, manager, gm):
        approve(actor, case)
    assert effects.of(case) == ["approved"]


def test_what_the_effect_refuses_refuses_the_signature(effects: Effects) -> None:
    publish(line(step("property_manager")))
    manager = person("m", "property_manager")
    case = submit(person("a", "steward"))
    effects.refusal = Invalid("The month is billed already.")
    with pytest.raises(Invalid):
        approve(manager, case)
    case.refresh_from_db()
    assert case.state == CaseState.RUNNING
    assert acts(case) == [Act.SUBMITTED]
