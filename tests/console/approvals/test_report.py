"""How long approvals take: the figures above the list follow its filters, by step or by person."""

from typing import Any

import pytest

from kernel.access.models import User
from tests import factories_approvals as approvals
from tests.console.approvals.conftest import Office

REPORT = "/c/approval-report/"
PERSON = 'aria-current="page">By person'
STEP = 'aria-current="page">By step'


def sign(office: Office, title: str) -> None:
    case = office.submit(title)
    checker = User.objects.get(username=office.checker.username)
    approvals.approve(approvals.as_actor(checker), case)


@pytest.fixture
def signed(office: Office) -> Office:
    sign(office, "First")
    return office


def chart_of(page: str) -> str:
    """Return the part of a page that sums the times up."""
    return page.split('id="times"')[1].split('id="list-form"', maxsplit=1)[0]


def test_the_chart_is_by_step_until_a_person_is_asked_for(signed: Office) -> None:
    by_step = chart_of(signed.admin.get(REPORT).content.decode())
    assert STEP in by_step
    assert "zhaomin" not in by_step

    by_person = chart_of(signed.admin.get(REPORT, {"by": "person"}).content.decode())
    assert PERSON in by_person
    assert "zhaomin" in by_person


def test_the_choice_stays_with_the_filters_and_the_filters_with_it(signed: Office) -> None:
    asked = {"q": "first", "by": "person"}
    page = signed.admin.get(REPORT, asked).content.decode()
    assert 'href="?q=first"' in chart_of(page)
    assert '<input type="hidden" name="by" value="person">' in page

    answer = signed.admin.get(REPORT, asked, htmx=True)
    assert answer.headers["HX-Push-Url"] == f"{REPORT}?q=first&by=person"


def test_a_filter_changes_the_figures_above_the_list(signed: Office) -> None:
    answer = signed.admin.get(REPORT, {"q": "nothing of it"}, htmx=True).content.decode()
    assert '<div id="times" hx-swap-oob="true">' in answer
    assert "slow-bar" not in answer


@pytest.mark.parametrize("by", ["step", "²", "person\x00"])
def test_what_is_no_choice_is_left_out(signed: Office, by: str) -> None:
    answer = signed.admin.get(REPORT, {"by": by}, htmx=True)
    assert STEP in answer.content.decode()
    assert answer.headers["HX-Push-Url"] == f"{REPORT}?"


def test_the_report_costs_the_same_however_long_it_is(
    signed: Office, django_assert_max_num_queries: Any
) -> None:
    for number in range(8):
        sign(signed, f"No. {number}")
    with django_assert_max_num_queries(30):
        signed.admin.get(REPORT)
