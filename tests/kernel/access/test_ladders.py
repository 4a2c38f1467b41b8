"""The five ladders of the handbook (2.1): what each draws, choosing one, what stays."""

import itertools
from datetime import date, timedelta
from typing import Any

import pytest

from kernel import access, policies
from kernel.access import ladders, lines, operations, posts, queries
from kernel.access.catalogue import LADDERS, POSTS, Place
from kernel.access.models import Post, PostAction, PostHolding, ReportingLine
from kernel.access.posts import PostFacts
from kernel.access.seeding import seed_posts
from kernel.audit.models import AuditEntry
from kernel.errors import DomainError, NotFound
from kernel.policies.errors import DecidedElsewhere
from kernel.policies.models import PolicyValue
from kernel.policies.operations import clear_value, set_value
from tenants.companies.models import Company
from tests.factories import NOW, TODAY, add_actor, add_user, hold_post

LATER = TODAY + timedelta(days=30)
LETTERS = tuple(LADDERS)


@pytest.fixture
def admin(tenant: Company) -> access.Actor:
    return add_actor("xujing", "company_admin")


def choose(admin: access.Actor, key: str, **facts: Any) -> ladders.Plan:
    return ladders.choose_ladder(actor=admin, key=key, now=NOW, **facts)


def plan(admin: access.Actor, key: str, **facts: Any) -> ladders.Plan:
    return ladders.plan(actor=admin, key=key, **{"first_day": TODAY, **facts})


def names() -> dict[str, str]:
    return dict(Post.objects.values_list("key", "name"))


def state() -> tuple[object, ...]:
    """Return all that a refusal must leave as it was."""
    return (
        list(Post.objects.order_by("pk").values()),
        list(ReportingLine.objects.order_by("pk").values()),
        list(PostAction.objects.order_by("pk").values()),
        list(PostHolding.objects.order_by("pk").values()),
        list(PolicyValue.objects.order_by("pk").values()),
        AuditEntry.objects.count(),
    )


# What section 2.1 draws, from the top: who stands above whom on the way down.
HANDBOOK: dict[str, list[tuple[str, ...]]] = {
    "A": [
        (
            "company_gm",
            "deputy_gm",
            "property_dept_manager",
            "mo_manager",
            "maintenance_supervisor",
            "maintenance_team_leader",
        ),
        ("mo_manager", "mo_deputy"),
        ("mo_manager", "night_duty_officer"),
        ("mo_manager", "cs_supervisor", "property_supervisor"),
        ("cs_supervisor", "front_desk"),
        ("cs_supervisor", "collector"),
        ("cs_supervisor", "internal_clerk"),
        ("cs_supervisor", "steward"),
        ("mo_manager", "security_supervisor", "security_team_leader"),
        ("mo_manager", "environment_supervisor", "environment_team_leader"),
    ],
    "B": [
        ("chairman", "deputy_gm", "general_office"),
        ("deputy_gm", "finance_head", "cashier"),
        ("finance_head", "sales_accountant"),
        ("deputy_gm", "property_manager", "charging_director", "community_head"),
        ("charging_director", "collector"),
        ("charging_director", "meter_reader"),
        ("security_supervisor", "gate_guard"),
    ],
    "C": [
        ("mo_manager", "mo_director", "cs_supervisor", "steward"),
        ("mo_director", "maintenance_supervisor"),
        ("mo_director", "maintenance_team_leader", "technician"),
        ("mo_director", "security_team_leader"),
        ("mo_director", "environment_team_leader"),
    ],
    "D": [
        ("board_leader", "deputy_gm", "mo_manager", "cs_supervisor", "front_desk"),
        ("mo_manager", "maintenance_supervisor"),
        ("board_leader", "board_office"),
        ("company_gm", "gm_office"),
        ("real_estate_gm", "developer_cs"),
    ],
    "E": [
        ("chairman", "company_gm"),
        ("chairman", "real_estate_gm"),
        ("chairman", "property_manager", "buyer"),
        ("property_manager", "materials_keeper"),
        ("company_gm", "finance_head"),
    ],
}


