"""The frame of the console: menu, projects, search, preferences, refusals."""

from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import include, path

from console import navigation, search
from console.navigation import Entry
from console.views import ConsoleView
from kernel.access import Action, Actor, Grant
from kernel.access.catalogue import POSTS
from kernel.access.models import User
from kernel.errors import Conflict
from services.properties.models import Project
from tenants.companies.models import Company
from tests import factories
from tests.console.lists.conftest import signed_in


class Refusing(ConsoleView):
    action = Action.REGISTRY_VIEW

    def get(self, request: Any) -> Any:
        raise Conflict("Somebody was faster.")


@pytest.fixture
def projects(tenant: Company) -> list[Project]:
    return [
        Project.objects.create(code=code, name=name, created_at=factories.NOW)
        for code, name in (("A", "Anyuan"), ("B", "Beihai"))
    ]


@pytest.fixture
def director(projects: list[Project]) -> Client:
    return signed_in("zhaomin", "charging_director")


# ---- preferences --------------------------------------------------------------------------------


def test_preference_is_kept_and_shown_on_the_next_page(director: Client) -> None:
    response = director.post("/c/preferences/", {"theme": "dark", "next": "/c/search/"})

    assert response.headers["Location"] == "/c/search/"
    assert User.objects.get().theme == "dark"
    assert 'data-bs-theme="dark"' in director.get("/c/search/").content.decode()


def test_language_is_kept_for_the_sign_in_page_as_well(director: Client) -> None:
    response = director.post("/c/preferences/", {"language": "zh-hans"})

    assert response.cookies["language"].value == "zh-hans"
    assert '<html lang="zh-CN"' in director.get("/c/search/").content.decode()


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:x()"])
def test_preference_form_leads_to_no_other_site(director: Client, target: str) -> None:
    response = director.post("/c/preferences/", {"density": "compact", "next": target})

    assert response.headers["Location"] == "/"


def test_unknown_preference_is_refused_and_nothing_changes(director: Client) -> None:
    response = director.post("/c/preferences/", {"theme": "neon"}, headers={"HX-Request": "true"})

    assert (response.status_code, response.headers["HX-Reswap"]) == (422, "none")
    assert response.headers["Content-Type"].startswith("text/plain")
    assert User.objects.get().theme == "auto"


# ---- projects -----------------------------------------------------------------------------------


def test_switcher_names_the_projects_of_the_actor_only(projects: list[Project]) -> None:
    collector = signed_in("zhouting", "collector", project_id=projects[1].pk)

    html = collector.get("/c/search/").content.decode()

    assert "Beihai" in html
    assert "Anyuan" not in html


def test_switching_is_remembered(director: Client, projects: list[Project]) -> None:
    response = director.get(f"/c/projects/{projects[1].pk}/")

    assert response.headers["Location"] == "/"
    assert director.session["project_id"] == projects[1].pk


def test_project_of_others_cannot_be_switched_to(projects: list[Project]) -> None:
    collector = signed_in("zhouting", "collector", project_id=projects[0].pk)

    assert collector.get(f"/c/projects/{projects[1].pk}/").status_code == 404


@pytest.mark.parametrize("page", ["", "units/", "bills/", "arrears/", "receipts/", "imports/"])
def test_project_that_is_not_there_is_not_found_even_by_who_sees_all(
    director: Client, projects: list[Project], page: str
) -> None:
    missing = max(project.pk for project in projects) + 1

    assert director.get(f"/p/{missing}/{page}").status_code == 404


# ---- menu ---------------------------------------------------------------------------------------

ENTRIES = (
    Entry(
        route="search",
        label="Billing",
        action=Action.BILL_VIEW,
        in_project=False,
        covers=("bills",),
        children=(
            Entry(route="search", label="Runs", action=Action.BILL_VIEW, in_project=False),
            Entry(route="preferences", label="Post", action=Action.BILL_RUN_POST, in_project=False),
        ),
    ),
    Entry(route="switch-project", label="Units", action=Action.REGISTRY_VIEW),
)


