"""Every page of the console, with the demo's data, in both themes, at the desk and on a phone."""

import io
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

import pytest
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, ViewportSize
from pytest_django.plugin import DjangoDbBlocker

from config.demo import people
from kernel import access
from kernel.access import tokens
from kernel.access.models import Department, Post, PostHolding, User
from kernel.access.queries import actor_for
from kernel.approvals import operations as chains
from kernel.approvals.models import Chain
from kernel.audit.models import AuditEntry
from kernel.crypto import cipher
from kernel.deadlines.operations import start as start_clock
from kernel.documents import operations as documents
from kernel.documents.manuals import copies
from kernel.documents.models import Manual, ManualRelease, ManualRevision, RevisionState
from kernel.duties.models import Exemption
from kernel.identity.operations import departures, holdings
from kernel.imports.models import ImportBatch
from kernel.notifications.models import Channel
from kernel.outbox.models import Endpoint
from kernel.records.models import AccessRequest, Disposal, LegalHold
from kernel.tenancy import company_day, tenant_connection
from services.billing.cashier.models import Receipt
from services.billing.metering.models import Reading
from services.billing.runs.models import BillLine, BillRun
from services.billing.standards.models import FeeAssignment, FeeStandard
from services.procurement.catalogue.models import Category
from services.procurement.requests import operations as purchasing
from services.properties.models import Household, Meter, Occupancy, Project, Vehicle
from tenants.companies.models import Company
from tests.e2e.conftest import axe_violations
from tests.e2e.site import Site
from tests.factories import hold_post
from tests.factories_procurement_contracts import add_row as add_contract
from tests.factories_procurement_money import add_rows as add_money
from tests.factories_procurement_money import company_rows
from tests.factories_procurement_orders import add_rows as add_orders
from tests.factories_procurement_rounds import add_row as add_quote_round
from tests.factories_procurement_stock import add_rows as add_stock
from tests.factories_procurement_vendors import add_rows as add_vendor_rows

pytestmark = pytest.mark.browser

SLUG: Final = "qinghe"
DESK: Final[ViewportSize] = {"width": 1440, "height": 900}
PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
# Those beside the month of bills who have pages of their own.
ASIDE: Final = frozenset({"buyer", "finance_head", "materials_keeper"})
# Addresses that answer a GET with something else than a page of their own.
NO_PAGES: Final = {
    "sign-in-password": "only half signed in; same form as the account's",
    "sign-in-factor": "only half signed in; seen by the journey of the app",
    "sign-in-enrol": "only half signed in; same form as the account's",
    "approvals-count": "the count in the menu",
    "desk-find": "what the search box of the desk finds",
    "desk-outcome": "a part of the desk",
    "desk-today": "a part of the desk",
    "files": "a part of its record's page",
    "files-open": "a file",
    "imports-annotated": "a file",
    "imports-progress": "a part of the waiting page",
    "bill-runs-work": "a part of the run's page",
    "ledger-check": "a part of the ledger's page",
    "policies-reset": "takes a form only",
    "policies-project-reset": "takes a form only",
    "advances-pay": "a sheet that opens in one state of the advance",
    "advances-drop": "a sheet that opens in one state of the advance",
    "advances-take-back": "a sheet that opens in one state of the advance",
    "claims-settle": "a sheet that opens in one state of the claim",
    "contracts-archive": "a sheet that opens in one state of the contract",
    "contracts-copy": "a sheet that opens in one state of the contract",
    "contracts-sign": "a sheet that opens in one state of the contract",
    "purchase-requests-give-up": "a sheet that opens in one state of the request",
    "purchase-requests-items": "what the search of the catalogue finds",
    "purchase-orders-withdraw-loss": "a sheet that opens once a loss is written down",
    "quote-rounds-release": "takes a form only",
    "quote-rounds-scores": "opens to those who were named to score",
    "vendor-invoices-refund": "a sheet that opens in one state of the invoice",
    "vendor-payments-pay": "a sheet that opens in one state of the payment",
    "set-password": "takes a signed link; same form as the account's",
}


def routes() -> dict[str, list[str]]:
    """Return the names of the console's pages with the names of what their addresses take."""
    found: dict[str, list[str]] = {}
    pending = list(get_resolver("console.urls").url_patterns)
    while pending:
        entry = pending.pop()
        if not isinstance(entry, URLPattern):
            pending.extend(entry.url_patterns)
            continue
        view = getattr(entry.callback, "view_class", None)
        if entry.name and hasattr(view, "get") and entry.name not in NO_PAGES:
            found[entry.name] = sorted(entry.pattern.converters)
    return found


