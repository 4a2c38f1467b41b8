"""The console's frame and a list page in a real browser: reachable, usable by keyboard, clean."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.utils.crypto import get_random_string
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.plugin import DjangoDbBlocker

from kernel import access
from kernel.access import operations
from kernel.access.models import User
from kernel.tenancy import tenant_connection
from tenants.companies.models import Company, Domain
from tests import factories
from tests.e2e.conftest import axe_violations
from tests.e2e.site import Site

pytestmark = pytest.mark.browser

SLUG = "frame"
LONG_SCAN = "134567890123456789"


@pytest.fixture(scope="module")
def cookies(site: Site, browser: Browser, django_db_blocker: DjangoDbBlocker) -> list[Any]:
    """What an administrator's browser keeps after signing in, in a company with sixty people."""
    with django_db_blocker.unblock():
        tenant_connection.set_schema_to_public()
        company = Company.objects.get(slug="alpha")
        Domain.objects.create(domain=f"{SLUG}.localhost", tenant=company, is_primary=False)
        tenant_connection.set_tenant(company)
        factories.add_actor("frame", "company_admin")
        # The site runs with the real hasher, the tests with a fast one.
        password = Argon2PasswordHasher().encode(factories.PASSWORD, get_random_string(22))
        User.objects.filter(username="frame").update(password=password)
        for number in range(60):
            operations.add_user(
                actor=access.SYSTEM,
                username=f"person{number:02}",
                name=f"人员{number:02}",
                now=factories.NOW,
            )
        # Beside Playwright's event loop this is a connection of its own; nobody else closes it.
        tenant_connection.close()
    context = browser.new_context()
    page = context.new_page()
    page.goto(site.address(SLUG, "/c/people/"))
    page.fill("#id_username", "frame")
    page.fill("#id_password", factories.PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#sidebar")).to_be_visible()
    kept = context.cookies()
    context.close()
    return list(kept)


@pytest.fixture
def open_page(site: Site, cookies: list[Any], context: BrowserContext, page: Page) -> "Opener":
    context.add_cookies(cookies)
    return Opener(site, page)


class Opener:
    """Opens pages of the company and keeps what the browser complains about."""

    def __init__(self, site: Site, page: Page) -> None:
        self.site, self.page = site, page
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on(
            "console",
            lambda message: (
                self.complaints.append(message.text)
                if message.type == "error" and "status of 4" not in message.text
                else None
            ),
        )
        page.on(
            "request",
            lambda request: (
                self.complaints.append(f"foreign: {request.url}")
                if "localhost" not in request.url and not request.url.startswith("data:")
                else None
            ),
        )

    def __call__(self, path: str) -> Page:
        self.page.goto(self.site.address(SLUG, path))
        self.page.wait_for_load_state("networkidle")
        return self.page


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1366, 768), (390, 844)])
@pytest.mark.parametrize("path", ["/c/components/", "/c/people/", "/c/search/?q=x"])
def test_page_is_clean_in_both_themes_at_all_widths(
    open_page: Opener, theme: str, width: int, height: int, path: str
) -> None:
    open_page.page.set_viewport_size({"width": width, "height": height})
    open_page.page.emulate_media(color_scheme="dark" if theme == "dark" else "light")

    page = open_page(path)

    assert axe_violations(page) == []
    assert page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )
    assert [text for text in open_page.complaints if "yyyy-MM-dd" not in text] == []


def test_open_dialogs_and_menus_are_clean(open_page: Opener) -> None:
    page = open_page("/c/components/")

    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()
    assert axe_violations(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    assert axe_violations(page) == []
    page.keyboard.press("Escape")
    page.click(".side .me")
    assert axe_violations(page) == []


def test_theme_is_kept_on_the_server(open_page: Opener) -> None:
    page = open_page("/c/people/")
    page.click(".side .me")
    with page.expect_response("**/c/preferences/"):
        page.click("button[name=theme][value=dark]")
    page.reload()
    assert page.get_attribute("html", "data-bs-theme") == "dark"

    page.click(".side .me")
    with page.expect_response("**/c/preferences/"):
        page.click("button[name=theme][value=auto]")


def test_list_is_worked_by_keyboard(open_page: Opener) -> None:
    page = open_page("/c/people/")

    page.keyboard.press("/")
    page.keyboard.type("person1")
    expect(page.locator("#list-count")).to_contain_text("10")
    expect(page).to_have_url(re.compile("q=person1"))
    assert page.input_value("#list-q") == "person1"
    assert page.evaluate("document.activeElement.id") == "list-q"

    page.locator("#list-q").evaluate("field => field.blur()")
    page.keyboard.press("j")
    page.keyboard.press("j")
    current = page.locator("tr.cur a[data-row-link]")
    expect(current).to_be_focused()
    href = current.get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{href}")

    page.go_back()
    expect(page.locator("#list-count")).to_contain_text("10")


def test_list_works_without_a_script(site: Site, cookies: list[Any], browser: Browser) -> None:
    plain = browser.new_context(java_script_enabled=False)
    plain.add_cookies(cookies)
    page = plain.new_page()
    page.goto(site.address(SLUG, "/c/people/"))
    page.fill("#list-q", "person2")
    page.click("noscript button")

    expect(page.locator("tbody tr")).to_have_count(10)
    plain.close()


def test_amount_is_cleaned_and_entries_are_guarded(open_page: Opener) -> None:
    page = open_page("/c/components/")
    price = page.locator("#ok_price")

    price.fill("￥２，３００．５")
    price.blur()

    assert Decimal(price.input_value()) == Decimal("2300.50")


@pytest.mark.parametrize(("gap", "is_scan"), [(2, True), (60, False)])
def test_scanner_is_told_from_typing(
    open_page: Opener,
    gap: int,
    is_scan: bool,  # noqa: FBT001 - a case of the table
) -> None:
    page = open_page("/c/components/")

    heard = page.evaluate(
        """([code, gap]) => {
          let heard = '';
          document.addEventListener('scan', (event) => {
            heard = event.detail.code;
            event.preventDefault();
          });
          let at = 1000;
          for (const key of [...code, 'Enter']) {
            const event = new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true});
            Object.defineProperty(event, 'timeStamp', {value: at});
            at += gap;
            document.body.dispatchEvent(event);
          }
          return heard;
        }""",
        [LONG_SCAN, gap],
    )

    assert heard == (LONG_SCAN if is_scan else "")


def test_phone_finds_the_menu_behind_a_button(open_page: Opener) -> None:
    open_page.page.set_viewport_size({"width": 390, "height": 844})
    page = open_page("/c/people/")
    expect(page.locator("#sidebar")).to_be_hidden()

    page.click(".nav-open")

    expect(page.locator("dialog.drawer #sidebar")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".app > #sidebar")).to_be_hidden()


def test_page_loads_little(open_page: Opener) -> None:
    asked: set[str] = set()
    open_page.page.on("request", lambda request: asked.add(request.url))

    page = open_page("/c/people/")

    files = [url.split("?")[0] for url in asked if "/static/" in url]
    assert len([file for file in files if file.endswith((".js", ".css"))]) == 4
    assert len(page.content()) < 200_000
    assert settings.RELEASE in (page.get_attribute("body", "data-release") or "")