@pytest.mark.parametrize("key", LETTERS)
def test_a_company_follows_the_ladder_that_it_chose(key: str, admin: access.Actor) -> None:
    choose(admin, key)

    ladder, drawn, named = LADDERS[key], lines.above(TODAY), names()
    assert ladders.in_force() is ladder
    for way in HANDBOOK[key]:
        for above, below in itertools.pairwise(way):
            assert drawn[below] == above, (above, below)
    for post, seed in ladder.seeds().items():
        if seed.place != Place.OUTSIDE:
            assert drawn.get(post) == ladder.above(post)
            assert named[post] == ladder.name_of(post)[0]
    assert plan(admin, key) == ladders.Plan(
        ladder=ladder,
        first_day=TODAY,
        added=(),
        renamed=(),
        moved=(),
        kept=(),
        is_circle=False,
    )


@pytest.mark.parametrize("key", LETTERS)
def test_a_ladder_holds_together(key: str) -> None:
    ladder = LADDERS[key]
    known = ladder.seeds()

    assert set(POSTS) <= set(known)
    assert set(ladder.lines) | set(ladder.names) <= set(known)
    assert {post for rung in ladder.rungs for post in rung} <= set(known)
    titles = [ladder.name_of(post)[0] for post in known]
    assert len(titles) == len(set(titles))
    assert all(all(ladder.name_of(post)) for post in known)
    for post in known:
        seen, above = {post}, ladder.above(post)
        while above is not None:
            assert above not in seen
            assert known[above].place != Place.OUTSIDE
            seen.add(above)
            above = ladder.above(above)


@pytest.mark.parametrize("first", LETTERS)
@pytest.mark.parametrize("second", LETTERS)
def test_from_any_ladder_to_any_other_nothing_held_is_lost(
    first: str, second: str, admin: access.Actor
) -> None:
    choose(admin, first)
    user = add_user("wang")
    held = [key for key, row in names_of_staff().items() if row]
    for key in held:
        hold_post(user, key)
    holdings = list(PostHolding.objects.order_by("pk").values())
    actions = dict(PostAction.objects.values_list("pk", "is_given"))

    looked_at = plan(admin, second)
    done = choose(admin, second, seen=looked_at.digest)

    assert done == looked_at
    assert list(PostHolding.objects.order_by("pk").values()) == holdings
    assert actions.items() <= dict(PostAction.objects.values_list("pk", "is_given")).items()
    drawn = lines.above(TODAY)
    for key, seed in LADDERS[second].seeds().items():
        if seed.place != Place.OUTSIDE:
            assert drawn.get(key) == LADDERS[second].above(key)
    # What another ladder had added stays, with its line.
    assert {key for key in LADDERS[first].posts if key in drawn} == set(LADDERS[first].posts)


def names_of_staff() -> dict[str, str]:
    rows = Post.objects.exclude(place=Post.Place.OUTSIDE)
    return dict(rows.values_list("key", "name"))


def test_the_plan_tells_what_would_be_added_renamed_and_moved(admin: access.Actor) -> None:
    before = state()

    found = plan(admin, "D")

    assert found.added == ("board_office", "gm_office", "developer_cs")
    assert [(one.key, one.before[0], one.after[0]) for one in found.renamed] == [
        ("deputy_gm", "主管副总", "物业公司主管领导"),
        ("mo_manager", "管理处经理", "管理处负责人"),
    ]
    assert found.moved == (
        ("deputy_gm", "company_gm", "board_leader"),
        ("mo_manager", "property_dept_manager", "deputy_gm"),
    )
    assert (found.kept, found.is_circle) == ((), False)
    assert state() == before