ROUTES: Final = routes()


class Visitors:
    """The demo's people at their browsers, and one record of each kind for the addresses."""

    def __init__(self, site: Site, browser: Browser, records: dict[str, Any]) -> None:
        self.site, self.records = site, records
        self.complaints: list[str] = []
        aside = [one for one in people.OTHERS if one.post in ASIDE]
        self._pages = [self._sign_in(browser, person) for person in (*people.MAIN, *aside)]

    def open(self, route: str) -> Page | None:
        """Open a page as the first who may; nothing if it leads on to another page."""
        taken = {name: self.records[name] for name in ROUTES[route]}
        path = reverse(route, "console.urls", kwargs=taken)
        # A thousand households on paper take axe minutes and show nothing that seventy do not.
        query = f"?building={self.records['building_id']}" if route == "arrears-print" else ""
        for page in self._pages:
            self.complaints.clear()
            page.set_viewport_size(DESK)
            page.emulate_media(color_scheme="light", reduced_motion="reduce")
            answer = page.goto(self.site.address(SLUG, path + query))
            assert answer is not None
            if answer.status == 403:
                continue
            assert answer.status == 200, f"{answer.status} {path}"
            return None if answer.request.redirected_from else page
        raise AssertionError(f"nobody may open {path}")

    def close(self) -> None:
        for page in self._pages:
            page.context.close()

    def _sign_in(self, browser: Browser, person: people.Person) -> Page:
        context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
        page = context.new_page()
        page.goto(self.site.address(SLUG))
        page.fill("#id_username", person.username)
        page.fill("#id_password", people.PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_selector("#sidebar")
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._listen)
        return page

    def _listen(self, message: Any) -> None:
        if message.type == "error" and "status of 403" not in message.text:
            self.complaints.append(message.text)


@pytest.fixture(scope="module")
def visitors(
    site: Site, browser: Browser, django_db_blocker: DjangoDbBlocker
) -> Iterator[Visitors]:
    site.command("demo")
    with django_db_blocker.unblock():
        tenant_connection.set_schema_to_public()
        tenant_connection.set_tenant(Company.objects.get(slug=SLUG))
        records = sample()
        # Beside Playwright's event loop this is a connection of its own; nobody else closes it.
        tenant_connection.set_schema_to_public()
        tenant_connection.close()
    there = Visitors(site, browser, records)
    yield there
    there.close()


def sample() -> dict[str, Any]:
    """Return what the addresses take: a household with all that hangs on one, and so on."""
    vehicle = Vehicle.objects.select_related("household").order_by("pk").latest("pk")
    meter = Meter.objects.filter(unit__household=vehicle.household_id).earliest("pk")
    occupancy = Occupancy.objects.filter(unit=meter.unit_id).earliest("pk")
    household = Household.objects.get(pk=vehicle.household_id)
    standard = FeeStandard.objects.earliest("pk")
    person = User.objects.get(username=people.COLLECTOR.username)
    token, _text = tokens.create_token(
        actor=access.SYSTEM, user_id=person.pk, name="抄表接口", now=timezone.now()
    )
    attachment = documents.attach(
        actor=access.SYSTEM,
        subject=household,
        project_id=household.project_id,
        upload=io.BytesIO(b"%PDF-1.7\n%%EOF\n"),
        name="入住合同.pdf",
        now=timezone.now(),
    )
    return {
        **approvals(household),
        **outward(),
        "project_id": household.project_id,
        "carrier": "properties.household",
        "subject_id": household.pk,
        "attachment_id": attachment.pk,
        **manual(household.project_id, person.pk),
        **purchases(household.project_id, person.pk),
        "series": "letter",
        "paper": "letter",
        "language": "zh-hans",
        "household_id": household.pk,
        "vehicle_id": vehicle.pk,
        "meter_id": meter.pk,
        "occupancy_id": occupancy.pk,
        "party_id": occupancy.party_id,
        "unit_id": meter.unit_id,
        "building_id": meter.unit.building_id,
        "kind": "meter-readings",
        "batch_id": ImportBatch.objects.earliest("pk").pk,
        "reading_id": Reading.objects.filter(consumption__isnull=True).earliest("pk").pk,
        "month": f"{Reading.objects.earliest('pk').usage_month:%Y-%m}",
        "standard_id": standard.pk,
        "item_id": standard.item_id,
        "version_id": standard.versions.earliest("number").pk,
        "assignment_id": FeeAssignment.objects.filter(standard=standard).earliest("pk").pk,
        "run_id": BillRun.objects.earliest("pk").pk,
        "bill_id": BillLine.objects.earliest("pk").pk,
        "receipt_id": Receipt.objects.earliest("pk").pk,
        "user_id": person.pk,
        **of_identity(person),
        "policy_key": "billing.open_day",
        "year": 2026,
        "deadline_id": start_clock(
            clock="repair.revisit",
            subject=meter.unit,
            project_id=meter.unit.project_id,
            started_at=timezone.now(),
            title=meter.unit.code,
        ).pk,
        "post_id": Post.objects.get(key="collector").pk,
        "department_id": Department.objects.get(key="CHG").pk,
        "holding_id": PostHolding.objects.filter(user=person).earliest("pk").pk,
        "token_id": token.pk,
        "exemption_id": Exemption.objects.create(
            rule="SoD-08",
            user=person,
            project_id=household.project_id,
            reason="小区只有一名收费员",
            valid_from=date(2026, 11, 1),
            valid_to=date(2026, 12, 1),
            requested_by=person.pk,
            requested_by_label=person.label,
            requested_at=timezone.now(),
        ).pk,
        **records_of(household, occupancy, person),
        **purchase(household.project_id),
        "entry_id": AuditEntry.objects.filter(event="cashier.payment.taken").latest("pk").pk,
    }


