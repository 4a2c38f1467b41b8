"""A vendor's way in with a browser: invitation, app, a paper put in; every page, on a phone too."""

import os
from collections.abc import Iterator
from typing import Any, Final

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from django_tenants.utils import tenant_context
from playwright.sync_api import Browser, Page, ViewportSize
from pytest_django.plugin import DjangoDbBlocker

from kernel.access import SYSTEM
from kernel.identity import totp
from kernel.tenancy import tenant_connection
from services.procurement.vendors import operations
from services.procurement.vendors.models import PaperKind
from services.procurement.vendors.operations import VendorFacts
from tenants.companies.models import Company
from tenants.vendors import operations as logins
from tests.e2e.conftest import axe_violations
from tests.e2e.site import Site
from tests.factories import PASSWORD

pytestmark = pytest.mark.browser

SLUG: Final = "qinghe"
URLCONF: Final = "config.urls_vendors"
EMAIL: Final = "dai@xinnuo.example"
DESK: Final[ViewportSize] = {"width": 1440, "height": 900}
PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
NO_PAGES: Final = {
    "set-password": "takes a signed link; same form as the account's",
    "invitation": "seen by the journey",
    "login": "leads on whoever is signed in; seen by the journey",
    "portal-account-password": "its form is on the account's page",
    "portal-account-tokens": "its form is on the account's page",
    "portal-file": "a file",
}


# What the addresses of pages take that show no single record; those have journeys of their own.
VALUES: Final = {"place": SLUG, "slug": SLUG}


def routes() -> dict[str, list[str]]:
    """Return the names of the pages with the names of what their addresses take."""
    found: dict[str, list[str]] = {}
    pending: list[tuple[Any, list[str]]] = [(get_resolver(URLCONF), [])]
    while pending:
        entry, outer = pending.pop()
        taken = [*outer, *entry.pattern.converters]
        if isinstance(entry, URLResolver):
            pending.extend((inner, taken) for inner in entry.url_patterns)
            continue
        assert isinstance(entry, URLPattern)
        view = getattr(entry.callback, "view_class", None)
        is_page = hasattr(view, "get") and not hasattr(entry.callback, "cls")
        is_of_record = not VALUES.keys() >= set(taken)
        if entry.name and is_page and not is_of_record and entry.name not in NO_PAGES:
            found[entry.name] = taken
    return found


@pytest.fixture(scope="module")
def invitation(site: Site, django_db_blocker: DjangoDbBlocker) -> str:
    """Return the path of the link that a vendor's contact was sent."""
    site.command("demo")
    now = timezone.now()
    with django_db_blocker.unblock():
        tenant_connection.set_schema_to_public()
        company = Company.objects.get(slug=SLUG)
        with tenant_context(company):
            vendor = operations.create_vendor(
                actor=SYSTEM, facts=VendorFacts(name="宁波信诺电气有限公司"), now=now
            )
            contact = operations.invite_contact(
                actor=SYSTEM, vendor_id=vendor.pk, name="戴立群", email=EMAIL, now=now
            )
        key = logins.invite(
            company_id=company.pk, contact_id=contact.pk, email=EMAIL, now=timezone.now()
        )
        # Beside Playwright's event loop this is a connection of its own; nobody else closes it.
        tenant_connection.close()
    return reverse("invitation", URLCONF, args=[key])


@pytest.fixture(scope="module")
def vendor_page(site: Site, browser: Browser, invitation: str) -> Iterator[Page]:
    """Return a browser in which the contact has taken his invitation up."""
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
    page = context.new_page()
    page.set_viewport_size(PHONE)
    page.goto(site.address("vendors", invitation))
    assert axe_violations(page) == []
    page.fill("#id_name", "戴立群")
    page.fill("#id_password", PASSWORD)
    page.fill("#id_again", PASSWORD)
    page.click("main .btn-primary")
    assert axe_violations(page) == []
    secret = page.inner_text("main code.code").replace(" ", "")
    page.fill("#id_code", totp.code_at(secret, totp.step_of(timezone.now())))
    page.click("main .btn-primary")
    page.wait_for_selector(".v-places")
    yield page
    context.close()


def test_the_contact_finds_his_company_and_puts_a_paper_in(
    site: Site, vendor_page: Page, tmp_path: Any, django_db_blocker: DjangoDbBlocker
) -> None:
    with django_db_blocker.unblock():
        tenant_connection.set_schema_to_public()
        with tenant_context(Company.objects.get(slug=SLUG)):
            kind_id = PaperKind.objects.filter(is_active=True).earliest("pk").pk
        tenant_connection.close()
    file = tmp_path / "营业执照.pdf"
    file.write_bytes(b"%PDF-1.4\n%%EOF\n")
    page = vendor_page
    page.goto(site.address("vendors", "/"))
    page.click(".v-places a")
    page.click(".v-nav a[href$='/papers/']")
    page.click("main .btn-primary")
    page.select_option("#id_kind_id", str(kind_id))
    page.fill("#id_valid_from", "2026-01-01")
    page.set_input_files("#id_file", os.fspath(file))
    page.click("main .btn-primary")

    page.wait_for_url("**/papers/")

    assert "营业执照.pdf" in page.inner_text("main")


@pytest.mark.parametrize("route", sorted(routes()))
def test_a_page_is_accessible_at_the_desk_and_on_a_phone(
    site: Site, vendor_page: Page, route: str
) -> None:
    taken = {name: VALUES[name] for name in routes()[route]}
    path = reverse(route, URLCONF, kwargs=taken)
    for scheme in ("light", "dark"):
        for size in (DESK, PHONE):
            vendor_page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            vendor_page.set_viewport_size(size)
            answer = vendor_page.goto(site.address("vendors", path))
            assert answer is not None
            assert answer.status == 200, f"{answer.status} {path}"
            assert axe_violations(vendor_page) == [], f"{path} {scheme} {size}"
            width = vendor_page.evaluate("document.documentElement.scrollWidth")
            assert width <= size["width"], f"{path} is {width} wide on {size['width']}"
