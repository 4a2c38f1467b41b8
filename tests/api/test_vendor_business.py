"""The vendors' API of orders, deliveries and money: a program does what the pages do."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import tenant_context
from jsonschema import Draft202012Validator

from api.v1.document import document_of
from services.procurement.orders.models import Delivery, OrderState, PurchaseOrder
from services.procurement.payments import operations as money
from services.procurement.payments.models import (
    AssessmentState,
    InvoiceState,
    ServiceAssessment,
    StatementState,
    VendorInvoice,
    VendorStatement,
)
from services.procurement.vendors.models import Vendor
from tenants.companies.models import Company
from tenants.vendors import operations, queries
from tests.factories import NOW, TODAY
from tests.factories_portal import HOST, Person, join
from tests.factories_procurement_money import (
    People,
    add_goods_order,
    add_service_contract,
    line_of,
    prepare,
    receive,
)
from tests.factories_properties import add_project
from tests.services.procurement.payments.billing import owed

DAY = "2099-12-10"
Ask = Callable[..., Any]


def program_of(person: Person) -> Ask:
    """Return a program with a token; its answers are held against the document."""
    [membership] = [one for _place, one in queries.places(login=person.login)]
    text = operations.make_token(
        login=person.login, membership_id=membership.pk, name="ERP", now=timezone.now()
    )[1]
    client = Client(headers={"host": HOST, "authorization": f"Bearer {text}"})
    document = document_of("config.urls_vendors")

    def ask(method: str, path: str, body: Any = None, *, route: str = "") -> Any:
        address = f"/v/alpha/api/v1/{path}"
        sent = json.dumps(body) if body is not None else ""
        answer = client.generic(method, address, sent, content_type="application/json")
        found = document["paths"][f"/v/{{place}}/api/v1/{route or path}"][method.lower()]
        content = found["responses"][str(answer.status_code)]["content"]
        schema = content[answer.headers["Content-Type"]]["schema"]
        Draft202012Validator({**schema, "components": document["components"]}).validate(
            answer.json()
        )
        return answer

    ask.client = client  # type: ignore[attr-defined]  # for what is no JSON
    return ask


@pytest.fixture
def alpha(companies: dict[str, Company]) -> Company:
    return companies["alpha"]


@pytest.fixture
def people(alpha: Company) -> People:
    with tenant_context(alpha):
        return prepare()


@pytest.fixture
def order(alpha: Company, people: People) -> PurchaseOrder:
    with tenant_context(alpha):
        return add_goods_order(people)


@pytest.fixture
def program(alpha: Company, order: PurchaseOrder) -> Ask:
    with tenant_context(alpha):
        vendor = order.vendor
    return program_of(join(alpha, vendor, "lao@zhou.example", name="老周"))


@pytest.fixture
def other(alpha: Company, order: PurchaseOrder) -> Ask:
    with tenant_context(alpha):
        vendor = Vendor.objects.create(code="V9", name="绿源", created_by_label="x", created_at=NOW)
    return program_of(join(alpha, vendor, "lv@yuan.example", name="小吕"))


def test_an_order_is_confirmed_announced_and_changed(
    alpha: Company, order: PurchaseOrder, program: Ask
) -> None:
    at, of = f"orders/{order.pk}/", "orders/{order_id}/"
    with tenant_context(alpha):
        line = line_of(order)

    [listed] = program("GET", "orders/").json()["results"]
    assert (listed["number"], listed["amount"]) == (order.number, "1695.00")
    late = program("POST", f"{at}acknowledgement/", {"promised_on": "2020-01-01"},
                   route=f"{of}acknowledgement/")  # fmt: skip
    assert late.status_code == 422
    done = program(
        "POST", f"{at}acknowledgement/", {"promised_on": DAY}, route=f"{of}acknowledgement/"
    )
    assert (done.json()["state"], done.json()["promised_on"]) == (OrderState.ACKNOWLEDGED, DAY)
    body = {"expected_on": DAY, "lines": [{"line_id": line.pk, "quantity": "12"}]}
    made = program("POST", f"{at}deliveries/", body, route=f"{of}deliveries/")
    assert made.status_code == 201
    [coming] = program("GET", "deliveries/").json()["results"]
    assert coming == made.json()
    assert coming["lines"] == [{"line_id": line.pk, "name": line.name, "quantity": "12.000"}]
    back = program(
        "POST",
        f"deliveries/{coming['id']}/cancellation/",
        route="deliveries/{delivery_id}/cancellation/",
    )
    assert back.json()["cancelled_at"] is not None
    proposal = {"lines": [{"line_id": line.pk, "quantity": "28"}], "reason": "停产"}
    change = program("POST", f"{at}changes/", proposal, route=f"{of}changes/")
    assert (change.status_code, change.json()["is_own"]) == (201, True)
    unasked = program("POST", f"{at}answer/", {"agrees": True}, route=f"{of}answer/")
    assert unasked.status_code == 409
    detail = program("GET", at, route=of).json()
    assert [one["amount_after"] for one in detail["changes"]] == ["1582.00"]


def test_what_came_is_read_and_billed_with_its_scan(
    alpha: Company, order: PurchaseOrder, program: Ask, people: People
) -> None:
    with tenant_context(alpha):
        receive(people, order, "20", "18", reason="受潮")
        line = line_of(order)
    [receipt] = program("GET", "receipts/").json()["results"]
    [objection] = program("GET", "objections/").json()["results"]
    assert (receipt["lines"][0]["accepted"], receipt["lines"][0]["refused"]) == ("18.000", "2.000")
    assert (objection["quantity"], objection["state"]) == ("2.000", "OPEN")
    body = {
        "number": "0042",
        "invoiced_on": "2026-11-05",
        "net_amount": "900.00",
        "tax_amount": "117.00",
        "lines": [{"line_id": line.pk, "quantity": "18", "unit_price": "56.50"}],
    }
    path, route = f"orders/{order.pk}/invoices/", "orders/{order_id}/invoices/"

    wrong = program("POST", path, {**body, "tax_amount": "117.01"}, route=route)
    made = program("POST", path, body, route=route)
    again = program("POST", path, body, route=route)

    assert (wrong.status_code, made.status_code, again.status_code) == (422, 201, 409)
    assert (made.json()["state"], made.json()["files"]) == (InvoiceState.MATCHED, [])
    scan = f"/v/alpha/api/v1/invoices/{made.json()['id']}/scan/"
    client = program.client  # type: ignore[attr-defined]  # see program_of
    put = client.post(scan, {"file": SimpleUploadedFile("发票.pdf", b"%PDF-1.4\n%%EOF\n")})
    assert (put.status_code, put.json()["files"][0]["name"]) == (201, "发票.pdf")
    [listed] = program("GET", "invoices/").json()["results"]
    assert listed == put.json()
    one = program("GET", f"invoices/{listed['id']}/", route="invoices/{invoice_id}/")
    assert one.json() == listed
    content = client.post(f"/v/alpha/api/v1/files/{listed['files'][0]['id']}/content/")
    assert content.content == b"%PDF-1.4\n%%EOF\n"
    with tenant_context(alpha):
        VendorInvoice.objects.update(state=InvoiceState.REFUSED, refusal_reason="抬头不符")
    late = client.post(scan, {"file": SimpleUploadedFile("b.pdf", b"%PDF-1.4\n%%EOF\n")})
    assert late.status_code == 409


def test_an_assessed_month_is_billed(
    alpha: Company, order: PurchaseOrder, program: Ask, people: People
) -> None:
    with tenant_context(alpha):
        project = add_project("P-1", "云麓花园")
        contract = add_service_contract(people, vendor=order.vendor, project=project)
        ServiceAssessment.objects.create(
            contract=contract,
            project=project,
            month=TODAY.replace(day=1),
            plan_line=contract.plan.get(),
            score=92,
            amount=Decimal("11200.00"),
            state=AssessmentState.APPROVED,
            scored_by=1,
            scored_by_label="test",
            scored_at=NOW,
        )
    [month] = program("GET", "months/").json()["results"]
    body = {
        "number": "0043",
        "invoiced_on": "2026-11-05",
        "net_amount": "10566.04",
        "tax_amount": "633.96",
    }

    made = program(
        "POST", f"months/{month['id']}/invoice/", body, route="months/{assessment_id}/invoice/"
    )

    assert (made.status_code, made.json()["amount"]) == (201, month["amount"])
    assert program("GET", "months/").json()["results"] == []


def test_the_account_is_read_and_agreed_on(
    alpha: Company, order: PurchaseOrder, program: Ask, people: People
) -> None:
    with tenant_context(alpha):
        invoice = owed(people)
        assert invoice.vendor_id == order.vendor_id
        money.send_statement(
            actor=people.finance,
            vendor_id=invoice.vendor_id,
            to_day=TODAY,
            now=NOW,
            today=TODAY.replace(day=28),
        )
    [entry] = program("GET", "entries/").json()["results"]
    [statement] = program("GET", "statements/").json()["results"]
    assert (entry["amount"], statement["balance"]) == ("1695.00", "1695.00")
    path, route = f"statements/{statement['id']}/answer/", "statements/{statement_id}/answer/"

    no_reason = program("POST", path, {"balance": "1.00"}, route=route)
    disputed = program("POST", path, {"balance": "1.00", "text": "少一笔"}, route=route)
    agreed = program("POST", path, {"balance": "1695.00"}, route=route)

    assert no_reason.status_code == 422
    assert disputed.json()["state"] == StatementState.DISPUTED
    assert agreed.json()["state"] == StatementState.AGREED
    told = program("GET", "messages/").json()
    assert {"invoice", "statement", "receipt"} <= {one["about"] for one in told}


def test_another_vendors_program_finds_nothing(
    alpha: Company, order: PurchaseOrder, program: Ask, other: Ask, people: People
) -> None:
    with tenant_context(alpha):
        owed(people)
        receive(people, order, "20", "18", reason="受潮")
        announced = Delivery.objects.create(
            order=order,
            number="SH-1",
            expected_on=TODAY,
            announced_by_label="x",
            announced_at=NOW,
        )
        invoice = VendorInvoice.objects.get()
        statement = VendorStatement.objects.create(
            vendor=order.vendor,
            number="DZ-1",
            to_day=TODAY,
            balance=0,
            sent_by=1,
            sent_by_label="x",
            sent_at=NOW,
        )
    lists = ("orders", "deliveries", "receipts", "objections", "invoices", "entries", "statements")
    for name in lists:
        assert other("GET", f"{name}/").json()["results"] == []
        assert program("GET", f"{name}/").json()["results"] != []
    assert other("GET", "messages/").json() == []
    refused = [
        other("GET", f"orders/{order.pk}/", route="orders/{order_id}/"),
        other("GET", f"invoices/{invoice.pk}/", route="invoices/{invoice_id}/"),
        other(
            "POST",
            f"deliveries/{announced.pk}/cancellation/",
            route="deliveries/{delivery_id}/cancellation/",
        ),
        other(
            "POST",
            f"statements/{statement.pk}/answer/",
            {"balance": "0.00"},
            route="statements/{statement_id}/answer/",
        ),
    ]
    assert [one.status_code for one in refused] == [404] * 4


def test_a_list_costs_the_same_however_long(
    alpha: Company, order: PurchaseOrder, program: Ask, people: People
) -> None:
    names = ("orders", "deliveries", "receipts", "objections", "invoices", "entries", "statements")

    def grow(first: int, count: int) -> None:
        with tenant_context(alpha):
            for number in range(first, first + count):
                owed(people, number=f"I{number}")
                made = add_goods_order(people)
                receive(people, made, "20", "18", reason="受潮")
                Delivery.objects.create(
                    order=made,
                    number=f"SH-{number}",
                    expected_on=TODAY,
                    announced_by_label="x",
                    announced_at=NOW,
                )
                VendorStatement.objects.create(
                    vendor=order.vendor,
                    number=f"DZ-{number}",
                    to_day=TODAY.replace(month=number),
                    balance=0,
                    sent_by=1,
                    sent_by_label="x",
                    sent_at=NOW,
                )

    def costs() -> dict[str, tuple[int, int]]:
        found = {}
        for name in names:
            with CaptureQueriesContext(connection) as made:
                rows = program("GET", f"{name}/").json()["results"]
            found[name] = (len(rows), len(made))
        return found

    grow(1, 1)
    few = costs()
    grow(2, 3)
    many = costs()

    assert {name: cost for name, (_rows, cost) in few.items()} == {
        name: cost for name, (_rows, cost) in many.items()
    }
    assert all(many[name][0] > few[name][0] for name in names)
