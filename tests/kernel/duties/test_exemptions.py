"""Modes of the separation of duties, and exemptions: asked, decided, used, ended."""

from datetime import date, timedelta
from typing import Any

import pytest

from kernel import access
from kernel.access import operations as people
from kernel.access.actors import Actor
from kernel.access.models import PostHolding, User
from kernel.access.queries import actor_for
from kernel.audit.models import AuditEntry
from kernel.duties import DutiesMeet, Mode, exemptions, queries
from kernel.duties import operations as duties
from kernel.duties.models import Exemption, ExemptionState
from kernel.errors import DomainError, NotFound
from kernel.notifications.models import Notification
from kernel.security.models import SecurityEvent, SecurityKind
from services.properties.models import Project
from services.properties.operations import create_project
from tenants.companies.models import Company
from tests.factories import NOW, TODAY, add_actor, add_user
from tests.factories_duties import ask, exempt, set_mode

YEAR_END = date(2026, 12, 31)


@pytest.fixture
def project(tenant: Company) -> Project:
    return create_project(actor=access.SYSTEM, code="YL", name="云麓花园", now=NOW)


@pytest.fixture
def elsewhere(project: Project) -> Project:
    return create_project(actor=access.SYSTEM, code="HB", name="海滨", now=NOW)


@pytest.fixture
def admin(project: Project) -> Actor:
    return add_actor("admin", "company_admin")


@pytest.fixture
def manager(project: Project) -> Actor:
    return add_actor("manager", "property_manager")


@pytest.fixture
def clerk(project: Project) -> User:
    """The one clerk of a community: he collects."""
    user = add_user("clerk")
    give(user, "collector", project.pk)
    return user


def give(user: User, post: str, project_id: int | None, last_day: date | None = None) -> None:
    people.give_post(
        actor=access.SYSTEM,
        user_id=user.pk,
        post=post,
        project_id=project_id,
        valid_from=TODAY,
        last_day=last_day,
        now=NOW,
    )


def keep_apart(user: User, project: Project, rule: str = "SoD-08", **values: Any) -> None:
    """Let the person take the second step of a pair on the project's record."""
    duties.require_apart(
        rule,
        actor=actor_for(user=user, today=TODAY),
        earlier=[user.pk],
        subject=project,
        project_id=project.pk,
        now=NOW,
        **values,
    )


def posts_of(user: User) -> list[str]:
    return list(
        PostHolding.objects.filter(user=user).order_by("pk").values_list("post__key", flat=True)
    )


def uses() -> list[tuple[str, Any]]:
    found = AuditEntry.objects.filter(event="duties.exemption.used").order_by("pk")
    return [(entry.object_type, entry.data["rule"]) for entry in found]


# ---- S-49: the one-clerk community --------------------------------------------------------------


def test_a_one_clerk_community_may_combine_two_duties_while_exempt(
    admin: Actor, manager: Actor, clerk: User, project: Project, elsewhere: Project
) -> None:
    set_mode(Mode.BLOCK_WITH_EXEMPTION)
    with pytest.raises(DutiesMeet):
        give(clerk, "sales_accountant", project.pk, YEAR_END)
    with pytest.raises(DutiesMeet):
        keep_apart(clerk, project)
    exempt(admin, manager, clerk, "SoD-08", project_id=project.pk)

    give(clerk, "sales_accountant", project.pk, YEAR_END)
    keep_apart(clerk, project)

    assert posts_of(clerk) == ["collector", "sales_accountant"]
    assert uses() == [("duties.exemption", "SoD-08")] * 2
    # Neither another pair, nor another place, nor another person.
    with pytest.raises(DutiesMeet):
        keep_apart(clerk, project, "SoD-03")
    with pytest.raises(DutiesMeet):
        keep_apart(clerk, elsewhere)
    with pytest.raises(DutiesMeet):
        keep_apart(add_user("another"), project)
    # It is on the accounts of the quarter.
    listed = queries.exemptions_of_days(
        actor=admin, first_day=date(2026, 10, 1), last_day=date(2026, 12, 31)
    )
    assert [one.reason for one in listed] == ["one clerk in the community"]
    later = queries.exemptions_of_days(
        actor=admin, first_day=date(2027, 1, 1), last_day=date(2027, 3, 31)
    )
    assert not later.exists()
    (conflict,) = queries.conflicts(actor=admin, today=TODAY)
    assert (conflict.user, conflict.meeting.pair.id) == (clerk, "SoD-08")
    assert conflict.exemption == listed[0]


