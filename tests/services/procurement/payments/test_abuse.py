"""What somebody tries who wants more money out than goods came in; each is refused."""

from decimal import Decimal
from functools import partial

import pytest

from kernel.approvals import queries as approval_queries
from services.procurement.payments import operations, queries, rules
from services.procurement.payments.models import (
    CreditNote,
    InvoiceState,
    VendorInvoice,
    VendorPayment,
)
from services.procurement.payments.operations import Share
from services.procurement.payments.operations.claims import KIND as CLAIM
from services.procurement.payments.operations.payments import KIND as PAYMENT
from services.procurement.vendors.models import HoldKind, VendorHold
from tenants.companies.models import Company
from tests.factories import NOW, TODAY
from tests.factories_procurement_money import (
    People,
    add_account,
    add_goods_order,
    add_request,
    attach,
    prepare,
    receive,
    sign,
)
from tests.factories_procurement_vendors import add_vendor
from tests.services.procurement.money import broken
from tests.services.procurement.payments.billing import book, enter, figures, owed
from tests.services.procurement.payments.test_invoices import credit
from tests.services.procurement.payments.test_payments import approved, ask, pay
from tests.services.procurement.payments.test_scenario_s37 import bought, draft, settle, submit
from tests.threads import at_once


class TestNumbers:
    """One paper spelled in several ways is one paper."""

    @pytest.mark.parametrize(
        "again", ["fp-0042 a", " FP-0042A ", "ＦＰ－００４２Ａ", "fp-0042\u200ba"]
    )
    def test_an_invoice_spelled_otherwise_is_here_already(self, people: People, again: str) -> None:
        order = add_goods_order(people, "30", "56.50")
        receive(people, order, "30")
        enter(people, order, "15", "750.00", "97.50", number="FP-0042A")

        with pytest.raises(operations.InvoiceExists):
            enter(people, order, "15", "750.00", "97.50", number=again)
        assert VendorInvoice.objects.count() == 1

    def test_a_credit_note_spelled_otherwise(self, people: People) -> None:
        invoice = owed(people)
        credit(people, invoice, "1.00", "0.13", number="c 1")

        with pytest.raises(operations.CreditExists):
            credit(people, invoice, "1.00", "0.13", number="C1")
        assert CreditNote.objects.count() == 1

    def test_a_bank_reference_spelled_otherwise(self, people: People) -> None:
        invoice = owed(people)
        add_account(invoice.vendor)
        first = approved(people, invoice, "1.00")
        second = approved(people, invoice, "2.00")
        pay(people, first, reference="icbc 77-a")

        with pytest.raises(operations.ReferenceTaken):
            pay(people, second, reference="ICBC77-A")
        assert broken() == []


class TestTax:
    def test_more_tax_than_the_rate_makes_is_found(self, people: People) -> None:
        order = add_goods_order(people, "30", "56.50")
        receive(people, order, "30")

        invoice = enter(people, order, "30", "1000.00", "695.00")

        assert invoice.state == InvoiceState.EXCEPTION
        assert invoice.findings == [{"line_id": 0, "mismatch": "TAX", "amount": "499.99"}]
        with pytest.raises(operations.InvoiceMismatch, match=r"499\.99"):
            book(people, invoice)

    def test_less_tax_is_the_vendors_own_affair(self, people: People) -> None:
        order = add_goods_order(people, "30", "56.50")
        receive(people, order, "30")

        assert book(people, enter(people, order, "30", "1645.63", "49.37")).journal is not None
        assert broken() == []

    @pytest.mark.parametrize(
        ("freight", "percent", "most"),
        [
            ("0", "13", "195.01"),
            ("0", "0", "0.01"),
            ("0", "1", "16.79"),
            ("109", "13", "195.01"),  # at the rate of the goods
            ("109", "1", "24.71"),  # 15.70 of the goods and 9.00 of the transport
        ],
    )
    def test_the_most_that_can_be_tax(self, freight: str, percent: str, most: str) -> None:
        found = rules.most_tax(
            amount=Decimal("1695.00"),
            freight=Decimal(freight),
            tax_percent=Decimal(percent),
            lines=1,
        )

        assert found == Decimal(most)

    def test_no_more_tax_is_credited_than_was_billed(self, people: People) -> None:
        invoice = owed(people)  # 1500.00 and 195.00
        credit(people, invoice, "100.00", "100.00")

        with pytest.raises(operations.CreditInvalid) as refused:
            credit(people, invoice, "100.00", "95.01", number="C2")

        assert refused.value.details == {"left": "95.00"}
        credit(people, invoice, "100.00", "95.00", number="C2")
        assert broken() == []


