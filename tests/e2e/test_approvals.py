"""A chain is designed, tried out and published; then a new price goes its way through it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, Final

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, ViewportSize, expect
from pytest_django.plugin import DjangoDbBlocker

from config.demo import people
from kernel.access.models import User
from kernel.access.queries import actor_for
from kernel.approvals import queries as approvals
from kernel.approvals.models import Case
from kernel.tenancy import company_day, tenant_connection
from services.billing.standards import operations, queries, rules
from services.billing.standards.models import FeeStandard, FeeVersion
from tenants.companies.models import Company
from tests.e2e.site import Site

pytestmark = pytest.mark.browser

SLUG: Final = "qinghe"
DESK: Final[ViewportSize] = {"width": 1440, "height": 900}
PHONE: Final[ViewportSize] = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def company(site: Site, django_db_blocker: DjangoDbBlocker) -> Callable[[], Any]:
    """The demo company; the value lets a test look at its rows or write some."""
    site.command("demo")

    @contextmanager
    def inside() -> Iterator[None]:
        with django_db_blocker.unblock():
            tenant_connection.set_schema_to_public()
            tenant_connection.set_tenant(Company.objects.get(slug=SLUG))
            try:
                yield
            finally:
                tenant_connection.set_schema_to_public()
                tenant_connection.close()

    return inside


@pytest.fixture
def visit(site: Site, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Sign somebody in at his own browser and open a page there."""
    contexts = []

    def opened(username: str, path: str, size: ViewportSize = DESK) -> Page:
        context = browser.new_context(
            viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce"
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(site.address(SLUG))
        page.fill("#id_username", username)
        page.fill("#id_password", people.PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_selector("#sidebar", state="attached")
        page.goto(site.address(SLUG, path))
        page.wait_for_load_state("networkidle")
        return page

    yield opened
    for context in contexts:
        context.close()


def actor_of(username: str) -> Any:
    user = User.objects.get(username=username)
    return actor_for(user=user, today=company_day(timezone.now()))


def submit_new_price(version_id: int | None = None) -> int:
    """Draft a price of the first standard, or take a draft that came back, and submit it."""
    actor, now = actor_of("xujing"), timezone.now()
    if version_id is None:
        standard = FeeStandard.objects.earliest("pk")
        newest = standard.versions.latest("number")
        figures = queries.figures_of(newest)
        month = rules.month_after(company_day(now).replace(day=1))
        version_id = operations.draft_version(
            actor=actor,
            standard_id=standard.pk,
            method=figures.pricing.method,
            price=figures.pricing.price,
            tiers=figures.pricing.tiers,
            area_basis=figures.area_basis,
            valid_from=date(month.year, month.month, 1),
            basis_note="业主大会决议",
            now=now,
        ).pk
    operations.submit_version(actor=actor, version_id=version_id, now=now)
    return version_id


def case_of(version_id: int) -> Case:
    found = approvals.case_of(kind="fee_standard.change", subject=FeeVersion(pk=version_id))
    assert found is not None
    return found


def add_step(page: Page, post: str, number: int) -> None:
    """Add a step at the end of the only branch and say who signs there."""
    page.locator("button.chain-plus").last.click()
    expect(page.locator(".chain-step")).to_have_count(number)
    page.select_option("#who-0", f"post:{post}")
    expect(page.locator(".chain-step").nth(number - 1)).not_to_contain_text("上级")


def test_chain_is_designed_and_a_price_goes_through_it(
    company: Callable[[], Any], visit: Callable[..., Page]
) -> None:
    # The administrator designs, sees who would sign, and publishes.
    page = visit("xujing", "/c/approval-chains/?q=收费标准变更")
    page.get_by_role("link", name="收费标准变更").first.click()
    page.get_by_role("button", name="修改此流程").click()
    page.wait_for_url("**version=*")
    add_step(page, "project:finance_head", 2)
    add_step(page, "project:company_gm", 3)
    page.select_option("#sim-applicant", label="许静")
    expect(page.locator(".simulator .res")).to_contain_text("方启明 → 何静 → 沈岳")
    expect(page.locator(".is-lit .chain-step")).to_have_count(3)
    page.get_by_role("link", name="发布 V2").click()
    page.fill("#publish-note", "调价须财务与总经理会签")
    page.locator("#sheet").get_by_role("button", name="发布 V2").click()
    expect(page.locator("h1")).to_contain_text("V2 使用中")

    # A price is submitted; one signs at the desk, the next sends it back from the phone.
    with company():
        version_id = submit_new_price()
        number = case_of(version_id).number
    desk = visit("fangqiming", f"/approvals/?q={number}")
    expect(desk.locator(".case")).to_contain_text(number)
    desk.keyboard.press("a")
    expect(desk.locator("#toasts")).to_contain_text(number)
    phone = visit("hejing", f"/approvals/?q={number}", PHONE)
    phone.locator(".inbox-item a").first.click()
    phone.wait_for_load_state()  # the buttons of the case need the script
    phone.get_by_role("button", name="驳回").first.click()
    phone.locator("#reject").get_by_role("button", name="资料不全").click()
    phone.locator("#reject").get_by_role("button", name="驳回").last.click()
    expect(phone.locator("#toasts")).to_contain_text(number)

    # It is submitted again under its number, and signed by all three.
    with company():
        assert case_of(version_id).state == "REJECTED"
        submit_new_price(version_id)
        assert case_of(version_id).number == number
    desk.goto(desk.url.split("/approvals/")[0] + f"/approvals/?q={number}")
    desk.get_by_role("button", name="批准").click()
    expect(desk.locator("#toasts")).to_contain_text(number)
    phone.goto(phone.url.split("/approvals/")[0] + f"/approvals/?q={number}")
    phone.locator(".inbox-item a").first.click()
    phone.wait_for_load_state()  # the buttons of the case need the script
    phone.get_by_role("button", name="批准").click()
    expect(phone.locator("#toasts")).to_contain_text(number)
    last = visit("shenyue", f"/approvals/?q={number}")
    last.get_by_role("button", name="批准").click()
    expect(last.locator("#toasts")).to_contain_text(number)

    # The effect took place with the last signature.
    with company():
        case = case_of(version_id)
        assert case.state == "APPROVED"
        assert FeeVersion.objects.get(pk=version_id).state == "CONFIRMED"
        case_id = case.pk
    last.goto(last.url.split("/approvals/")[0] + f"/approvals/{case_id}/?tab=rounds")
    expect(last.locator("#main")).to_contain_text("第 2 次提交")
