"""Posts give actions in a scope; operations and reads ask for them."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.utils import ProgrammingError
from pytest_django.fixtures import DjangoAssertNumQueries

from kernel import access
from kernel.access import operations, tokens
from kernel.access.actions import Action
from kernel.access.catalogue import POSTS
from kernel.access.models import ApiToken, PostHolding, User
from kernel.access.passwords import PasswordWeak
from kernel.access.queries import actor_for
from kernel.audit import operations as audit
from kernel.audit.models import AuditEntry
from kernel.errors import NotFound
from tenants.companies.models import Company
from tenants.provisioning import schema
from tests import factories
from tests.factories import NOW, TODAY
from tests.factories_properties import add_project


def test_a_post_of_one_project_gives_nothing_in_another() -> None:
    actor = access.Actor(
        label="c", user_id=1, grants=frozenset({access.Grant(Action.PAYMENT_TAKE, 7)})
    )

    assert actor.may(Action.PAYMENT_TAKE, 7)
    assert actor.may(Action.PAYMENT_TAKE)
    assert not actor.may(Action.PAYMENT_TAKE, 8)
    assert not actor.may(Action.REGISTRY_VIEW, 7)
    assert actor.projects(Action.PAYMENT_TAKE) == frozenset({7})
    assert actor.projects(Action.REGISTRY_VIEW) == frozenset()


@pytest.mark.parametrize(
    ("place", "project", "answer", "looked_up"),
    [
        # Who holds a post in every project sees any number as one: for him it is looked up.
        (None, "there", None, 1),
        (None, "nowhere", NotFound, 1),
        ("there", "there", None, 0),
        ("there", "nowhere", NotFound, 0),
        ("elsewhere", "there", NotFound, 0),
    ],
)
def test_a_project_that_is_named_is_looked_up_where_any_would_pass(
    tenant: Company,
    django_assert_num_queries: DjangoAssertNumQueries,
    place: str | None,
    project: str,
    answer: type[Exception] | None,
    looked_up: int,
) -> None:
    ids = {
        "there": add_project("A", "甲苑").pk,
        "elsewhere": add_project("B", "乙苑").pk,
        "nowhere": 999_999,
    }
    actor = factories.add_actor("zhou", "collector", project_id=ids[place] if place else None)

    with django_assert_num_queries(looked_up):
        if answer is None:
            access.require_in_project(actor, Action.PAYMENT_TAKE, ids[project])
        else:
            with pytest.raises(answer):
                access.require_in_project(actor, Action.PAYMENT_TAKE, ids[project])


@pytest.mark.parametrize(
    "mixed",
    [
        {"vendor_id": 1},
        {"contact_id": 1},
        {"vendor_id": 1, "contact_id": 1, "user_id": 1},
        {"vendor_id": 1, "contact_id": 1, "is_system": True},
        {
            "vendor_id": 1,
            "contact_id": 1,
            "grants": frozenset({access.Grant(Action.PURCHASE_VIEW, None)}),
        },
    ],
)
def test_a_vendor_is_nobody_of_the_staff(mixed: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="vendor"):
        access.Actor(label="vendor", **mixed)


def test_a_vendor_may_nothing_that_the_staff_may() -> None:
    vendor = access.Actor(label="vendor", vendor_id=1, contact_id=2)

    assert not any(vendor.may(action) for action in Action)
    with pytest.raises(access.ActionDenied):
        vendor.require_person()


def test_nobody_may_anything_by_default() -> None:
    nobody = access.Actor(label="nobody")

    assert not any(nobody.may(action) for action in Action)
    with pytest.raises(access.ActionDenied) as refused:
        access.require(nobody, Action.PAYMENT_TAKE)
    assert refused.value.details["action"] == "payment.take"


@pytest.mark.parametrize(
    ("post", "never"),
    [
        # handbook 2.2 "must not", SoD-01, SoD-05, SoD-08
        ("company_admin", Action.PAYMENT_TAKE),
        ("company_admin", Action.FEE_STANDARD_CONFIRM),
        ("company_admin", Action.BILL_RUN_CHECK),
        ("property_manager", Action.PAYMENT_TAKE),
        ("property_manager", Action.FEE_STANDARD_DRAFT),
        ("charging_director", Action.PAYMENT_TAKE),
        ("collector", Action.BILL_RUN_CHECK),
        ("collector", Action.BILL_RUN_POST),
        ("collector", Action.READING_RESOLVE),
        ("collector", Action.FEE_STANDARD_CONFIRM),
        ("meter_reader", Action.PAYMENT_TAKE),
        ("meter_reader", Action.READING_RESOLVE),
    ],
)
def test_duties_that_must_not_meet_do_not_meet_in_a_post(post: str, never: Action) -> None:
    assert never not in POSTS[post].actions


def test_a_post_is_in_force_from_its_first_day_to_its_last(tenant: Company) -> None:
    user = factories.add_user("wang")
    holding = operations.give_post(
        actor=access.SYSTEM,
        user_id=user.pk,
        post="property_manager",
        project_id=None,
        valid_from=TODAY,
        now=NOW,
    )
    operations.end_post(
        actor=access.SYSTEM, holding_id=holding.pk, last_day=TODAY + timedelta(days=1), now=NOW
    )

    def holds(day: date) -> bool:
        return actor_for(user=user, today=day).may(Action.FEE_STANDARD_CONFIRM)

    days = [TODAY + timedelta(days=offset) for offset in range(-1, 3)]
    assert [holds(day) for day in days] == [False, True, True, False]


def test_a_deactivated_person_holds_nothing(tenant: Company) -> None:
    factories.add_actor("wang", "charging_director")
    user = operations.set_active(
        actor=access.SYSTEM, user_id=User.objects.get().pk, is_active=False, now=NOW
    )

    assert actor_for(user=user, today=TODAY).grants == frozenset()


def test_a_post_is_given_once(tenant: Company) -> None:
    user = factories.add_user("wang")

    for project_id in (None, None):
        if PostHolding.objects.exists():
            with pytest.raises(operations.PostHeldAlready):
                _give(user, project_id)
        else:
            _give(user, project_id)
    assert PostHolding.objects.count() == 1


def test_a_user_name_is_taken_whatever_its_case(tenant: Company) -> None:
    factories.add_user("Wang")

    with pytest.raises(operations.UsernameTaken):
        factories.add_user("wANG")
    assert User.objects.count() == 1


@pytest.mark.parametrize("password", ["short", "password1234", "1234567890", "wangxiaoming"])
def test_a_weak_password_is_refused(tenant: Company, password: str) -> None:
    with pytest.raises(PasswordWeak):
        operations.add_user(
            actor=access.SYSTEM, username="wangxiaoming", name="王小明", password=password, now=NOW
        )
    assert User.objects.count() == 0


def test_without_the_permission_nobody_adds_people_and_nothing_is_written(tenant: Company) -> None:
    collector = factories.add_actor("zhou", "property_manager")

    with pytest.raises(access.ActionDenied):
        operations.add_user(actor=collector, username="friend", name="Friend", now=NOW)

    assert User.objects.count() == 1
    assert not AuditEntry.objects.filter(actor_id=collector.user_id).exists()


def test_only_the_digest_of_a_token_is_kept(tenant: Company) -> None:
    user = factories.add_user("robot")

    token, text = tokens.create_token(actor=access.SYSTEM, user_id=user.pk, name="erp", now=NOW)

    stored = ApiToken.objects.filter(pk=token.pk).values().get()
    assert text not in str(stored)
    assert tokens.token_digest(text) == token.digest
    assert text not in str(list(AuditEntry.objects.values()))


def test_a_post_in_a_project_that_is_not_there_is_refused(tenant: Company) -> None:
    user = factories.add_user("wang")

    with pytest.raises(NotFound):
        _give(user, 999)
    assert not PostHolding.objects.exists()


def test_one_cannot_end_what_is_not_there(tenant: Company) -> None:
    with pytest.raises(NotFound):
        operations.end_post(actor=access.SYSTEM, holding_id=5, last_day=TODAY, now=NOW)


def test_audit_entries_are_added_and_never_changed(tenant: Company) -> None:
    user = factories.add_user("wang")
    audit.record(actor=access.SYSTEM, event="test.thing.done", subject=user, now=NOW)

    for statement in (
        AuditEntry.objects.all().update,
        lambda **_values: AuditEntry.objects.all().delete(),
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            statement(event="test.thing.undone")
    assert AuditEntry.objects.filter(event="test.thing.done").count() == 1


def test_not_even_the_owner_changes_an_audit_entry(committed_tenant: Company) -> None:
    user = factories.add_user("wang")
    audit.record(actor=access.SYSTEM, event="test.thing.done", subject=user, now=NOW)
    table = f"{committed_tenant.schema_name}.audit_auditentry"

    for statement in (
        f"UPDATE {table} SET event = 'x'",
        f"DELETE FROM {table}",
        f"TRUNCATE {table}",
    ):
        with (
            pytest.raises(Exception, match="append-only"),
            schema.owner_cursor() as cursor,
        ):
            cursor.execute(statement)


def _give(user: User, project_id: int | None) -> PostHolding:
    return operations.give_post(
        actor=access.SYSTEM,
        user_id=user.pk,
        post="collector",
        project_id=project_id,
        valid_from=TODAY,
        now=NOW,
    )
