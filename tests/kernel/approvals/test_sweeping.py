"""Time limits: a reminder at 80 %, the leader after it; never a silent yes."""

from datetime import UTC, datetime, timedelta

import pytest

from kernel.approvals import operations, queries
from kernel.approvals.models import Act, Assignment, CaseState, Origin, Signature
from kernel.approvals.rules.definitions import Limit, Mode, TimeOut
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

# Friday 2026-11-13, 16:00 in Shanghai: one working hour of the week is left.
FRIDAY = datetime(2026, 11, 13, 8, 0, tzinfo=UTC)


def told(kind: str) -> list[int]:
    return sorted(
        Notification.objects.filter(kind=f"approvals.{kind}").values_list("user_id", flat=True)
    )


@pytest.mark.parametrize(
    ("is_working", "due_at"),
    [
        (True, datetime(2026, 11, 16, 1, 0, tzinfo=UTC)),  # Monday 09:00
        (False, FRIDAY + timedelta(hours=2)),
    ],
)
def test_a_limit_runs_in_working_time_or_around_the_clock(
    effects: Effects, due_at: datetime, *, is_working: bool
) -> None:
    publish(line(step("property_manager", limit=Limit(2, is_working))))
    person("m", "property_manager")
    case = submit(person("a", "steward"), now=FRIDAY)
    assert step_under_way(case).due_at == due_at


def test_reminder_at_eighty_percent_then_the_leader_may_sign_too(effects: Effects) -> None:
    publish(line(step("property_manager", limit=Limit(10, is_working=False))))
    manager, gm = person("m", "property_manager"), person("g", "company_gm")
    clerk = person("a", "steward")
    case = submit(clerk)
    for hours, reminded, overdue in ((7.9, 0, 0), (8, 1, 0), (9.9, 1, 0), (10, 1, 1), (30, 1, 1)):
        operations.sweep(now=NOW + timedelta(hours=hours))
        assert len(told("reminder")) == reminded
        assert told("overdue").count(manager.user_id or 0) == overdue
    assert case.state == CaseState.RUNNING
    [late, leader] = Assignment.objects.order_by("pk")
    assert (leader.user_id, leader.origin, leader.stands_for_id) == (
        gm.user_id,
        Origin.ESCALATED,
        late.pk,
    )
    assert effects.calls == []  # silence is never consent
    approve(gm, case, now=NOW + timedelta(hours=31))
    assert effects.of(case) == ["approved"]
    assert not queries.waiting_for(actor=manager, now=NOW).exists()


def test_the_late_signer_may_still_sign_himself(effects: Effects) -> None:
    publish(line(step("s", "property_manager", mode=Mode.ALL, limit=Limit(1, is_working=False))))
    manager, gm = person("m", "property_manager"), person("g", "company_gm")
    case = submit(person("a", "steward"))
    operations.sweep(now=NOW + timedelta(hours=2))
    approve(manager, case)
    assert effects.of(case) == ["approved"]
    assert not queries.waiting_for(actor=gm, now=NOW).exists()


def test_the_leader_who_is_the_applicant_is_not_asked(effects: Effects) -> None:
    publish(line(step("property_manager", limit=Limit(1, is_working=False))))
    person("m", "property_manager")
    gm = person("g", "company_gm")
    case = submit(gm)
    operations.sweep(now=NOW + timedelta(hours=2))
    assert Assignment.objects.filter(step__case=case).count() == 1
    assert not Signature.objects.filter(act=Act.ESCALATED).exists()


def test_a_limit_may_only_remind(effects: Effects) -> None:
    publish(
        line(
            step(
                "property_manager",
                limit=Limit(1, is_working=False),
                on_time_out=TimeOut.REMIND,
            )
        )
    )
    person("m", "property_manager")
    person("g", "company_gm")
    case = submit(person("a", "steward"))
    operations.sweep(now=NOW + timedelta(hours=2))
    assert Assignment.objects.filter(step__case=case).count() == 1
    assert told("overdue")


def test_somebody_new_in_the_post_is_asked_as_well(effects: Effects) -> None:
    publish(line(step("property_manager")))
    person("m", "property_manager")
    case = submit(person("a", "steward"))
    new = person("n", "property_manager")
    operations.sweep(now=NOW)
    operations.sweep(now=NOW)
    assert Assignment.objects.filter(step__case=case).count() == 2
    approve(new, case)
    assert effects.of(case) == ["approved"]


def test_times_of_steps_name_the_slow_desk(effects: Effects) -> None:
    publish(line(step("property_manager", limit=Limit(1, is_working=False)), step("company_gm")))
    manager, gm, clerk = (
        person("m", "property_manager"),
        person("g", "company_gm"),
        person("a", "steward"),
    )
    for hours in (1, 2, 30):
        case = submit(clerk)
        approve(manager, case, now=NOW + timedelta(hours=hours))
        approve(gm, case, now=NOW + timedelta(hours=hours, minutes=10))
    admin = person("x", "company_admin")
    rows = queries.step_times(
        actor=admin, since=NOW, until=NOW + timedelta(days=2), project_id=None
    )
    assert [(row.step_key, row.count, row.late_count, row.median) for row in rows] == [
        ("property_manager", 3, 2, timedelta(hours=2)),
        ("company_gm", 3, 0, timedelta(minutes=10)),
    ]
    assert rows[0].average == timedelta(hours=11)
    assert rows[0].longest == timedelta(hours=30)
