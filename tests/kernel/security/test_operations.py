"""What is written into the security log."""

from datetime import datetime, timedelta
from typing import Any

import psycopg2
import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from kernel.access import ActionDenied, Actor
from kernel.errors import DomainError, NotFound
from kernel.security import operations
from kernel.security.models import SecurityEvent, SecurityKind
from tenants.companies.models import Company
from tenants.provisioning import schema
from tests.factories import NOW
from tests.threads import at_once


@pytest.mark.parametrize(
    ("said", "kept"), [(7, 7), (None, None), (2**63 - 1, 2**63 - 1), (2**63, None), (10**24, None)]
)
def test_an_address_may_name_a_project_that_no_table_can_hold(
    tenant: Company, said: int | None, kept: int | None
) -> None:
    operations.note(kind=SecurityKind.ACTION_DENIED, actor=None, now=NOW, project_id=said)

    assert SecurityEvent.objects.get().project_id == kept


# ---- a refusal that repeats itself ---------------------------------------------------------------

PATH = "GET /p/3/bills/"
SECOND = timedelta(seconds=1)


@pytest.fixture
def person(tenant: Company) -> Actor:
    return Actor(label="zhou", user_id=7, request_id="r1")


def refused(
    actor: Actor | None,
    now: datetime = NOW,
    *,
    error: DomainError | None = None,
    path: str = PATH,
    **more: Any,
) -> SecurityEvent:
    event = operations.note_refusal(error or NotFound(), actor, path, now, **more)
    assert event is not None
    return event


def test_the_same_refusal_within_minutes_is_counted_on_one_row(person: Actor) -> None:
    last = NOW + operations.COUNTED_TOGETHER_FOR - SECOND
    moments = [NOW, NOW + SECOND, last]

    events = [refused(person, moment) for moment in moments]

    (row,) = SecurityEvent.objects.all()
    assert {event.pk for event in events} == {row.pk}
    assert (row.at, row.times, row.last_at) == (NOW, 3, last)
    assert (row.kind, row.path, row.request_id) == (SecurityKind.OUT_OF_REACH, PATH, "r1")


def test_what_goes_on_for_longer_begins_a_row_of_its_own(person: Actor) -> None:
    later = NOW + operations.COUNTED_TOGETHER_FOR
    for moment in (NOW, later, later + SECOND):
        refused(person, moment)

    rows = SecurityEvent.objects.order_by("pk").values_list("at", "times", "last_at")
    assert list(rows) == [(NOW, 1, None), (later, 2, later + SECOND)]


@pytest.mark.parametrize(
    "other",
    [
        {"path": "POST /p/3/bills/"},
        {"path": "GET /p/4/bills/"},
        {"project_id": 4},
        {"address": "203.0.113.9"},
        {"actor": Actor(label="zhou", user_id=8)},
        {"actor": None},
        {"error": ActionDenied("no", details={"action": "bill.view"})},
    ],
    ids=str,
)
def test_what_differs_in_anything_that_is_read_is_another_row(
    person: Actor, other: dict[str, Any]
) -> None:
    refused(person)
    refused(**{"actor": person, **other})

    assert list(SecurityEvent.objects.values_list("times", flat=True)) == [1, 1]


def test_of_two_refusals_for_different_reasons_both_are_kept(person: Actor) -> None:
    for action in ("bill.view", "bill.post", "bill.view"):
        refused(person, error=ActionDenied("no", details={"action": action}))

    rows = SecurityEvent.objects.order_by("pk").values_list("data__action", "times")
    assert list(rows) == [("bill.view", 2), ("bill.post", 1)]


def test_other_facts_are_never_counted_together(person: Actor) -> None:
    for _look in range(3):
        operations.note(kind=SecurityKind.DATA_REVEALED, actor=person, now=NOW)

    assert SecurityEvent.objects.filter(times=1).count() == 3


def test_nobody_fills_the_log_by_trying_numbers(
    person: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "MOST_AN_HOUR", 5)
    tried = [NOW + number * SECOND for number in range(12)]
    for number, moment in enumerate(tried):
        refused(person, moment, path=f"GET /c/people/{number}/")
    refused(person, tried[-1] + SECOND, path="GET /c/people/0/")  # has a row of its own already

    rows = SecurityEvent.objects.order_by("pk")
    assert [(row.kind, row.times) for row in rows] == [
        (SecurityKind.OUT_OF_REACH, 2),
        *[(SecurityKind.OUT_OF_REACH, 1)] * 4,
        (SecurityKind.MANY_REFUSED, 7),
    ]
    many = rows[5]
    assert (many.user_id, many.actor, many.path) == (7, "zhou", "")
    assert (many.at, many.last_at) == (tried[5], tried[-1])
    assert sum(row.times for row in rows) == 13  # not one is lost

    refused(Actor(label="li", user_id=8), tried[-1])
    assert SecurityEvent.objects.filter(kind=SecurityKind.OUT_OF_REACH, user_id=8).count() == 1
    refused(person, NOW + timedelta(hours=1, minutes=1), path="GET /c/people/99/")
    assert SecurityEvent.objects.filter(path="GET /c/people/99/").exists()


@pytest.mark.parametrize(
    "change",
    [
        "path = 'x'",
        "at = at + interval '1 day'",
        "times = 9, last_at = at",
        "times = 1, last_at = NULL",
        "times = times + 1, last_at = at - interval '1 minute'",
        "times = times + 1, last_at = at",  # before the last time
        "times = times + 1, last_at = NULL",
        "times = times + 1, message = 'x'",
    ],
)
def test_the_database_lets_the_count_rise_and_nothing_else(person: Actor, change: str) -> None:
    for moment in (NOW, NOW + SECOND):
        refused(person, moment)

    with (
        pytest.raises((ProgrammingError, IntegrityError)),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE security_securityevent SET {change}")
    assert SecurityEvent.objects.get().times == 2


def test_not_even_the_owner_changes_or_removes_an_event(committed_tenant: Company) -> None:
    refused(Actor(label="zhou", user_id=7))
    table = f"{committed_tenant.schema_name}.security_securityevent"

    for statement in (
        f"UPDATE {table} SET path = 'x'",
        f"UPDATE {table} SET times = 3, last_at = at",
        f"DELETE FROM {table}",
        f"TRUNCATE {table}",
    ):
        with (
            pytest.raises(psycopg2.IntegrityError, match="securityevent is"),
            schema.owner_cursor() as cursor,
        ):
            cursor.execute(statement)
    for statement in (f"DELETE FROM {table}", f"TRUNCATE {table}"):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_those_that_come_at_once_are_all_counted(committed_tenant: Company) -> None:
    actor = Actor(label="zhou", user_id=7)
    refused(actor)

    came = at_once(committed_tenant, [lambda: refused(actor, NOW + SECOND)] * 6)

    assert [event for event in came if isinstance(event, Exception)] == []
    assert SecurityEvent.objects.get().times == 7
