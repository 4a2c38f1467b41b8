"""The page of the five ladders: looked at, chosen, refused."""

import re
from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from kernel import access
from kernel.access import ladders, lines, posts
from kernel.access.models import Post
from kernel.access.posts import PostFacts
from kernel.audit.models import AuditEntry
from tenants.companies.models import Company
from tests.console.browser import Browser, browser_of
from tests.factories import NOW, TODAY, add_actor


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.views.timezone.now", lambda: NOW)


@pytest.fixture
def office(tenant: Company) -> Browser:
    add_actor("admin", "company_admin")
    return browser_of("admin")


def page(office: Browser, **asked: str) -> str:
    answer = office.get(reverse("posts-ladders"), asked)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def hidden(text: str) -> dict[str, str]:
    form = text[text.index('<form method="post"><input') :]
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form)
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


def test_the_five_ladders_are_shown_with_the_one_that_is_followed(office: Browser) -> None:
    shown = page(office)

    for name in ("Group finance", "Small office", "Group escalation", "Purchasing"):
        assert name in shown
    assert shown.count("Followed") == 1
    assert "What would change" not in re.sub(r"Look at what would change", "", shown)


def test_what_would_change_is_shown_first_and_then_done(office: Browser) -> None:
    before = list(Post.objects.order_by("pk").values())

    shown = page(office, ladder="D", keeps_own="on")

    assert list(Post.objects.order_by("pk").values()) == before
    assert "Board office" in shown
    assert "Property company's leader in charge" in shown
    facts = hidden(shown)
    assert set(facts) == {"ladder", "first_day", "keeps_own", "seen"}
    answer = office.post(reverse("posts-ladders"), facts)
    assert (answer.status_code, answer["Location"]) == (302, "/c/posts/ladders/?done=chosen")
    assert ladders.in_force().key == "D"
    assert lines.above(TODAY)["mo_manager"] == "deputy_gm"
    assert "No post would change." in page(office, ladder="D", keeps_own="on")
    assert "follows this ladder now" in page(office, done="chosen")


def test_a_day_to_come_is_taken_and_one_gone_by_refused(office: Browser) -> None:
    later = page(office, ladder="B", first_day="2026-12-01")
    gone = office.post(reverse("posts-ladders"), {"ladder": "B", "first_day": "2026-11-01"})
    none = office.get(reverse("posts-ladders"), {"ladder": "Z"})

    assert 'name="first_day" value="2026-12-01"' in later
    assert gone.status_code == 422
    assert "does not change in the past" in unescape(gone.content.decode())
    assert none.status_code == 422
    assert ladders.in_force().key == "A"
    office.post(reverse("posts-ladders"), hidden(later))
    assert ladders.in_force().key == "B"
    assert lines.above(TODAY)["collector"] == "cs_supervisor"


def test_posts_that_changed_meanwhile_are_shown_before_anything_is_done(office: Browser) -> None:
    facts = hidden(page(office, ladder="B", keeps_own="on"))
    posts.add_post(actor=access.SYSTEM, facts=PostFacts(name="主管领导"), now=NOW)
    before = AuditEntry.objects.count()

    answer = office.post(reverse("posts-ladders"), facts)

    assert answer.status_code == 409
    assert "Look at the changes again" in answer.content.decode()
    assert AuditEntry.objects.count() == before
    assert office.post(reverse("posts-ladders"), hidden(answer.content.decode())).status_code == 302


def test_a_circle_is_told_and_cannot_be_chosen(office: Browser) -> None:
    posts.change_post(
        actor=access.SYSTEM,
        key="mo_director",
        facts=PostFacts(name="管理处主任", reports_to="cs_supervisor"),
        now=NOW,
    )

    shown = page(office, ladder="C", keeps_own="on")

    assert "a post would stand above itself" in shown
    assert "Follow this ladder" not in shown


def test_the_setting_leads_to_the_page(office: Browser) -> None:
    address = reverse("policies-setting", args=["org.reporting_lines"])

    shown = office.get(address).content.decode()
    refused = office.post(address, {"value": "C"})

    assert reverse("posts-ladders") in shown
    assert refused.status_code == 422
    assert ladders.in_force().key == "A"


@pytest.mark.parametrize("post", ["property_manager", "hr_officer"])
def test_the_page_is_the_administrators(post: str, tenant: Company) -> None:
    add_actor("other", post)
    other: Any = browser_of("other")

    assert other.get(reverse("posts-ladders")).status_code == 403
    assert other.post(reverse("posts-ladders"), {"ladder": "B"}).status_code == 403
    assert ladders.in_force().key == "A"


def test_the_page_takes_few_queries(office: Browser, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(14):
        page(office, ladder="D", keeps_own="on")
