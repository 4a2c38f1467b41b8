"""Posts, departments, the chart and the staff of a project, through the pages."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kernel import access
from kernel.access import allowing, lines, operations
from kernel.access.models import Department, DepartmentHead, Post, PostAction, User
from kernel.audit.models import AuditEntry
from kernel.identity.models import FactorDuty
from kernel.security.models import SecurityEvent
from kernel.tenancy import tenant_connection
from services.properties.models import Project
from services.properties.operations import create_project
from tenants.companies.models import Company
from tests.factories import NOW, add_actor, add_user, hold_post


def sign_in(username: str) -> Client:
    user = User.objects.get(username=username)
    operations.set_preferences(user_id=user.pk, language="en")
    client = Client(headers={"host": "alpha.test"})
    client.force_login(User.objects.get(pk=user.pk))
    return client


@pytest.fixture
def client(tenant: Company) -> Client:
    """Signed in as the administrator."""
    add_actor("xujing", "company_admin")
    return sign_in("xujing")


@pytest.fixture
def in_alpha(tenant: Company) -> Any:
    return lambda: tenant_connection.set_tenant(tenant)


@pytest.fixture
def project(tenant: Company) -> Project:
    return create_project(actor=access.SYSTEM, code="YL", name="云麓花园", now=NOW)


def page_of(client: Client, route: str, *args: object, **query: str) -> str:
    response = client.get(reverse(route, args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def test_the_list_shows_every_post_with_its_place_in_the_ladder(client: Client) -> None:
    add_actor("zhou", "steward")

    page = page_of(client, "posts", q="Steward")

    assert "Customer service supervisor" in page
    assert "1 post" in page
    assert "52 posts" in page_of(client, "posts")


def test_the_pages_take_the_same_queries_however_many_rows(
    client: Client, project: Project, in_alpha: Any
) -> None:
    def counts() -> dict[str, int]:
        found = {}
        for route, args in (
            ("posts", []),
            ("departments", []),
            ("organisation", []),
            ("staff", [project.pk]),
            ("posts-post", [Post.objects.get(key="steward").pk]),
        ):
            query = {"project": project.pk} if route == "organisation" else {}
            with CaptureQueriesContext(connection) as queries:
                client.get(reverse(route, args=args), query)
            in_alpha()
            found[route] = len(queries)
        return found

    add_actor("first", "steward", project_id=project.pk)
    counts()  # the first visit remembers the project
    few = counts()
    for number in range(20):
        add_actor(f"user{number}", "steward", project_id=project.pk)

    assert counts() == few
    assert max(few.values()) <= 18, few


def test_a_post_is_added_told_what_it_may_do_and_retired(client: Client, in_alpha: Any) -> None:
    facts = {
        "name": "房屋安全员",
        "name_en": "Safety",
        "place": "PROJECT",
        "reports_to": "mo_manager",
    }

    added = client.post(reverse("posts-new"), facts)
    in_alpha()
    post = Post.objects.get(name="房屋安全员")
    given = client.post(
        reverse("posts-actions", args=[post.pk]), {"action": ["registry.view", "bill.view"]}
    )
    in_alpha()
    assert allowing.actions_of(post.key) == {"registry.view", "bill.view"}
    page = page_of(client, "posts-post", post.pk)
    in_alpha()
    edited = client.post(reverse("posts-edit", args=[post.pk]), facts | {"reports_to": ""})
    in_alpha()
    assert post.key not in lines.above(NOW.date())
    retired = client.post(reverse("posts-active", args=[post.pk]), {"active": "0"})

    assert [one.status_code for one in (added, given, edited, retired)] == [302] * 4
    assert sorted(re.findall(r'name="action" value="([\w.]+)" checked', page)) == [
        "bill.view",
        "registry.view",
    ]
    assert "Management-office manager" in page
    in_alpha()
    assert not Post.objects.get(pk=post.pk).is_active
    events = AuditEntry.objects.filter(object_type="access.post").values_list("event", flat=True)
    assert sorted(events) == [
        "access.post.actions-changed",
        "access.post.added",
        "access.post.changed",
        "access.post.retired",
    ]


def test_what_a_post_must_not_do_is_refused_on_its_page(client: Client, in_alpha: Any) -> None:
    post = Post.objects.get(key="property_manager")
    before = list(PostAction.objects.order_by("pk").values())

    page = page_of(client, "posts-post", post.pk)
    in_alpha()
    refused = client.post(
        reverse("posts-actions", args=[post.pk]), {"action": ["registry.view", "payment.take"]}
    )

    assert page.count("kept apart by the rules") == 3  # take money, void one's own, void any
    assert refused.status_code == 422
    assert "This post must not: Take money." in refused.content.decode()
    in_alpha()
    assert list(PostAction.objects.order_by("pk").values()) == before


def test_duties_that_would_meet_in_a_post_are_refused_and_noted(
    client: Client, in_alpha: Any
) -> None:
    post = Post.objects.get(key="steward")
    before = list(PostAction.objects.order_by("pk").values())

    refused = client.post(
        reverse("posts-actions", args=[post.pk]),
        {"action": ["payment.take", "fee-standard.confirm"]},
    )

    assert refused.status_code == 403
    assert "Charge approval and collection" in refused.content.decode()
    in_alpha()
    assert list(PostAction.objects.order_by("pk").values()) == before
    assert SecurityEvent.objects.get().rule == "SoD-01"


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("company_admin", "Somebody must be able to manage people"),
        ("cs_supervisor", "0 hold it and 5 posts report to it"),
    ],
)
def test_why_a_post_stays_is_said_on_its_page(
    client: Client, in_alpha: Any, key: str, said: str
) -> None:
    post = Post.objects.get(key=key)

    refused = client.post(reverse("posts-active", args=[post.pk]), {"active": "0"})

    assert refused.status_code == 409
    assert said in refused.content.decode()
    in_alpha()
    assert Post.objects.get(pk=post.pk).is_active


def test_a_circle_is_refused_at_its_field(client: Client, in_alpha: Any) -> None:
    post = Post.objects.get(key="cs_supervisor")
    facts = {"name": "客服主管", "place": "PROJECT", "reports_to": "steward"}

    refused = client.post(reverse("posts-edit", args=[post.pk]), facts)

    assert refused.status_code == 422
    assert "The post would stand above itself." in refused.content.decode()
    in_alpha()
    assert lines.above(NOW.date())["cs_supervisor"] == "mo_manager"


def test_departments_are_added_led_and_retired(
    client: Client, project: Project, in_alpha: Any
) -> None:
    boss = add_user("boss")
    cs = Department.objects.get(key="CS")

    added = client.post(
        reverse("departments-new"), {"key": "desk", "name": "前台组", "parent": cs.pk}
    )
    in_alpha()
    desk = Department.objects.get(key="DESK")
    named = client.post(
        reverse("departments-head", args=[cs.pk]), {"place": project.pk, "user": boss.pk}
    )
    page = page_of(client, "departments")
    in_alpha()
    kept = client.post(reverse("departments-active", args=[cs.pk]), {"active": "0"})
    in_alpha()
    retired = client.post(reverse("departments-active", args=[desk.pk]), {"active": "0"})

    assert [one.status_code for one in (added, named, retired)] == [302] * 3
    assert "deep-1" in page
    assert "云麓花园" in page
    assert kept.status_code == 409
    assert "6 posts" in kept.content.decode()
    in_alpha()
    assert desk.parent_id == cs.pk
    assert DepartmentHead.objects.get().user_id == boss.pk
    assert Department.objects.get(pk=cs.pk).is_active
    assert not Department.objects.get(pk=desk.pk).is_active


def test_a_person_is_moved_to_a_department(client: Client, in_alpha: Any) -> None:
    user, cs = add_user("wang"), Department.objects.get(key="CS")

    moved = client.post(reverse("people-department", args=[user.pk]), {"department": cs.pk})
    in_alpha()
    assert User.objects.get(pk=user.pk).department_id == cs.pk
    nowhere = client.post(reverse("people-department", args=[user.pk]), {"department": "999"})

    assert (moved.status_code, nowhere.status_code) == (302, 422)
    in_alpha()
    assert User.objects.get(pk=user.pk).department_id == cs.pk


def test_the_chart_shows_the_line_from_the_top(client: Client, project: Project) -> None:
    add_actor("boss", "mo_manager", project_id=project.pk)
    add_actor("steward", "steward", project_id=project.pk)

    company = page_of(client, "organisation")
    here = page_of(client, "organisation", project=str(project.pk))
    everything = page_of(client, "organisation", all="1")

    assert "Steward" not in company
    # Between the two stands a post that nobody holds: the line is not broken.
    assert here.index("boss") < here.index("Customer service supervisor") < here.index("steward")
    assert "Gardener" not in here
    assert "Gardener" in everything


@pytest.mark.parametrize("asked", ["0", "999999", "x", "٣", "1" * 30])
def test_the_chart_of_a_project_that_is_not_there_is_not_found(client: Client, asked: str) -> None:
    assert client.get(reverse("organisation"), {"project": asked}).status_code == 404


def test_staff_of_another_project_are_not_seen(project: Project, in_alpha: Any) -> None:
    other = create_project(actor=access.SYSTEM, code="OT", name="Other", now=NOW)
    add_actor("manager", "mo_manager", project_id=project.pk)
    add_actor("stranger", "mo_manager", project_id=other.pk)
    add_actor("chairman", "chairman")
    client = sign_in("manager")

    staff = page_of(client, "staff", project.pk)
    in_alpha()
    chart = page_of(client, "organisation", project=str(project.pk))
    in_alpha()
    elsewhere = client.get(reverse("staff", args=[other.pk]))
    in_alpha()
    chart_elsewhere = client.get(reverse("organisation"), {"project": other.pk})

    for page in (staff, chart):
        assert "manager" in page
        assert "chairman" in page
        assert "stranger" not in page
    assert (elsewhere.status_code, chart_elsewhere.status_code) == (404, 404)


@pytest.mark.parametrize("post", ["property_manager", "charging_director", "mo_manager"])
@pytest.mark.parametrize("route", ["posts", "posts-new", "departments", "departments-new"])
def test_others_do_not_change_the_organisation(tenant: Company, post: str, route: str) -> None:
    add_actor("other", post)

    assert sign_in("other").get(reverse(route)).status_code == 403


def test_an_administrator_takes_no_business_post_and_is_told_on_the_page(
    client: Client, in_alpha: Any
) -> None:
    me = User.objects.get()

    refused = client.post(
        reverse("people-post", args=[me.pk]), {"post": "collector", "valid_from": "2026-01-05"}
    )

    assert refused.status_code == 422
    assert "Give the post to another account." in refused.content.decode()
    in_alpha()
    assert list(me.holdings.values_list("post__key", flat=True)) == ["company_admin"]


def test_a_post_of_a_retired_kind_is_still_read(client: Client, in_alpha: Any) -> None:
    user = add_user("wang")
    hold_post(user, "gardener")
    Post.objects.filter(key="gardener").update(is_active=False)

    assert "Gardener" in page_of(client, "people-person", user.pk)


def test_a_post_of_which_nothing_is_said_warns_until_it_is_said(
    client: Client, in_alpha: Any
) -> None:
    facts = {"name": "抄表专员", "place": "PROJECT"}
    client.post(reverse("posts-new"), facts)
    in_alpha()
    post = Post.objects.get(name="抄表专员")
    fresh = page_of(client, "posts-post", post.pk)
    in_alpha()
    saved = client.post(
        reverse("posts-actions", args=[post.pk]),
        {"action": ["reading.view", "reading.record"]},
        follow=True,
    )
    in_alpha()
    conflicts = page_of(client, "duties")
    in_alpha()
    sheet = page_of(client, "posts-counts", post.pk)
    in_alpha()
    empty = client.post(reverse("posts-counts", args=[post.pk]), {})
    in_alpha()
    both = client.post(
        reverse("posts-counts", args=[post.pk]), {"counts_as": ["buyer"], "none": "on"}
    )
    in_alpha()
    none = client.post(reverse("posts-counts", args=[post.pk]), {"none": "on"}, follow=True)
    in_alpha()
    said = client.post(
        reverse("posts-counts", args=[post.pk]), {"counts_as": ["meter_reader"]}, follow=True
    )
    in_alpha()

    unsaid = "Nobody has said as which posts of the catalogue it counts"
    like = "It may do the work of the post “Meter reader” and does not count as it: SoD-05"
    assert unsaid in fresh
    for page in (saved.content.decode(), conflicts):
        assert unsaid in page
        assert like in page
    assert 'value="meter_reader"' in sheet
    assert [one.status_code for one in (empty, both)] == [422, 422]
    assert like in none.content.decode()
    assert unsaid not in none.content.decode()
    for page in (said.content.decode(), page_of(client, "duties")):
        assert like not in page
        assert unsaid not in page


def test_a_post_made_after_another_counts_as_it(client: Client, in_alpha: Any) -> None:
    made = client.post(
        reverse("posts-new"),
        {"name": "抄表专员", "place": "PROJECT", "copied_from": "meter_reader"},
        follow=True,
    )
    in_alpha()

    post = Post.objects.get(name="抄表专员")
    assert "Meter reader" in made.content.decode()
    assert allowing.actions_of(post.key) == allowing.actions_of("meter_reader")
    refused = client.post(
        reverse("posts-counts", args=[post.pk]), {"counts_as": ["meter_reader", "collector"]}
    )
    assert refused.status_code == 422
    in_alpha()
    assert [one.key for one in Post.objects.filter(counted__post=post)] == ["meter_reader"]


def test_the_rules_for_the_second_factor_offer_posts_of_the_staff_only(
    client: Client, in_alpha: Any
) -> None:
    Post.objects.filter(key="gardener").update(is_active=False)
    add_own = {"name": "房屋安全员", "place": "PROJECT"}
    client.post(reverse("posts-new"), add_own)
    in_alpha()

    page = page_of(client, "factor-rules")
    in_alpha()
    refused = client.post(reverse("factor-rules"), {"posts": ["collector", "owner"]})
    in_alpha()

    offered = set(re.findall(r'name="posts" value="(\w+)"', page))
    staff = Post.objects.filter(is_active=True).exclude(place=Post.Place.OUTSIDE)
    assert offered == set(staff.values_list("key", flat=True))
    assert not offered & {"owner", "vendor_user", "committee_member", "gardener"}
    assert refused.status_code == 422
    assert not FactorDuty.objects.exists()
