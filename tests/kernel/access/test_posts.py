"""Posts as a company's own: added, changed, retired; what the platform and the handbook keep."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from kernel import access
from kernel.access import allowing, lines, operations, posts
from kernel.access.actions import Action
from kernel.access.catalogue import POSTS
from kernel.access.models import Post, PostAction, PostHolding, ReportingLine
from kernel.access.posts import PostFacts
from kernel.access.queries import actor_for
from kernel.access.seeding import seed_posts
from kernel.audit.models import AuditEntry
from kernel.duties import DutiesMeet
from kernel.errors import DomainError, NotFound
from tenants.companies.models import Company
from tests.factories import NOW, TODAY, add_actor, add_user, hold_post


@pytest.fixture
def admin(tenant: Company) -> access.Actor:
    return add_actor("xujing", "company_admin")


def add(admin: access.Actor, name: str = "房屋安全员", *actions: str, **facts: object) -> Post:
    return posts.add_post(
        actor=admin,
        facts=PostFacts(name=name, **facts),  # type: ignore[arg-type]
        actions=actions,
        now=NOW,
    )


def state() -> tuple[object, ...]:
    """Return all that a refusal must leave as it was."""
    return (
        list(Post.objects.order_by("pk").values()),
        list(ReportingLine.objects.order_by("pk").values()),
        list(PostAction.objects.order_by("pk").values()),
        AuditEntry.objects.count(),
    )


def test_a_company_adds_a_post_and_whoever_holds_it_may_do_it(admin: access.Actor) -> None:
    post = add(admin, "房屋安全员", "registry.view", "bill.view", reports_to="mo_manager")
    user = add_user("wang")
    operations.give_post(
        actor=admin, user_id=user.pk, post=post.key, project_id=None, valid_from=TODAY, now=NOW
    )

    actor = actor_for(user=user, today=TODAY)
    assert {grant.action for grant in actor.grants} == {Action.REGISTRY_VIEW, Action.BILL_VIEW}
    access.require(actor, Action.BILL_VIEW, 1)
    assert actor.post_used == post.key
    entry = AuditEntry.objects.get(event="access.post.added")
    assert entry.data["after"]["actions"] == ["bill.view", "registry.view"]
    assert entry.post == "company_admin"


def test_a_company_renames_a_post_and_hangs_it_elsewhere(admin: access.Actor) -> None:
    posts.change_post(
        actor=admin,
        key="steward",
        facts=PostFacts(name="管家", name_en="Butler", reports_to="mo_manager"),
        now=NOW,
    )

    post = Post.objects.get(key="steward")
    assert (post.name, post.name_en) == ("管家", "Butler")
    assert lines.above(TODAY)["steward"] == "mo_manager"
    assert lines.above(TODAY - timedelta(days=1))["steward"] == "cs_supervisor"
    assert post.department_id is None
    entry = AuditEntry.objects.get(event="access.post.changed")
    assert entry.data["before"]["reports_to"] == "cs_supervisor"
    assert entry.data["after"]["reports_to"] == "mo_manager"


def test_what_is_changed_to_the_same_is_no_change(admin: access.Actor) -> None:
    post = add(admin, "房屋安全员", "bill.view")
    before = state()

    posts.change_post(actor=admin, key=post.key, facts=PostFacts(name="房屋安全员"), now=NOW)
    posts.set_actions(actor=admin, key=post.key, actions=["bill.view"], now=NOW)

    assert state() == before


@pytest.mark.parametrize(
    ("facts", "error", "field"),
    [
        ({"name": " "}, posts.PostNameMissing, "name"),
        ({"name": "x" * 61}, posts.PostNameMissing, "name"),
        ({"name": "a\nb"}, posts.PostNameMissing, "name"),
        ({"name": "岗", "name_en": "x" * 61}, posts.PostNameMissing, "name_en"),
        ({"name": "收费员"}, posts.PostNameTaken, "name"),
        ({"name": "岗", "place": "MOON"}, posts.PlaceUnknown, "place"),
        ({"name": "岗", "reports_to": "nobody"}, posts.LineUnknown, "reports_to"),
        ({"name": "岗", "reports_to": "owner"}, posts.LineUnknown, "reports_to"),
        ({"name": "岗", "department_id": 99999}, posts.DepartmentUnknown, "department"),
    ],
)
def test_facts_that_make_no_sense_are_refused(
    admin: access.Actor, facts: dict[str, str], error: type[DomainError], field: str
) -> None:
    before = state()

    with pytest.raises(error) as added:
        posts.add_post(actor=admin, facts=PostFacts(**facts), now=NOW)  # type: ignore[arg-type]
    with pytest.raises(error):
        posts.change_post(
            actor=admin,
            key="steward",
            facts=PostFacts(**facts),  # type: ignore[arg-type]
            now=NOW,
        )

    assert added.value.field == field
    assert state() == before


@pytest.mark.parametrize("above", ["maintenance_team_leader", "technician"])
def test_a_circle_of_lines_is_refused_by_the_operation_and_by_the_database(
    admin: access.Actor, above: str
) -> None:
    below = "maintenance_supervisor"
    before = state()
    post = Post.objects.get(key=below)

    with pytest.raises(lines.LineIsCircle):
        posts.change_post(
            actor=admin, key=below, facts=PostFacts(name=post.name, reports_to=above), now=NOW
        )
    with pytest.raises(IntegrityError, match="stands above itself"), transaction.atomic():
        ReportingLine.objects.filter(post__key=below).update(reports_to=above)

    assert state() == before


@pytest.mark.parametrize(
    ("key", "action"),
    [(key, action) for key, post in POSTS.items() for action in sorted(post.never)],
)
def test_a_post_never_gets_what_the_handbook_says_it_must_not(
    admin: access.Actor, key: str, action: Action
) -> None:
    before = state()

    with pytest.raises(allowing.ActionForbidden) as refused:
        posts.set_actions(
            actor=admin, key=key, actions=[*allowing.actions_of(key), action.value], now=NOW
        )

    assert refused.value.details["actions"] == [action.value]
    assert state() == before


@pytest.mark.parametrize("action", ["payment.take", "fee-standard.confirm", "bill-run.post"])
def test_no_post_sets_up_the_company_and_does_its_business(
    admin: access.Actor, action: str
) -> None:
    before = state()

    with pytest.raises(allowing.ActionForbidden):
        add(admin, "二把手", "user.manage", action)

    assert state() == before


def test_duties_that_are_apart_do_not_meet_in_a_post_of_the_companys_own(
    admin: access.Actor,
) -> None:
    before = state()

    with pytest.raises(DutiesMeet) as refused:
        add(admin, "一人收费", "payment.take", "fee-standard.confirm")

    assert refused.value.details["rule"] == "SoD-01"
    assert state() == before


def test_the_administrator_keeps_what_the_platform_needs(admin: access.Actor) -> None:
    before = state()

    with pytest.raises(allowing.ActionNeeded) as refused:
        posts.set_actions(actor=admin, key="company_admin", actions=["registry.view"], now=NOW)
    with pytest.raises(posts.PostNeeded):
        posts.retire_post(actor=admin, key="company_admin", now=NOW)
    with pytest.raises(posts.PostNeeded):
        posts.change_post(actor=admin, key="company_admin", facts=PostFacts(name="管理员"), now=NOW)

    assert refused.value.details["actions"] == [
        "company.configure",
        "token.manage",
        "user.manage",
    ]
    assert state() == before


def test_an_unknown_action_and_one_for_people_outside_are_refused(admin: access.Actor) -> None:
    before = state()

    with pytest.raises(allowing.ActionUnknown):
        posts.set_actions(actor=admin, key="steward", actions=["fly"], now=NOW)
    with pytest.raises(allowing.ActionForbidden):
        posts.set_actions(actor=admin, key="owner", actions=["bill.view"], now=NOW)
    with pytest.raises(NotFound):
        posts.set_actions(actor=admin, key="nobody", actions=[], now=NOW)

    assert state() == before


def test_a_post_in_use_is_not_retired_and_a_retired_one_is_not_given(admin: access.Actor) -> None:
    user = add_user("wang")
    holding = operations.give_post(
        actor=admin, user_id=user.pk, post="gardener", project_id=None, valid_from=TODAY, now=NOW
    )
    before = state()

    with pytest.raises(posts.PostInUse) as held:
        posts.retire_post(actor=admin, key="gardener", now=NOW)
    with pytest.raises(posts.PostInUse) as above:
        posts.retire_post(actor=admin, key="cs_supervisor", now=NOW)

    assert held.value.details == {"holders": 1, "reports": 0}
    assert above.value.details == {"holders": 0, "reports": 5}
    assert state() == before

    operations.end_post(actor=admin, holding_id=holding.pk, last_day=TODAY, now=NOW)
    PostHolding.objects.filter(pk=holding.pk).update(valid_from="2026-01-01", valid_to=TODAY)
    posts.retire_post(actor=admin, key="gardener", now=NOW)

    with pytest.raises(operations.PostUnknown):
        operations.give_post(
            actor=admin,
            user_id=user.pk,
            post="gardener",
            project_id=None,
            valid_from=TODAY,
            now=NOW,
        )
    posts.restore_post(actor=admin, key="gardener", now=NOW)
    assert Post.objects.get(key="gardener").is_active


def test_a_retired_post_gives_nothing(admin: access.Actor) -> None:
    user = add_user("wang")
    hold_post(user, "steward")
    Post.objects.filter(key="steward").update(is_active=False)

    assert actor_for(user=user, today=TODAY).grants == frozenset()


def test_a_post_is_not_restored_below_a_retired_one_or_beside_its_name(
    admin: access.Actor,
) -> None:
    upper, lower = add(admin, "上"), add(admin, "下")
    posts.change_post(
        actor=admin, key=lower.key, facts=PostFacts(name="下", reports_to=upper.key), now=NOW
    )
    for post in (lower, upper):
        posts.retire_post(actor=admin, key=post.key, now=NOW)

    with pytest.raises(posts.LineUnknown):
        posts.restore_post(actor=admin, key=lower.key, now=NOW)
    add(admin, "上")
    with pytest.raises(posts.PostNameTaken):
        posts.restore_post(actor=admin, key=upper.key, now=NOW)

    assert not Post.objects.filter(key__in=[upper.key, lower.key], is_active=True).exists()


def test_an_action_taken_from_a_post_does_not_come_back_with_a_release(
    admin: access.Actor,
) -> None:
    kept = allowing.actions_of("collector") - {Action.EXPORT}
    posts.set_actions(actor=admin, key="collector", actions=kept, now=NOW)
    # A release knows a new action, and a post that this company never saw.
    PostAction.objects.filter(post_id="collector", action="payment.take").delete()
    PostAction.objects.filter(post_id="gardener").delete()
    ReportingLine.objects.filter(post_id="gardener").delete()
    Post.objects.filter(key="gardener").delete()

    seed_posts(NOW)
    seed_posts(NOW)

    assert allowing.actions_of("collector") == kept
    assert lines.above(TODAY)["gardener"] == "environment_team_leader"
    assert allowing.actions_of("gardener") == POSTS["gardener"].actions


def test_a_post_that_a_migration_made_is_filled_by_the_seed(admin: access.Actor) -> None:
    PostAction.objects.filter(post_id="gardener").delete()
    Post.objects.filter(key="gardener").update(
        name="gardener", name_en="", source="", place="PROJECT"
    )
    ReportingLine.objects.filter(post_id="gardener").delete()

    seed_posts(NOW)

    post = Post.objects.get(key="gardener")
    assert (post.name, lines.above(TODAY)["gardener"]) == ("绿化员", "environment_team_leader")
    assert post.source == "002/1"


def test_the_seed_finds_nothing_missing_in_four_queries(tenant: Company) -> None:
    statements: list[str] = []

    def note(execute: object, sql: object, *rest: object) -> object:
        statements.append(str(sql))
        return execute(sql, *rest)  # type: ignore[operator]

    with connection.execute_wrapper(note):
        seed_posts(NOW)

    asked = [one for one in statements if not re.match(r"SAVEPOINT|RELEASE|SELECT set_config", one)]
    assert len(asked) == 4, asked
    assert all(one.startswith("SELECT") for one in asked)


@pytest.mark.parametrize("post", ["property_manager", "charging_director", "mo_manager"])
def test_nobody_but_an_administrator_changes_posts(admin: access.Actor, post: str) -> None:
    actor = add_actor("other", post)
    before = state()

    for attempt in (
        lambda: add(actor),
        lambda: posts.change_post(actor=actor, key="steward", facts=PostFacts(name="x"), now=NOW),
        lambda: posts.set_actions(actor=actor, key="steward", actions=[], now=NOW),
        lambda: posts.retire_post(actor=actor, key="gardener", now=NOW),
        lambda: posts.restore_post(actor=actor, key="gardener", now=NOW),
    ):
        with pytest.raises(access.ActionDenied):
            attempt()

    assert state() == before


@pytest.mark.parametrize("second", ["collector", "property_manager", "finance_duty"])
def test_an_administrators_account_does_no_business(admin: access.Actor, second: str) -> None:
    assert admin.user_id is not None
    user = add_user("wang")
    hold_post(user, second)

    for user_id, post in ((admin.user_id, second), (user.pk, "company_admin")):
        with pytest.raises(operations.SettingUpApart):
            operations.give_post(
                actor=admin, user_id=user_id, post=post, project_id=None, valid_from=TODAY, now=NOW
            )

    assert PostHolding.objects.count() == 2


def test_a_post_that_an_administrator_holds_gets_no_business(admin: access.Actor) -> None:
    post = add(admin, "兼职", "bill.view")
    assert admin.user_id is not None
    operations.give_post(
        actor=admin,
        user_id=admin.user_id,
        post=post.key,
        project_id=None,
        valid_from=TODAY,
        now=NOW,
    )
    before = state()

    with pytest.raises(operations.SettingUpApart):
        posts.set_actions(actor=admin, key=post.key, actions=["payment.take"], now=NOW)

    assert state() == before
