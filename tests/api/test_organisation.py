"""Posts, departments, people and holdings, by programs."""

from typing import Any

import pytest

from kernel import access
from kernel.access import allowing
from kernel.access.catalogue import POSTS
from kernel.access.models import Department, DepartmentHead, Post, PostAction, PostHolding, User
from kernel.audit.models import AuditEntry
from kernel.notifications.models import Notification
from services.properties.models import Project
from services.properties.operations import create_project
from tenants.companies.models import Company
from tests.api.client import Api, sign_in
from tests.factories import NOW, add_actor, add_user


@pytest.fixture
def admin(tenant: Company) -> Api:
    return sign_in("xujing", ("company_admin", None))


@pytest.fixture
def project(tenant: Company) -> Project:
    return create_project(actor=access.SYSTEM, code="YL", name="云麓花园", now=NOW)


def test_a_post_is_added_changed_and_retired(admin: Api) -> None:
    facts: dict[str, Any] = {"name": "房屋安全员", "place": "PROJECT", "reports_to": "mo_manager"}

    added = admin("POST", "posts/", {**facts, "actions": ["registry.view"]})
    made = added.json()
    one = f"posts/{made['id']}/"
    acted = admin("PUT", f"{one}actions/", {"actions": ["bill.view", "registry.view"]})
    changed = admin("PUT", one, {"name": "房屋安全主管", "place": "EITHER"})
    retired = admin("PUT", f"{one}active/", {"is_active": False})

    assert added.status_code == 201
    assert (made["actions"], made["never"], made["source"]) == (["registry.view"], [], "company")
    assert acted.json()["actions"] == ["bill.view", "registry.view"]
    assert (changed.json()["name"], changed.json()["reports_to"]) == ("房屋安全主管", None)
    assert retired.json()["is_active"] is False
    assert admin("GET", one).json() == retired.json()
    listed = admin("GET", "posts/?is_active=false").json()["results"]
    assert [row["id"] for row in listed] == [made["id"]]


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("actions/", {"actions": ["payment.take"]}, 422, "access.action-forbidden"),
        ("actions/", {"actions": ["fly"]}, 400, "invalid-input"),
        ("actions/", {}, 400, "invalid-input"),
        ("", {"name": "物业公司经理", "place": "MOON"}, 400, "invalid-input"),
        (
            "",
            {"name": "物业公司经理", "place": "COMPANY", "reports_to": "charging_director"},
            422,
            "access.line-is-circle",
        ),
        ("", {"name": "收费员", "place": "COMPANY"}, 409, "access.post-name-taken"),
        ("active/", {"is_active": False}, 409, "access.post-in-use"),
        ("active/", {"is_active": "no"}, 400, "invalid-input"),
    ],
)
def test_what_a_post_cannot_be_is_refused_and_nothing_changes(
    admin: Api, path: str, body: dict[str, Any], status: int, code: str
) -> None:
    post = Post.objects.get(key="property_manager")
    before = (list(Post.objects.order_by("pk").values()), PostAction.objects.count())

    refused = admin("PUT", f"posts/{post.pk}/{path}", body)

    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert (list(Post.objects.order_by("pk").values()), PostAction.objects.count()) == before
    assert allowing.actions_of("property_manager") == POSTS["property_manager"].actions


def test_departments_have_heads(admin: Api, project: Project) -> None:
    boss = add_user("boss")

    made = admin("POST", "departments/", {"key": "it", "name": "信息部"}).json()
    one = f"departments/{made['id']}/"
    led = admin("PUT", f"{one}head/", {"project_id": project.pk, "user_id": boss.pk})
    nowhere = admin("PUT", f"{one}head/", {"project_id": 99999, "user_id": boss.pk})
    circle = admin("PUT", one, {"name": "信息部", "parent_id": made["id"]})
    retired = admin("PUT", f"{one}active/", {"is_active": False})

    assert made["key"] == "IT"
    assert led.json()["heads"] == [{"project_id": project.pk, "user_id": boss.pk}]
    assert nowhere.status_code == 404
    assert (circle.status_code, circle.json()["code"]) == (422, "access.department-is-circle")
    assert retired.json()["is_active"] is False
    assert DepartmentHead.objects.count() == 1
    assert len(admin("GET", "departments/").json()["results"]) == 8


