"""Reporting lines by days: kept, planned, never a circle, and followed by leaders of the day."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from kernel import access
from kernel.access import lines, posts, queries
from kernel.access.models import Post, ReportingLine
from kernel.access.posts import PostFacts
from kernel.approvals.models import CaseState
from kernel.approvals.rules.definitions import Assignee, AssigneeKind
from kernel.audit.models import AuditEntry
from kernel.errors import DomainError
from tenants.companies.models import Company
from tests.factories import NOW, TODAY, add_actor, add_user, hold_post
from tests.factories_approvals import (
    Effects,
    approve,
    line,
    paper_kind,
    person,
    publish,
    step,
    submit,
)

LATER = TODAY + timedelta(days=30)
DAY = timedelta(days=1)


@pytest.fixture
def admin(tenant: Company) -> access.Actor:
    return add_actor("xujing", "company_admin")


def hang(admin: access.Actor, key: str, above: str | None, **facts: Any) -> None:
    post = Post.objects.get(key=key)
    posts.change_post(
        actor=admin,
        key=key,
        facts=PostFacts(
            name=post.name,
            name_en=post.name_en,
            place=post.place,
            reports_to=above,
            department_id=post.department_id,
            **facts,
        ),
        now=NOW,
    )


def lines_of(key: str) -> list[tuple[str, date | None, date | None]]:
    return [
        (row.reports_to_id, row.valid_from, row.valid_to)
        for row in ReportingLine.objects.filter(post_id=key).order_by("valid_from")
    ]


def test_a_line_changes_from_a_day_on_and_the_days_before_keep_theirs(
    admin: access.Actor,
) -> None:
    hang(admin, "steward", "mo_manager", reports_from=LATER)

    assert lines_of("steward") == [
        ("mo_manager", LATER, None),
        ("cs_supervisor", None, LATER),
    ]
    found = [lines.above(day)["steward"] for day in (TODAY, LATER - DAY, LATER)]
    assert found == ["cs_supervisor", "cs_supervisor", "mo_manager"]
    entry = AuditEntry.objects.get(event="access.post.changed")
    assert entry.data["before"]["reports_to"] == "cs_supervisor"
    assert entry.data["after"]["reports_to"] == "mo_manager"
    assert entry.data["after"]["reports_from"] == LATER.isoformat()


def test_other_facts_change_without_touching_what_is_planned(admin: access.Actor) -> None:
    hang(admin, "steward", "mo_manager", reports_from=LATER)
    planned = lines_of("steward")

    hang(admin, "steward", "cs_supervisor")  # as it is today

    assert lines_of("steward") == planned


def test_what_was_planned_is_taken_back_or_replaced(admin: access.Actor) -> None:
    hang(admin, "steward", "mo_manager", reports_from=LATER)
    hang(admin, "steward", "cs_supervisor", reports_from=LATER)
    assert lines_of("steward") == [("cs_supervisor", None, None)]

    hang(admin, "steward", "mo_manager", reports_from=LATER)
    hang(admin, "steward", "mo_director", reports_from=TODAY)
    assert lines_of("steward") == [("mo_director", TODAY, None), ("cs_supervisor", None, TODAY)]

    hang(admin, "steward", None)
    assert lines_of("steward") == [("cs_supervisor", None, TODAY)]
    assert "steward" not in lines.above(TODAY)


def test_lines_of_days_gone_by_stay(admin: access.Actor) -> None:
    before = lines_of("steward")

    with pytest.raises(lines.LineDayInvalid) as refused:
        hang(admin, "steward", "mo_manager", reports_from=TODAY - DAY)

    assert refused.value.field == "reports_from"
    assert lines_of("steward") == before
    assert not AuditEntry.objects.filter(event="access.post.changed").exists()


def test_a_circle_on_one_of_the_days_is_refused(admin: access.Actor) -> None:
    """Today no circle, from a day on one: each change alone looks harmless."""
    hang(admin, "property_supervisor", "mo_manager", reports_from=LATER)
    hang(admin, "cs_supervisor", "property_supervisor", reports_from=LATER)
    before = list(ReportingLine.objects.order_by("pk").values())

    for below, above, first_day in (
        ("property_supervisor", "steward", LATER + DAY),
        ("property_supervisor", "cs_supervisor", LATER),
        ("mo_manager", "front_desk", LATER),
    ):
        with pytest.raises(lines.LineIsCircle):
            hang(admin, below, above, reports_from=first_day)

    assert list(ReportingLine.objects.order_by("pk").values()) == before


def test_two_posts_change_places_from_a_day_on(admin: access.Actor) -> None:
    lines.draw(
        {"mo_manager": "mo_director", "mo_director": "property_dept_manager"},
        first_day=LATER,
        today=TODAY,
    )

    assert lines.above(TODAY)["mo_director"] == "mo_manager"
    assert lines.above(LATER)["mo_manager"] == "mo_director"


def test_the_database_keeps_one_line_a_day_and_no_circle(admin: access.Actor) -> None:
    own = ReportingLine.objects.get(post_id="steward")

    def add(**facts: Any) -> None:
        ReportingLine.objects.create(
            **{"post_id": "steward", "reports_to_id": "mo_manager", **facts}
        )

    changes: tuple[Callable[[], object], ...] = (
        add,
        lambda: add(valid_from=LATER),
        lambda: add(post_id="chairman", reports_to_id="chairman"),
        lambda: add(post_id="chairman", reports_to_id="steward"),
        lambda: add(post_id="chairman", valid_from=LATER, valid_to=LATER),
        lambda: ReportingLine.objects.filter(pk=own.pk).update(reports_to="steward"),
    )
    for change in changes:
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    ReportingLine.objects.filter(pk=own.pk).update(valid_to=LATER)
    add(valid_from=LATER)
    connection.check_constraints()


def test_a_post_is_not_retired_that_somebody_will_report_to(admin: access.Actor) -> None:
    own = posts.add_post(actor=admin, facts=PostFacts(name="新上级"), now=NOW)
    hang(admin, "steward", own.key, reports_from=LATER)

    with pytest.raises(posts.PostInUse) as refused:
        posts.retire_post(actor=admin, key=own.key, now=NOW)

    assert refused.value.details == {"holders": 0, "reports": 1}
    hang(admin, "steward", "cs_supervisor", reports_from=LATER)
    posts.retire_post(actor=admin, key=own.key, now=NOW)


# ---- leaders of the day -------------------------------------------------------------------------


def leaders(user_id: int, day: date, level: int = 1) -> list[str]:
    found = queries.leader_of(user_id=user_id, project_id=None, level=level, today=day)
    return [user.username for user in found]


def test_a_leader_is_found_by_the_lines_of_that_day(admin: access.Actor) -> None:
    steward = add_user("steward")
    hold_post(steward, "steward")
    for name in ("cs_supervisor", "mo_manager", "property_dept_manager"):
        hold_post(add_user(name), name)
    hang(admin, "steward", "mo_manager", reports_from=LATER)

    assert leaders(steward.pk, TODAY) == ["cs_supervisor"]
    assert leaders(steward.pk, TODAY, 2) == ["mo_manager"]
    assert leaders(steward.pk, LATER) == ["mo_manager"]
    assert leaders(steward.pk, LATER, 2) == ["property_dept_manager"]
    # A day gone by is told as it was, by the lines and by who held the posts.
    hang(admin, "steward", "property_dept_manager")
    assert leaders(steward.pk, TODAY - DAY) == ["cs_supervisor"]
    assert leaders(steward.pk, TODAY) == ["property_dept_manager"]


def test_the_highest_post_is_that_of_the_day(admin: access.Actor) -> None:
    both = add_user("both")
    hold_post(both, "steward")
    hold_post(both, "internal_clerk")
    hold_post(add_user("boss"), "company_gm")
    hold_post(add_user("cs"), "cs_supervisor")
    hang(admin, "internal_clerk", "company_gm", reports_from=LATER)

    assert leaders(both.pk, TODAY) == ["cs"]
    assert leaders(both.pk, LATER) == ["boss"]


@pytest.fixture
def effects() -> Any:
    with paper_kind() as found:
        yield found


@pytest.mark.usefixtures("tenant")
def test_a_running_case_asks_the_leader_of_the_day_on_which_a_step_is_reached(
    effects: Effects,
) -> None:
    """What was asked for already stays with whom it was; what comes later follows the new line."""
    leader = Assignee(kind=AssigneeKind.LEADER, level=1)
    publish(
        line(
            step("first", assignees=(leader,)),
            step("property_manager"),
            step("last", assignees=(leader,), opinion_required=True),
        )
    )
    steward = person("a", "steward")
    old, new = person("old", "cs_supervisor"), person("new", "mo_manager")
    manager = person("m", "property_manager")
    case = submit(steward)

    that_day = NOW + timedelta(days=30)
    hang(access.SYSTEM, "steward", "mo_manager", reports_from=LATER)
    approve(old, case)
    approve(manager, case, now=that_day)

    with pytest.raises(DomainError):
        approve(old, case, now=that_day, text="ja")
    case = approve(new, case, now=that_day, text="ja")
    assert case.state == CaseState.APPROVED
