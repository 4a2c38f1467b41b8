"""The vendor's pages of one record each, at the desk, on a phone and in the dark."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
from django.urls import reverse
from django.utils import timezone
from django_tenants.utils import tenant_context
from playwright.sync_api import Browser, Page
from pytest_django.plugin import DjangoDbBlocker

from config.demo import people
from config.demo.buying import SELLERS
from kernel.access.models import User
from kernel.identity import totp
from kernel.tenancy import tenant_connection
from services.procurement.payments.models import ServiceAssessment, VendorStatement
from services.procurement.rounds.models import Round, RoundState
from services.procurement.vendors.models import PaperKind, Vendor
from tenants.companies.models import Company
from tests.e2e.conftest import axe_violations
from tests.e2e.site import Site
from tests.e2e.test_portal import DESK, PHONE, URLCONF
from tests.factories import NOW
from tests.factories_procurement_money import add_delivered_rows
from tests.factories_procurement_orders import add_own_rows, add_rows
from tests.factories_properties import add_project

pytestmark = pytest.mark.browser

ASKING: Final = "qinghe"
# The records that other journeys would meet are of the demo's second company.
TRADING: Final = "jianghai"
SELLER: Final = SELLERS[0]
CASES: Final = {
    "an open round with the form of a quote": (ASKING, "portal-rounds-round", "open_round"),
    "a round that is over": (ASKING, "portal-rounds-round", "round"),
    "receipts of a quote": (ASKING, "portal-rounds-receipts", "round"),
    "quotes": (ASKING, "portal-rounds-quotes", None),
    "an order to confirm": (TRADING, "portal-orders-order", "sent_order"),
    "an order on its way": (TRADING, "portal-orders-order", "order"),
    "orders": (TRADING, "portal-orders", None),
    "deliveries": (TRADING, "portal-deliveries", None),
    "a receipt": (TRADING, "portal-deliveries-receipt", "receipt"),
    "invoices": (TRADING, "portal-invoices", None),
    "an invoice": (TRADING, "portal-invoices-invoice", "invoice"),
    "an invoice for an order": (TRADING, "portal-invoices-order", "order"),
    "an invoice for a month": (TRADING, "portal-invoices-month", "assessment"),
    "a statement": (TRADING, "portal-statement", None),
    "the start page": (TRADING, "portal-home", None),
    "papers": (TRADING, "portal-papers", None),
    "the company": (TRADING, "portal-company", None),
    "messages": (TRADING, "portal-messages", None),
}


class Seller:
    """The demo's vendor at his browser, and the numbers of his records by name."""

    def __init__(self, site: Site, page: Page, records: dict[str, int]) -> None:
        self.site, self.page, self.records = site, page, records

    def open(self, case: str) -> None:
        place, route, name = CASES[case]
        values: dict[str, Any] = {"place": place}
        if name is not None:
            values[f"{name.removeprefix('open_').removeprefix('sent_')}_id"] = self.records[name]
        path = reverse(route, URLCONF, kwargs=values)
        answer = self.page.goto(self.site.address("vendors", path))
        assert answer is not None
        assert answer.status == 200, f"{answer.status} {path}"


@pytest.fixture(scope="module")
def seller(site: Site, browser: Browser, django_db_blocker: DjangoDbBlocker) -> Iterator[Seller]:
    site.command("demo")
    with django_db_blocker.unblock():
        tenant_connection.set_schema_to_public()
        with tenant_context(Company.objects.get(slug=ASKING)):
            records = {
                "open_round": Round.objects.filter(state=RoundState.OPEN).earliest("pk").pk,
                "round": Round.objects.exclude(state=RoundState.OPEN).earliest("pk").pk,
            }
        with tenant_context(Company.objects.get(slug=TRADING)):
            records |= trade()
        # Beside Playwright's event loop this is a connection of its own; nobody else closes it.
        tenant_connection.set_schema_to_public()
        tenant_connection.close()
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
    page = context.new_page()
    page.set_viewport_size(DESK)
    sign_in(site, page)
    yield Seller(site, page, records)
    context.close()


def trade() -> dict[str, int]:
    """Let the vendor have an order to confirm, and one that he delivers and is paid for."""
    vendor = Vendor.objects.get(credit_code=SELLER.credit_code)
    demanded = list(PaperKind.objects.filter(is_required=True).values_list("pk", flat=True))
    there = set(User.objects.values_list("pk", flat=True))
    rows = add_own_rows(vendor, "east", "EAST")
    add_delivered_rows(vendor, "east", **rows)
    buyer_id = User.objects.exclude(pk__in=there).earliest("pk").pk
    sent = add_rows(add_project("WEST", "west"), "west", buyer_id, vendor)
    VendorStatement.objects.create(
        vendor=vendor,
        number="DZ-1",
        to_day=NOW.date(),
        balance=0,
        sent_by=buyer_id,
        sent_by_label="test",
        sent_at=NOW,
    )
    # Other journeys find the demo's own people at their desks, and ask for the papers it asks for.
    User.objects.exclude(pk__in=there).update(is_active=False)
    PaperKind.objects.filter(pk__in=demanded).update(is_required=True)
    return {
        "sent_order": sent["order_id"],
        "order": rows["order_id"],
        "receipt": vendor.orders.get(pk=rows["order_id"]).receipts.get().pk,
        "invoice": vendor.invoices.latest("pk").pk,
        "assessment": ServiceAssessment.objects.filter(contract__vendor=vendor).latest("pk").pk,
    }


def sign_in(site: Site, page: Page) -> None:
    """Sign in with the password, setting the app up that the first sign-in asks for."""
    page.goto(site.address("vendors", "/sign-in/"))
    page.fill("#id_email", SELLER.email)
    page.fill("#id_password", people.PASSWORD)
    page.click("main .btn-primary")
    secret = page.inner_text("main code.code").replace(" ", "")
    page.fill("#id_code", totp.code_at(secret, totp.step_of(timezone.now())))
    page.click("main .btn-primary")
    page.wait_for_selector(".v-places")


@pytest.mark.parametrize("case", CASES)
def test_a_page_of_a_record_is_clean_in_both_themes_and_widths(seller: Seller, case: str) -> None:
    seller.open(case)

    found: dict[str, list[str]] = {}
    widths: dict[str, int] = {}
    for scheme in ("light", "dark"):
        for size in (DESK, PHONE):
            place = f"{scheme} {size['width']}"
            seller.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            seller.page.set_viewport_size(size)
            # Only colours change with the theme.
            rules = ["color-contrast"] if scheme == "dark" else None
            found[place] = axe_violations(seller.page, rules)
            wide = seller.page.evaluate("document.documentElement.scrollWidth")
            widths[place] = max(0, wide - size["width"])

    assert {place: lines for place, lines in found.items() if lines} == {}
    assert {place: more for place, more in widths.items() if more} == {}
