"""Add a signer, hand over, replace, name, urge; withdraw and bulk."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from kernel import access
from kernel.access.models import PostHolding, User
from kernel.approvals import operations, queries
from kernel.approvals.models import Act, Assignment, Case, CaseState, Signature
from kernel.approvals.operations import Where
from kernel.approvals.rules.definitions import Mode
from kernel.errors import Invalid
from kernel.notifications.models import Notification
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


def add(actor: access.Actor, case: Case, other: access.Actor, where: Where) -> Case:
    return operations.add_signer(
        actor=actor,
        case_id=case.pk,
        step_id=step_under_way(case).pk,
        user_id=other.user_id or 0,
        where=where,
        text="He knows the house",
        now=NOW,
    )


def hand_over(actor: access.Actor, case: Case, other: access.Actor) -> Case:
    return operations.hand_over(
        actor=actor,
        case_id=case.pk,
        step_id=step_under_way(case).pk,
        user_id=other.user_id or 0,
        text="On a trip",
        now=NOW,
    )


@pytest.mark.parametrize(
    ("where", "order"),
    [
        (Where.BEFORE, ["extra", "manager", "gm"]),
        (Where.AFTER, ["manager", "extra", "gm"]),
        (Where.BESIDE, ["extra", "manager", "gm"]),
        (Where.BESIDE, ["manager", "extra", "gm"]),
    ],
)
def test_the_case_does_not_go_on_without_an_added_signer(
    effects: Effects, where: Where, order: list[str]
) -> None:
    publish(line(step("property_manager"), step("company_gm")))
    people = {
        "manager": person("m", "property_manager"),
        "gm": person("g", "company_gm"),
        "extra": person("e", "finance_head"),
    }
    case = submit(person("a", "steward"))
    add(people["manager"], case, people["extra"], where)
    for number, name in enumerate(order):
        assert effects.calls == []
        later = [one for one in order[number + 1 :] if one == "gm"]
        for one in later:
            assert not queries.waiting_for(actor=people[one], now=NOW).exists()
        approve(people[name], case)
    assert effects.of(case) == ["approved"]


def test_a_step_may_forbid_what_brings_others_in(effects: Effects) -> None:
    publish(line(step("property_manager", may_add_signer=False, may_hand_over=False)))
    manager, other = person("m", "property_manager"), person("e", "finance_head")
    case = submit(person("a", "steward"))
    acts: list[Callable[[], object]] = [
        lambda: add(manager, case, other, Where.AFTER),
        lambda: hand_over(manager, case, other),
    ]
    for act in acts:
        with pytest.raises(operations.ActNotAllowed):
            act()
    assert Assignment.objects.count() == 1


def unfit_people(case: Case) -> dict[str, int]:
    shut_out = person("shut", "steward")
    User.objects.filter(pk=shut_out.require_person()).update(is_active=False)
    return {
        "inactive": shut_out.user_id or 0,
        "own-paper": case.applicant_id or 0,
        "elsewhere": person("nobody").user_id or 0,
        "administrator": person("adm", "company_admin").user_id or 0,
        "named": step_under_way(case).assignments.order_by("-pk")[0].user_id,
    }


@pytest.mark.parametrize("reason", ["inactive", "own-paper", "elsewhere", "administrator", "named"])
def test_some_people_cannot_be_brought_in(effects: Effects, reason: str) -> None:
    publish(line(step("property_manager")))
    manager, _other = person("m", "property_manager"), person("n", "property_manager")
    case = submit(person("a", "steward"))
    wrong = unfit_people(case)[reason]
    before = Assignment.objects.count(), Signature.objects.count()
    for call, values in (
        (operations.hand_over, {}),
        (operations.add_signer, {"where": Where.BEFORE}),
    ):
        arguments: dict[str, Any] = {"user_id": wrong, "text": "why", "now": NOW, **values}
        with pytest.raises(operations.SignerUnfit) as refused:
            call(actor=manager, case_id=case.pk, step_id=step_under_way(case).pk, **arguments)
        assert refused.value.details == {"reason": reason}
    assert (Assignment.objects.count(), Signature.objects.count()) == before


def test_whoever_takes_over_signs_and_the_other_no_more(effects: Effects) -> None:
    publish(line(step("property_manager")))
    manager, other = person("m", "property_manager"), person("e", "finance_head")
    case = submit(person("a", "steward"))
    hand_over(manager, case, other)
    with pytest.raises(operations.NotYourTurn):
        approve(manager, case)
    approve(other, case)
    assert effects.of(case) == ["approved"]


def test_a_place_handed_over_keeps_duties_apart(effects: Effects) -> None:
    publish(
        line(step("property_manager", duties="SoD-20:A"), step("company_gm", duties="SoD-20:B"))
    )
    manager, gm = person("m", "property_manager"), person("g", "company_gm")
    case = submit(person("a", "steward"))
    approve(manager, case)
    with pytest.raises(operations.SignerUnfit) as refused:
        hand_over(gm, case, manager)
    assert refused.value.details == {"reason": "apart"}


def test_an_administrator_names_a_signer_where_a_case_stopped(effects: Effects) -> None:
    publish(line(step("property_manager")))
    admin = person("x", "company_admin")
    clerk, other = person("a", "steward"), person("e", "finance_head")
    case = submit(clerk)
    assert case.state == CaseState.STUCK
    told = Notification.objects.filter(kind="approvals.stuck").values_list("user_id", flat=True)
    assert set(told) == {admin.user_id, clerk.user_id}
    values: dict[str, Any] = {
        "case_id": case.pk,
        "step_id": step_under_way(case).pk,
        "text": "Vacant",
        "now": NOW,
    }
    with pytest.raises(access.ActionDenied):
        operations.name_signer(actor=other, user_id=other.user_id or 0, **values)
    for wrong in (admin.user_id, clerk.user_id):
        with pytest.raises(operations.SignerUnfit):
            operations.name_signer(actor=admin, user_id=wrong or 0, **values)
    operations.name_signer(actor=admin, user_id=other.user_id or 0, **values)
    operations.look_after(case_id=case.pk, now=NOW)
    approve(other, case)
    assert effects.of(case) == ["approved"]


def test_a_leavers_place_goes_to_another(effects: Effects) -> None:
    publish(line(step("s", "property_manager", "company_gm")))
    admin, leaver = person("x", "company_admin"), person("m", "property_manager")
    gm, other = person("g", "company_gm"), person("e", "finance_head")
    case = submit(person("a", "steward"))
    assert [one.step_id for one in queries.open_assignments_of(user_id=leaver.user_id or 0)] == [
        step_under_way(case).pk
    ]
    operations.replace_signer(
        actor=admin,
        case_id=case.pk,
        step_id=step_under_way(case).pk,
        from_user_id=leaver.user_id or 0,
        user_id=other.user_id or 0,
        text="Leaves today",
        now=NOW,
    )
    with pytest.raises(operations.NotYourTurn):
        approve(leaver, case)
    approve(gm, case)
    assert effects.calls == []
    approve(other, case)
    assert effects.of(case) == ["approved"]


@pytest.mark.parametrize("change", ["leaves", "loses"])
def test_a_case_stops_when_its_last_signer_goes(effects: Effects, change: str) -> None:
    publish(line(step("property_manager")))
    admin, manager = person("x", "company_admin"), person("m", "property_manager")
    case = submit(person("a", "steward"))
    if change == "leaves":
        User.objects.filter(pk=manager.require_person()).update(is_active=False)
    else:
        PostHolding.objects.filter(user_id=manager.require_person()).delete()
        with pytest.raises(operations.NotYourTurn):
            approve(manager, case)
    operations.sweep(now=NOW)
    operations.sweep(now=NOW)
    case.refresh_from_db()
    assert case.state == CaseState.STUCK
    told = Notification.objects.filter(kind="approvals.stuck", user_id=admin.require_person())
    assert told.count() == 1
    after = person("n", "property_manager")
    operations.sweep(now=NOW)
    approve(after, case)
    assert effects.of(case) == ["approved"]


def test_all_of_two_posts_is_not_passed_when_one_becomes_vacant(effects: Effects) -> None:
    publish(line(step("s", "property_manager", "company_gm", mode=Mode.ALL)))
    manager, gm = person("m", "property_manager"), person("g", "company_gm")
    case = submit(person("a", "steward"))
    approve(manager, case)
    PostHolding.objects.filter(user_id=gm.require_person()).delete()
    operations.sweep(now=NOW)
    case.refresh_from_db()
    assert case.state == CaseState.STUCK
    assert effects.calls == []


def test_urging_is_rate_limited(effects: Effects) -> None:
    publish(line(step("property_manager")))
    manager, clerk = person("m", "property_manager"), person("a", "steward")
    case = submit(clerk)
    with pytest.raises(operations.NotYourTurn):
        operations.urge(actor=manager, case_id=case.pk, now=NOW)
    for hours, is_heard in ((0, True), (1, False), (3.99, False), (4, True)):
        now = NOW + timedelta(hours=hours)
        if is_heard:
            operations.urge(actor=clerk, case_id=case.pk, text="Please", now=now)
        else:
            with pytest.raises(operations.UrgedRecently) as refused:
                operations.urge(actor=clerk, case_id=case.pk, now=now)
            assert refused.value.details == {"next_at": (NOW + timedelta(hours=4)).isoformat()}
    assert Signature.objects.filter(act=Act.URGED).count() == 2
    urged = Notification.objects.filter(kind="approvals.urged", user_id=manager.require_person())
    assert urged.count() == 2


def test_only_the_applicant_withdraws_and_only_before_the_end(effects: Effects) -> None:
    publish(line(step("property_manager")))
    manager, clerk = person("m", "property_manager"), person("a", "steward")
    case = submit(clerk)
    with pytest.raises(operations.NotYourTurn):
        operations.withdraw(actor=manager, case_id=case.pk, now=NOW)
    operations.withdraw(actor=clerk, case_id=case.pk, now=NOW)
    assert effects.of(case) == ["withdrawn"]
    step_id = case.steps.get().pk
    with pytest.raises(operations.StepMoved):
        approve(manager, case, step_id=step_id)
    with pytest.raises(operations.CaseFinished):
        operations.withdraw(actor=clerk, case_id=case.pk, now=NOW)


def test_many_are_signed_each_by_itself_and_told_honestly(effects: Effects) -> None:
    publish(line(step("s", "property_manager", "company_gm", mode=Mode.ANY)))
    manager, clerk = person("m", "property_manager"), person("a", "steward")
    gone, own, fine = submit(clerk), submit(manager), None
    person("g", "company_gm")
    operations.look_after(case_id=own.pk, now=NOW)
    fine = submit(clerk)
    shown = [(case.pk, step_under_way(case).pk) for case in (gone, own, fine)]
    operations.withdraw(actor=clerk, case_id=gone.pk, now=NOW)

    results = operations.approve_many(actor=manager, steps=[*shown, (0, 0)], now=NOW)

    assert [(one.case_id, one.code) for one in results] == [
        (gone.pk, "approvals.step-moved"),
        (own.pk, "approvals.own-paper"),
        (fine.pk, ""),
        (0, "not-found"),
    ]
    assert [one.is_signed for one in results] == [False, False, True, False]
    assert effects.of(fine) == ["approved"]


def test_many_of_several_kinds_are_refused_together(effects: Effects) -> None:
    publish(line(step("property_manager")))
    manager, clerk = person("m", "property_manager"), person("a", "steward")
    one, two = submit(clerk), submit(clerk)
    Case.objects.filter(pk=two.pk).update(kind="leave")
    shown = [(case.pk, step_under_way(case).pk) for case in (one, two)]
    with pytest.raises(operations.KindMixed):
        operations.approve_many(actor=manager, steps=shown, now=NOW)
    assert effects.calls == []


def test_an_opinion_and_a_file_are_asked_for(effects: Effects) -> None:
    publish(line(step("property_manager", opinion_required=True, attachment_required=True)))
    manager = person("m", "property_manager")
    case = submit(person("a", "steward"))
    for values, error in (
        ({"text": " "}, operations.TextMissing),
        ({"text": "Yes"}, operations.AttachmentMissing),
        ({"text": "Yes", "attachments": [1]}, operations.AttachmentUnknown),
        ({"text": "x" * 2001}, Invalid),
    ):
        with pytest.raises(error):
            approve(manager, case, **values)
    assert effects.calls == []
