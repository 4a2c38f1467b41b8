"""Reconciliation with vendors: sent by finance, agreed on or disputed by the vendor (PR-63)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail

from kernel.access import ActionDenied, Actor
from kernel.errors import NotFound
from services.procurement.payments import operations, queries
from services.procurement.payments.models import StatementState, VendorStatement
from services.procurement.texts import TextInvalid
from services.procurement.vendors import letters
from services.procurement.vendors.models import Supply, SupplyRole, Vendor
from tenants.companies.models import Company
from tests.factories import NOW, TODAY
from tests.factories_procurement_money import People
from tests.factories_procurement_vendors import add_category, add_contact, add_vendor
from tests.services.procurement.payments.billing import owed

TO_DAY = date(2026, 9, 30)


@pytest.fixture
def vendor(people: People) -> Vendor:
    """A vendor whom 1695.00 is owed since August."""
    invoice = owed(people)
    return invoice.vendor


def send(people: People, vendor: Vendor, **values: Any) -> VendorStatement:
    return operations.send_statement(
        **{
            "actor": people.finance,
            "vendor_id": vendor.pk,
            "to_day": date(2026, 11, 8),
            "now": NOW,
            "today": TODAY,
            **values,
        }
    )


def contact(vendor: Vendor) -> Actor:
    return Actor(label="陈经理", vendor_id=vendor.pk, contact_id=1)


def answer(actor: Actor, statement: VendorStatement, balance: str, text: str = "") -> Any:
    return operations.answer_statement(
        actor=actor, statement_id=statement.pk, balance=Decimal(balance), text=text, now=NOW
    )


def test_what_it_comes_to_at_the_end_of_a_day(people: People, vendor: Vendor) -> None:
    assert send(people, vendor).balance == 0  # booked on the ninth
    assert queries.balance_of(vendor.pk, to_day=TODAY) == Decimal("1695.00")


@pytest.mark.parametrize(("language", "word"), [("en", "reconcile"), ("zh-hans", "核对")])
def test_the_vendor_is_written_to(
    people: People, vendor: Vendor, language: str, word: str, tenant: Company
) -> None:
    Vendor.objects.filter(pk=vendor.pk).update(language=language)
    contact = add_contact(vendor)

    statement = send(people, vendor, to_day=TODAY, today=date(2026, 11, 10))
    with pytest.raises(operations.StatementExists):
        send(people, vendor, to_day=TODAY, today=date(2026, 11, 10))
    letters.deliver_due(now=NOW)

    (sent,) = mail.outbox
    assert sent.recipients() == [contact.email]
    assert statement.number in sent.subject
    assert word in sent.subject
    assert "1,695.00" in sent.body
    assert sent.body.rstrip().endswith(f"/v/{tenant.slug}.{contact.pk}/statement/")


def test_the_same_balance_agrees(people: People, vendor: Vendor) -> None:
    statement = send(people, vendor, to_day=TODAY, today=date(2026, 11, 10))

    agreed = answer(contact(vendor), statement, "1695.00")

    assert agreed.state == StatementState.AGREED
    vendor.refresh_from_db()
    assert vendor.reconciled_to == TODAY
    with pytest.raises(operations.StatementAnswered):
        answer(contact(vendor), statement, "1.00", "x")


def test_another_balance_disputes_with_its_reason(people: People, vendor: Vendor) -> None:
    statement = send(people, vendor)
    with pytest.raises(TextInvalid):
        answer(contact(vendor), statement, "113.00")

    disputed = answer(contact(vendor), statement, "113.00", "九月一笔未入账")

    assert disputed.state == StatementState.DISPUTED
    vendor.refresh_from_db()
    assert vendor.reconciled_to is None
    assert answer(people.finance, statement, "0.00").state == StatementState.AGREED


def test_another_vendors_is_not_there(people: People, vendor: Vendor) -> None:
    statement = send(people, vendor)
    other = add_vendor("V002", "宁波信诺电气")

    with pytest.raises(NotFound):
        answer(contact(other), statement, "0.00")
    assert list(queries.own_statements(actor=contact(vendor))) == [statement]
    assert not queries.own_statements(actor=contact(other)).exists()
    assert not queries.own_entries(actor=contact(other)).exists()
    assert queries.own_entries(actor=contact(vendor)).count() == 1


def test_only_finance_sends(people: People, vendor: Vendor) -> None:
    for actor in (people.buyer, people.cashier, contact(vendor)):
        with pytest.raises(ActionDenied):
            send(people, vendor, actor=actor)
    with pytest.raises(ActionDenied):
        answer(people.buyer, send(people, vendor), "0.00")


def test_a_day_is_sent_once_and_when_it_is_over(people: People, vendor: Vendor) -> None:
    send(people, vendor)

    with pytest.raises(operations.StatementExists):
        send(people, vendor)
    with pytest.raises(operations.StatementInvalid):
        send(people, vendor, to_day=TODAY)


@pytest.mark.parametrize("balance", ["NaN", "0.001", "1e12"])
def test_a_balance_is_an_amount(people: People, vendor: Vendor, balance: str) -> None:
    with pytest.raises(operations.StatementInvalid):
        answer(contact(vendor), send(people, vendor), balance, "x")


def test_by_the_quarter_contract_vendors_are_due(people: People, vendor: Vendor) -> None:
    Supply.objects.create(vendor=vendor, category=add_category(), role=SupplyRole.CONTRACT)
    in_january = date(2027, 1, 5)  # the quarter of the entry is over

    def due(day: date) -> list[Vendor]:
        return queries.reconciliations_due(actor=people.finance, today=day)

    assert due(TODAY) == []
    assert due(in_january) == [vendor]
    Vendor.objects.update(reconciled_to=TO_DAY)
    assert due(in_january) == [vendor]
    Vendor.objects.update(reconciled_to=date(2026, 12, 31))
    assert due(in_january) == []


def test_others_than_contract_vendors_are_not_asked(people: People, vendor: Vendor) -> None:
    assert queries.reconciliations_due(actor=people.finance, today=date(2027, 1, 5)) == []
