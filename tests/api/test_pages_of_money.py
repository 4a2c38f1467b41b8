"""What a page of vendors' money costs, however many rows there are."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest

from services.procurement.payments import operations
from services.procurement.payments.models import (
    Advance,
    Claim,
    ServiceAssessment,
    VendorInvoice,
    VendorPayment,
    VendorStatement,
)
from services.procurement.payments.operations import Share
from services.procurement.vendors.models import Vendor
from tenants.companies.models import Company
from tests import factories
from tests.api.client import Api, sign_in
from tests.api.paging import asked
from tests.factories import NOW, TODAY
from tests.factories_procurement_money import (
    People,
    add_account,
    add_order,
    add_request,
    add_service_contract,
    prepare,
    receive,
)
from tests.factories_procurement_stock import add_item, add_warehouse
from tests.factories_procurement_vendors import add_vendor
from tests.factories_properties import add_project
from tests.services.procurement.payments.billing import book, enter, figures

Address = Callable[[], str]


def _at(path: str) -> Address:
    return lambda: path


# What each list costs in queries; five of them find the company, the token and its person.
LISTS: dict[str, tuple[Address, int]] = {
    "advances/": (_at("advances/"), 6),
    "advances/<int:advance_id>/history/": (
        lambda: f"advances/{Advance.objects.earliest('pk').pk}/history/",
        8,
    ),
    "claims/": (_at("claims/"), 6),
    "claims/<int:claim_id>/history/": (
        lambda: f"claims/{Claim.objects.earliest('pk').pk}/history/",
        8,
    ),
    "service-assessments/": (_at("service-assessments/"), 6),
    "service-assessments/<int:assessment_id>/history/": (
        lambda: f"service-assessments/{ServiceAssessment.objects.earliest('pk').pk}/history/",
        8,
    ),
    "vendor-credit-notes/": (_at("vendor-credit-notes/"), 6),
    "vendor-invoices/": (_at("vendor-invoices/"), 6),
    "vendor-invoices/<int:vendor_invoice_id>/history/": (
        lambda: f"vendor-invoices/{VendorInvoice.objects.earliest('pk').pk}/history/",
        7,
    ),
    "vendor-payments/": (_at("vendor-payments/"), 6),
    "vendor-payments/<int:vendor_payment_id>/history/": (
        lambda: f"vendor-payments/{VendorPayment.objects.earliest('pk').pk}/history/",
        8,
    ),
    "vendor-statements/": (_at("vendor-statements/"), 6),
    "vendor-statements/<int:statement_id>/history/": (
        lambda: f"vendor-statements/{VendorStatement.objects.earliest('pk').pk}/history/",
        7,
    ),
    "vendors/<int:vendor_id>/account/": (
        lambda: f"vendors/{Vendor.objects.earliest('pk').pk}/account/",
        7,
    ),
}
GROW = {name for name in LISTS if not name.endswith("/history/")}


@pytest.fixture
def people(tenant: Company) -> People:
    people = prepare()
    add_account(add_vendor())
    return people


def grow(people: People, count: int) -> None:
    """Let ``count`` more of everything be, all of one vendor."""
    there = VendorStatement.objects.count()
    for number in range(there + 1, there + count + 1):
        _buy(people, number)
        Advance.objects.update(state="REFUSED")  # a person has one at a time


def _buy(people: People, number: int) -> None:
    vendor = Vendor.objects.earliest("pk")
    item, store = add_item(f"I{number}", name=f"物品 {number}"), add_warehouse(f"W{number}")
    request = add_request(people, "113.00")
    lines = [(item, "10", "11.30")]
    bought = add_order(people, lines, vendor=vendor, warehouse=store)
    claimed = add_order(people, lines, vendor=vendor, warehouse=store, request=request)
    receive(people, bought, "10")
    invoice = book(people, enter(people, bought, "10", "100.00", "13.00", number=f"F-{number}"))
    operations.enter_credit(
        actor=people.finance,
        invoice_id=invoice.pk,
        figures=figures("1.00", "0.13", number=f"R-{number}"),
        reason="降价",
        now=NOW,
        today=TODAY,
    )
    operations.ask_payment(
        actor=people.finance,
        vendor_id=vendor.pk,
        shares=[Share(invoice_id=invoice.pk, amount=Decimal("10.00"))],
        idempotency_key=f"payment-{number}",
        now=NOW,
    )
    operations.ask_advance(
        actor=people.buyer,
        request_id=request.pk,
        amount=Decimal("113.00"),
        purpose="零星采购",
        now=NOW,
    )
    operations.draft_claim(
        actor=people.buyer,
        receipt_id=receive(people, claimed, "10").pk,
        sales_slip=f"XS-{number}",
        figures=figures("100.00", "13.00", number=f"C-{number}"),
        now=NOW,
        today=TODAY,
    )
    operations.send_statement(
        actor=people.finance,
        vendor_id=vendor.pk,
        to_day=date(2026, 10, 31) - timedelta(days=number),
        now=NOW,
        today=TODAY,
    )
    project = add_project(f"P{number}", f"项目 {number}")
    contract = add_service_contract(people, vendor=vendor, project=project)
    operations.assess_service(
        actor=factories.add_actor(f"steward-{number}", "cs_supervisor", project_id=project.pk),
        plan_line_id=contract.plan.get().pk,
        project_id=project.pk,
        month=date(2026, 10, 1),
        score=92,
        deduction=Decimal(0),
        text="",
        now=NOW,
        today=TODAY,
    )


def test_a_page_costs_the_same_however_many_rows(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.views.timezone.now", lambda: factories.NOW)
    robot = sign_in("robot", ("property_manager", None))
    grow(people, 2)
    robot("GET", "vendor-invoices/")  # notes that the token is used, once in a while
    few = ask(robot)
    grow(people, 4)
    many = ask(robot)

    costs = {name: cost for name, (_address, cost) in LISTS.items()}
    assert {name: queries for name, (_rows, queries) in few.items()} == costs
    assert {name: queries for name, (_rows, queries) in many.items()} == costs
    for name in GROW:
        assert many[name][0] >= few[name][0] + 4, f"{name} has not grown"


def ask(robot: Api) -> dict[str, tuple[int, int]]:
    return {name: asked(robot, address()) for name, (address, _cost) in LISTS.items()}