def test_a_post_outlasts_no_exemption(
    admin: Actor, manager: Actor, clerk: User, project: Project
) -> None:
    set_mode(Mode.BLOCK_WITH_EXEMPTION)
    exempt(admin, manager, clerk, "SoD-08", project_id=project.pk)

    for last_day in (None, YEAR_END + timedelta(days=1)):
        with pytest.raises(DutiesMeet):
            give(clerk, "sales_accountant", project.pk, last_day)
    with pytest.raises(DutiesMeet) as refusal:  # another pair meets as well
        give(clerk, "charging_director", project.pk, YEAR_END)
    assert refusal.value.details["rules"] == ["SoD-03"]

    assert posts_of(clerk) == ["collector"]


@pytest.mark.parametrize("mode", [Mode.BLOCK, Mode.BLOCK_WITH_EXEMPTION])
def test_an_exemption_counts_in_its_mode_and_days_only(
    mode: Mode, admin: Actor, manager: Actor, clerk: User, project: Project
) -> None:
    set_mode(Mode.BLOCK_WITH_EXEMPTION)
    exempt(admin, manager, clerk, "SoD-08", project_id=project.pk)
    set_mode(mode)

    if mode == Mode.BLOCK:
        with pytest.raises(DutiesMeet):
            keep_apart(clerk, project)
        assert uses() == []
    else:
        keep_apart(clerk, project)
        Exemption.objects.update(valid_from=date(2026, 10, 1), valid_to=TODAY)
        with pytest.raises(DutiesMeet):
            keep_apart(clerk, project)


def test_what_the_handbook_leaves_no_setting_for_is_never_exempt(
    admin: Actor, manager: Actor, clerk: User, project: Project
) -> None:
    set_mode(Mode.BLOCK_WITH_EXEMPTION)
    exempt(admin, manager, clerk, "SoD-04", project_id=project.pk)
    keep_apart(clerk, project, "SoD-04")

    for mode in Mode:
        set_mode(mode)
        with pytest.raises(DutiesMeet):
            keep_apart(clerk, project, "SoD-04", is_fixed=True)


def test_an_exemption_that_waits_or_is_turned_down_does_not_count(
    admin: Actor, manager: Actor, clerk: User, project: Project
) -> None:
    set_mode(Mode.BLOCK_WITH_EXEMPTION)
    asked = ask(admin, clerk, "SoD-08", project_id=project.pk)
    with pytest.raises(DutiesMeet):
        keep_apart(clerk, project)

    exemptions.reject_exemption(actor=manager, exemption_id=asked.pk, opinion="no", now=NOW)

    with pytest.raises(DutiesMeet):
        keep_apart(clerk, project)


def test_an_exemption_that_is_ended_counts_no_more(
    admin: Actor, manager: Actor, clerk: User, project: Project
) -> None:
    set_mode(Mode.BLOCK_WITH_EXEMPTION)
    exemption = exempt(admin, manager, clerk, "SoD-08", project_id=project.pk)
    give(clerk, "sales_accountant", project.pk, YEAR_END)

    exemptions.end_exemption(actor=admin, exemption_id=exemption.pk, reason="hired", now=NOW)

    with pytest.raises(DutiesMeet):
        keep_apart(clerk, project)
    (conflict,) = queries.conflicts(actor=admin, today=TODAY)
    assert conflict.exemption is None
    with pytest.raises(exemptions.ExemptionStateWrong):
        exemptions.end_exemption(actor=admin, exemption_id=exemption.pk, reason="x", now=NOW)


def test_an_ended_exemption_excuses_no_post_that_is_dated_back(
    admin: Actor, manager: Actor, clerk: User, project: Project
) -> None:
    """Known fault: from a day before its end on, it let the post through until its last day."""
    set_mode(Mode.BLOCK_WITH_EXEMPTION)
    exemption = exempt(admin, manager, clerk, "SoD-08", project_id=project.pk)
    exemptions.end_exemption(actor=admin, exemption_id=exemption.pk, reason="hired", now=NOW)
    PostHolding.objects.filter(user=clerk).update(valid_from=exemption.valid_from)

    with pytest.raises(DutiesMeet):
        people.give_post(
            actor=access.SYSTEM,
            user_id=clerk.pk,
            post="sales_accountant",
            project_id=project.pk,
            valid_from=exemption.valid_from,
            last_day=YEAR_END,
            now=NOW,
        )

    assert posts_of(clerk) == ["collector"]


