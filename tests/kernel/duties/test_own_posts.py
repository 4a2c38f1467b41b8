"""Pairs that name posts hold for a company's own posts too, by what these count as."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from kernel import access
from kernel.access import allowing, classes, operations, posts
from kernel.access.models import OWN, CountsAs, Post, PostHolding, User
from kernel.access.posts import PostFacts
from kernel.audit.models import AuditEntry
from kernel.duties import PAIRS, DutiesMeet, Level, Mode, queries
from kernel.duties.rules import NAMED_BY_PAIRS
from kernel.errors import DomainError
from services.properties.models import Project
from services.properties.operations import create_project
from tenants.companies.models import Company
from tests import factories_duties as factories
from tests.factories import NOW, TODAY, add_actor, add_user, hold_post

BY_NAME_ONLY = ("SoD-05", "SoD-06", "SoD-12", "SoD-18", "SoD-22", "SoD-25", "SoD-26")
CASES = [
    (rule, one, other)
    for rule in BY_NAME_ONLY
    for post_a in sorted(PAIRS[rule].posts_a)
    for post_b in sorted(PAIRS[rule].posts_b)
    for one, other in ((post_a, post_b), (post_b, post_a))
]


@pytest.fixture
def admin(tenant: Company) -> access.Actor:
    return add_actor("xujing", "company_admin")


@pytest.fixture
def project(tenant: Company) -> Project:
    return create_project(actor=access.SYSTEM, code="YL", name="云麓花园", now=NOW)


def add(
    admin: access.Actor, *counts_as: str, name: str = "自设岗位", said: bool = True, **facts: Any
) -> Post:
    return posts.add_post(
        actor=admin,
        facts=PostFacts(name=name),
        counts_as=counts_as if said else None,
        now=NOW,
        **facts,
    )


def give(admin: access.Actor, user: User, post: str, project_id: int | None = None) -> None:
    operations.give_post(
        actor=admin, user_id=user.pk, post=post, project_id=project_id, valid_from=TODAY, now=NOW
    )


def classify(admin: access.Actor, key: str, *counts_as: str, **facts: Any) -> Post:
    return posts.classify_post(actor=admin, key=key, counts_as=counts_as, now=NOW, **facts)


def state() -> tuple[object, ...]:
    """Return all that a refusal must leave as it was."""
    return (
        list(Post.objects.order_by("pk").values()),
        list(CountsAs.objects.order_by("pk").values("post", "counts_as")),
        list(PostHolding.objects.order_by("pk").values()),
        AuditEntry.objects.count(),
    )


def test_these_are_the_pairs_with_a_side_that_no_action_tells() -> None:
    found = [
        rule
        for rule, pair in PAIRS.items()
        if Level.POST in pair.levels and not (pair.a.actions and pair.b.actions)
    ]

    assert tuple(found) == BY_NAME_ONLY


@pytest.mark.parametrize(("rule", "like", "other"), CASES)
def test_an_own_post_is_kept_apart_as_the_post_it_counts_as(
    rule: str, like: str, other: str, admin: access.Actor, project: Project
) -> None:
    own = add(admin, like)
    elsewhere = create_project(actor=access.SYSTEM, code="HB", name="海滨", now=NOW)
    for held, wanted in ((own.key, other), (other, own.key)):
        user, somebody_else = add_user(f"{held}-holder"), add_user(f"{held}-beside")
        give(admin, user, held, project.pk)
        before = state()

        with pytest.raises(DutiesMeet) as refused:
            give(admin, user, wanted, project.pk)

        assert rule in refused.value.details["rules"]
        assert str(PAIRS[rule].message) in str(refused.value)
        assert state() == before
        give(admin, user, wanted, elsewhere.pk)
        give(admin, somebody_else, wanted, project.pk)


@pytest.mark.parametrize(("rule", "like", "other"), CASES)
def test_what_holders_carry_stands_against_a_post_that_is_to_count(
    rule: str, like: str, other: str, admin: access.Actor, project: Project
) -> None:
    """First given, then said as what it counts: refused while one person holds both."""
    own = add(admin, said=False)
    user = add_user("wang")
    give(admin, user, own.key, project.pk)
    give(admin, user, other, project.pk)
    before = state()

    with pytest.raises(DutiesMeet) as refused:
        classify(admin, own.key, like)

    assert rule in refused.value.details["rules"]
    assert state() == before
    PostHolding.objects.filter(post_id=other).delete()
    classify(admin, own.key, like)
    assert classes.counts_of(own.key) == {like}


@pytest.mark.parametrize(("rule", "like", "other"), CASES)
def test_one_post_does_not_count_as_both_sides(
    rule: str, like: str, other: str, admin: access.Actor
) -> None:
    own = add(admin, said=False)
    before = state()

    with pytest.raises(DutiesMeet):
        classify(admin, own.key, like, other)
    with pytest.raises((DutiesMeet, allowing.ActionForbidden)):
        classify(admin, like, other)  # a post of the catalogue counts as itself as well
    with pytest.raises(DutiesMeet):
        add(admin, like, other, name="两边")

    assert state() == before


@pytest.mark.parametrize("rule", BY_NAME_ONLY)
def test_conflicts_show_own_posts_that_met_before(
    rule: str, admin: access.Actor, project: Project
) -> None:
    pair = PAIRS[rule]
    own_a = add(admin, min(pair.posts_a), name="甲岗")
    own_b = add(admin, min(pair.posts_b), name="乙岗")
    user = add_user("wang")
    hold_post(user, own_a.key, project.pk)
    hold_post(user, own_b.key)

    conflicts = queries.conflicts(actor=admin, today=TODAY)

    assert rule in {one.meeting.pair.id for one in conflicts}
    assert {one.user for one in conflicts} == {user}
    assert {one.meeting.project_id for one in conflicts} == {project.pk}


def test_a_meter_reader_under_another_name_is_kept_from_money_by_what_the_other_may_do(
    admin: access.Actor, project: Project
) -> None:
    """SoD-05: the collector's duty is told by the action, so an own post with it is caught."""
    till = add(admin, name="自设收银", actions=["payment.take"])
    user = add_user("wang")
    give(admin, user, "meter_reader", project.pk)

    with pytest.raises(DutiesMeet) as refused:
        give(admin, user, till.key, project.pk)

    assert refused.value.details["rules"] == ["SoD-05"]


