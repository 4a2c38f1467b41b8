"""Order, goods and invoice: what agrees is booked, what does not is named line by line."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kernel.access import ActionDenied, Actor
from kernel.errors import NotFound
from services.billing.ledger.models import AccountRole, Journal
from services.procurement.payments import operations, queries, rules
from services.procurement.payments.models import (
    CreditNote,
    InvoiceState,
    VendorEntry,
    VendorInvoice,
)
from services.procurement.receiving import operations as receiving
from services.procurement.receiving.models import GoodsReturn
from services.procurement.vendors.models import Vendor
from tests.factories import NOW, TODAY
from tests.factories_procurement_money import People, add_goods_order, line_of, receive
from tests.factories_procurement_vendors import add_vendor
from tests.services.procurement.money import balance, broken
from tests.services.procurement.payments.billing import book, enter, figures, owed


def test_what_agrees_is_booked_and_owed(people: People) -> None:
    invoice = owed(people)

    assert invoice.state == InvoiceState.BOOKED
    assert balance(AccountRole.PAYABLE) == Decimal("-1695.00")
    assert balance(AccountRole.ACCRUED) == 0
    assert balance(AccountRole.INPUT_TAX) == Decimal("195.00")
    entry = VendorEntry.objects.get()
    assert (entry.amount, entry.vendor_id) == (Decimal("1695.00"), invoice.vendor_id)
    assert entry.journal_id == invoice.journal_id
    assert line_of(invoice.order).billed_quantity == 30  # type: ignore[arg-type]
    assert broken() == []


def test_a_cent_of_another_rounding_is_a_cost(people: People) -> None:
    order = add_goods_order(people, "3", "0.10")
    receive(people, order, "3")

    book(people, enter(people, order, "3", "0.26", "0.04"))

    assert balance(AccountRole.ACCRUED) == 0
    assert balance(AccountRole.MATERIAL_COST) == Decimal("-0.01")
    assert broken() == []


def test_parts_that_are_billed_leave_nothing_accrued(people: People) -> None:
    order = add_goods_order(people, "3", "1.00")
    receive(people, order, "3")

    for number, (net, tax) in enumerate([("0.88", "0.12"), ("0.88", "0.12"), ("0.89", "0.11")]):
        book(people, enter(people, order, "1", net, tax, number=str(number)))

    assert balance(AccountRole.ACCRUED) == 0
    assert balance(AccountRole.PAYABLE) == Decimal("-3.00")
    assert broken() == []


class TestMismatches:
    def find(self, invoice: VendorInvoice) -> list[tuple[str, str]]:
        return [(one["mismatch"], one["amount"]) for one in invoice.findings]

    def test_more_than_was_accepted(self, people: People) -> None:
        order = add_goods_order(people, "30", "56.50")
        receive(people, order, "28")

        invoice = enter(people, order, "30", "1500.00", "195.00")

        assert invoice.state == InvoiceState.EXCEPTION
        assert self.find(invoice) == [("NOT_RECEIVED", "113.00")]
        with pytest.raises(operations.InvoiceMismatch) as refused:
            book(people, invoice)
        assert refused.value.details["findings"][0]["line_id"] == line_of(order).pk
        assert "硒鼓" in str(refused.value)
        assert Journal.objects.filter(kind="VENDOR_INVOICE").count() == 0

    def test_it_agrees_once_the_rest_is_here(self, people: People) -> None:
        order = add_goods_order(people, "30", "56.50")
        receive(people, order, "28")
        invoice = enter(people, order, "30", "1500.00", "195.00")

        receive(people, order, "2")
        matched = operations.match_invoice(actor=people.finance, invoice_id=invoice.pk, now=NOW)

        assert matched.state == InvoiceState.MATCHED
        book(people, matched)
        assert broken() == []

    def test_a_higher_price(self, people: People) -> None:
        order = add_goods_order(people, "30", "56.50")
        receive(people, order, "30")

        invoice = enter(people, order, "30", "1530.00", "198.90", price="57.63")

        assert self.find(invoice) == [("PRICE", "33.90")]

    def test_billed_before(self, people: People) -> None:
        order = add_goods_order(people, "30", "56.50")
        receive(people, order, "30")
        book(people, enter(people, order, "30", "1500.00", "195.00", number="1"))

        invoice = enter(people, order, "1", "50.00", "6.50", number="2")

        assert self.find(invoice) == [("BILLED_BEFORE", "56.50")]

    def test_freight_that_was_not_agreed(self, people: People) -> None:
        order = add_goods_order(people, "30", "56.50")
        receive(people, order, "30")

        invoice = enter(people, order, "30", "1550.00", "201.50", freight=Decimal("56.50"))

        assert self.find(invoice) == [("FREIGHT", "56.50")]

    def test_two_invoices_for_the_same_goods_do_not_both_pass(self, people: People) -> None:
        order = add_goods_order(people, "30", "56.50")
        receive(people, order, "30")
        first = enter(people, order, "30", "1500.00", "195.00", number="1")
        second = enter(people, order, "30", "1500.00", "195.00", number="2")
        assert second.state == InvoiceState.MATCHED

        book(people, first)

        with pytest.raises(operations.InvoiceMismatch):
            book(people, second)

    def test_the_page_shows_what_is_wrong_beside_the_line(self, people: People) -> None:
        order = add_goods_order(people, "30", "56.50")
        receive(people, order, "28")
        invoice = enter(people, order, "30", "1500.00", "195.00")

        (row,) = queries.match_view(invoice)

        assert (row.accepted, row.billed_before) == (Decimal(28), Decimal(0))
        assert len(row.findings) == 1


class TestRefusals:
    def test_a_number_comes_once(self, people: People) -> None:
        order = add_goods_order(people, "30", "56.50")
        first = enter(people, order, "30", "1500.00", "195.00")

        with pytest.raises(operations.InvoiceExists):
            enter(people, order, "30", "1500.00", "195.00")

        operations.refuse_invoice(
            actor=people.finance, invoice_id=first.pk, reason="抬头错误", now=NOW
        )
        enter(people, order, "30", "1500.00", "195.00")

    @pytest.mark.parametrize(
        ("quantity", "net", "tax", "values"),
        [
            ("30", "1500.00", "195.01", {}),
            ("30", "1500.00", "195.00", {"freight": Decimal("1.00")}),
            ("30", "1500.00", "195.00", {"invoiced_on": date(2026, 11, 10)}),
            ("0", "1500.00", "195.00", {}),
            ("30", "1500.00", "195.00", {"price": "0"}),
        ],
    )
    def test_figures_that_do_not_add_up(
        self, people: People, quantity: str, net: str, tax: str, values: dict[str, Any]
    ) -> None:
        order = add_goods_order(people, "30", "56.50")

        with pytest.raises(operations.InvoiceInvalid):
            enter(people, order, quantity, net, tax, **values)

        assert not VendorInvoice.objects.exists()

    @pytest.mark.parametrize("net", ["-1.00", "NaN", "0.001"])
    def test_amounts_that_are_none(self, people: People, net: str) -> None:
        with pytest.raises(rules.AmountInvalid):
            enter(people, add_goods_order(people), "30", net, "0.00")

    @pytest.mark.parametrize("who", ["buyer", "keeper", "cashier"])
    def test_only_finance_matches(self, people: People, who: str) -> None:
        with pytest.raises(ActionDenied):
            enter(
                people,
                add_goods_order(people),
                "30",
                "1500.00",
                "195.00",
                actor=getattr(people, who),
            )

    def test_it_is_booked_once(self, people: People) -> None:
        invoice = owed(people)

        with pytest.raises(operations.InvoiceStateWrong):
            book(people, invoice)


class TestVendor:
    """PR-65: a vendor enters invoices of his own orders, and of no other's."""

    def test_his_own_order(self, people: People) -> None:
        order = add_goods_order(people)
        vendor = Actor(label="恒达", vendor_id=order.vendor_id, contact_id=1)

        invoice = enter(people, order, "30", "1500.00", "195.00", actor=vendor)

        assert invoice.submitted_by is None
        assert list(queries.own_invoices(actor=vendor)) == [invoice]

    def test_anothers_order_is_not_there(self, people: People) -> None:
        order = add_goods_order(people)
        other = add_vendor("V002", "宁波信诺电气")
        stranger = Actor(label="信诺", vendor_id=other.pk, contact_id=1)

        with pytest.raises(NotFound):
            enter(people, order, "30", "1500.00", "195.00", actor=stranger)
        assert not queries.own_invoices(actor=stranger).exists()

    def test_staff_has_no_invoices_of_its_own(self, people: People) -> None:
        with pytest.raises(NotFound):
            queries.own_invoices(actor=people.finance)

    def test_a_vendor_books_nothing(self, people: People) -> None:
        order = add_goods_order(people)
        receive(people, order, "30")
        vendor = Actor(label="恒达", vendor_id=order.vendor_id, contact_id=1)
        invoice = enter(people, order, "30", "1500.00", "195.00", actor=vendor)

        with pytest.raises(ActionDenied):
            operations.book_invoice(actor=vendor, invoice_id=invoice.pk, now=NOW, today=TODAY)


