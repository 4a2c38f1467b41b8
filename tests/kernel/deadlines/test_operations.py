"""Clocks on a subject: started, paused, resumed, ended; swept exactly once."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from kernel import access
from kernel.audit.models import AuditEntry
from kernel.calendar import operations as days
from kernel.calendar.queries import calendar
from kernel.deadlines import clocks, operations, queries, sweeping
from kernel.deadlines.models import Deadline, DeadlinePause, DeadlineState
from kernel.errors import DomainError, NotFound
from kernel.jobs.models import Job
from kernel.notifications.models import Notification
from kernel.policies import operations as policies
from services.properties.models import Project
from services.properties.operations import create_project
from tenants.companies.models import Company
from tests.factories import NOW, TODAY, add_actor
from tests.threads import at_once

HOUR = timedelta(hours=1)
REPLY = "complaint.first-reply"  # 24 h
# Table 3.6.2: clock, a start (Monday 2026-11-09 10:00 in Shanghai), and when it is due.
TABLE = {
    "complaint.report-to-desk": 24 * HOUR,
    "complaint.dispatch": 12 * HOUR,
    "complaint.cannot-meet": 2 * HOUR,
    "complaint.verify": 14 * HOUR,  # until 24:00
    "complaint.first-reply": 24 * HOUR,
    "complaint.remedy": 72 * HOUR,
    "complaint.resolution": 24 * HOUR,
    "complaint.done-report": 2 * HOUR,
    "complaint.first-contact": 2 * HOUR,
    "complaint.revisit": 62 * HOUR,  # 2 wd: until Wednesday 24:00
    "major.notify": timedelta(minutes=3),
    "major.to-leader": timedelta(minutes=5),
    "major.office-report": 24 * HOUR,
    "major.to-board": timedelta(minutes=10),
    "major.leader-report": 48 * HOUR,
    "major.verify": 8 * HOUR,
    "major.revisit": 62 * HOUR,
    "repair.transfer": timedelta(minutes=5),
    "repair.revisit": 168 * HOUR,
    "repair.revisit-defect": 24 * HOUR,
    "purchase.backfill": 62 * HOUR,
}


@pytest.fixture
def project(tenant: Company) -> Project:
    return create_project(actor=access.SYSTEM, code="YL", name="云麓", now=NOW)


def start(project: Project, clock: str = REPLY, **values: Any) -> Deadline:
    facts = {"project_id": project.pk, "started_at": NOW, "title": "T-1", "url": "/", **values}
    return operations.start(clock=clock, subject=project, **facts)


def told() -> list[tuple[str, str]]:
    return sorted(Notification.objects.values_list("kind", "user__username"))


def test_the_table_is_the_handbooks() -> None:
    assert {kind.key for kind in clocks.HANDBOOK} == set(TABLE)


@pytest.mark.parametrize("clock", TABLE)
def test_each_clock_is_due_after_the_handbooks_limit(project: Project, clock: str) -> None:
    deadline = start(project, clock)

    assert deadline.due_at == NOW + TABLE[clock]
    assert deadline.warn_at is not None
    assert NOW < deadline.warn_at < NOW + TABLE[clock]


@pytest.mark.parametrize(
    ("variants", "days_"), [([], 7), (["safety"], 2), (["leak"], 3), (["leak", "safety"], 2)]
)
def test_a_leak_that_is_also_a_safety_installation_takes_the_shorter(
    project: Project, variants: list[str], days_: int
) -> None:
    deadline = start(project, "repair.revisit", variants=variants)

    assert deadline.due_at == NOW + timedelta(days=days_)


def test_the_limit_is_the_projects_setting_and_stays_what_it_was(project: Project) -> None:
    policies.set_value(
        actor=access.SYSTEM, key="cs.complaint.first_reply_hours", text="8",
        project_id=project.pk, now=NOW, today=TODAY,
    )  # fmt: skip
    deadline = start(project)
    policies.set_value(
        actor=access.SYSTEM, key="cs.complaint.first_reply_hours", text="4",
        project_id=project.pk, now=NOW, today=TODAY,
    )  # fmt: skip

    deadline.refresh_from_db()
    assert deadline.limit == 8 * HOUR


def test_one_clock_of_a_kind_runs_on_a_subject(project: Project) -> None:
    start(project)
    with pytest.raises(operations.ClockRuns):
        start(project)
    start(project, "complaint.remedy")
    operations.stop(clock=REPLY, subject=project, at=NOW + HOUR)
    start(project, started_at=NOW + 2 * HOUR)

    assert Deadline.objects.filter(clock=REPLY).count() == 2


def test_a_pause_has_a_reason_and_moves_the_due_time(project: Project) -> None:
    actor = add_actor("fangqiming", "property_manager")
    start(project)

    operations.pause(
        actor=actor, clock=REPLY, subject=project, reason="等业主回电", now=NOW + 4 * HOUR
    )
    paused = Deadline.objects.get()
    assert (paused.state, paused.used, paused.due_at) == (DeadlineState.PAUSED, 4 * HOUR, None)
    deadline = operations.resume(actor=actor, clock=REPLY, subject=project, now=NOW + 9 * HOUR)

    assert deadline.due_at == NOW + 29 * HOUR
    pause = DeadlinePause.objects.get()
    assert (pause.reason, pause.paused_by_label) == ("等业主回电", actor.label)
    assert pause.resumed_at == NOW + 9 * HOUR
    events = AuditEntry.objects.filter(event__startswith="deadlines.").order_by("pk")
    assert [entry.event for entry in events] == [
        "deadlines.clock.paused",
        "deadlines.clock.resumed",
    ]


@pytest.mark.parametrize(
    ("act", "code"),
    [("pause-twice", "deadlines.state-wrong"), ("resume", "deadlines.state-wrong"),
     ("no-reason", "deadlines.reason-missing"), ("unknown", "not-found")],
)  # fmt: skip
def test_what_does_not_fit_is_refused_and_nothing_changed(
    project: Project, act: str, code: str
) -> None:
    start(project)
    if act == "pause-twice":
        operations.pause(
            actor=access.SYSTEM, clock=REPLY, subject=project, reason="x", now=NOW + HOUR
        )
    before = Deadline.objects.values().get(), DeadlinePause.objects.count()

    def do() -> None:
        if act == "resume":
            operations.resume(actor=access.SYSTEM, clock=REPLY, subject=project, now=NOW)
            return
        operations.pause(
            actor=access.SYSTEM,
            subject=project,
            now=NOW + HOUR,
            clock="complaint.remedy" if act == "unknown" else REPLY,
            reason=" " if act == "no-reason" else "x",
        )

    with pytest.raises(DomainError) as refusal:
        do()

    assert refusal.value.code == code
    assert (Deadline.objects.values().get(), DeadlinePause.objects.count()) == before


def test_done_in_time_and_too_late(project: Project) -> None:
    start(project)
    in_time = operations.stop(clock=REPLY, subject=project, at=NOW + 23 * HOUR)
    start(project, started_at=NOW)
    late = operations.stop(clock=REPLY, subject=project, at=NOW + 25 * HOUR)

    assert in_time is not None
    assert late is not None
    assert (in_time.breached_at, in_time.used) == (None, 23 * HOUR)
    assert (late.breached_at, late.used) == (NOW + 24 * HOUR, 25 * HOUR)
    assert operations.stop(clock=REPLY, subject=project, at=NOW) is None


def test_a_clock_that_stands_still_can_be_ended(project: Project) -> None:
    start(project)
    operations.pause(actor=access.SYSTEM, clock=REPLY, subject=project, reason="x", now=NOW + HOUR)

    ended = operations.cancel(
        actor=access.SYSTEM, clock=REPLY, subject=project, reason="撤诉", now=NOW + 99 * HOUR
    )

    assert ended is not None
    assert (ended.state, ended.used, ended.breached_at) == ("CANCELLED", HOUR, None)
    assert DeadlinePause.objects.get().resumed_at == NOW + 99 * HOUR


def test_the_earliest_running_clock_is_the_subjects_due_time(project: Project) -> None:
    start(project, "complaint.remedy")
    start(project, "complaint.dispatch")
    start(project, "complaint.cannot-meet")

    def earliest() -> str:
        found = queries.earliest_due(project)
        return found.clock if found else ""

    assert earliest() == "complaint.cannot-meet"
    operations.pause(
        actor=access.SYSTEM, clock="complaint.cannot-meet", subject=project, reason="x", now=NOW
    )
    assert earliest() == "complaint.dispatch"
    operations.stop(clock="complaint.dispatch", subject=project, at=NOW)
    assert earliest() == "complaint.remedy"


# ---- the sweep ---------------------------------------------------------------------------------


def test_it_warns_breaches_and_escalates_once_each(project: Project) -> None:
    zhou = add_actor("zhouting", "collector", project_id=project.pk)
    add_actor("zhuren", "mo_director", project_id=project.pk)
    start(project, person_ids=[zhou.user_id])

    for minutes in (0, 60, 60 * 19):
        sweeping.sweep(now=NOW + timedelta(minutes=minutes))
    assert told() == []
    for _ in range(3):
        sweeping.sweep(now=NOW + 20 * HOUR)
    assert told() == [("deadlines.warned", "zhouting")]
    for _ in range(3):
        sweeping.sweep(now=NOW + 24 * HOUR)

    assert told() == [
        ("deadlines.breached", "zhouting"),
        ("deadlines.escalated", "zhuren"),
        ("deadlines.warned", "zhouting"),
    ]
    deadline = Deadline.objects.get()
    assert deadline.breached_at == NOW + 24 * HOUR
    assert deadline.state == DeadlineState.RUNNING
    assert AuditEntry.objects.filter(event="deadlines.clock.breached").count() == 1


def test_nobody_at_the_post_it_comes_to_the_next_above(project: Project) -> None:
    add_actor("jingli", "mo_manager", project_id=project.pk)
    start(project)

    sweeping.sweep(now=NOW + 25 * HOUR)

    assert told() == [("deadlines.escalated", "jingli")]


def test_a_target_that_is_missed_calls_nobody_to_account(project: Project) -> None:
    zhou = add_actor("zhouting", "collector", project_id=project.pk)
    add_actor("zhuren", "mo_director", project_id=project.pk)
    start(project, "complaint.resolution", person_ids=[zhou.user_id])

    sweeping.sweep(now=NOW + 25 * HOUR)

    assert told() == [("deadlines.breached", "zhouting")]


def test_a_pause_just_after_the_limit_hides_nothing(project: Project) -> None:
    add_actor("zhuren", "mo_director", project_id=project.pk)
    start(project)

    operations.pause(
        actor=access.SYSTEM, clock=REPLY, subject=project, reason="x", now=NOW + 25 * HOUR
    )
    sweeping.sweep(now=NOW + 26 * HOUR)

    assert told() == [("deadlines.escalated", "zhuren")]
    assert Deadline.objects.get().breached_at == NOW + 24 * HOUR


def test_what_stands_still_is_never_overdue(project: Project) -> None:
    start(project)
    operations.pause(actor=access.SYSTEM, clock=REPLY, subject=project, reason="x", now=NOW + HOUR)

    assert sweeping.sweep(now=NOW + timedelta(days=100)) == 0


def test_a_day_off_entered_later_moves_working_clocks(project: Project) -> None:
    start(project, "complaint.revisit")  # Tuesday, Wednesday
    start(project, "complaint.remedy")

    days.set_days(
        actor=access.SYSTEM, first_day=TODAY + timedelta(days=1),
        last_day=TODAY + timedelta(days=1), is_working=False, name="台风", now=NOW,
    )  # fmt: skip

    assert Job.objects.filter(kind="deadlines.recompute").count() == 1
    assert sweeping.recompute(now=NOW) == 1
    due = dict(Deadline.objects.values_list("clock", "due_at"))
    assert due["complaint.revisit"] == NOW + 86 * HOUR  # until Thursday 24:00
    assert due["complaint.remedy"] == NOW + 72 * HOUR


def test_the_sweep_itself_follows_the_calendar(project: Project) -> None:
    start(project, "complaint.revisit")
    days.set_days(
        actor=access.SYSTEM, first_day=TODAY + timedelta(days=1),
        last_day=TODAY + timedelta(days=2), is_working=False, name="台风", now=NOW,
    )  # fmt: skip

    sweeping.sweep(now=NOW + 63 * HOUR)

    deadline = Deadline.objects.get()
    assert (deadline.warned_at, deadline.breached_at) == (None, None)


def test_sweeping_many_takes_few_queries(
    project: Project, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        other = Project(pk=project.pk + 1000 + number)
        start(project, project_id=project.pk)
        Deadline.objects.filter(subject_id=project.pk).update(subject_id=other.pk)

    with django_assert_max_num_queries(10):
        assert sweeping.sweep(now=NOW + HOUR) == 0
    with django_assert_max_num_queries(10):
        assert sweeping.sweep(now=NOW + 20 * HOUR) == 30  # nobody to tell: marks only


def test_killed_in_the_middle_it_has_told_nobody(project: Project) -> None:
    zhou = add_actor("zhouting", "collector", project_id=project.pk)
    start(project, person_ids=[zhou.user_id])
    with transaction.atomic():
        sweeping.sweep(now=NOW + 20 * HOUR)
        assert told() != []
        transaction.set_rollback(True)
    assert told() == []

    sweeping.sweep(now=NOW + 20 * HOUR)

    assert told() == [("deadlines.warned", "zhouting")]


def test_two_sweepers_at_once_tell_once(committed_tenant: Company) -> None:
    project = create_project(actor=access.SYSTEM, code="YL", name="云麓", now=NOW)
    zhou = add_actor("zhouting", "collector", project_id=project.pk)
    for number in range(120):  # more than two batches
        start(project, person_ids=[zhou.user_id])
        Deadline.objects.filter(subject_id=project.pk).update(subject_id=project.pk + 1 + number)

    done = at_once(committed_tenant, [partial(sweeping.sweep, now=NOW + 20 * HOUR)] * 2)

    assert sum(count for count in done if isinstance(count, int)) == 120, done
    assert Notification.objects.filter(kind="deadlines.warned").count() == 120


def test_two_starts_at_once_leave_one_clock(committed_tenant: Company) -> None:
    project = create_project(actor=access.SYSTEM, code="YL", name="云麓", now=NOW)

    outcomes = at_once(committed_tenant, [partial(start, project)] * 2)

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["ClockRuns", "Deadline"]
    assert Deadline.objects.count() == 1


def test_who_watches_sees_his_projects_clocks_only(project: Project) -> None:
    other = create_project(actor=access.SYSTEM, code="QH", name="清河", now=NOW)
    mine = start(project)
    theirs = operations.start(clock=REPLY, subject=other, project_id=other.pk, started_at=NOW)
    watcher = add_actor("zhuren", "mo_director", project_id=project.pk)

    assert [one.pk for one in queries.deadlines(actor=watcher)] == [mine.pk]
    with pytest.raises(NotFound):
        queries.get_deadline(actor=watcher, deadline_id=theirs.pk)
    collector = add_actor("zhouting", "collector", project_id=project.pk)
    assert not queries.deadlines(actor=collector).exists()
    standing = queries.standing(mine, now=NOW + 4 * HOUR, calendar=calendar())
    assert (standing.used, standing.remaining, standing.overrun) == (4 * HOUR, 20 * HOUR, 0 * HOUR)