def test_a_copy_counts_as_what_it_is_copied_from(admin: access.Actor) -> None:
    reader = add(admin, name="抄表专员", said=False, copied_from="meter_reader")
    again = add(admin, name="抄表助理", said=False, copied_from=reader.key)
    other = add(admin, name="跑腿", copied_from="meter_reader")  # said: as nothing
    boss = add(admin, name="系统员", said=False, copied_from="company_admin")

    for post in (reader, again):
        assert classes.counts_of(post.key) == {"meter_reader"}
        assert post.is_classified
        assert not post.stands_in
    assert (classes.counts_of(other.key), other.is_classified) == (frozenset(), True)
    assert (classes.counts_of(boss.key), boss.is_classified) == (frozenset(), False)
    entry = AuditEntry.objects.filter(event="access.post.added").earliest("pk")
    assert entry.data["after"]["counts_as"] == ["meter_reader"]
    assert "reading.record" in entry.data["after"]["actions"]


def test_it_is_recorded_who_said_what_a_post_counts_as(admin: access.Actor) -> None:
    own = add(admin, said=False)

    classify(admin, own.key, "buyer")
    classify(admin, own.key, "buyer")  # the same: no change
    classify(admin, own.key, "steward", stands_in=True)
    classify(admin, own.key)

    entries = AuditEntry.objects.filter(event="access.post.classified").order_by("pk")
    assert [(entry.data["before"], entry.data["after"]) for entry in entries] == [
        ({}, {"counts_as": ["buyer"], "stands_in": False}),
        (
            {"counts_as": ["buyer"], "stands_in": False},
            {"counts_as": ["steward"], "stands_in": True},
        ),
        (
            {"counts_as": ["steward"], "stands_in": True},
            {"counts_as": [], "stands_in": False},
        ),
    ]
    assert {entry.actor_id for entry in entries} == {admin.user_id}


