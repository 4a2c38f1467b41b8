"""What is credited after it was paid, the vendor owes and gives back (SoD-22)."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from kernel.access import ActionDenied, Actor
from kernel.duties import DutiesMeet
from kernel.errors import NotFound
from services.billing.ledger.models import AccountRole
from services.procurement.payments import operations, queries, rules
from services.procurement.payments.models import VendorInvoice, VendorRefund
from tests.factories import NOW, TODAY
from tests.factories_procurement_money import People, add_account
from tests.services.procurement.money import balance, broken
from tests.services.procurement.payments.billing import owed
from tests.services.procurement.payments.test_invoices import credit, send_back
from tests.services.procurement.payments.test_payments import approved, pay


@pytest.fixture
def paid(people: People) -> VendorInvoice:
    """An invoice of 1695.00 that is paid."""
    invoice = owed(people)
    add_account(invoice.vendor)
    pay(people, approved(people, invoice, "1695.00"))
    invoice.refresh_from_db()
    return invoice


@pytest.fixture
def owing(people: People, paid: VendorInvoice) -> VendorInvoice:
    """The same, of which 226.00 were credited: four of thirty went back."""
    credit(people, paid, "200.00", "26.00", back=send_back(people, paid, "4"))
    paid.refresh_from_db()
    return paid


def refund(people: People, invoice: VendorInvoice, amount: str, **values: Any) -> VendorRefund:
    return operations.enter_refund(
        **{
            "actor": people.cashier,
            "invoice_id": invoice.pk,
            "amount": Decimal(amount),
            "reference": "TK1",
            "refunded_on": TODAY,
            "now": NOW,
            **values,
        }
    )


def contact(invoice: VendorInvoice) -> Actor:
    return Actor(label="陈经理", vendor_id=invoice.vendor_id, contact_id=1)


def test_a_credit_after_the_payment_is_owed_by_the_vendor(
    people: People, owing: VendorInvoice
) -> None:
    assert owing.left == Decimal("-226.00")
    assert balance(AccountRole.ACCRUED) == 0
    assert balance(AccountRole.PAYABLE) == Decimal("226.00")
    assert queries.balance_of(owing.vendor_id) == Decimal("-226.00")
    (row,) = queries.ageing(actor=people.finance, today=TODAY + timedelta(days=400))
    assert row.columns[0] == row.total == Decimal("-226.00")
    (found,) = queries.debts(actor=people.finance, vendor_id=owing.vendor_id)
    assert found.debt == Decimal("226.00")  # type: ignore[attr-defined]
    assert not queries.open_invoices(actor=people.finance, vendor_id=owing.vendor_id).exists()
    assert queries.own_entries(actor=contact(owing)).last().balance == Decimal("-226.00")  # type: ignore[union-attr]
    assert broken() == []


def test_the_vendor_gives_it_back_in_parts(people: People, owing: VendorInvoice) -> None:
    bank = balance(AccountRole.BANK)

    refund(people, owing, "100.00")
    assert broken() == []
    refund(people, owing, "126.00", reference="TK2")

    owing.refresh_from_db()
    assert (owing.refunded_amount, owing.left) == (Decimal("226.00"), Decimal(0))
    assert balance(AccountRole.BANK) - bank == Decimal("226.00")
    assert balance(AccountRole.PAYABLE) == 0
    assert queries.balance_of(owing.vendor_id) == 0
    assert queries.ageing(actor=people.finance, today=TODAY) == []
    assert broken() == []


def test_no_more_than_he_owes(people: People, owing: VendorInvoice) -> None:
    with pytest.raises(operations.RefundInvalid) as refused:
        refund(people, owing, "226.01")
    assert refused.value.details == {"debt": "226.00"}
    with pytest.raises(operations.RefundInvalid):
        refund(people, owed(people, "0043"), "1.00")
    for amount in ("0", "-1", "0.001", "NaN"):
        with pytest.raises(rules.AmountInvalid):
            refund(people, owing, amount)
    assert not VendorRefund.objects.exists()


def test_not_before_the_credit_note_nor_in_the_future(people: People, owing: VendorInvoice) -> None:
    for day in (date(2026, 11, 4), TODAY + timedelta(days=1)):
        with pytest.raises(operations.RefundInvalid):
            refund(people, owing, "1.00", refunded_on=day)


def test_a_reference_is_booked_once_however_spelled(people: People, owing: VendorInvoice) -> None:
    refund(people, owing, "1.00", reference="tk 1")

    with pytest.raises(operations.ReferenceTaken):
        refund(people, owing, "1.00", reference="TK1")


def test_only_the_cashier_who_neither_bought_nor_credited(
    people: People, owing: VendorInvoice
) -> None:
    for actor in (people.buyer, people.finance, people.keeper):
        with pytest.raises(ActionDenied):
            refund(people, owing, "1.00", actor=actor)
    with pytest.raises((ActionDenied, NotFound)):
        refund(people, owing, "1.00", actor=contact(owing))
    assert owing.order is not None
    owing.order.created_by = people.cashier.require_person()
    owing.order.save(update_fields=["created_by"])
    with pytest.raises(DutiesMeet):
        refund(people, owing, "1.00")


def test_the_database_keeps_it_from_who_credited(people: People, owing: VendorInvoice) -> None:
    booked = refund(people, owing, "1.00")
    with pytest.raises(DatabaseError), transaction.atomic():
        VendorRefund.objects.filter(pk=booked.pk).update(amount=2)
    with pytest.raises(IntegrityError, match="booked by who credited"), transaction.atomic():
        VendorRefund.objects.create(
            vendor_id=owing.vendor_id,
            invoice=owing,
            amount=Decimal("1.00"),
            reference="TK2",
            refunded_on=TODAY,
            entered_by=people.finance.user_id or 0,
            entered_by_label="x",
            entered_at=NOW,
        )
    with pytest.raises(IntegrityError, match="refunded_at_most_debt"), transaction.atomic():
        VendorInvoice.objects.filter(pk=owing.pk).update(refunded_amount=Decimal("226.01"))


def test_no_more_than_was_invoiced_is_credited(people: People, owing: VendorInvoice) -> None:
    with pytest.raises(operations.CreditInvalid):
        credit(people, owing, "1300.01", "169.00", number="C2")
    credit(people, owing, "1300.00", "169.00", number="C2")
    assert queries.balance_of(owing.vendor_id) == Decimal("-1695.00")
    assert broken() == []


def test_a_credit_does_not_reach_into_a_payment_on_its_way(people: People) -> None:
    invoice = owed(people)
    add_account(invoice.vendor)
    approved(people, invoice, "1500.00")

    with pytest.raises(operations.CreditInvalid):
        credit(people, invoice, "200.00", "26.00")
    credit(people, invoice, "100.00", "13.00")
    assert broken() == []


def test_a_payment_that_was_given_back_is_not_undone(people: People, owing: VendorInvoice) -> None:
    payment = owing.shares.get().payment
    booked = refund(people, owing, "226.00")

    with pytest.raises(operations.PaymentStateWrong, match=owing.number):
        operations.undo_payment(actor=people.finance, payment_id=payment.pk, reason="退汇", now=NOW)
    assert booked.amount == Decimal("226.00")
    assert broken() == []


def test_a_payment_that_came_back_leaves_less_to_be_paid(
    people: People, owing: VendorInvoice
) -> None:
    operations.undo_payment(
        actor=people.finance, payment_id=owing.shares.get().payment_id, reason="退汇", now=NOW
    )

    owing.refresh_from_db()
    assert owing.left == Decimal("1469.00")
    with pytest.raises(operations.RefundInvalid):
        refund(people, owing, "1.00")
    assert broken() == []