def test_people_come_and_move_and_go(admin: Api) -> None:
    cs = Department.objects.get(key="CS")
    facts = {"username": "wang", "name": "王芳", "email": "wang@example.com"}

    made = admin("POST", "people/", facts).json()
    one = f"people/{made['id']}/"
    moved = admin("PUT", f"{one}department/", {"department_id": cs.pk})
    renamed = admin("PUT", one, {"name": "王方", "email": "new@example.com"})
    out = admin("PUT", f"{one}active/", {"is_active": False})

    assert moved.json()["department_id"] == cs.pk
    assert renamed.json()["name"] == "王方"
    told = Notification.objects.get(user_id=made["id"])
    assert (told.kind, "127.0.0.1" in told.text) == ("access.email-changed", True)
    assert out.json()["is_active"] is False
    assert admin("GET", one).json() == out.json()
    listed = admin("GET", f"people/?department_id={cs.pk}").json()["results"]
    assert [row["username"] for row in listed] == ["wang"]


def test_posts_are_given_and_ended(admin: Api, project: Project) -> None:
    user = add_user("wang")
    body = {
        "user_id": user.pk,
        "post": "steward",
        "project_id": project.pk,
        "valid_from": "2026-01-05",
        "last_day": "2026-12-31",
    }

    given = admin("POST", "holdings/", body)
    again = admin("POST", "holdings/", body)
    ended = admin("POST", f"holdings/{given.json()['id']}/end/", {"last_day": "2026-06-30"})
    longer = admin("POST", f"holdings/{given.json()['id']}/end/", {"last_day": "2027-06-30"})
    vanished = admin("POST", f"holdings/{given.json()['id']}/end/", {"last_day": "2025-06-30"})
    to_come = admin(
        "POST", "holdings/", {**body, "valid_from": "2090-01-01", "last_day": "2090-12-31"}
    )
    undone = admin("POST", f"holdings/{to_come.json()['id']}/end/", {"last_day": "2025-06-30"})

    assert (given.status_code, given.json()["last_day"]) == (201, "2026-12-31")
    assert (again.status_code, again.json()["code"]) == (409, "access.post-held-already")
    assert ended.json()["last_day"] == "2026-06-30"
    assert (longer.status_code, longer.json()["code"]) == (422, "access.last-day-invalid")
    # What was in force stays on the record; what has not begun is taken back.
    assert (vanished.status_code, vanished.json()["code"]) == (422, "access.last-day-invalid")
    assert (to_come.status_code, undone.status_code) == (201, 204)
    assert [row.pk for row in PostHolding.objects.filter(user=user)] == [given.json()["id"]]


def test_duties_kept_apart_are_kept_apart_here_as_well(admin: Api, project: Project) -> None:
    add_actor("wang", "property_manager")
    user = User.objects.get(username="wang")
    entries = AuditEntry.objects.count()
    body = {"user_id": user.pk, "project_id": None, "valid_from": "2026-01-05"}

    for post in ("collector", "finance_duty"):
        refused = admin("POST", "holdings/", {**body, "post": post})
        assert (refused.status_code, refused.json()["code"]) == (403, "duties.meet")
    refused = admin("POST", "holdings/", {**body, "post": "company_admin"})

    assert (refused.status_code, refused.json()["code"]) == (409, "access.setting-up-apart")
    assert user.holdings.count() == 1
    assert AuditEntry.objects.count() == entries


def test_staff_of_a_project_for_those_who_lead_there(project: Project) -> None:
    manager = sign_in("manager", ("mo_manager", project.pk))
    steward = sign_in("steward", ("steward", project.pk))
    other = create_project(actor=access.SYSTEM, code="OT", name="Other", now=NOW)

    found = manager("GET", f"projects/{project.pk}/staff/").json()["results"]

    assert [(row["name"], row["post"]) for row in found] == [
        ("manager", "mo_manager"),
        ("steward", "steward"),
    ]
    assert steward("GET", f"projects/{project.pk}/staff/").status_code == 403
    assert manager("GET", f"projects/{other.pk}/staff/").status_code == 404


@pytest.mark.parametrize("path", ["posts/", "departments/", "people/", "holdings/"])
def test_only_administrators_see_and_change_them(tenant: Company, path: str) -> None:
    manager = sign_in("manager", ("property_manager", None))
    before = (Post.objects.count(), Department.objects.count(), User.objects.count())

    assert manager("GET", path).status_code == 403
    assert manager("POST", path, {}).status_code == 403
    assert (Post.objects.count(), Department.objects.count(), User.objects.count()) == before


