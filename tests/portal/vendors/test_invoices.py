"""A vendor's invoices and deliveries on his pages: entered with their scan, or not at all."""

from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django_tenants.utils import tenant_context

from kernel.access import SYSTEM
from kernel.documents import operations as documents
from kernel.documents.models import Attachment
from services.procurement.orders.models import PurchaseOrder
from services.procurement.payments import operations
from services.procurement.payments.models import (
    AssessmentState,
    InvoiceState,
    ServiceAssessment,
    VendorInvoice,
)
from services.procurement.payments.operations.own_invoices import SCAN
from services.procurement.vendors.models import Vendor
from tenants.companies.models import Company
from tests.factories import NOW, TODAY
from tests.factories_portal import client_of, join
from tests.factories_procurement_money import (
    People,
    add_goods_order,
    add_service_contract,
    line_of,
    prepare,
    receive,
)
from tests.factories_properties import add_project

PDF = b"%PDF-1.4\n%%EOF\n"
LIST = "/v/alpha/invoices/"


@pytest.fixture
def people(alpha: Company) -> People:
    with tenant_context(alpha):
        return prepare()


@pytest.fixture
def order(alpha: Company, people: People) -> PurchaseOrder:
    """Return an order of 30 at 56.50, of which 20 arrived and 18 were accepted."""
    with tenant_context(alpha):
        order = add_goods_order(people)
        receive(people, order, "20", "18", reason="受潮")
    return order


@pytest.fixture
def visitor(alpha: Company, order: PurchaseOrder) -> Client:
    with tenant_context(alpha):
        vendor = order.vendor
    return client_of(join(alpha, vendor, "lao@zhou.example", name="老周").login)


@pytest.fixture
def other(alpha: Company, order: PurchaseOrder) -> Client:
    with tenant_context(alpha):
        vendor = Vendor.objects.create(code="V9", name="绿源", created_by_label="x", created_at=NOW)
    return client_of(join(alpha, vendor, "lv@yuan.example", name="小吕").login)


def form(alpha: Company, order: PurchaseOrder, quantity: str, **changed: Any) -> dict[str, Any]:
    with tenant_context(alpha):
        line = line_of(order)
    return {
        "number": "0042",
        "invoiced_on": "2026-11-05",
        "net_amount": "900.00",
        "tax_amount": "117.00",
        f"quantity_{line.pk}": quantity,
        f"price_{line.pk}": "56.50",
        "scan": SimpleUploadedFile("发票.pdf", PDF),
        **changed,
    }


def enter(order: PurchaseOrder) -> str:
    return f"{LIST}orders/{order.pk}/"


def test_what_was_accepted_is_billed_with_its_scan(
    alpha: Company, order: PurchaseOrder, visitor: Client
) -> None:
    assert order.number in visitor.get("/v/alpha/").content.decode()
    assert 'value="18"' in visitor.get(enter(order)).content.decode()

    made = visitor.post(enter(order), form(alpha, order, "18"))

    with tenant_context(alpha):
        invoice = VendorInvoice.objects.get()
        assert (invoice.state, invoice.amount) == (InvoiceState.MATCHED, Decimal("1017.00"))
        assert invoice.submitted_by is None
        scan = Attachment.objects.get(subject_id=invoice.pk, kind=SCAN)
    assert made.headers["Location"] == f"{LIST}{invoice.pk}/"
    assert scan.name in visitor.get(f"{LIST}{invoice.pk}/").content.decode()
    assert b"".join(visitor.get(f"/v/alpha/files/{scan.pk}/")) == PDF
    # Nothing is left to be billed: neither the list nor the start page offers it.
    assert enter(order) not in visitor.get(LIST).content.decode()
    assert enter(order) not in visitor.get("/v/alpha/").content.decode()
    assert 'value="18"' not in visitor.get(enter(order)).content.decode()


@pytest.mark.parametrize(
    "changed",
    [
        {"scan": SimpleUploadedFile("invoice.pdf", b"MZ")},
        {"scan": ""},
        {"tax_amount": "118.00"},
        {"number": ""},
        {"invoiced_on": "2099-01-01"},
    ],
    ids=["no PDF", "no scan", "does not add up", "no number", "of a day to come"],
)
def test_what_is_refused_leaves_nothing(
    alpha: Company, order: PurchaseOrder, visitor: Client, changed: dict[str, Any]
) -> None:
    answer = visitor.post(enter(order), form(alpha, order, "18", **changed))

    assert answer.status_code == 422
    with tenant_context(alpha):
        assert not VendorInvoice.objects.exists()
        assert not Attachment.objects.filter(kind=SCAN).exists()


def test_the_same_number_is_entered_once(
    alpha: Company, order: PurchaseOrder, visitor: Client
) -> None:
    visitor.post(enter(order), form(alpha, order, "18"))

    again = visitor.post(enter(order), form(alpha, order, "18"))

    assert again.status_code == 422
    assert "here already" in again.content.decode()
    with tenant_context(alpha):
        assert VendorInvoice.objects.count() == 1
        assert Attachment.objects.filter(kind=SCAN).count() == 1


