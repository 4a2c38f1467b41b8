"""Scenario S-56 in the browser: a manual from draft to next revision, its copies, outside."""

from typing import Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.utils.crypto import get_random_string
from playwright.sync_api import Browser, Page, expect
from pytest_django.plugin import DjangoDbBlocker

from kernel.access.models import User
from kernel.approvals.operations import seed_chains
from kernel.tenancy import tenant_connection
from tenants.companies.models import Company, Domain
from tests import factories
from tests.e2e.conftest import axe_violations
from tests.e2e.site import Site

pytestmark = pytest.mark.browser

SLUG = "manuals"
PEOPLE = {
    "preparer": "charging_director",
    "reviewer": "general_office",
    "approver": "property_manager",
    "holder": "meter_reader",
}


class Office:
    """The four people of the scenario, each at a browser of his own."""

    def __init__(self, site: Site, browser: Browser) -> None:
        self.site = site
        self.complaints: list[str] = []
        self.pages = {name: self._sign_in(browser, name) for name in PEOPLE}

    def _sign_in(self, browser: Browser, name: str) -> Page:
        context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(self.site.address(SLUG))
        page.fill("#id_username", name)
        page.fill("#id_password", factories.PASSWORD)
        page.keyboard.press("Enter")
        expect(page.locator("#sidebar")).to_be_visible()
        return page

    def at(self, name: str, path: str) -> Page:
        self.pages[name].goto(self.site.address(SLUG, path))
        return self.pages[name]

    def sign(self, name: str, case: str) -> None:
        """Approve what waits at the case's page."""
        page = self.at(name, case)
        page.locator('#acts button[value="approve"]').click()
        expect(page.locator('#acts button[value="approve"]')).to_have_count(0)

    def close(self) -> None:
        for page in self.pages.values():
            page.context.close()


@pytest.fixture
def office(site: Site, browser: Browser, django_db_blocker: DjangoDbBlocker) -> Any:
    with django_db_blocker.unblock():
        tenant_connection.set_schema_to_public()
        company = Company.objects.get(slug="alpha")
        Domain.objects.create(domain=f"{SLUG}.localhost", tenant=company, is_primary=False)
        tenant_connection.set_tenant(company)
        seed_chains(factories.NOW)
        # The site runs with the real hasher, the tests with a fast one.
        password = Argon2PasswordHasher().encode(factories.PASSWORD, get_random_string(22))
        for name, post in PEOPLE.items():
            factories.add_actor(name, post)
            User.objects.filter(username=name).update(password=password)
        # Beside Playwright's event loop this is a connection of its own; nobody else closes it.
        tenant_connection.close()
    there = Office(site, browser)
    yield there
    there.close()


def confirm(page: Page) -> None:
    page.locator("#confirm [data-yes]").click()


def write(page: Page, change: str) -> str:
    """Write the draft that is open and submit it; return the address of its approval."""
    page.fill("#id_chapter", "5.2")
    page.fill("#id_change", change)
    page.fill(
        "#id_body",
        "## 5.2 回访\n　　24 小时内回访。\n| 步骤 | 时限 |\n|---|---|\n| 回访 | 24 小时 |",
    )
    page.locator('button[value="submit"]').click()
    expect(page.locator("#id_body")).to_have_count(0)
    case = page.locator('main a[href^="/approvals/"]').get_attribute("href")
    assert case is not None
    return case


def put_in_force(office: Office, path: str) -> None:
    page = office.at("preparer", path)
    page.locator('form[action$="/in-force/"] button').click()
    confirm(page)
    # Approved is green as well; only what is in force is given outside.
    expect(page.locator('a[href$="/release/"]')).to_be_visible()


def path_of(office: Office, page: Page) -> str:
    return page.url.partition(f":{office.site.port}")[2]


def publish_a0(office: Office) -> tuple[str, str]:
    """Number a manual and put A0 in force; return the addresses of both."""
    page = office.at("preparer", "/c/manuals/")
    page.locator('a[href="/c/manuals/new/"]').click()
    page.fill("#sheet_title", "客户投诉处理规程")
    page.fill("#sheet_department", "KF")
    page.locator("#sheet-body .btn-primary").click()
    page.wait_for_url("**/c/manuals/revisions/*/")
    path = path_of(office, page)
    case = write(page, "首次发布")

    # Two signatures by two other people, then it may come into force.
    office.sign("reviewer", case)
    assert office.at("preparer", path).locator('form[action$="/in-force/"]').count() == 0
    office.sign("approver", case)
    put_in_force(office, path)

    page = office.at("preparer", "/c/manuals/")
    page.locator("tbody a", has_text="客户投诉处理规程").first.click()
    page.wait_for_url("**/c/manuals/*/")
    return path_of(office, page), path


def test_a_manual_from_a0_to_a1(office: Office) -> None:
    manual, path = publish_a0(office)
    page = office.at("preparer", manual)
    assert axe_violations(page) == []

    # The holder gets copy no. 1 with the pages in force.
    page.goto(office.site.address(SLUG, f"{manual}copies/"))
    page.locator(f'a[href="{manual}copies/issue/"]').click()
    page.locator("#sheet_holder_id").select_option(label="holder (holder)")
    page.locator("#sheet-body .btn-primary").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    assert axe_violations(page) == []

    # A1: the holder is told, reads it and says that it is in.
    page = office.at("preparer", manual)
    page.locator('button[value="same"]').click()
    page.wait_for_url("**/c/manuals/revisions/*/")
    revision = path_of(office, page)
    assert axe_violations(page) == []
    case = write(page, "回访时限改为 24 小时")
    office.sign("reviewer", case)
    office.sign("approver", case)
    put_in_force(office, revision)
    page = office.at("holder", "/c/manuals/mine/")
    expect(page.locator(".chip.warn")).to_be_visible()
    assert axe_violations(page) == []
    page.locator('form[action$="/acknowledge/"] button').click()
    expect(page.locator("main .chip.ok")).to_be_visible()

    # The old revision is there to be read, marked; the revision page lists both.
    page = office.at("holder", manual)
    expect(page.locator("table tbody tr", has_text="A1")).to_contain_text("回访时限")
    page = office.at("holder", path)
    expect(page.locator(".note")).to_be_visible()

    # Not outside without approval.
    page = office.at("preparer", f"{manual}copies/")
    page.locator('a[href$="/release/"]').first.click()
    page.fill("#sheet_recipient", "恒通保洁公司")
    page.fill("#sheet_purpose", "驻场培训")
    page.locator("#sheet-body .btn-primary").click()
    expect(page.locator("td", has_text="恒通保洁公司")).to_be_visible()
    expect(page.locator('form[action$="/send/"]')).to_have_count(0)

    # The holder transfers: copy no. 1 comes back.
    page.wait_for_load_state()  # without the script the sheet would be a page of its own
    page.locator('a[href$="/return/"]').click()
    page.fill("#sheet_note", "调往湖滨项目")
    page.locator("#sheet-body .btn-primary").click()
    expect(page.locator("td", has_text="调往湖滨项目")).to_be_visible()
    assert office.complaints == []
