"""Deputies: only in the period, only in scope, never round to one's own paper."""

from datetime import timedelta
from typing import Any

import pytest

from kernel import access
from kernel.access.models import User
from kernel.approvals import operations, queries
from kernel.approvals.models import SIGNING, Delegation, Signature
from kernel.errors import NotFound
from tests.factories import NOW, TODAY
from tests.factories_approvals import (
    KIND,
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

pytestmark = pytest.mark.usefixtures("tenant")


def delegate(principal: access.Actor, deputy: access.Actor, **values: Any) -> Delegation:
    return operations.delegate(
        actor=principal,
        now=NOW,
        **{
            "deputy_id": deputy.user_id,
            "valid_from": TODAY,
            "valid_to": TODAY + timedelta(days=3),
            "reason": "Away",
            **values,
        },
    )


def test_the_record_tells_who_signed_for_whom(effects: Effects) -> None:
    publish(line(step("property_manager")))
    manager, deputy = person("m", "property_manager"), person("d", "steward")
    given = delegate(manager, deputy)
    case = submit(person("a", "steward"))
    [waiting] = queries.waiting_for(actor=deputy, now=NOW)
    assert waiting.user_id == manager.user_id

    approve(deputy, case, text="Agreed")

    signature = Signature.objects.get(case=case, act__in=SIGNING)
    assert signature.user_id == deputy.user_id
    assert signature.for_user_id == manager.user_id
    assert signature.delegation_id == given.pk
    assert (signature.text, signature.at) == ("Agreed", NOW)
    assert signature.version_id == case.version_id
    assert signature.facts["amount"] == "100.00"


@pytest.mark.parametrize(
    ("days", "signs"), [(-1, False), (0, True), (2, True), (3, False), (30, False)]
)
def test_a_deputy_acts_only_in_the_period(effects: Effects, days: int, *, signs: bool) -> None:
    publish(line(step("property_manager")))
    manager, deputy = person("m", "property_manager"), person("d", "steward")
    given = delegate(manager, deputy, valid_from=TODAY, valid_to=TODAY + timedelta(days=3))
    case = submit(person("a", "steward"))
    now = NOW + timedelta(days=days)
    if signs:
        approve(deputy, case, now=now)
    else:
        with pytest.raises(NotFound):
            approve(deputy, case, now=now)
    assert Signature.objects.filter(delegation=given).exists() is signs


@pytest.mark.parametrize("scope", [{"kinds": ["leave"]}, {"project_ids": [0]}])
def test_a_deputy_acts_only_in_scope(effects: Effects, scope: dict[str, Any]) -> None:
    publish(line(step("property_manager")))
    manager, deputy = person("m", "property_manager"), person("d", "steward")
    delegate(manager, deputy, **scope)
    case = submit(person("a", "steward"))
    assert not queries.waiting_for(actor=deputy, now=NOW).exists()
    with pytest.raises(NotFound):
        approve(deputy, case)
    assert not effects.calls


def test_nobody_signs_his_own_paper_as_a_deputy(effects: Effects) -> None:
    publish(line(step("property_manager")))
    manager, clerk = person("m", "property_manager"), person("a", "steward")
    delegate(manager, clerk)
    case = submit(clerk)
    assert not queries.waiting_for(actor=clerk, now=NOW).exists()
    with pytest.raises(operations.OwnPaper):
        approve(clerk, case)
    assert not effects.calls


def test_nobody_signs_for_the_applicant(effects: Effects) -> None:
    """The applicant holds the post, and a deputy: neither signs his paper in his place."""
    publish(line(step("property_manager")))
    manager, deputy = person("m", "property_manager"), person("d", "steward")
    person("n", "property_manager")
    delegate(manager, deputy)
    case = submit(manager)
    with pytest.raises(NotFound):
        approve(deputy, case, for_user_id=manager.user_id)
    assert not effects.calls


def test_a_deputy_does_not_pass_it_on(effects: Effects) -> None:
    publish(line(step("property_manager")))
    manager, deputy, third = (
        person("m", "property_manager"),
        person("d", "steward"),
        person("t", "steward"),
    )
    delegate(manager, deputy)
    delegate(deputy, third)
    case = submit(person("a", "steward"))
    with pytest.raises(NotFound):
        approve(third, case)


def test_one_person_signs_a_step_once_even_for_two(effects: Effects) -> None:
    publish(line(step("s", "property_manager", "company_gm")))
    manager, gm = person("m", "property_manager"), person("g", "company_gm")
    delegate(gm, manager)
    case = submit(person("a", "steward"))
    approve(manager, case)
    with pytest.raises(operations.SignedAlready):
        approve(manager, case, for_user_id=gm.user_id)
    assert not effects.calls
    approve(gm, case)
    assert effects.of(case) == ["approved"]


@pytest.mark.parametrize(
    "values",
    [
        {"valid_from": TODAY - timedelta(days=1)},
        {"valid_to": TODAY},
        {"valid_to": TODAY + timedelta(days=367)},
        {"kinds": ["no.such"]},
        {"deputy_id": 0},
    ],
)
def test_a_delegation_that_makes_no_sense_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(operations.DelegationInvalid):
        delegate(person("m", "steward"), person("d", "steward"), **values)
    assert not Delegation.objects.exists()


def test_no_circle_of_deputies() -> None:
    first, second, third = (person(name, "steward") for name in "abc")
    delegate(first, second)
    delegate(second, third)
    with pytest.raises(operations.DelegationCircle):
        delegate(third, first)
    assert Delegation.objects.count() == 2


def test_an_administrator_records_it_for_another_never_for_himself() -> None:
    admin = person("x", "company_admin")
    manager, deputy = person("m", "property_manager"), person("d", "steward")
    with pytest.raises(access.ActionDenied):
        delegate(deputy, person("t", "steward"), principal_id=manager.require_person())
    with pytest.raises(operations.DelegationInvalid):
        delegate(admin, admin, principal_id=manager.require_person())
    assert not Delegation.objects.exists()
    delegate(admin, deputy, principal_id=manager.require_person())
    assert Delegation.objects.get().principal_id == manager.user_id


def test_an_ended_delegation_lets_nobody_sign(effects: Effects) -> None:
    publish(line(step("property_manager")))
    manager, deputy = person("m", "property_manager"), person("d", "steward")
    given = delegate(manager, deputy)
    case = submit(person("a", "steward"))
    with pytest.raises(NotFound):
        operations.end_delegation(actor=person("t", "steward"), delegation_id=given.pk, now=NOW)
    with pytest.raises(operations.NotYourTurn):
        operations.end_delegation(actor=deputy, delegation_id=given.pk, now=NOW)
    operations.end_delegation(actor=manager, delegation_id=given.pk, now=NOW)
    with pytest.raises(NotFound):
        approve(deputy, case)


def test_who_was_shut_out_neither_signs_nor_is_signed_for(effects: Effects) -> None:
    publish(line(step("property_manager")))
    manager, deputy = person("m", "property_manager"), person("d", "steward")
    delegate(manager, deputy)
    case = submit(person("a", "steward"), subject=add_paper(), kind=KIND)
    User.objects.filter(pk=manager.require_person()).update(is_active=False)
    with pytest.raises(NotFound):
        approve(deputy, case, step_id=step_under_way(case).pk)
    assert not effects.calls