@pytest.mark.parametrize(
    ("key", "counts_as", "facts", "error"),
    [
        ("own", ["king"], {}, classes.CountsUnknown),
        ("own", ["owner"], {}, classes.CountsUnknown),
        ("own", ["company_admin"], {}, classes.CountsUnknown),
        ("steward", ["steward"], {}, classes.CountsUnknown),
        ("owner", ["steward"], {}, classes.CountsUnknown),
        ("own", ["own"], {}, classes.CountsUnknown),
        ("own", [], {"stands_in": True}, classes.StandsInForNone),
    ],
)
def test_what_a_post_cannot_count_as_is_refused(
    key: str,
    counts_as: list[str],
    facts: dict[str, bool],
    error: type[DomainError],
    admin: access.Actor,
) -> None:
    own = add(admin, said=False)
    before = state()

    with pytest.raises(error):
        classify(
            admin,
            own.key if key == "own" else key,
            *(own.key if one == "own" else one for one in counts_as),
            **facts,
        )

    assert state() == before


def test_what_the_named_post_must_not_do_the_own_post_must_not(admin: access.Actor) -> None:
    till = add(admin, name="收银", said=False, actions=["payment.take"])
    reader = add(admin, "meter_reader", name="抄表专员")
    before = state()

    with pytest.raises(DomainError) as counted:
        classify(admin, till.key, "meter_reader")
    with pytest.raises(DomainError) as allowed:
        posts.set_actions(actor=admin, key=reader.key, actions=["payment.take"], now=NOW)

    assert {counted.value.code, allowed.value.code} == {"access.action-forbidden"}
    assert state() == before


@pytest.mark.parametrize("other", ["property_manager", "charging_director"])
def test_nobody_but_an_administrator_says_what_a_post_counts_as(
    other: str, admin: access.Actor
) -> None:
    own = add(admin, said=False)
    actor = add_actor("other", other)
    before = state()

    with pytest.raises(access.ActionDenied):
        classify(actor, own.key, "buyer")

    assert state() == before


@contextmanager
def at_once() -> Iterator[None]:
    """Look at foreign keys at the end of the block, not of the test."""
    yield
    connection.check_constraints()


def test_the_database_refuses_what_makes_no_sense(admin: access.Actor) -> None:
    own = add(admin, "buyer")

    for change in (
        lambda: CountsAs.objects.create(post=own, counts_as=own),
        lambda: CountsAs.objects.create(post=own, counts_as_id="buyer"),
        lambda: CountsAs.objects.create(post=own, counts_as_id="king"),
        lambda: Post.objects.filter(pk=own.pk).update(is_classified=False, stands_in=True),
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), at_once():
            change()


# ---- what nobody has settled --------------------------------------------------------------------


def unclear(admin: access.Actor) -> dict[str, dict[str, tuple[str, ...]]]:
    return {
        one.post.key: {like.post: like.rules for like in one.likenesses}
        for one in queries.unclear_posts(actor=admin)
    }


def test_a_company_that_changed_nothing_has_nothing_to_settle(admin: access.Actor) -> None:
    assert unclear(admin) == {}


def test_an_own_post_of_which_nothing_is_said_is_shown_until_it_is(admin: access.Actor) -> None:
    own = add(admin, said=False)

    assert unclear(admin) == {own.key: {}}
    classify(admin, own.key)
    assert unclear(admin) == {}
    posts.retire_post(actor=admin, key=own.key, now=NOW)
    add(admin, name="另一个", said=False, copied_from="buyer")
    assert unclear(admin) == {}


@pytest.mark.parametrize(
    ("like", "rules"),
    [
        ("meter_reader", ("SoD-05",)),
        ("property_manager", ("SoD-06",)),
        ("finance_head", ("SoD-12", "SoD-22")),
        ("charging_director", ("SoD-12",)),
        ("front_desk", ("SoD-25",)),
        ("cs_supervisor", ("SoD-25", "SoD-26")),
        ("mo_manager", ("SoD-26",)),
        ("steward", ("SoD-26",)),
    ],
)
def test_an_own_post_that_may_do_the_work_and_counts_as_nothing_is_shown(
    like: str, rules: tuple[str, ...], admin: access.Actor
) -> None:
    """Said to count as nothing, it is shown all the same; counted, it is not."""
    own = add(admin, copied_from=like)

    assert unclear(admin)[own.key][like] == rules
    classify(admin, own.key, like)
    assert unclear(admin) == {}