class TestDueDays:
    """PR-72: a vendor on account is due by contract, so many days after the invoice."""

    def test_on_account(self, people: People) -> None:
        order = add_goods_order(people)
        Vendor.objects.update(is_on_account=True, payment_days=30)

        assert enter(people, order, "30", "1500.00", "195.00").due_on == date(2026, 12, 5)

    def test_at_once(self, people: People) -> None:
        order = add_goods_order(people)
        Vendor.objects.update(payment_days=30)

        assert enter(people, order, "30", "1500.00", "195.00").due_on == date(2026, 11, 5)


class TestTakingBack:
    def test_all_is_booked_back(self, people: People) -> None:
        invoice = owed(people)

        operations.reverse_invoice(
            actor=people.finance, invoice_id=invoice.pk, reason="重开", now=NOW, today=TODAY
        )

        invoice.refresh_from_db()
        assert invoice.state == InvoiceState.REVERSED
        assert balance(AccountRole.PAYABLE) == 0
        assert balance(AccountRole.ACCRUED) == Decimal("-1500.00")
        assert queries.balance_of(invoice.vendor_id) == 0
        assert line_of(invoice.order).billed_quantity == 0  # type: ignore[arg-type]
        assert broken() == []
        again = enter(people, invoice.order, "30", "1500.00", "195.00")  # type: ignore[arg-type]
        book(people, again)
        assert broken() == []

    def test_not_what_is_credited(self, people: People) -> None:
        invoice = owed(people)
        credit(people, invoice, "10.00", "1.30")

        with pytest.raises(operations.InvoiceUsed):
            operations.reverse_invoice(
                actor=people.finance, invoice_id=invoice.pk, reason="重开", now=NOW, today=TODAY
            )


