"""S-24 in a browser: an owner's file is asked for, approved, registered, looked at, given back.

Buttons are found by what they send, not by their words.
"""

import io
import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.utils.crypto import get_random_string
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pypdf import PdfWriter
from pytest_django.plugin import DjangoDbBlocker

from kernel.access.models import User
from kernel.approvals import operations as approvals
from kernel.records.models import AccessLook
from kernel.tenancy import tenant_connection
from tenants.companies.models import Company, Domain
from tests import factories
from tests.e2e.conftest import axe_violations
from tests.e2e.site import Site
from tests.factories_approvals import person
from tests.factories_properties import add_home, add_project

pytestmark = pytest.mark.browser

SLUG = "archive"
POSTS = {
    "wangfang": "front_desk",
    "liuyan": "front_desk",
    "chenjie": "steward",
    "sunqiang": "mo_manager",
}


@pytest.fixture(scope="module")
def place(site: Site, django_db_blocker: DjangoDbBlocker) -> tuple[int, int]:
    """Return project and household of a management office with its people."""
    with django_db_blocker.unblock():
        tenant_connection.set_schema_to_public()
        company = Company.objects.get(slug="alpha")
        Domain.objects.create(domain=f"{SLUG}.localhost", tenant=company, is_primary=False)
        tenant_connection.set_tenant(company)
        approvals.seed_chains(factories.NOW)
        project = add_project("AR", "档案小区")
        household = add_home(project).household
        password = Argon2PasswordHasher().encode(factories.PASSWORD, get_random_string(22))
        for username, post in POSTS.items():
            person(username, post, project_id=project.pk)
            User.objects.filter(username=username).update(password=password)
        tenant_connection.close()
    return project.pk, household.pk


def pdf() -> bytes:
    writer, content = PdfWriter(), io.BytesIO()
    writer.add_blank_page(300, 400)
    writer.write(content)
    return content.getvalue()


class Visitor:
    def __init__(self, site: Site, browser: Browser, username: str) -> None:
        self.site = site
        self.context: BrowserContext = browser.new_context(locale="zh-CN")
        self.page: Page = self.context.new_page()
        self.page.goto(site.address(SLUG))
        self.page.fill("#id_username", username)
        self.page.fill("#id_password", factories.PASSWORD)
        self.page.keyboard.press("Enter")
        expect(self.page.locator("#sidebar")).to_be_visible()

    def open(self, path: str) -> Page:
        self.page.goto(self.site.address(SLUG, path))
        return self.page

    def send(self, form: str) -> Any:
        """Send a form as it stands; return status, type and beginning of the answer."""
        return self.page.locator(form).first.evaluate(
            """async form => {
                const answer = await fetch(form.action, {method: 'POST', body: new FormData(form)});
                const text = await answer.text();
                return [answer.status, answer.headers.get('content-type'), text.slice(0, 4)];
            }"""
        )


def test_an_owners_file_is_opened_by_request_only(
    site: Site, browser: Browser, place: tuple[int, int], django_db_blocker: DjangoDbBlocker
) -> None:
    project, household = place
    archive = f"/p/{project}/archive/"
    desk = Visitor(site, browser, "wangfang")

    # The desk puts a paper into the file and does not see it again.
    page = desk.open(f"{archive}households/{household}/")
    page.select_option("[name=kind]", index=2)
    page.set_input_files(
        "input[type=file]",
        {
            "name": "购房合同.pdf",
            "mimeType": "application/pdf",
            "buffer": pdf(),
        },
    )
    page.locator("main form button.btn-primary").click()
    expect(page.locator("table")).to_contain_text("购房合同.pdf")
    assert axe_violations(page) == []

    # A lawyer's request, without his paper refused, with it asked.
    page = desk.open(f"{archive}households/{household}/request/")
    page.fill("[name=purpose]", "法院调查令")
    page.fill("[name=wanted]", "购房合同")
    page.select_option("[name=receiver]", "AUTHORITY")
    page.fill("[name=receiver_name]", "张律师")
    page.locator("form:has([name=purpose]) button.btn-primary").click()
    expect(page.locator("[name=paper]")).to_have_attribute("aria-invalid", "true")
    page.fill("[name=paper]", "(2026)浙0212字第8号")
    page.locator("form:has([name=purpose]) button.btn-primary").click()
    page.wait_for_url(re.compile(r"/archive/[0-9]+/$"))
    request = urlsplit(page.url).path
    expect(page.locator("form[action*='/files/']")).to_have_count(0)
    expect(page.locator("form[action$='/sign/']")).to_have_count(0)  # not his to approve

    # The manager approves, a colleague registers.
    for username in ("sunqiang", "liuyan"):
        visitor = Visitor(site, browser, username)
        page = visitor.open(request)
        page.locator("form[action$='/sign/'] button").click()
        expect(page.locator("form[action$='/sign/']")).to_have_count(0)
        visitor.context.close()

    # Now the paper is shown with his name, and nothing is copied.
    page = desk.open(request)
    assert axe_violations(page) == []
    assert desk.send("form[action*='/files/']") == [200, "application/pdf", "%PDF"]
    page = desk.open(request)
    expect(page.locator("table")).to_contain_text("购房合同.pdf")
    expect(page.locator("button[value=COPY]")).to_have_count(0)

    # A steward knows nothing of it; the manager reads the log.
    steward = Visitor(site, browser, "chenjie")
    answer = steward.page.goto(site.address(SLUG, request))
    assert answer is not None
    assert answer.status == 404
    manager = Visitor(site, browser, "sunqiang")
    page = manager.open(f"{archive}looks/")
    expect(page.locator("main")).to_contain_text("购房合同.pdf")
    assert axe_violations(page) == []

    # Given back, it is closed.
    page = desk.open(request)
    page.locator("form[action$='/end/'] button").click()
    expect(page.locator("form[action*='/files/']")).to_have_count(0)
    with django_db_blocker.unblock():
        tenant_connection.set_schema_to_public()
        tenant_connection.set_tenant(Company.objects.get(slug="alpha"))
        assert AccessLook.objects.count() == 1
        tenant_connection.close()
    for visitor in (desk, steward, manager):
        visitor.context.close()