def test_a_post_of_the_catalogue_put_to_other_work_is_shown(admin: access.Actor) -> None:
    posts.change_post(actor=admin, key="internal_clerk", facts=PostFacts(name="抄表内勤"), now=NOW)
    posts.set_actions(
        actor=admin,
        key="internal_clerk",
        actions=["manual.keep", "reading.view", "reading.record"],
        now=NOW,
    )

    assert unclear(admin) == {"internal_clerk": {"meter_reader": ("SoD-05",)}}
    classify(admin, "internal_clerk", "meter_reader")
    assert unclear(admin) == {}
    user = add_user("wang")
    give(admin, user, "internal_clerk")
    with pytest.raises(DutiesMeet):
        give(admin, user, "collector")


def test_whoever_may_not_see_where_duties_meet_sees_no_unclear_posts(admin: access.Actor) -> None:
    with pytest.raises(access.ActionDenied):
        queries.unclear_posts(actor=add_actor("zhou", "collector"))


# ---- attacks ------------------------------------------------------------------------------------


def test_a_post_that_is_swapped_takes_its_duties_along(
    admin: access.Actor, project: Project
) -> None:
    """Emptied, given, then counted or allowed again: each way back is refused."""
    own = add(admin, "buyer")
    user = add_user("wang")
    give(admin, user, own.key, project.pk)
    classify(admin, own.key)
    give(admin, user, "materials_keeper", project.pk)
    before = state()

    with pytest.raises(DutiesMeet):
        classify(admin, own.key, "buyer")
    with pytest.raises(DutiesMeet):
        classify(admin, own.key, "finance_head", "buyer")

    assert state() == before


def test_a_holding_to_come_and_one_that_ended(admin: access.Actor, project: Project) -> None:
    own = add(admin, said=False)
    user = add_user("wang")
    ended = hold_post(user, own.key, project.pk)
    PostHolding.objects.filter(pk=ended.pk).update(valid_to=TODAY)
    give(admin, user, "buyer", project.pk)
    classify(admin, own.key, "materials_keeper")  # what is over meets nothing
    PostHolding.objects.filter(pk=ended.pk).update(valid_from="2027-01-01", valid_to=None)
    classify(admin, own.key)

    with pytest.raises(DutiesMeet):
        classify(admin, own.key, "materials_keeper")


def test_the_mode_that_only_warns_lets_it_pass_and_writes_it_down(
    admin: access.Actor, project: Project
) -> None:
    factories.set_mode(Mode.WARN)
    own = add(admin, "buyer")
    user = add_user("wang")
    give(admin, user, own.key, project.pk)

    give(admin, user, "materials_keeper", project.pk)

    assert [one.meeting.pair.id for one in queries.conflicts(actor=admin, today=TODAY)] == [
        "SoD-18"
    ]


def test_a_post_of_staff_is_not_hidden_among_those_outside(admin: access.Actor) -> None:
    own = add(admin, said=False)
    give(admin, add_user("wang"), own.key)
    before = state()

    with pytest.raises(posts.PostInUse):
        posts.change_post(
            actor=admin, key=own.key, facts=PostFacts(name="外部", place="OUTSIDE"), now=NOW
        )

    assert state() == before


def test_a_post_that_sets_up_the_company_signs_in_nobodys_place(admin: access.Actor) -> None:
    """2.2: the administrator takes no part in business approvals, by whatever name."""
    clerk = add(admin, "chairman", name="系统员", actions=["user.manage"])
    deputy = add(admin, "chairman", name="副手", stands_in=True)
    before = state()

    with pytest.raises(operations.SettingUpApart):
        classify(admin, clerk.key, "chairman", stands_in=True)
    with pytest.raises(operations.SettingUpApart):
        posts.set_actions(actor=admin, key=deputy.key, actions=["company.configure"], now=NOW)
    with pytest.raises(operations.SettingUpApart):
        add(admin, "chairman", name="两者", stands_in=True, actions=["user.manage"])

    assert state() == before


def test_every_post_that_a_pair_names_can_be_counted_as() -> None:
    with translation.override("en"):
        assert NAMED_BY_PAIRS <= classes.COUNTABLE


def test_own_posts_are_told_by_their_source(admin: access.Actor) -> None:
    own = add(admin)

    assert list(Post.objects.filter(source=OWN)) == [own]
    assert own.is_own
    assert not Post.objects.get(key="steward").is_own
