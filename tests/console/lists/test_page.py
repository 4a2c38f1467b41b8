"""The list page as a whole: what the address asks for is what is shown."""

import re
from html import unescape

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from services.properties.models import Project
from tests import factories
from tests.console.lists.conftest import signed_in

pytestmark = pytest.mark.urls("tests.console.lists.sample")


def codes(html: str) -> list[str]:
    return re.findall(r"data-row-link><?[^<]*?>?([\w-]+)</a>", html)


def page(client: Client, url: str, query: str = "") -> str:
    response = client.get(f"{url}?{query}")
    assert response.status_code == 200
    return unescape(response.content.decode())


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "1-101 1-102 1-103 2-101 2-102"),
        ("q=1-10", "1-101 1-102 1-103"),
        ("q=CORNER", "1-102"),
        ("q=1-10 corner", "1-102"),
        ("q=１－102", "1-102"),
        ("kind=SHOP&kind=PARKING", "1-103 2-102"),
        ("kind=SHOP&kind=NONSENSE", "1-103"),
        ("state=VACANT&state=LEASED", "1-102 2-101"),
        ("area_from=45.25&area_to=100", "1-101 1-103"),
        ("area_from=１２０", "1-102"),
        ("area_to=12.00", "2-102"),
        ("handover_from=2021-07-01&handover_to=2022-01-01", "1-102 2-101"),
        ("handover_from=2021/7/1&handover_to=20211231", "1-102"),
        ("active=0", "2-101"),
        ("active=1&kind=RESIDENCE", "1-101 1-102"),
        ("remark=flat", "1-102"),
        ("wing=N", ""),
        ("sort=built_area", "2-102 1-103 1-101 1-102 2-101"),
        ("sort=-built_area", "1-102 1-101 1-103 2-102 2-101"),
        ("sort=-code", "2-102 2-101 1-103 1-102 1-101"),
        ("sort=kind", "1-101 1-102 1-103 2-101 2-102"),
        ("sort=password", "1-101 1-102 1-103 2-101 2-102"),
        ("page=99", "1-101 1-102 1-103 2-101 2-102"),
        ("page=-1&size=7", "1-101 1-102 1-103 2-101 2-102"),
        ("q=%00", "1-101 1-102 1-103 2-101 2-102"),
        ("size=99999999999999999999", "1-101 1-102 1-103 2-101 2-102"),
    ],
)
def test_address_decides_what_is_listed(
    director: Client, url: str, query: str, expected: str
) -> None:
    assert codes(page(director, url, query)) == expected.split()


def test_project_scoped_choice_filters_by_its_key(
    director: Client, url: str, project: Project
) -> None:
    second = project.buildings.get(code="2")

    assert codes(page(director, url, f"building={second.pk}")) == ["2-101", "2-102"]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("kind=NONSENSE", "There is no such choice."),
        ("active=maybe", "There is no such choice."),
        ("area_from=ten", "Enter numbers, e.g. 100 and 2300.50."),
        ("area_from=100&area_to=10", "The end lies before the beginning."),
        ("handover_from=2021-02-30", "Enter days, e.g. 2026-11-20."),
        ("remark=" + "x" * 101, "The text is too long."),
    ],
)
def test_filter_that_makes_no_sense_is_told_and_not_applied(
    director: Client, url: str, query: str, message: str
) -> None:
    html = page(director, url, query)

    assert message in html
    assert len(codes(html)) == 5


def test_totals_are_over_the_whole_result_not_the_page(director: Client, url: str) -> None:
    html = page(director, url, "size=20")

    assert re.search(r"<tfoot.*Total of 5 entries.*267\.75", html, re.DOTALL)


def test_sort_is_told_to_screen_readers_and_turned_by_the_next_click(
    director: Client, url: str
) -> None:
    html = page(director, url, "sort=built_area&kind=RESIDENCE")

    assert re.search(r'aria-sort="ascending"><a href="\?kind=RESIDENCE&sort=-built_area"', html)
    assert html.count("aria-sort") == 1


def test_tabs_count_in_their_own_filters(director: Client, url: str) -> None:
    tabs = re.sub(r"<[^>]+>", " ", page(director, url, "kind=PARKING").split('id="list-tabs"')[1])

    assert re.search(r"All\s+changed\s+\*\s+5\s+Shops\s+1\s", tabs)


def test_empty_result_names_the_filters_and_offers_to_drop_each(director: Client, url: str) -> None:
    html = page(director, url, "q=zzz&kind=SHOP")

    assert "Nothing matches" in html
    assert '<a class="btn btn-s" href="?kind=SHOP"' in html
    assert '<a class="btn btn-s" href="?q=zzz"' in html


def test_fragment_has_the_body_and_updates_what_depends_on_it(director: Client, url: str) -> None:
    response = director.get(
        f"{url}?kind=SHOP&page=1&q=", headers={"HX-Request": "true", "HX-Source": "form#list-form"}
    )
    html = response.content.decode()

    assert "<!doctype" not in html.lower()
    assert codes(html) == ["1-103"]
    assert response.headers["HX-Push-Url"] == f"{url}?kind=SHOP"
    assert set(re.findall(r'id="([\w-]+)"[^>]* hx-swap-oob', html)) == {
        "list-tabs", "list-pills", "list-export", "list-count",
    }  # fmt: skip
    assert "HX-Request" in response.headers["Vary"]


def test_search_box_is_renewed_only_when_somebody_else_changed_it(
    director: Client, url: str
) -> None:
    response = director.get(f"{url}?q=1-101", headers={"HX-Request": "true", "HX-Source": "a"})

    assert 'id="list-search" hx-swap-oob="true"' in response.content.decode()


def test_row_shows_its_values_and_no_markup_of_the_user(director: Client, url: str) -> None:
    project_id = int(url.split("/")[2])
    Project.objects.get(pk=project_id).units.filter(code="1-101").update(note="<b>&'\"")

    html = director.get(url).content.decode()

    assert "&lt;b&gt;&amp;&#x27;&quot;" in html
    assert "<b>&" not in html


def test_list_page_takes_at_most_thirteen_queries_whatever_the_rows(
    director: Client, url: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    director.get(url)

    with django_assert_max_num_queries(13):
        director.get(f"{url}?kind=SHOP&area_from=1&q=1")


def test_actor_without_the_action_is_refused(project: Project, url: str) -> None:
    other = Project.objects.create(code="JH", name="Jianghai", created_at=factories.NOW)
    elsewhere = signed_in("li", "collector", project_id=other.pk)

    assert elsewhere.get(url).status_code == 404
    assert "1-101" not in elsewhere.get(f"/p/{other.pk}/units/").content.decode()