def purchase(project_id: int) -> dict[str, int]:
    """Return a draft of a purchase request, and a budget that it is held against."""
    now = timezone.now()
    category = Category.objects.earliest("pk")
    manager = User.objects.get(username=people.MANAGER.username)
    request = purchasing.create_request(
        actor=actor_for(user=manager, today=company_day(now)),
        project_id=project_id,
        values=purchasing.RequestValues(
            unit="客服部", title="夏季办公用品", reason="库存不足", purchase_class="C"
        ),
        lines=[
            purchasing.LineValues(
                category_id=category.pk,
                name="复印纸",
                spec="A4 70g",
                unit="箱",
                quantity=Decimal(30),
                unit_price=Decimal(120),
            )
        ],
        now=now,
        today=company_day(now),
    )
    budget = purchasing.set_budget(
        actor=access.SYSTEM,
        project_id=project_id,
        category_id=category.pk,
        year=company_day(now).year,
        amount=Decimal(3000),
        now=now,
    )
    line = request.lines.order_by("pk")[0]
    return {"request_id": request.pk, "request_line_id": line.pk, "budget_id": budget.pk}


def of_identity(person: User) -> dict[str, int]:
    """Return the ids of a thing in somebody's hands, of a leaving and of a program."""
    now = timezone.now()
    thing = holdings.issue(
        actor=access.SYSTEM, kind="KEY", number="1-1", holder_id=person.pk, now=now
    )
    departure = departures.begin(
        actor=access.SYSTEM, user_id=person.pk, last_day=timezone.localdate(), now=now
    )
    program = tokens.create_integration(
        actor=access.SYSTEM,
        name="停车系统",
        purpose="道闸",
        actions=["registry.view"],
        keeper_id=person.pk,
        now=now,
    )
    return {
        "thing_id": thing.pk,
        "departure_id": departure.pk,
        "integration_id": program.pk,
        "sign_in_id": 0,
        "passkey_id": 0,
    }


def approvals(household: Household) -> dict[str, Any]:
    """Return a case that somebody signs, a draft of its chain, and a delegation."""
    now = timezone.now()
    today = company_day(now)

    def actor(person: people.Person) -> access.Actor:
        return actor_for(user=User.objects.get(username=person.username), today=today)

    chain = Chain.objects.get(key="refund.on_duty", project_id=None)
    case = chains.submit(
        actor=actor(people.COLLECTOR),
        kind=chain.kind,
        subject=household,
        project_id=household.project_id,
        title="重复收费退款",
        facts={"amount": "161.06"},
        summary={"户号": "A001"},
        text="本月重复缴费。",
        now=now,
    )
    admin = actor(people.ADMINISTRATOR)
    draft = chains.draft_version(actor=admin, chain_id=chain.pk, now=now)
    delegation = chains.delegate(
        actor=actor(people.MANAGER),
        deputy_id=User.objects.get(username=people.DIRECTOR.username).pk,
        valid_from=today,
        valid_to=today + timedelta(days=7),
        reason="年假",
        now=now,
    )
    return {
        "case_id": case.pk,
        "act": "withdraw",
        "chain_id": chain.pk,
        "draft_id": draft.pk,
        "delegation_id": delegation.pk,
    }