def actor(*actions: Action, project_id: int | None = None) -> Actor:
    return Actor(
        label="x", user_id=1, grants=frozenset(Grant(action, project_id) for action in actions)
    )


def test_menu_leaves_out_what_the_actor_may_not_do() -> None:
    items = navigation.menu(actor(Action.BILL_VIEW), None, "bills-edit", ENTRIES)

    assert [(item.label, item.current) for item in items] == [("Billing", True)]
    assert [child.label for child in items[0].children] == ["Runs"]


def test_a_group_of_which_one_page_is_open_is_that_page() -> None:
    items = navigation.menu(actor(Action.BILL_RUN_POST), None, "preferences", ENTRIES)

    assert [(item.label, item.url, item.current, item.children) for item in items] == [
        ("Post", "/c/preferences/", True, [])
    ]


def test_entry_of_a_project_needs_the_action_there() -> None:
    project = Project(pk=7)

    elsewhere = navigation.menu(actor(Action.REGISTRY_VIEW, project_id=8), project, "", ENTRIES)
    here = navigation.menu(actor(Action.REGISTRY_VIEW, project_id=7), project, "", ENTRIES)

    assert elsewhere == []
    assert [(item.label, item.url) for item in here] == [("Units", "/c/projects/7/")]


@pytest.mark.parametrize(
    ("route", "current"),
    [
        ("search", ["Billing", "Runs"]),
        ("preferences-x", ["Billing", "Post"]),
        ("bills", ["Billing"]),
        ("searching", []),
    ],
)
def test_menu_marks_the_page_and_its_parent(route: str, current: list[str]) -> None:
    items = navigation.menu(actor(Action.BILL_VIEW, Action.BILL_RUN_POST), None, route, ENTRIES)

    marked = [entry.label for item in items for entry in (item, *item.children) if entry.current]
    assert marked == current


LISTS = (
    Entry(route="search", label="In", action=Action.GOODS_RECEIVE, in_project=False),
    Entry(route="preferences", label="Out", action=Action.STOCK_VIEW, in_project=False),
)
STORE = Entry(
    route="search", label="Store", action=Action.GOODS_RECEIVE, in_project=False, pages=LISTS
)
WITH_PAGES = (
    Entry(
        route="projects",
        label="Goods",
        action=Action.STOCK_VIEW,
        in_project=False,
        children=(
            STORE,
            Entry(route="people", label="Kept", action=Action.STOCK_VIEW, in_project=False),
        ),
    ),
)


def test_lists_with_one_line_of_the_menu_show_each_other() -> None:
    keeper = actor(Action.GOODS_RECEIVE, Action.STOCK_VIEW)

    shown = navigation.neighbours(keeper, None, "preferences", WITH_PAGES)

    assert [(item.label, item.current) for item in shown] == [("In", False), ("Out", True)]
    assert navigation.neighbours(keeper, None, "people", WITH_PAGES) == []


def test_a_line_for_several_lists_leads_to_the_first_that_is_open() -> None:
    reader = actor(Action.STOCK_VIEW)

    items = navigation.menu(reader, None, "preferences", WITH_PAGES)

    first = items[0].children[0]
    assert (first.label, first.url, first.current) == ("Store", "/c/preferences/", True)
    assert navigation.neighbours(reader, None, "preferences", WITH_PAGES) == []


def test_no_group_of_the_menu_is_longer_than_a_screen() -> None:
    assert max(len(entry.children) for entry in navigation.ENTRIES) <= 10


def test_every_entry_of_the_menu_leads_somewhere() -> None:
    everything = Actor(label="system", is_system=True)

    assert len(navigation.menu(everything, Project(pk=1), "")) == len(navigation.ENTRIES)


@pytest.mark.parametrize("post", POSTS)
def test_no_post_has_more_than_seven_entries(post: str) -> None:
    holder = actor(*POSTS[post].actions)

    assert len(navigation.menu(holder, Project(pk=1), "")) <= 7


# ---- search -------------------------------------------------------------------------------------


def found(*, actor: Actor, text: str, project_id: int | None) -> list[search.Hit]:
    return [search.Hit(title=f"{text} {n} <b>", url=f"/{project_id}/{n}/") for n in range(12)]


