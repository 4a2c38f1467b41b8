"""An import in a real browser: the ledger of 云麓花园 from the file to the registry and back."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.utils.crypto import get_random_string
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.plugin import DjangoDbBlocker

from kernel.access.models import User
from kernel.tenancy import tenant_connection
from services.properties.models import Project
from tenants.companies.models import Company, Domain
from tests import factories
from tests.e2e.conftest import axe_violations
from tests.e2e.site import Site

pytestmark = pytest.mark.browser

SLUG = "imports"
DATA = Path(__file__).parent.parent / "data"
LEDGER = DATA / "yunlu-garden" / "房屋业主台账.xlsx"
READINGS = DATA / "yunlu-garden" / "抄表记录_2026-10.csv"
# Where to keep pictures of the pages, for people to look at.
PICTURES = os.environ.get("GUANJIA_PICTURES", "")


@contextmanager
def written(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Write into the company of these tests and let go of the database again.

    Beside Playwright's event loop the connection is one of its own; nobody else closes it.
    """
    with django_db_blocker.unblock():
        tenant_connection.set_schema_to_public()
        tenant_connection.set_tenant(Company.objects.get(slug="beta"))
        yield
        tenant_connection.set_schema_to_public()
        tenant_connection.close()


@pytest.fixture(scope="module")
def director(site: Site, django_db_blocker: DjangoDbBlocker) -> None:
    """The charging director, in a company of its own address."""
    with django_db_blocker.unblock():
        company = Company.objects.get(slug="beta")
        Domain.objects.create(domain=f"{SLUG}.localhost", tenant=company, is_primary=False)
    with written(django_db_blocker):
        factories.add_actor("zhaomin", "charging_director")
        password = Argon2PasswordHasher().encode(factories.PASSWORD, get_random_string(22))
        User.objects.update(password=password, name="赵敏")


@pytest.fixture
def project_id(director: None, django_db_blocker: DjangoDbBlocker) -> int:
    """A project for each test, whatever came before it."""
    with written(django_db_blocker):
        number = Project.objects.count() + 1
        project = Project.objects.create(
            code=f"YL{number}", name=f"云麓花园{number}期", created_at=factories.NOW
        )
        return project.pk


@pytest.fixture(scope="module")
def cookies(site: Site, director: None, browser: Browser) -> list[Any]:
    context = browser.new_context()
    page = context.new_page()
    page.goto(site.address(SLUG, "/sign-in/"))
    page.fill("#id_username", "zhaomin")
    page.fill("#id_password", factories.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    kept = context.cookies()
    context.close()
    return list(kept)


@pytest.fixture
def desk(context: BrowserContext, cookies: list[Any], page: Page) -> Page:
    context.add_cookies(cookies)
    return page


def look(page: Page, name: str) -> None:
    """Keep a picture if one is wanted, and have axe find nothing."""
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(PICTURES) / f"imports-{name}.png"), full_page=True)
    assert axe_violations(page) == []


def upload(page: Page, file: Path) -> None:
    page.set_input_files("#id_file", file)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".kpis, .match, .note.bad").first).to_be_visible()


def test_a_ledger_is_imported_and_taken_back(site: Site, project_id: int, desk: Page) -> None:
    desk.goto(site.address(SLUG, f"/p/{project_id}/imports/"))
    look(desk, "1-empty")
    desk.goto(site.address(SLUG, f"/p/{project_id}/imports/new/unit-ledger/"))
    look(desk, "2-upload")

    upload(desk, LEDGER)
    expect(desk.locator(".kpis")).to_contain_text("951")
    expect(desk.locator("tbody")).to_contain_text("约90")
    look(desk, "3-rehearsed")
    with desk.expect_download() as download:
        desk.click("a[href$='/annotated/']")
    assert download.value.suggested_filename.endswith(".xlsx")
    desk.click("a[href$='/columns/']")
    expect(desk.locator("#id_field-room")).to_have_value("3")
    look(desk, "4-columns")
    desk.go_back()

    desk.click("form[action$='/commit/'] button")
    expect(desk.locator(".note.ok")).to_be_visible()
    look(desk, "5-committed")
    desk.goto(site.address(SLUG, f"/p/{project_id}/imports/"))
    expect(desk.locator("tbody tr")).to_have_count(1)
    look(desk, "6-list")
    desk.click("tbody a")
    desk.wait_for_load_state()  # without the script nothing would be asked
    desk.click("form[action$='/undo/'] button")
    desk.locator("dialog[open] .btn-danger, dialog[open] .btn-primary").first.click()
    expect(desk.locator("form[action$='/undo/']")).to_have_count(0)


def test_readings_on_a_phone_and_in_the_dark(site: Site, project_id: int, desk: Page) -> None:
    desk.goto(site.address(SLUG, f"/p/{project_id}/imports/new/unit-ledger/"))
    upload(desk, LEDGER)
    desk.click("form[action$='/commit/'] button")
    expect(desk.locator(".note.ok")).to_be_visible()
    desk.set_viewport_size({"width": 390, "height": 844})
    desk.emulate_media(color_scheme="dark")

    desk.goto(site.address(SLUG, f"/p/{project_id}/imports/new/meter-readings/"))
    desk.fill("#id_usage_month", "2026-10")
    look(desk, "7-readings")
    upload(desk, READINGS)

    expect(desk.locator(".kpis")).to_contain_text("927")
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")
    look(desk, "8-readings-rehearsed")
    desk.click("a[href$='/columns/']")
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")
    look(desk, "9-columns")


def test_a_file_that_is_too_large_is_not_even_sent(
    site: Site, project_id: int, desk: Page, tmp_path: Path
) -> None:
    large = tmp_path / "large.csv"
    large.write_bytes(b"a,b\n" * (21 * 1024 * 256))
    desk.goto(site.address(SLUG, f"/p/{project_id}/imports/new/unit-ledger/"))

    desk.set_input_files("#id_file", large)
    desk.keyboard.press("Control+Enter")

    assert not desk.evaluate("document.querySelector('#id_file').checkValidity()")
    assert desk.url.endswith("/new/unit-ledger/")


def test_a_picture_is_refused_beside_the_field(
    site: Site, project_id: int, desk: Page, tmp_path: Path
) -> None:
    picture = tmp_path / "台账.xlsx"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    desk.goto(site.address(SLUG, f"/p/{project_id}/imports/new/unit-ledger/"))

    upload(desk, picture)

    expect(desk.locator("#id_file_error")).to_contain_text("png")
    look(desk, "10-refused")
