"""The company's own days."""

from datetime import date, timedelta
from typing import Any

import pytest
from django_tenants.utils import tenant_context

from kernel import access
from kernel.audit.models import AuditEntry
from kernel.calendar import operations, queries
from kernel.calendar.models import CalendarException
from kernel.errors import DomainError, NotFound
from tenants.companies.models import Company
from tests.factories import NOW, add_actor

DAY = date(2026, 11, 20)


def set_days(**values: Any) -> list[CalendarException]:
    facts = {"first_day": DAY, "last_day": DAY, "is_working": False, "name": "司庆", **values}
    return operations.set_days(actor=facts.pop("actor", access.SYSTEM), now=NOW, **facts)


def test_an_exception_counts_at_once_and_is_recorded(tenant: Company) -> None:
    actor = add_actor("xujing", "company_admin")

    set_days(actor=actor, last_day=DAY + timedelta(days=1))

    assert [row.day for row in CalendarException.objects.order_by("day")] == [
        DAY, DAY + timedelta(days=1),
    ]  # fmt: skip
    assert not queries.calendar().is_working_day(DAY)
    entry = AuditEntry.objects.get(event="calendar.exception.set", data__after__day="2026-11-20")
    assert entry.actor_id == actor.user_id
    assert entry.data["before"] is None
    assert entry.data["after"] == {"day": "2026-11-20", "is_working": False, "name": "司庆"}


def test_a_day_has_one_exception_the_later_replaces(tenant: Company) -> None:
    set_days()
    set_days(is_working=True, name="补班")

    (row,) = CalendarException.objects.all()
    assert (row.is_working, row.name) == (True, "补班")
    entry = AuditEntry.objects.filter(event="calendar.exception.set").latest("pk")
    assert entry.data["before"] == {"day": "2026-11-20", "is_working": False, "name": "司庆"}


def test_saying_the_same_twice_is_recorded_once(tenant: Company) -> None:
    set_days()
    set_days()

    assert AuditEntry.objects.filter(event="calendar.exception.set").count() == 1


def test_taken_back_the_day_counts_as_before(tenant: Company) -> None:
    (row,) = set_days()

    operations.remove_exception(actor=access.SYSTEM, exception_id=row.pk, now=NOW)

    assert queries.calendar().is_working_day(DAY)
    entry = AuditEntry.objects.get(event="calendar.exception.removed")
    assert entry.object_id == row.pk
    assert entry.data["before"]["name"] == "司庆"
    with pytest.raises(NotFound):
        operations.remove_exception(actor=access.SYSTEM, exception_id=row.pk, now=NOW)


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"last_day": DAY - timedelta(days=1)}, "calendar.days-invalid", "last_day"),
        ({"last_day": DAY + timedelta(days=62)}, "calendar.days-invalid", "last_day"),
        (
            {"first_day": date(2000, 12, 31), "last_day": date(2000, 12, 31)},
            "calendar.days-invalid",
            "first_day",
        ),
        (
            {"first_day": date(2101, 1, 1), "last_day": date(2101, 1, 1)},
            "calendar.days-invalid",
            "first_day",
        ),
        ({"name": "  "}, "calendar.reason-missing", "name"),
        ({"name": "字" * 61}, "calendar.reason-missing", "name"),
    ],
)
def test_what_makes_no_sense_is_refused(
    tenant: Company, values: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(DomainError) as refusal:
        set_days(**values)

    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert not CalendarException.objects.exists()
    assert not AuditEntry.objects.filter(event__startswith="calendar").exists()


@pytest.mark.parametrize("post", ["property_manager", "charging_director", "collector"])
def test_only_the_administrator_changes_it(tenant: Company, post: str) -> None:
    (row,) = set_days()
    actor = add_actor("somebody", post)

    with pytest.raises(access.ActionDenied):
        set_days(actor=actor, is_working=True)
    with pytest.raises(access.ActionDenied):
        operations.remove_exception(actor=actor, exception_id=row.pk, now=NOW)

    assert CalendarException.objects.get().is_working is False


def test_another_company_has_its_own_days(tenant: Company, companies: dict[str, Company]) -> None:
    set_days()

    with tenant_context(companies["beta"]):
        assert queries.calendar().is_working_day(DAY)


def test_the_calendar_is_two_queries(tenant: Company, django_assert_num_queries: Any) -> None:
    set_days()
    with django_assert_num_queries(2):  # settings, exceptions
        calendar = queries.calendar()
        assert not calendar.is_working_day(DAY)
        calendar.add_working_days(DAY, 100)