def outward() -> dict[str, Any]:
    """Return a webhook and a robot, and the key of a notice whose words may be changed."""
    endpoint = Endpoint.objects.create(
        name="财务系统",
        url="https://erp.example/hook",
        secret_encrypted=cipher().encrypt("x"),
        created_at=timezone.now(),
    )
    channel = Channel.objects.create(
        kind="wecom",
        name="工程群",
        key_encrypted=cipher().encrypt("x"),
        language="zh-hans",
        kinds=["console.export-ready"],
        created_at=timezone.now(),
    )
    return {
        "endpoint_id": endpoint.pk,
        "channel_id": channel.pk,
        "notice": "console.export-ready",
    }


def purchases(project_id: int, user_id: int) -> dict[str, int]:
    """Return what is bought and kept: a contract, an order, goods and an asset."""
    project = Project.objects.get(pk=project_id)
    contract = add_contract(project, "清洁", user_id)
    asked = add_quote_round(project_id, "rounds")
    # Other journeys find the demo's own people at their desks.
    passing = [f"buyer-of-{project_id}", f"finance-of-{project_id}", "rounds-office"]
    User.objects.filter(username__in=passing).update(is_active=False)
    return {
        "contract_id": contract.pk,
        **add_orders(project, "清洁", user_id, contract.vendor),
        **add_stock(project, "保洁", user_id),
        **add_vendor_rows("恒达"),
        **add_money(project, "money"),
        **asked,
        **company_rows(),
    }


def manual(project_id: int, holder_id: int) -> dict[str, int]:
    """Make a controlled document in force with a holder and a request to give it outside."""
    row = Manual.objects.create(
        number="QINGHE-KF-10",
        title="客户投诉处理规程",
        department="KF",
        project_id=project_id,
        created_at=timezone.now(),
        created_by_label="赵敏 (zhaomin)",
    )
    revision = ManualRevision.objects.create(
        manual=row,
        edition="A",
        revision=0,
        state=RevisionState.IN_FORCE,
        body="## 1 目的\n　　规范客户投诉。",
        chapter="全部",
        change="首次发布",
        prepared_by=1,
        reviewed_by=2,
        approved_by=3,
        prepared_at=timezone.now(),
        in_force_on=timezone.localdate(),
    )
    copy = copies.issue_copy(
        actor=access.SYSTEM, manual_id=row.pk, holder_id=holder_id, now=timezone.now()
    )
    release = ManualRelease.objects.create(
        revision=revision,
        recipient="恒通保洁公司",
        purpose="驻场培训",
        requested_by=1,
        requested_by_label="赵敏 (zhaomin)",
        requested_at=timezone.now(),
    )
    return {
        "manual_id": row.pk,
        "revision_id": revision.pk,
        "copy_id": copy.pk,
        "release_id": release.pk,
    }


@pytest.mark.parametrize("route", sorted(ROUTES))
def test_page_is_clean_in_both_themes_and_widths(visitors: Visitors, route: str) -> None:
    page = visitors.open(route)
    if page is None:
        return  # the page it leads to has a case of its own

    found = {"desk": axe_violations(page)}
    page.emulate_media(color_scheme="dark")
    # Only colours change with the theme.
    found["desk, dark"] = axe_violations(page, ["color-contrast"])
    page.set_viewport_size(PHONE)
    found["phone, dark"] = axe_violations(page, ["color-contrast"])
    page.emulate_media(color_scheme="light")
    found["phone"] = axe_violations(page)

    assert {place: lines for place, lines in found.items() if lines} == {}
    widths = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    scroll_width, width = page.evaluate(widths)
    assert scroll_width <= width
    assert visitors.complaints == []


def records_of(household: Household, occupancy: Occupancy, person: User) -> dict[str, int]:
    """Return a request for a file, a list of disposal, a hold, and who may open their pages."""
    for post in ("front_desk", "mo_manager"):
        hold_post(person, post, household.project_id)
    now = timezone.now()
    asked = AccessRequest.objects.create(
        project_id=household.project_id,
        subject_type="properties.household",
        subject_id=household.pk,
        subject_label=str(household),
        purpose="法院调查令",
        wanted="购房合同",
        asked_by=person.pk,
        asked_by_label=person.label,
        asked_at=now,
    )
    disposal = Disposal.objects.create(
        project_id=household.project_id,
        note="年度到期档案",
        asked_by_label=person.label,
        asked_at=now,
    )
    hold = LegalHold.objects.create(
        project_id=household.project_id,
        record_class="former-owner",
        object_id=occupancy.party_id,
        label="陈志远",
        reason="诉讼中",
        placed_by_label=person.label,
        placed_at=now,
    )
    return {"access_id": asked.pk, "disposal_id": disposal.pk, "hold_id": hold.pk}