class TestKeys:
    def test_one_key_for_two_invoices_of_one_amount(self, people: People) -> None:
        first, second = owed(people), owed(people, "0043")
        add_account(first.vendor)
        ask(people, first, "500.00", idempotency_key="k")

        with pytest.raises(operations.KeyReused):
            ask(people, second, "500.00", idempotency_key="k")
        assert VendorPayment.objects.count() == 1


def test_one_key_for_two_vendors_at_once(committed_tenant: Company) -> None:
    people = prepare()
    first = owed(people)
    add_account(first.vendor)
    other = add_vendor("V-OTHER", "另一家")
    add_account(other, tail="1122")
    order = add_goods_order(people, "30", "56.50")
    type(order).objects.filter(pk=order.pk).update(vendor=other)
    order.refresh_from_db()
    receive(people, order, "30")
    second = book(people, enter(people, order, "30", "1500.00", "195.00"))

    results = at_once(
        committed_tenant,
        [
            partial(ask, people, invoice, "500.00", idempotency_key="k")
            for invoice in (first, second)
        ],
    )

    assert len([one for one in results if isinstance(one, VendorPayment)]) == 1
    assert len([one for one in results if isinstance(one, operations.KeyReused)]) == 1


def test_a_credit_does_not_stop_a_claim_half_way(people: People) -> None:
    """What the cashier pays out is what was approved: a credit in between took it off twice."""
    request = add_request(people)
    order = bought(people, request)
    receive(people, order, "100")
    claim = draft(people, order, "2100.00", "273.00")
    attach(people.buyer, claim, "SALES_SLIP", "INVOICE")
    sign(CLAIM, submit(people, claim), people.finance)
    claim.refresh_from_db()

    with pytest.raises(operations.CreditInvalid, match=claim.number):
        credit(people, claim.invoice, "100.00", "13.00")

    assert settle(people, claim).paid_out == Decimal("2373.00")
    credit(people, claim.invoice, "100.00", "13.00")
    assert queries.balance_of(claim.invoice.vendor_id) == Decimal("-113.00")
    assert broken() == []


def test_signers_read_that_a_vendor_is_blacklisted(people: People) -> None:
    """What is owed stays owed, whoever it is; nobody approves it unaware."""
    invoice = owed(people)
    add_account(invoice.vendor)
    VendorHold.objects.create(
        vendor=invoice.vendor,
        kind=HoldKind.BLACKLIST,
        first_day=TODAY,
        reason="串标",
        set_by_label="manager",
        set_at=NOW,
    )

    payment = operations.ask_payment(
        actor=people.finance,
        vendor_id=invoice.vendor_id,
        shares=[Share(invoice_id=invoice.pk, amount=Decimal("1.00"))],
        idempotency_key="k",
        now=NOW,
    )

    case = approval_queries.case_of(kind=PAYMENT, subject=payment)
    assert case is not None
    assert "The vendor is blacklisted." in str(case.summary)


def test_figures_of_an_invoice_are_numbers(people: People) -> None:
    order = add_goods_order(people, "30", "56.50")
    receive(people, order, "30")

    for net, tax in [("NaN", "0"), ("1695.00", "NaN"), ("Infinity", "0"), ("1E+30", "0")]:
        with pytest.raises((rules.AmountInvalid, operations.InvoiceInvalid)):
            enter(people, order, "30", net, tax)
    with pytest.raises(operations.InvoiceInvalid):
        enter(people, order, "NaN", "1500.00", "195.00")
    with pytest.raises((rules.AmountInvalid, operations.InvoiceInvalid)):
        enter(people, order, "30", "1500.00", "195.00", freight=Decimal("-1.00"))
    assert figures("1", "0").amount == 1
    assert not VendorInvoice.objects.exists()