def test_who_acts_for_somebody_needs_the_exemption_of_both(
    admin: Actor, manager: Actor, clerk: User, project: Project
) -> None:
    set_mode(Mode.BLOCK_WITH_EXEMPTION)
    principal = add_user("principal")
    exempt(admin, manager, clerk, "SoD-08", project_id=project.pk)

    def act() -> None:
        duties.require_apart(
            "SoD-08",
            actor=actor_for(user=clerk, today=TODAY),
            earlier=[clerk.pk, principal.pk],
            on_behalf_of=[principal.pk],
            subject=project,
            project_id=project.pk,
            now=NOW,
        )

    with pytest.raises(DutiesMeet) as refusal:
        act()
    assert refusal.value.details["earlier"] == sorted([clerk.pk, principal.pk])
    exempt(admin, manager, principal, "SoD-08", project_id=project.pk)
    act()


# ---- warn ---------------------------------------------------------------------------------------


def test_where_it_only_warns_everything_passes_and_is_written_down(
    admin: Actor, clerk: User, project: Project
) -> None:
    set_mode(Mode.WARN)

    give(clerk, "sales_accountant", project.pk)
    keep_apart(clerk, project)

    assert posts_of(clerk) == ["collector", "sales_accountant"]
    events = SecurityEvent.objects.order_by("pk")
    assert [(event.kind, event.rule, event.project_id) for event in events] == [
        (SecurityKind.DUTIES_WARNED, "SoD-08", project.pk)
    ] * 2
    assert len(queries.conflicts(actor=admin, today=TODAY)) == 1


# ---- asking and deciding ------------------------------------------------------------------------


def test_exemptions_are_asked_for_only_where_the_mode_knows_them(admin: Actor, clerk: User) -> None:
    with pytest.raises(exemptions.ExemptionsOff) as refusal:
        ask(admin, clerk, "SoD-08")

    assert refusal.value.details == {"setting": "sod.mode"}
    assert not Exemption.objects.exists()