def test_what_the_company_changed_itself_stays_unless_it_says_otherwise(
    admin: access.Actor,
) -> None:
    change(admin, "mo_manager", name="园区总监", above="company_gm")
    change(admin, "steward", name="管家", above="mo_manager")

    kept = plan(admin, "D")
    overruled = plan(admin, "D", keeps_own=False)

    assert set(kept.kept) == {"mo_manager", "steward"}
    assert [one.key for one in (*kept.renamed, *kept.moved)] == ["deputy_gm", "deputy_gm"]
    assert overruled.kept == ()
    assert {one.key for one in overruled.moved} == {"deputy_gm", "mo_manager", "steward"}
    choose(admin, "D")
    assert names()["mo_manager"] == "园区总监"
    assert lines.above(TODAY)["mo_manager"] == "company_gm"
    choose(admin, "D", keeps_own=False)
    assert names()["mo_manager"] == "管理处负责人"
    assert lines.above(TODAY)["steward"] == "cs_supervisor"


def change(
    admin: access.Actor, key: str, *, above: str | None, name: str = "", **facts: Any
) -> None:
    post = Post.objects.get(key=key)
    posts.change_post(
        actor=admin,
        key=key,
        facts=PostFacts(
            name=name or post.name,
            name_en=post.name_en,
            place=post.place,
            reports_to=above,
            department_id=post.department_id,
            **facts,
        ),
        now=NOW,
    )


def test_lines_change_on_the_day_that_is_chosen(admin: access.Actor) -> None:
    """A leader of each day is that day's, for cases under way and for those long decided."""
    steward, supervisor, director = (add_user(name) for name in ("s", "cs", "director"))
    hold_post(steward, "steward")
    hold_post(supervisor, "cs_supervisor")
    hold_post(director, "mo_director")
    hold_post(add_user("manager"), "mo_manager")

    choose(admin, "C", first_day=LATER)

    def leader(day: date) -> list[str]:
        found = queries.leader_of(user_id=steward.pk, project_id=None, level=2, today=day)
        return [user.username for user in found]

    assert leader(TODAY) == leader(LATER - timedelta(days=1)) == ["manager"]
    assert leader(LATER) == ["director"]
    assert names()["steward"] == "物管员"
    entry = AuditEntry.objects.get(
        event="access.post.changed", object_id=Post.objects.get(key="cs_supervisor").pk
    )
    assert entry.data["before"] == {"reports_to": "mo_manager"}
    assert entry.data["after"] == {
        "reports_to": "mo_director",
        "reports_from": LATER.isoformat(),
        "ladder": "C",
    }


def test_a_retired_post_is_passed_over(admin: access.Actor) -> None:
    change(admin, "mo_manager", above="deputy_gm")
    posts.retire_post(actor=admin, key="property_dept_manager", now=NOW)

    assert plan(admin, "A").moved == ()
    choose(admin, "C", keeps_own=False)
    assert lines.above(TODAY)["mo_manager"] == "deputy_gm"
    assert not Post.objects.get(key="property_dept_manager").is_active


def test_a_name_that_the_company_gave_to_another_post_is_not_taken(admin: access.Actor) -> None:
    posts.add_post(actor=admin, facts=PostFacts(name="物管员"), now=NOW)
    posts.add_post(actor=admin, facts=PostFacts(name="董事办专员"), now=NOW)

    choose(admin, "C")
    assert names()["steward"] == "楼管员"
    assert plan(admin, "D").kept == ("board_office",)
    choose(admin, "D")
    assert not Post.objects.filter(key="board_office").exists()
    assert Post.objects.filter(key="gm_office").exists()


def test_a_circle_with_what_the_company_keeps_is_shown_and_refused(admin: access.Actor) -> None:
    change(admin, "mo_director", above="cs_supervisor")
    before = state()

    assert plan(admin, "C").is_circle
    with pytest.raises(lines.LineIsCircle):
        choose(admin, "C")

    assert state() == before
    choose(admin, "C", keeps_own=False)
    assert lines.above(TODAY)["mo_director"] == "mo_manager"


