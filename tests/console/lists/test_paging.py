"""A log: newest first, by cursor, never counted."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from console.lists.paging import cursor_page
from services.properties.models import Project, Unit
from tests.console.lists.test_page import codes


def test_cursors_lead_through_the_whole_log_and_back(project: Project) -> None:
    rows = Unit.objects.filter(project=project)

    pages = [cursor_page(rows, "", 2)]
    while (cursor := pages[-1].next_cursor) is not None:
        pages.append(cursor_page(rows, cursor, 2))
    there = [[unit.code for unit in page.object_list] for page in pages]
    assert there == [["2-102", "2-101"], ["1-103", "1-102"], ["1-101"]]

    back = [pages[-1]]
    while (cursor := back[-1].previous_cursor) is not None:
        back.append(cursor_page(rows, cursor, 2))
    assert [[unit.code for unit in page.object_list] for page in back] == there[::-1]


@pytest.mark.parametrize(
    "cursor", ["", "x", "before-", "before-x", "after-²", "before-" + "9" * 30]
)
def test_cursor_that_makes_no_sense_is_the_newest_page(project: Project, cursor: str) -> None:
    page = cursor_page(Unit.objects.filter(project=project), cursor, 2)

    assert [unit.code for unit in page.object_list] == ["2-102", "2-101"]
    assert page.previous_cursor is None


def test_end_of_the_log_is_empty_and_leads_nowhere(project: Project) -> None:
    page = cursor_page(Unit.objects.filter(project=project), "before-1", 2)

    assert (page.object_list, page.previous_cursor, page.next_cursor) == ([], None, None)


@pytest.mark.urls("tests.console.lists.sample")
def test_log_page_filters_and_does_not_count(director: Client, project: Project) -> None:
    url = f"/p/{project.pk}/log/"
    director.get(url)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        html = director.get(f"{url}?kind=RESIDENCE&size=20&sort=built_area").content.decode()

    assert codes(html) == ["2-101", "1-102", "1-101"]
    assert "aria-sort" not in html
    own = [query["sql"] for query in queries if "notifications_" not in query["sql"]]  # the bell's
    assert not re.search(r"COUNT\(", " ".join(own))