def test_an_own_post_says_what_it_counts_as(admin: Api) -> None:
    facts = {"name": "抄表专员", "place": "PROJECT"}
    made = admin("POST", "posts/", {**facts, "actions": ["reading.view", "reading.record"]}).json()
    unsaid = admin("GET", "duties/posts/").json()
    one = f"posts/{made['id']}/counts/"

    counted = admin("PUT", one, {"counts_as": ["meter_reader"], "stands_in": True})
    copied = admin(
        "POST", "posts/", {"name": "副本", "place": "PROJECT", "copied_from": made["key"]}
    )

    assert (made["is_classified"], made["counts_as"]) == (False, [])
    assert made["likenesses"] == [{"post": "meter_reader", "rules": ["SoD-05"]}]
    assert unsaid == [
        {
            "post": made["key"],
            "name": "抄表专员",
            "is_classified": False,
            "likenesses": made["likenesses"],
        }
    ]
    assert counted.status_code == 200
    assert counted.json()["counts_as"] == ["meter_reader"]
    assert (counted.json()["stands_in"], counted.json()["likenesses"]) == (True, [])
    assert "payment.take" in counted.json()["never"]
    assert copied.json()["counts_as"] == ["meter_reader"]
    assert copied.json()["actions"] == ["reading.record", "reading.view"]
    assert copied.json()["stands_in"] is False
    assert admin("GET", "duties/posts/").json() == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "invalid-input"),
        ({"counts_as": ["king"]}, 400, "invalid-input"),
        ({"counts_as": ["company_admin"]}, 400, "invalid-input"),
        ({"counts_as": [], "stands_in": True}, 422, "access.stands-in-for-none"),
        ({"counts_as": ["buyer", "materials_keeper"]}, 403, "duties.meet"),
    ],
)
def test_what_a_post_cannot_count_as_is_refused(
    admin: Api, body: dict[str, Any], status: int, code: str
) -> None:
    made = admin("POST", "posts/", {"name": "自设", "place": "PROJECT"}).json()

    refused = admin("PUT", f"posts/{made['id']}/counts/", body)

    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert not Post.objects.get(pk=made["id"]).is_classified


def test_a_ladder_is_looked_at_and_chosen(admin: Api) -> None:
    listed = admin("GET", "organisation/ladders/").json()
    one = "organisation/ladders/D/"

    plan = admin("GET", f"{one}plan/?first_day=2090-01-01").json()
    chosen = admin("PUT", f"{one}choice/", {"first_day": "2090-01-01", "seen": plan["digest"]})
    again = admin("PUT", f"{one}choice/", {"seen": plan["digest"]})

    assert [row["key"] for row in listed if row["is_in_force"]] == ["A"]
    assert plan["added"] == ["board_office", "gm_office", "developer_cs"]
    assert plan["moved"][0] == {
        "post": "deputy_gm",
        "before": "company_gm",
        "after": "board_leader",
    }
    assert plan["renamed"][1]["name"] == "管理处负责人"
    assert (chosen.status_code, chosen.json()) == (200, plan)
    assert (again.status_code, again.json()["code"]) == (409, "access.ladder-plan-changed")
    listed = admin("GET", "organisation/ladders/").json()
    assert [row["key"] for row in listed if row["is_in_force"]] == ["D"]
    post = Post.objects.get(key="mo_manager")
    shown = admin("GET", f"posts/{post.pk}/").json()
    assert shown["reports_to"] == "property_dept_manager"
    assert shown["lines"] == [
        {"reports_to": "deputy_gm", "valid_from": "2090-01-01", "last_day": None},
        {"reports_to": "property_dept_manager", "valid_from": None, "last_day": "2089-12-31"},
    ]


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("F/choice/", {}, 404, "not-found"),
        ("B/choice/", {"first_day": "2020-01-01"}, 422, "access.line-day-invalid"),
        ("B/choice/", {"first_day": "soon"}, 400, "invalid-input"),
        ("B/choice/", {"seen": "made up"}, 409, "access.ladder-plan-changed"),
        ("B/choice/", {"ladder": "C"}, 400, "invalid-input"),
    ],
)
def test_a_ladder_that_cannot_be_chosen_is_refused(
    admin: Api, path: str, body: dict[str, Any], status: int, code: str
) -> None:
    before = list(Post.objects.order_by("pk").values())

    refused = admin("PUT", f"organisation/ladders/{path}", body)

    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert list(Post.objects.order_by("pk").values()) == before


def test_a_line_is_planned_by_a_program(admin: Api) -> None:
    post = Post.objects.get(key="steward")
    facts = {"name": "楼管员", "place": "PROJECT", "reports_to": "mo_manager"}

    planned = admin("PUT", f"posts/{post.pk}/", {**facts, "reports_from": "2090-01-01"})
    past = admin("PUT", f"posts/{post.pk}/", {**facts, "reports_from": "2020-01-01"})
    setting = admin("PUT", "policies/org.reporting_lines/", {"value": "B"})

    assert planned.json()["reports_to"] == "cs_supervisor"
    assert planned.json()["lines"][0]["reports_to"] == "mo_manager"
    assert (past.status_code, past.json()["code"]) == (422, "access.line-day-invalid")
    assert (setting.status_code, setting.json()["code"]) == (409, "policies.decided-elsewhere")