def test_he_reads_why_it_does_not_match_and_why_it_was_refused(
    alpha: Company, order: PurchaseOrder, visitor: Client, people: People
) -> None:
    sums = {"net_amount": "1000.00", "tax_amount": "130.00"}
    visitor.post(enter(order), form(alpha, order, "20", **sums))
    with tenant_context(alpha):
        invoice = VendorInvoice.objects.get()
        assert invoice.state == InvoiceState.EXCEPTION
    page = f"{LIST}{invoice.pk}/"
    assert "more is billed than was accepted" in visitor.get(page).content.decode()

    with tenant_context(alpha):
        operations.refuse_invoice(
            actor=people.finance, invoice_id=invoice.pk, reason="只验收了18个", now=NOW
        )

    assert "只验收了18个" in visitor.get(page).content.decode()


def test_files_of_finance_are_not_his(
    alpha: Company, order: PurchaseOrder, visitor: Client
) -> None:
    visitor.post(enter(order), form(alpha, order, "18"))
    with tenant_context(alpha):
        invoice = VendorInvoice.objects.get()
        hung = documents.attach(
            actor=SYSTEM,
            subject=invoice,
            project_id=None,
            upload=BytesIO(PDF),
            name="internal.pdf",
            now=NOW,
        )

    assert "internal.pdf" not in visitor.get(f"{LIST}{invoice.pk}/").content.decode()
    assert visitor.get(f"/v/alpha/files/{hung.pk}/").status_code == 404


def test_an_assessed_month_is_billed_at_its_amount(
    alpha: Company, order: PurchaseOrder, visitor: Client, people: People
) -> None:
    with tenant_context(alpha):
        project = add_project("P-1", "云麓花园")
        contract = add_service_contract(people, vendor=order.vendor, project=project)
        month = ServiceAssessment.objects.create(
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
    url = f"{LIST}months/{month.pk}/"
    assert "11,200.00" in visitor.get(url).content.decode()
    sent = {
        "number": "0043",
        "invoiced_on": "2026-11-05",
        "net_amount": "10566.04",
        "tax_amount": "633.95",
    }

    wrong = visitor.post(url, {**sent, "scan": SimpleUploadedFile("a.pdf", PDF)})
    right = visitor.post(
        url, {**sent, "tax_amount": "633.96", "scan": SimpleUploadedFile("a.pdf", PDF)}
    )

    assert (wrong.status_code, right.status_code) == (422, 302)
    with tenant_context(alpha):
        assert VendorInvoice.objects.get().contract_id == contract.pk
    assert visitor.get(url).status_code == 404


def test_he_sees_what_was_taken_in_and_objected_to(
    alpha: Company, order: PurchaseOrder, visitor: Client
) -> None:
    with tenant_context(alpha):
        receipt = order.receipts.get()
        objection = receipt.lines.get().objections.get()

    for page in (
        "/v/alpha/deliveries/",
        f"/v/alpha/deliveries/{receipt.pk}/",
        f"/v/alpha/orders/{order.pk}/",
        "/v/alpha/messages/",
    ):
        text = visitor.get(page).content.decode()
        assert receipt.number in text
        assert objection.number in text
    assert "受潮" in visitor.get(f"/v/alpha/deliveries/{receipt.pk}/").content.decode()


def test_another_vendor_finds_none_of_it(
    alpha: Company, order: PurchaseOrder, visitor: Client, other: Client
) -> None:
    visitor.post(enter(order), form(alpha, order, "18"))
    with tenant_context(alpha):
        invoice, receipt = VendorInvoice.objects.get(), order.receipts.get()
        scan = Attachment.objects.get(kind=SCAN)

    for page in ("deliveries/", "invoices/", "messages/", ""):
        text = other.get(f"/v/alpha/{page}").content.decode()
        assert order.number not in text
        assert receipt.number not in text
        assert "0042" not in text
    for page in (
        f"deliveries/{receipt.pk}/",
        f"invoices/{invoice.pk}/",
        f"invoices/orders/{order.pk}/",
        f"files/{scan.pk}/",
    ):
        assert other.get(f"/v/alpha/{page}").status_code == 404
    assert other.post(enter(order), form(alpha, order, "18", number="1")).status_code == 404
    with tenant_context(alpha):
        assert VendorInvoice.objects.count() == 1


def test_an_order_that_was_not_sent_is_not_there(
    alpha: Company, order: PurchaseOrder, visitor: Client
) -> None:
    with tenant_context(alpha):
        PurchaseOrder.objects.filter(pk=order.pk).update(state="DRAFT", sent_at=None)

    assert visitor.get(enter(order)).status_code == 404
    assert visitor.post(enter(order), form(alpha, order, "18")).status_code == 404