def nothing(*, actor: Actor, text: str, project_id: int | None) -> list[search.Hit]:
    return []


SOURCES = (
    search.Source(label="None", provider="nothing"),
    search.Source(label="Rooms", provider="found"),
)


def test_search_asks_all_sources_and_shows_eight_of_each() -> None:
    groups = search.find(
        actor=actor(), text="  ３－２ ", project_id=5, sources=SOURCES, load=globals().__getitem__
    )

    assert [group.label for group in groups] == ["Rooms"]
    assert [hit.title for hit in groups[0].hits] == [f"3-2 {n} <b>" for n in range(8)]


@pytest.mark.parametrize("text", ["", "   ", "\x00"])
def test_search_for_nothing_asks_nobody(text: str) -> None:
    def refuse(name: str) -> Any:
        raise AssertionError(name)

    assert (
        search.find(actor=actor(), text=text, project_id=None, sources=SOURCES, load=refuse) == []
    )


def test_search_sources_can_be_loaded() -> None:
    from django.utils.module_loading import import_string  # noqa: PLC0415

    assert all(callable(import_string(source.provider)) for source in search.SOURCES)


def test_search_of_a_company_without_a_project_finds_its_own_pages(tenant: Company) -> None:
    admin = signed_in("xujing", "company_admin")

    answer = admin.get("/c/search/?q=project", headers={"HX-Request": "true"})

    assert answer.status_code == 200
    assert 'href="/c/projects/"' in answer.content.decode()
    assert "/p/" not in answer.content.decode()


def test_search_answers_a_fragment_to_the_palette_and_a_page_without_a_script(
    director: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = search.Group("Rooms", [search.Hit(title="<b>1602", url="/x/")])
    monkeypatch.setattr(search, "find", lambda **_arguments: [group])

    fragment = director.get("/c/search/?q=1602", headers={"HX-Request": "true"}).content.decode()
    page = director.get("/c/search/?q=1602").content.decode()

    assert 'role="option"' in fragment
    assert "<!doctype" not in fragment
    assert "<!doctype" in page
    assert "&lt;b&gt;1602" in fragment
    assert "<b>1602" not in fragment + page


# ---- refusals -----------------------------------------------------------------------------------

urlpatterns = [
    path("refusing/", Refusing.as_view()),
    path("", include("config.urls_tenant")),
]

refusing = pytest.mark.urls("tests.console.test_shell")


@refusing
def test_refusal_that_no_form_takes_is_a_page(director: Client) -> None:
    response = director.get("/refusing/")

    assert response.status_code == 409
    assert "Somebody was faster." in response.content.decode()
    assert response.headers["Guanjia-Release"]


@refusing
def test_refusal_is_one_sentence_for_htmx(director: Client) -> None:
    response = director.get("/refusing/", headers={"HX-Request": "true"})

    assert (response.status_code, response.content) == (409, b"Somebody was faster.")


@refusing
def test_missing_permission_says_so(projects: list[Project]) -> None:
    client = signed_in("li", "meter_reader", project_id=projects[0].pk)
    Refusing.action = Action.USER_MANAGE
    try:
        response = client.get("/refusing/")
    finally:
        Refusing.action = Action.REGISTRY_VIEW

    assert response.status_code == 403
    assert "administrator" in response.content.decode()


@pytest.mark.parametrize("status", [400, 403, 404, 500])
def test_error_page_renders_without_a_company_or_a_user(status: int) -> None:
    html = render_to_string(f"{status}.html", {"code": "E7F3A21"})

    assert "<h1>" in html
    assert 'href="/"' in html


def test_style_page_renders_every_component(director: Client) -> None:
    html = director.get("/c/components/").content.decode()

    assert html.count('class="card') > 10
    assert "Traceback" not in html


def test_text_for_the_script_is_in_the_page(director: Client) -> None:
    html = director.get("/c/search/").content.decode()

    for name in ("t-toast", "t-offline", "t-money", "t-network", "t-failed", "t-stale", "t-scan"):
        assert f'<template id="{name}">' in html