def test_a_circle_with_what_is_planned_for_later_is_refused(admin: access.Actor) -> None:
    change(admin, "mo_director", above="cs_supervisor", reports_from=LATER)
    before = state()

    with pytest.raises(lines.LineIsCircle):
        choose(admin, "C")

    assert state() == before


def test_whoever_looked_at_another_plan_is_told(admin: access.Actor) -> None:
    """Two administrators at once: the second sees what the first has done before it counts."""
    seen = plan(admin, "B").digest
    change(admin, "collector", above="mo_manager")
    before = state()

    with pytest.raises(ladders.PlanChanged):
        choose(admin, "B", seen=seen)

    assert state() == before
    choose(admin, "B", seen=plan(admin, "B").digest)


@pytest.mark.parametrize(
    ("key", "facts", "error"),
    [
        ("F", {}, NotFound),
        ("a", {}, NotFound),
        ("B", {"first_day": TODAY - timedelta(days=1)}, lines.LineDayInvalid),
        ("A", {"first_day": TODAY - timedelta(days=1)}, lines.LineDayInvalid),
        ("B", {"seen": "made up"}, ladders.PlanChanged),
    ],
)
def test_what_cannot_be_chosen_is_refused(
    key: str, facts: dict[str, Any], error: type[DomainError], admin: access.Actor
) -> None:
    before = state()

    with pytest.raises(error):
        choose(admin, key, **facts)

    assert state() == before


@pytest.mark.parametrize("post", ["property_manager", "chairman"])
def test_nobody_but_an_administrator_chooses_or_looks(post: str, admin: access.Actor) -> None:
    actor = add_actor("other", post)
    before = state()

    with pytest.raises(access.ActionDenied):
        choose(actor, "B")
    with pytest.raises(access.ActionDenied):
        plan(actor, "B")

    assert state() == before


def test_it_takes_the_settings_too(admin: access.Actor) -> None:
    own = posts.add_post(
        actor=admin, facts=PostFacts(name="人事主管"), actions=["user.manage"], now=NOW
    )
    actor = add_actor("hr", own.key)
    before = state()

    with pytest.raises(access.ActionDenied):
        choose(actor, "B")

    assert state() == before


def test_the_setting_alone_is_not_changed(admin: access.Actor) -> None:
    """Its value would say one ladder, and the posts stand on another."""
    choose(admin, "B")
    before = state()

    with pytest.raises(DecidedElsewhere):
        set_value(actor=admin, key=ladders.SETTING, text="C", now=NOW, today=TODAY)
    with pytest.raises(DecidedElsewhere):
        clear_value(actor=admin, key=ladders.SETTING, now=NOW, today=TODAY)

    assert state() == before
    assert policies.get(ladders.SETTING, str) == "B"


def test_the_seeds_follow_the_ladder(admin: access.Actor) -> None:
    """A post that a release brings hangs where the company's ladder has it."""
    choose(admin, "D")
    choose(admin, "B")
    for key in ("gate_guard", "community_head"):
        PostAction.objects.filter(post_id=key).delete()
        ReportingLine.objects.filter(post_id=key).delete()
        Post.objects.filter(key=key).delete()
    before = names()

    seed_posts(NOW)
    seed_posts(NOW)

    drawn = lines.above(TODAY)
    assert drawn["community_head"] == "charging_director"
    assert drawn["gate_guard"] == "security_supervisor"
    assert names() == before | {"gate_guard": "门卫", "community_head": "小区负责人"}
    assert Post.objects.filter(key="board_office").exists()


def test_a_new_company_may_choose_before_anybody_holds_a_post(admin: access.Actor) -> None:
    choose(admin, "D")
    user = add_user("wang")

    operations.give_post(
        actor=admin,
        user_id=user.pk,
        post="board_office",
        project_id=None,
        valid_from=TODAY,
        now=NOW,
    )

    assert queries.posts_of(user_id=user.pk, project_id=None, today=TODAY) == {"board_office"}
    assert not queries.actor_for(user=user, today=TODAY).may(access.Action.PAYMENT_TAKE)
