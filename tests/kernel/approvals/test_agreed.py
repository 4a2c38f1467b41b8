"""What a kind hears when the last approval is given, and what it says of duties outside."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from kernel import duties
from kernel.approvals import operations, registry
from kernel.approvals.models import Case, CaseState
from kernel.approvals.rules.definitions import Duty, Step, StepAct, read_duty
from kernel.errors import Conflict
from tests.factories import NOW
from tests.factories_approvals import (
    KIND,
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


@pytest.fixture(autouse=True)
def agreeing(effects: Effects) -> Iterator[Effects]:
    before = registry.kind_of(KIND)
    registry.register(
        replace(before, on_agreed=lambda case, _actor, _now: effects.note("agreed", case))
    )
    yield effects
    registry.register(before)


def task(key: str) -> Step:
    return step(key, act=StepAct.TASK)


def test_the_last_approval_is_told_before_the_task_is_done(effects: Effects) -> None:
    publish(line(step("property_manager"), step("company_gm"), task("buyer")))
    manager, gm, buyer = (
        person("m", "property_manager"),
        person("g", "company_gm"),
        person("b", "buyer"),
    )
    case = submit(person("a", "internal_clerk"))

    approve(manager, case)
    assert effects.of(case) == []
    approve(gm, case)
    assert effects.of(case) == ["agreed"]
    approve(buyer, case)

    assert effects.of(case) == ["agreed", "approved"]


def test_without_a_task_both_come_at_once(effects: Effects) -> None:
    publish(line(task("buyer"), step("company_gm")))
    gm, buyer = person("g", "company_gm"), person("b", "buyer")
    case = submit(person("a", "internal_clerk"))

    approve(buyer, case)
    assert effects.of(case) == []
    approve(gm, case)

    assert effects.of(case) == ["agreed", "approved"]


def test_between_tasks_it_is_told_once(effects: Effects) -> None:
    publish(line(step("company_gm"), task("buyer"), task("materials_keeper")))
    people = (
        person("g", "company_gm"),
        person("b", "buyer"),
        person("k", "materials_keeper"),
    )
    case = submit(person("a", "internal_clerk"))

    for one in people:
        approve(one, case)

    assert effects.of(case) == ["agreed", "approved"]


def test_a_step_signed_anew_is_told_anew(effects: Effects) -> None:
    publish(line(step("company_gm"), task("buyer")))
    gm, buyer = person("g", "company_gm"), person("b", "buyer")
    case = submit(person("a", "internal_clerk"))
    approve(gm, case)
    signed = case.steps.get(key="company_gm")

    operations.return_to(
        actor=buyer,
        case_id=case.pk,
        step_id=step_under_way(case).pk,
        to_step_id=signed.pk,
        text="which one?",
        now=NOW,
    )
    approve(gm, case)

    assert effects.of(case) == ["agreed", "agreed"]


def test_what_it_refuses_refuses_the_signature(effects: Effects) -> None:
    publish(line(step("company_gm"), task("buyer")))
    gm, _buyer = person("g", "company_gm"), person("b", "buyer")
    case = submit(person("a", "internal_clerk"))
    effects.refusal = Conflict("too late")

    with pytest.raises(Conflict, match="too late"):
        approve(gm, case)

    case.refresh_from_db()
    assert case.state == CaseState.RUNNING
    assert step_under_way(case).key == "company_gm"


def test_who_played_a_duty_outside_the_chain_is_kept_apart(effects: Effects) -> None:
    """He has bought already, so he does not sign: neither first nor, asked for, later."""
    bought: set[int] = set()

    def played(_case: Case) -> dict[Duty, set[int]]:
        return {read_duty("SoD-21:B"): bought}

    registry.register(replace(registry.kind_of(KIND), played=played))
    publish(line(step("property_manager"), step("company_gm", duties="SoD-21:A")))
    manager = person("m", "property_manager", "company_gm")
    gm = person("g", "company_gm")
    case = submit(person("a", "internal_clerk"))
    bought |= {manager.user_id or 0}
    approve(manager, case)
    bought |= {gm.user_id or 0}

    with pytest.raises(duties.DutiesMeet) as refusal:
        approve(gm, case)

    assert refusal.value.details["rule"] == "SoD-21"