def credit(
    people: People,
    invoice: VendorInvoice,
    net: str,
    tax: str,
    *,
    back: GoodsReturn | None = None,
    number: str = "C1",
) -> CreditNote:
    return operations.enter_credit(
        actor=people.finance,
        invoice_id=invoice.pk,
        figures=figures(net, tax, number),
        reason="漏粉",
        return_id=back.pk if back is not None else None,
        now=NOW,
        today=TODAY,
    )


def send_back(people: People, invoice: VendorInvoice, quantity: str) -> GoodsReturn:
    assert invoice.order is not None
    receipt = invoice.order.receipts.get()
    objection = receiving.object_in_use(
        actor=people.keeper,
        receipt_line_id=receipt.lines.get().pk,
        quantity=Decimal(quantity),
        text="漏粉",
        now=NOW,
        today=TODAY,
    )
    return receiving.return_goods(
        actor=people.keeper,
        objection_id=objection.pk,
        quantity=Decimal(quantity),
        now=NOW,
        today=TODAY,
    )


class TestCredits:
    def test_goods_that_went_back_after_their_invoice(self, people: People) -> None:
        invoice = owed(people)
        back = send_back(people, invoice, "4")
        assert balance(AccountRole.ACCRUED) == Decimal("200.00")  # the vendor owes the credit
        assert broken() == []

        credit(people, invoice, "200.00", "26.00", back=back)

        invoice.refresh_from_db()
        assert invoice.credited_amount == Decimal("226.00")
        assert balance(AccountRole.ACCRUED) == 0
        assert balance(AccountRole.PAYABLE) == Decimal("-1469.00")
        assert balance(AccountRole.INPUT_TAX) == Decimal("169.00")
        assert line_of(invoice.order).billed_quantity == 26  # type: ignore[arg-type]
        assert broken() == []

    def test_a_price_that_was_reduced(self, people: People) -> None:
        invoice = owed(people)

        credit(people, invoice, "40.00", "5.20")

        assert balance(AccountRole.MATERIAL_COST) == Decimal("-40.00")
        assert balance(AccountRole.PAYABLE) == Decimal("-1649.80")
        assert broken() == []

    def test_a_return_is_credited_once(self, people: People) -> None:
        invoice = owed(people)
        back = send_back(people, invoice, "4")
        credit(people, invoice, "200.00", "26.00", back=back)

        with pytest.raises(operations.CreditExists):
            credit(people, invoice, "200.00", "26.00", back=back, number="C2")
        with pytest.raises(operations.CreditExists):
            credit(people, invoice, "1.00", "0.13")

    def test_no_more_than_is_open(self, people: People) -> None:
        with pytest.raises(operations.CreditInvalid):
            credit(people, owed(people), "1500.00", "195.01")

    def test_goods_that_were_never_billed(self, people: People) -> None:
        order = add_goods_order(people, "30", "56.50")
        receive(people, order, "30")
        invoice = book(people, enter(people, order, "2", "100.00", "13.00"))
        back = send_back(people, invoice, "4")

        with pytest.raises(operations.CreditInvalid):
            credit(people, invoice, "50.00", "6.50", back=back)
