"""Papers whose people leave while these are with them: nothing is lost, nobody signs his own."""

from datetime import timedelta
from typing import Any

import pytest

from kernel.access.actors import ActionDenied, Actor
from kernel.access.models import User
from kernel.approvals import operations, queries
from kernel.approvals.models import Act, Case, CaseState, Signature
from kernel.approvals.operations import CaseFinished, NotYourTurn, OwnPaper
from kernel.identity.models import Way
from kernel.identity.operations import departures
from services.properties.models import Project
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


@pytest.fixture
def manager(effects: Effects) -> Actor:
    publish(line(step("property_manager"), verbal_days_setting="purchase.c_backfill_wd"))
    return person("m", "property_manager")


@pytest.fixture
def admin(manager: Actor) -> Actor:
    return person("x", "company_admin")


def rejected(manager: Actor, clerk: Actor, subject: Project | None = None) -> Case:
    case = submit(clerk, subject=subject or add_paper())
    return operations.reject(
        actor=manager, case_id=case.pk, step_id=step_under_way(case).pk, text="No", now=NOW
    )


def consented(manager: Actor, clerk: Actor) -> Case:
    return operations.consent_verbally(
        actor=clerk,
        kind=KIND,
        subject=add_paper(),
        project_id=None,
        title="Pump",
        consenter_id=manager.require_person(),
        consented_at=NOW,
        means="By telephone",
        text="Buy it",
        facts={"amount": 100},
        now=NOW,
    )


def leave(admin: Actor, leaver: Actor, case: Case, way: Way, to: Actor | None = None) -> None:
    departure = departures.begin(
        actor=admin, user_id=leaver.require_person(), last_day=TODAY, now=NOW
    )
    with pytest.raises(departures.StillHeld) as refusal:
        departures.close(actor=admin, departure_id=departure.pk, now=NOW)
    assert [one["what"] for one in refusal.value.details["held"]] == [case.title]
    departures.settle(
        actor=admin,
        departure_id=departure.pk,
        check="approvals.papers",
        ref=str(case.pk),
        way=way,
        to_user_id=to.user_id if to else None,
        note="He left",
        now=NOW,
    )
    departures.close(actor=admin, departure_id=departure.pk, now=NOW)


def test_leaver_hands_his_rejected_paper_over(
    effects: Effects, manager: Actor, admin: Actor
) -> None:
    clerk, other = person("a", "steward"), person("b", "property_manager")
    case = rejected(manager, clerk)

    leave(admin, clerk, case, Way.HAND_OVER, other)

    assert [one.pk for one in queries.cases_to_take_further(actor=other)] == [case.pk]
    operations.resubmit(actor=other, case_id=case.pk, now=NOW)
    with pytest.raises(OwnPaper):  # it is his paper now
        approve(other, case)
    approve(manager, case)
    assert effects.of(case) == ["rejected", "approved"]
    assert Signature.objects.get(case=case, act=Act.HANDED_OVER).data["to"] == (
        User.objects.get(pk=other.require_person()).label
    )


def test_leavers_rejected_paper_is_withdrawn(
    effects: Effects, manager: Actor, admin: Actor
) -> None:
    clerk = person("a", "steward")
    case = rejected(manager, clerk)

    leave(admin, clerk, case, Way.END)

    case.refresh_from_db()
    assert (case.state, effects.of(case)) == (CaseState.WITHDRAWN, ["rejected", "withdrawn"])


def test_paper_of_a_verbal_consent_is_handed_over_and_never_dropped(
    effects: Effects, manager: Actor, admin: Actor
) -> None:
    clerk, other = person("a", "steward"), person("b", "steward")
    case = consented(manager, clerk)
    departure = departures.begin(
        actor=admin, user_id=clerk.require_person(), last_day=TODAY, now=NOW
    )
    values: dict[str, Any] = {
        "actor": admin,
        "departure_id": departure.pk,
        "check": "approvals.papers",
        "ref": str(case.pk),
        "now": NOW,
    }
    with pytest.raises(departures.WayClosed):
        departures.settle(way=Way.END, **values)

    departures.settle(way=Way.HAND_OVER, to_user_id=other.user_id, **values)
    departures.close(actor=admin, departure_id=departure.pk, now=NOW)

    operations.complete_consent(actor=other, case_id=case.pk, now=NOW)
    approve(manager, case)
    assert effects.of(case) == ["approved"]


