"""Setting, overriding, giving back: who may, from when, and what is kept of it."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from kernel import access, policies
from kernel.audit.models import AuditEntry
from kernel.errors import DomainError, NotFound
from kernel.policies import operations, queries
from kernel.policies.errors import (
    ChangedMeanwhile,
    DayRefused,
    OverrideRefused,
    ValuesDisagree,
)
from kernel.policies.models import PolicyValue
from kernel.policies.reading import Origin
from services.properties.operations import create_project
from tenants.companies.models import Company
from tests.factories import NOW, TODAY, add_actor
from tests.threads import at_once

WHEN: dict[str, Any] = {"now": NOW, "today": TODAY}


@pytest.fixture
def project_id(tenant: Company) -> int:
    return create_project(actor=access.SYSTEM, code="YL", name="云麓", now=NOW).pk


def put(key: str, text: str, **values: Any) -> PolicyValue:
    facts = {"actor": access.SYSTEM, **WHEN, **values}
    return operations.set_value(key=key, text=text, **facts)


def entries() -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(event__startswith="policies.").order_by("pk"))


def test_who_changed_it_from_what_to_what_is_recorded(tenant: Company) -> None:
    actor = add_actor("xujing", "company_admin")

    put("billing.open_day", " １２ ", actor=actor)
    put("billing.open_day", "11", actor=actor)
    operations.clear_value(actor=actor, key="billing.open_day", **WHEN)

    assert [
        (
            entry.event,
            entry.data["key"],
            entry.data["before"]["value"],
            entry.data["after"]["value"],
        )
        for entry in entries()
    ] == [
        ("policies.value.set", "billing.open_day", None, "12"),
        ("policies.value.set", "billing.open_day", "12", "11"),
        ("policies.value.set", "billing.open_day", "11", None),
    ]
    assert {entry.actor_id for entry in entries()} == {actor.user_id}
    history = queries.history(actor=actor, key="billing.open_day")
    assert [entry.pk for entry in history] == [entry.pk for entry in reversed(entries())]
    assert policies.get("billing.open_day", int) == 10


def test_saying_the_same_twice_is_recorded_once(tenant: Company) -> None:
    put("kpi.collection_rate", "90%")
    put("kpi.collection_rate", "90.00 %")

    assert len(entries()) == 1


@pytest.mark.parametrize(
    ("key", "text", "extra", "code"),
    [
        ("billing.open_day", "29", {}, "policies.value-refused"),
        ("billing.open_day", "", {}, "policies.value-refused"),
        ("meter.window_from", "31", {}, "policies.values-disagree"),  # after window_to = 30
        ("billing.entry_to", "11", {}, "policies.values-disagree"),  # after the opening on the 10th
        ("leave.manager_over_days", "0", {}, "policies.values-disagree"),
        ("billing.open_day", "12", {"valid_from": TODAY}, "policies.day-refused"),
        ("fee.due_day", "12", {"valid_from": TODAY - timedelta(days=1)}, "policies.day-refused"),
        ("no.such", "12", {}, "not-found"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_written(
    tenant: Company, key: str, text: str, extra: dict[str, Any], code: str
) -> None:
    with pytest.raises(DomainError) as refusal:
        put(key, text, **extra)

    assert refusal.value.code == code
    assert not PolicyValue.objects.exists()
    assert entries() == []


def test_giving_back_may_not_make_two_settings_disagree(tenant: Company) -> None:
    put("leave.manager_over_days", "6")
    put("leave.director_over_days", "5")

    with pytest.raises(DomainError) as refusal:
        operations.clear_value(actor=access.SYSTEM, key="leave.manager_over_days", **WHEN)

    assert refusal.value.code == "policies.values-disagree"
    assert policies.get("leave.manager_over_days", int) == 6


@pytest.mark.parametrize("key", ["purchase.class_threshold", "sod.mode", "calendar.week"])
def test_what_is_the_companys_no_project_overrides(project_id: int, key: str) -> None:
    with pytest.raises(OverrideRefused):
        put(key, policies.REGISTRY[key].kind.text(policies.REGISTRY[key].default),
            project_id=project_id)  # fmt: skip

    assert not PolicyValue.objects.exists()


def test_a_project_there_is_not_is_not_found(tenant: Company) -> None:
    with pytest.raises(NotFound):
        put("billing.open_day", "12", project_id=999_999)
    assert not PolicyValue.objects.exists()


@pytest.mark.parametrize(
    ("post", "key", "is_allowed"),
    [
        ("company_admin", "billing.open_day", True),
        ("company_admin", "latefee.daily_rate", False),  # what owners pay is not the admin's
        ("property_manager", "latefee.daily_rate", True),
        ("property_manager", "billing.open_day", False),
        ("charging_director", "latefee.daily_rate", False),
        ("charging_director", "billing.open_day", False),
    ],
)
def test_who_may_change_what(tenant: Company, *, post: str, key: str, is_allowed: bool) -> None:
    actor = add_actor("somebody", post)
    text = "0.05%" if key == "latefee.daily_rate" else "12"

    if is_allowed:
        put(key, text, actor=actor)
        assert PolicyValue.objects.get().set_by_id == actor.user_id
        return
    with pytest.raises(access.ActionDenied):
        put(key, text, actor=actor)
    assert not PolicyValue.objects.exists()


def test_a_post_in_one_project_changes_nothing_elsewhere(project_id: int) -> None:
    other = create_project(actor=access.SYSTEM, code="QH", name="清河", now=NOW)
    actor = access.Actor(
        label="local",
        user_id=7,
        grants=frozenset({access.Grant(access.Action.POLICY_CHANGE, project_id)}),
    )

    with pytest.raises(NotFound):
        put("billing.open_day", "12", actor=actor, project_id=other.pk)
    with pytest.raises(access.ActionDenied):
        put("billing.open_day", "12", actor=actor)
    put("billing.open_day", "12", actor=actor, project_id=project_id)

    assert PolicyValue.objects.get().project_id == project_id


def test_a_planned_value_is_taken_back_one_in_force_is_not(tenant: Company) -> None:
    now = put("custody.fee_rate", "65%")
    later = put("custody.fee_rate", "60%", valid_from=TODAY + timedelta(days=1))

    operations.withdraw_planned(actor=access.SYSTEM, value_id=later.pk, **WHEN)
    with pytest.raises(DayRefused):
        operations.withdraw_planned(actor=access.SYSTEM, value_id=now.pk, **WHEN)

    assert [row.text for row in PolicyValue.objects.all()] == ["65%"]
    assert entries()[-1].event == "policies.value.withdrawn"
    assert entries()[-1].data["before"] == {"value": "60%", "valid_from": "2026-11-10"}


def test_lines_tell_origin_and_what_is_inherited(project_id: int) -> None:
    put("billing.open_day", "12")
    put("billing.open_day", "15", project_id=project_id)
    put("meter.window_to", "30", project_id=project_id)  # the same as inherited

    def line(key: str, project: int | None) -> queries.Line:
        return queries.get_line(actor=access.SYSTEM, key=key, project_id=project, today=TODAY)

    company, project = line("billing.open_day", None), line("billing.open_day", project_id)
    assert (company.found.value, company.found.origin) == (12, Origin.COMPANY)
    assert company.inherited.value == 10
    assert (project.found.value, project.found.origin) == (15, Origin.PROJECT)
    assert project.inherited.value == 12
    assert company.differs
    assert project.differs
    same = line("meter.window_to", project_id)
    assert same.is_own
    assert not same.differs
    assert line("card.fee_amount", None).found.origin == Origin.UNSET
    differing = queries.differing(actor=access.SYSTEM, today=TODAY)
    assert sorted((row.project_id or 0, row.key) for row in differing) == [
        (0, "billing.open_day"), (project_id, "billing.open_day"),
    ]  # fmt: skip


def test_all_lines_are_one_query(project_id: int, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):  # and whether there is the project
        lines = queries.settings(actor=access.SYSTEM, project_id=project_id, today=TODAY)
    assert len(lines) == len(policies.REGISTRY)


def test_two_at_once_leave_one_value_and_one_hears_of_it(committed_tenant: Company) -> None:
    key = "cs.complaint.revisit_wd"

    came = at_once(committed_tenant, [partial(put, key, text) for text in ("11", "12")])

    (row,) = PolicyValue.objects.all()
    kept = [one.text for one in came if isinstance(one, PolicyValue)]
    assert row.text in kept
    assert all(isinstance(one, PolicyValue | ChangedMeanwhile) for one in came), came
    assert len(entries()) == len(kept)


def test_two_that_go_together_are_not_changed_past_each_other(committed_tenant: Company) -> None:
    put("meter.window_from", "1")
    put("meter.window_to", "20")

    came = at_once(
        committed_tenant,
        [lambda: put("meter.window_from", "15"), lambda: put("meter.window_to", "10")],
    )

    assert sorted(type(result).__name__ for result in came) == ["PolicyValue", "ValuesDisagree"]
    first = policies.get("meter.window_from", int, project_id=None)
    assert first <= policies.get("meter.window_to", int, project_id=None)


def test_the_company_changes_nothing_that_a_project_then_contradicts(project_id: int) -> None:
    put("meter.window_to", "26", project_id=project_id)

    with pytest.raises(ValuesDisagree) as refused:
        put("meter.window_from", "27")

    assert refused.value.details == {"project_id": project_id}
    assert not PolicyValue.objects.filter(key="meter.window_from").exists()
    put("meter.window_from", "20", project_id=project_id)  # then it inherits neither
    put("meter.window_from", "27")
