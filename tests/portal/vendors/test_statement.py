"""A vendor's account on his pages: what is owed, and what he is asked to agree on."""

from datetime import date

import pytest
from django.test import Client
from django_tenants.utils import tenant_context

from services.procurement.payments import operations
from services.procurement.payments.models import StatementState, VendorStatement
from services.procurement.vendors.models import Vendor
from tenants.companies.models import Company
from tests.factories import NOW, TODAY
from tests.factories_portal import HOST, Person, join, session_of
from tests.factories_procurement_money import prepare
from tests.services.procurement.payments.billing import owed

PAGE = "/v/alpha/statement/"


def browser_of(person: Person) -> Client:
    client = Client(headers={"host": HOST})
    client.cookies["vendor"] = session_of(person.login)
    return client


@pytest.fixture
def statement(alpha: Company) -> VendorStatement:
    """What a vendor is asked to agree on, up to a day on which 1695.00 was owed."""
    with tenant_context(alpha):
        people = prepare()
        invoice = owed(people)
        return operations.send_statement(
            actor=people.finance,
            vendor_id=invoice.vendor_id,
            to_day=TODAY,
            now=NOW,
            today=date(2026, 11, 10),
        )


@pytest.fixture
def visitor(alpha: Company, statement: VendorStatement) -> Client:
    with tenant_context(alpha):
        vendor = statement.vendor
    return browser_of(join(alpha, vendor, "lao@zhou.example", name="老周"))


def answer(statement: VendorStatement) -> str:
    return f"{PAGE}{statement.pk}/answer/"


def state(alpha: Company) -> str:
    with tenant_context(alpha):
        return VendorStatement.objects.get().state


def test_he_sees_what_is_owed_and_agrees(
    alpha: Company, statement: VendorStatement, visitor: Client
) -> None:
    shown = visitor.get(PAGE).content.decode()
    assert "1,695.00" in shown
    assert statement.number in shown

    answered = visitor.post(answer(statement), {f"s{statement.pk}-balance": "1695.00"})

    assert answered.headers["Location"] == PAGE
    assert state(alpha) == StatementState.AGREED
    assert f"s{statement.pk}-balance" not in visitor.get(PAGE).content.decode()


def test_another_balance_needs_its_reason(
    alpha: Company, statement: VendorStatement, visitor: Client
) -> None:
    name = f"s{statement.pk}"

    assert visitor.post(answer(statement), {f"{name}-balance": "x"}).status_code == 422
    assert visitor.post(answer(statement), {f"{name}-balance": "1.00"}).status_code == 422
    assert state(alpha) == StatementState.SENT
    told = visitor.post(answer(statement), {f"{name}-balance": "1.00", f"{name}-text": "少一笔"})

    assert told.status_code == 302
    assert state(alpha) == StatementState.DISPUTED


def test_another_vendor_finds_nothing(alpha: Company, statement: VendorStatement) -> None:
    with tenant_context(alpha):
        other = Vendor.objects.create(code="V9", name="绿源", created_by_label="x", created_at=NOW)
    client = browser_of(join(alpha, other, "lv@yuan.example", name="小吕"))

    shown = client.get(PAGE).content.decode()
    assert "1,695.00" not in shown
    assert statement.number not in shown
    refused = client.post(answer(statement), {f"s{statement.pk}-balance": "1695.00"})
    assert refused.status_code == 404
    assert state(alpha) == StatementState.SENT


def test_what_waits_and_what_was_sent_are_told(statement: VendorStatement, visitor: Client) -> None:
    assert "Reconcile the account up to" in visitor.get("/v/alpha/").content.decode()
    assert statement.number in visitor.get("/v/alpha/messages/").content.decode()

    visitor.post(answer(statement), {f"s{statement.pk}-balance": "1695.00"})

    assert "Reconcile the account up to" not in visitor.get("/v/alpha/").content.decode()