def test_paper_that_another_author_has_too_keeps_nobody_here(manager: Actor, admin: Actor) -> None:
    clerk, other = person("a", "steward"), person("b", "steward")
    case = submit(clerk, author_ids=[other.user_id])
    operations.reject(
        actor=manager, case_id=case.pk, step_id=step_under_way(case).pk, text="No", now=NOW
    )
    departure = departures.begin(
        actor=admin, user_id=clerk.require_person(), last_day=TODAY, now=NOW
    )

    departures.close(actor=admin, departure_id=departure.pk, now=NOW)

    operations.resubmit(actor=other, case_id=case.pk, now=NOW)


def test_only_a_rejected_paper_is_withdrawn_for_a_leaver_and_by_administrators(
    manager: Actor, admin: Actor
) -> None:
    clerk, other = person("a", "steward"), person("b", "steward")
    running, consent = submit(clerk), consented(manager, other)

    for case in (running, consent):
        with pytest.raises(CaseFinished):
            operations.withdraw_paper(actor=admin, case_id=case.pk, now=NOW)
    case = rejected(manager, clerk, add_paper())
    with pytest.raises(ActionDenied):
        operations.withdraw_paper(actor=clerk, case_id=case.pk, now=NOW)

    operations.withdraw_paper(actor=admin, case_id=case.pk, now=NOW)

    case.refresh_from_db()
    assert case.state == CaseState.WITHDRAWN


def test_only_a_paper_with_its_applicant_is_handed_over_and_by_administrators(
    manager: Actor, admin: Actor
) -> None:
    clerk, other = person("a", "steward"), person("b", "steward")
    running = submit(clerk)

    with pytest.raises(CaseFinished):
        operations.hand_over_paper(
            actor=admin, case_id=running.pk, user_id=other.require_person(), now=NOW
        )
    with pytest.raises(ActionDenied):
        operations.hand_over_paper(
            actor=clerk, case_id=running.pk, user_id=other.require_person(), now=NOW
        )


def test_record_of_somebody_who_is_out_is_submitted_by_another(
    effects: Effects, manager: Actor
) -> None:
    clerk, other = person("a", "steward"), person("b", "steward")
    subject = add_paper()
    old = rejected(manager, clerk, subject)
    with pytest.raises(NotYourTurn):  # as long as he is there
        submit(other, subject=subject)
    User.objects.filter(pk=clerk.require_person()).update(is_active=False)

    new = submit(other, subject=subject, now=NOW + timedelta(hours=1))

    old.refresh_from_db()
    assert (old.state, new.state) == (CaseState.WITHDRAWN, CaseState.RUNNING)
    assert effects.of(old) == ["rejected"]  # its record is in approval again: nothing to take back
    approve(manager, new)
    assert effects.of(new) == ["approved"]


@pytest.mark.parametrize("by_writer", [True, False])
def test_who_wrote_at_a_rejected_paper_submits_it_too_and_does_not_sign_it(
    effects: Effects, manager: Actor, *, by_writer: bool
) -> None:
    clerk, writer = person("a", "steward"), person("n", "property_manager")
    subject = add_paper()
    case = rejected(manager, clerk, subject)

    submit(writer if by_writer else clerk, subject=subject, author_ids=[writer.user_id])

    for author in (clerk, writer):
        with pytest.raises(OwnPaper):
            approve(author, case)
    approve(manager, case)
    assert effects.of(case) == ["rejected", "approved"]