@pytest.mark.parametrize(
    ("values", "error", "field"),
    [
        ({"rule": "SoD-34"}, exemptions.RuleUnknown, "rule"),
        ({"reason": "  "}, exemptions.ReasonMissing, "reason"),
        ({"reason": "x" * 501}, exemptions.ReasonMissing, "reason"),
        ({"last_day": date(2026, 10, 31)}, exemptions.DaysInvalid, "last_day"),
        (
            {"valid_from": date(2026, 10, 1), "last_day": date(2026, 11, 8)},
            exemptions.DaysInvalid,
            "last_day",
        ),
        ({"last_day": date(2027, 11, 2)}, exemptions.DaysInvalid, "last_day"),
        ({"project_id": 987654}, NotFound, None),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(
    values: dict[str, Any], error: type[DomainError], field: str | None, admin: Actor, clerk: User
) -> None:
    set_mode(Mode.BLOCK_WITH_EXEMPTION)

    with pytest.raises(error) as refusal:
        ask(admin, clerk, **{"rule": "SoD-08", **values})

    assert refusal.value.field == field
    assert not Exemption.objects.exists()
    assert not AuditEntry.objects.filter(event__startswith="duties.").exists()


def test_an_exemption_of_a_whole_year_is_the_longest(admin: Actor, clerk: User) -> None:
    set_mode(Mode.BLOCK_WITH_EXEMPTION)

    asked = ask(admin, clerk, "SoD-08", last_day=date(2027, 11, 1))

    assert asked.last_day == date(2027, 11, 1)


def test_the_same_is_not_asked_for_twice(admin: Actor, clerk: User) -> None:
    set_mode(Mode.BLOCK_WITH_EXEMPTION)
    ask(admin, clerk, "SoD-08")

    with pytest.raises(exemptions.RequestedAlready):
        ask(admin, clerk, "SoD-08")

    assert Exemption.objects.count() == 1


def test_neither_the_person_nor_who_asked_approves(
    admin: Actor, manager: Actor, clerk: User
) -> None:
    set_mode(Mode.BLOCK_WITH_EXEMPTION)
    both = Actor(label="both", user_id=admin.user_id, grants=admin.grants | manager.grants)
    of_the_clerk = ask(admin, clerk, "SoD-08")
    of_the_manager = ask(admin, User.objects.get(pk=manager.user_id or 0), "SoD-02")

    for actor, exemption in ((both, of_the_clerk), (manager, of_the_manager)):
        for decide in (exemptions.approve_exemption, exemptions.reject_exemption):
            with pytest.raises(exemptions.ApprovedByConcerned):
                decide(actor=actor, exemption_id=exemption.pk, opinion="fine", now=NOW)

    assert set(Exemption.objects.values_list("state", flat=True)) == {ExemptionState.REQUESTED}
    with pytest.raises(access.ActionDenied):  # the administrator himself has not the action
        exemptions.approve_exemption(actor=admin, exemption_id=of_the_clerk.pk, now=NOW)


def test_an_exemption_is_decided_once(admin: Actor, manager: Actor, clerk: User) -> None:
    set_mode(Mode.BLOCK_WITH_EXEMPTION)
    exemption = exempt(admin, manager, clerk, "SoD-08")

    for decide in (exemptions.approve_exemption, exemptions.reject_exemption):
        with pytest.raises(exemptions.ExemptionStateWrong):
            decide(actor=manager, exemption_id=exemption.pk, opinion="again", now=NOW)

    events = AuditEntry.objects.filter(event__startswith="duties.").order_by("pk")
    assert [entry.event for entry in events] == [
        "duties.exemption.requested",
        "duties.exemption.approved",
    ]


@pytest.mark.parametrize("post", ["collector", "charging_director", "property_manager"])
def test_only_an_administrator_asks(post: str, clerk: User) -> None:
    set_mode(Mode.BLOCK_WITH_EXEMPTION)

    with pytest.raises(access.ActionDenied):
        ask(add_actor("other", post), clerk, "SoD-08")

    assert not Exemption.objects.exists()


def test_who_may_not_see_exemptions_finds_none(
    admin: Actor, clerk: User, project: Project, elsewhere: Project
) -> None:
    set_mode(Mode.BLOCK_WITH_EXEMPTION)
    asked = ask(admin, clerk, "SoD-08", project_id=project.pk)
    there = add_actor("there", "property_manager", project_id=elsewhere.pk)

    for actor in (actor_for(user=clerk, today=TODAY), there):
        assert not queries.exemptions(actor=actor).exists()
        with pytest.raises(NotFound):
            exemptions.approve_exemption(actor=actor, exemption_id=asked.pk, now=NOW)


# ---- who is told --------------------------------------------------------------------------------


def told(kind: str) -> list[tuple[str, str]]:
    found = Notification.objects.filter(kind=f"duties.exemption-{kind}").select_related("user")
    return [(one.user.username, one.url) for one in found.order_by("user__username", "pk")]


def test_those_who_may_decide_are_told_with_the_link_and_nobody_else(
    admin: Actor, manager: Actor, clerk: User, project: Project, elsewhere: Project
) -> None:
    set_mode(Mode.BLOCK_WITH_EXEMPTION)
    here = add_user("here")
    give(here, "property_manager", project.pk)
    give(add_user("there"), "property_manager", elsewhere.pk)
    gone = add_user("gone")
    give(gone, "property_manager", None)
    User.objects.filter(pk=gone.pk).update(is_active=False)

    mine = ask(admin, clerk, "SoD-08", project_id=project.pk)
    company = ask(admin, clerk, "SoD-08")
    concerned = ask(admin, here, "SoD-02", project_id=project.pk)

    pages = {one.pk: f"/c/duties/exemptions/{one.pk}/" for one in (mine, company, concerned)}
    assert told("waiting") == [
        ("here", pages[mine.pk]),
        ("manager", pages[mine.pk]),
        ("manager", pages[company.pk]),
        ("manager", pages[concerned.pk]),
    ]
    exemptions.approve_exemption(actor=manager, exemption_id=mine.pk, now=NOW)
    exemptions.reject_exemption(actor=manager, exemption_id=company.pk, opinion="too wide", now=NOW)
    assert told("approved") == [("admin", pages[mine.pk]), ("clerk", pages[mine.pk])]
    assert told("rejected") == [("admin", pages[company.pk]), ("clerk", pages[company.pk])]


def test_what_waits_for_somebody_is_what_he_may_decide(
    admin: Actor, manager: Actor, clerk: User, project: Project, elsewhere: Project
) -> None:
    set_mode(Mode.BLOCK_WITH_EXEMPTION)
    here = add_user("here")
    give(here, "property_manager", project.pk)
    mine = ask(admin, clerk, "SoD-08", project_id=project.pk)
    company = ask(admin, clerk, "SoD-08")
    ask(admin, clerk, "SoD-08", project_id=elsewhere.pk)
    own = ask(admin, here, "SoD-02", project_id=project.pk)

    def waiting(actor: Actor) -> set[int]:
        found = queries.exemptions_waiting_for(actor=actor, project_id=project.pk)
        return set(found.values_list("pk", flat=True))

    assert waiting(manager) == {mine.pk, company.pk, own.pk}
    assert waiting(actor_for(user=here, today=TODAY)) == {mine.pk}
    assert waiting(admin) == set()
