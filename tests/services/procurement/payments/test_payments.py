"""Who asks, who approves and who pays a vendor; what it pays, and what undoes it (PR-72, PR-73)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum

from kernel.access import ActionDenied
from kernel.duties.errors import DutiesMeet
from kernel.errors import NotFound
from kernel.notifications.models import Notification
from services.billing.ledger.models import AccountRole, Journal
from services.procurement.contracts.models import PaymentPlanLine
from services.procurement.payments import operations, queries, rules
from services.procurement.payments.models import (
    PaymentState,
    VendorEntry,
    VendorInvoice,
    VendorPayment,
)
from services.procurement.payments.operations import Share
from services.procurement.payments.operations.payments import KIND
from services.procurement.vendors.models import AccountState, BankAccount, Vendor
from tests.factories import NOW, TODAY
from tests.factories_procurement_money import People, add_account, sign
from tests.factories_procurement_vendors import add_vendor
from tests.services.procurement.money import balance, broken
from tests.services.procurement.payments.billing import owed


@pytest.fixture
def invoice(people: People) -> VendorInvoice:
    """A booked invoice of 1695.00 of a vendor with an account."""
    found = owed(people)
    add_account(found.vendor)
    return found


def ask(people: People, invoice: VendorInvoice, amount: str, **values: Any) -> VendorPayment:
    plan = values.pop("plan_line_id", None)
    return operations.ask_payment(
        **{
            "actor": people.finance,
            "vendor_id": invoice.vendor_id,
            "shares": [Share(invoice_id=invoice.pk, amount=Decimal(amount), plan_line_id=plan)],
            "idempotency_key": f"{invoice.pk}-{amount}",
            "now": NOW,
            **values,
        }
    )


def approved(people: People, invoice: VendorInvoice, amount: str, **values: Any) -> VendorPayment:
    payment = ask(people, invoice, amount, **values)
    sign(KIND, payment, people.gm)
    return payment


def pay(people: People, payment: VendorPayment, **values: Any) -> VendorPayment:
    return operations.pay_vendor(
        **{
            "actor": people.cashier,
            "payment_id": payment.pk,
            "reference": "ICBC-1",
            "paid_on": TODAY,
            "now": NOW,
            **values,
        }
    )


def test_asked_approved_and_paid(people: People, invoice: VendorInvoice) -> None:
    payment = pay(people, approved(people, invoice, "1695.00"))

    assert payment.state == PaymentState.PAID
    invoice.refresh_from_db()
    assert invoice.paid_amount == Decimal("1695.00")
    assert balance(AccountRole.PAYABLE) == 0
    assert balance(AccountRole.BANK) == Decimal("-1695.00")
    assert list(VendorEntry.objects.order_by("pk").values_list("kind", "amount")) == [
        ("INVOICE", Decimal("1695.00")),
        ("PAYMENT", Decimal("-1695.00")),
    ]
    assert broken() == []


def test_the_cashier_is_told_when_it_is_approved(people: People, invoice: VendorInvoice) -> None:
    payment = ask(people, invoice, "1695.00")
    about = Notification.objects.filter(kind="procurement.to-pay")
    assert not about.exists()

    sign(KIND, payment, people.gm)

    told = about.get()
    assert told.user_id == people.cashier.user_id
    assert told.url == f"/c/vendor-payments/{payment.pk}/"
    assert "1,695.00" in told.text
    assert invoice.vendor.name in told.text


def test_part_by_part(people: People, invoice: VendorInvoice) -> None:
    for number, amount in enumerate(["1000.00", "694.99", "0.01"]):
        pay(people, approved(people, invoice, amount), reference=str(number))

    invoice.refresh_from_db()
    assert invoice.paid_amount == invoice.amount
    with pytest.raises(operations.SharesInvalid):
        ask(people, invoice, "0.01", idempotency_key="more")
    assert broken() == []


def test_what_is_on_its_way_is_not_asked_for_again(people: People, invoice: VendorInvoice) -> None:
    ask(people, invoice, "1000.00")

    with pytest.raises(operations.SharesInvalid) as refused:
        ask(people, invoice, "695.01")

    assert refused.value.details["left"] == "695.00"


def test_one_key_is_one_payment(people: People, invoice: VendorInvoice) -> None:
    first = ask(people, invoice, "1000.00", idempotency_key="k")

    assert ask(people, invoice, "1000.00", idempotency_key="k") == first
    with pytest.raises(operations.KeyReused):
        ask(people, invoice, "999.00", idempotency_key="k")
    assert VendorPayment.objects.count() == 1


class TestWho:
    def test_each_step_has_its_post(self, people: People, invoice: VendorInvoice) -> None:
        for actor in (people.buyer, people.cashier, people.keeper):
            with pytest.raises(ActionDenied):
                ask(people, invoice, "1.00", actor=actor)
        payment = approved(people, invoice, "1695.00")
        for actor in (people.buyer, people.finance, people.keeper):
            with pytest.raises(ActionDenied):
                pay(people, payment, actor=actor)

    @pytest.mark.parametrize("who", ["finance", "buyer"])
    def test_neither_asker_nor_buyer_pays(
        self, people: People, invoice: VendorInvoice, who: str
    ) -> None:
        payment = approved(people, invoice, "1695.00")
        himself = people.cashier.__class__(
            label=who, user_id=getattr(people, who).user_id, grants=people.cashier.grants
        )

        with pytest.raises(DutiesMeet) as refused:
            pay(people, payment, actor=himself)

        assert refused.value.details["rule"] == "SoD-22"
        assert balance(AccountRole.BANK) == 0

    def test_nothing_is_paid_before_it_is_approved(
        self, people: People, invoice: VendorInvoice
    ) -> None:
        with pytest.raises(operations.PaymentStateWrong):
            pay(people, ask(people, invoice, "1695.00"))


class TestRefusals:
    def test_once(self, people: People, invoice: VendorInvoice) -> None:
        payment = pay(people, approved(people, invoice, "1695.00"))

        with pytest.raises(operations.PaymentStateWrong):
            pay(people, payment, reference="ICBC-2")

    def test_a_reference_is_booked_once(self, people: People, invoice: VendorInvoice) -> None:
        pay(people, approved(people, invoice, "1000.00"))
        other = approved(people, invoice, "695.00")

        with pytest.raises(operations.ReferenceTaken):
            pay(people, other)

        assert Journal.objects.filter(kind="VENDOR_PAYMENT").count() == 1

    def test_without_an_account_in_force(self, people: People, invoice: VendorInvoice) -> None:
        BankAccount.objects.update(state=AccountState.REPLACED)

        with pytest.raises(operations.NoAccount):
            ask(people, invoice, "1695.00")

    def test_an_account_that_changed_meanwhile(
        self, people: People, invoice: VendorInvoice
    ) -> None:
        payment = approved(people, invoice, "1695.00")
        BankAccount.objects.update(state=AccountState.REPLACED)
        add_account(invoice.vendor, "1234")

        with pytest.raises(operations.AccountChanged):
            pay(people, payment)

    @pytest.mark.parametrize("day", [date(2026, 11, 8), date(2026, 11, 10)])
    def test_days_that_cannot_be(self, people: People, invoice: VendorInvoice, day: date) -> None:
        with pytest.raises(operations.SharesInvalid):
            pay(people, approved(people, invoice, "1695.00"), paid_on=day)

    @pytest.mark.parametrize("amount", ["0", "-1", "NaN", "0.001"])
    def test_amounts_that_are_none(
        self, people: People, invoice: VendorInvoice, amount: str
    ) -> None:
        with pytest.raises(rules.AmountInvalid):
            ask(people, invoice, amount)

    def test_shares_that_name_nothing_or_one_twice(
        self, people: People, invoice: VendorInvoice
    ) -> None:
        share = Share(invoice_id=invoice.pk, amount=Decimal(1))
        for shares in ([], [share, share]):
            with pytest.raises(operations.SharesInvalid):
                ask(people, invoice, "1.00", shares=shares)

    def test_another_vendors_invoice(self, people: People, invoice: VendorInvoice) -> None:
        other = add_vendor("V002", "宁波信诺电气")
        add_account(other)

        with pytest.raises(NotFound):
            ask(people, invoice, "1.00", vendor_id=other.pk)


class TestOnAccount:
    """PR-72: strictly per contract."""

    def test_not_before_the_day(self, people: People, invoice: VendorInvoice) -> None:
        Vendor.objects.update(is_on_account=True)
        VendorInvoice.objects.update(due_on=date(2026, 11, 10))

        with pytest.raises(operations.NotDueYet):
            ask(people, invoice, "1695.00")

    def test_by_the_plan_of_the_contract(self, people: People, invoice: VendorInvoice) -> None:
        assert invoice.order is not None
        assert invoice.order.contract is not None
        line = PaymentPlanLine.objects.create(
            contract=invoice.order.contract,
            position=1,
            condition="验收合格后",
            due_on=TODAY,
            amount=Decimal("1000.00"),
        )

        with pytest.raises(operations.PlanExceeded):
            ask(people, invoice, "1000.00")
        with pytest.raises(operations.PlanExceeded):
            ask(people, invoice, "1000.01", plan_line_id=line.pk)
        payment = approved(people, invoice, "600.00", plan_line_id=line.pk)
        with pytest.raises(operations.PlanExceeded):
            ask(people, invoice, "400.01", plan_line_id=line.pk)
        pay(people, payment)

        line.refresh_from_db()
        assert line.paid_amount == Decimal("600.00")
        operations.undo_payment(actor=people.finance, payment_id=payment.pk, reason="退票", now=NOW)
        line.refresh_from_db()
        assert line.paid_amount == 0


class TestUndoing:
    def test_all_is_open_again(self, people: People, invoice: VendorInvoice) -> None:
        payment = pay(people, approved(people, invoice, "1695.00"))

        undone = operations.undo_payment(
            actor=people.finance, payment_id=payment.pk, reason="账号不符退回", now=NOW
        )

        assert undone.state == PaymentState.REVERSED
        invoice.refresh_from_db()
        assert invoice.paid_amount == 0
        assert balance(AccountRole.BANK) == 0
        assert queries.balance_of(invoice.vendor_id) == Decimal("1695.00")
        assert broken() == []
        pay(people, approved(people, invoice, "1695.00", idempotency_key="2"), reference="ICBC-2")
        assert broken() == []

    def test_only_what_is_paid(self, people: People, invoice: VendorInvoice) -> None:
        payment = approved(people, invoice, "1695.00")

        with pytest.raises(operations.PaymentStateWrong):
            operations.undo_payment(
                actor=people.finance, payment_id=payment.pk, reason="x", now=NOW
            )

    def test_the_cashier_undoes_nothing(self, people: People, invoice: VendorInvoice) -> None:
        payment = pay(people, approved(people, invoice, "1695.00"))

        with pytest.raises(ActionDenied):
            operations.undo_payment(
                actor=people.cashier, payment_id=payment.pk, reason="x", now=NOW
            )


def test_an_amount_pays_what_is_due_first(people: People) -> None:
    first, second_ = owed(people, "1"), owed(people, "2")
    add_account(first.vendor)
    VendorInvoice.objects.filter(pk=first.pk).update(due_on=date(2026, 12, 1))

    shares = operations.spread_over(
        actor=people.finance, vendor_id=first.vendor_id, amount=Decimal("2000.00")
    )

    assert [(share.invoice_id, share.amount) for share in shares] == [
        (second_.pk, Decimal("1695.00")),
        (first.pk, Decimal("305.00")),
    ]
    payment = approved(people, first, "2000.00", shares=shares)
    pay(people, payment)
    assert payment.shares.aggregate(total=Sum("amount"))["total"] == Decimal("2000.00")
    assert broken() == []


def test_what_is_owed_stands_in_the_column_of_its_age(
    people: People, invoice: VendorInvoice
) -> None:
    VendorInvoice.objects.update(invoiced_on=date(2026, 9, 1), due_on=date(2026, 9, 30))

    (row,) = queries.ageing(actor=people.finance, today=TODAY)

    assert row.columns == tuple(Decimal(each) for each in ("0", "0", "1695.00", "0", "0"))
    assert row.total == queries.balance_of(invoice.vendor_id)


def test_the_account_runs_from_entry_to_entry(people: People, invoice: VendorInvoice) -> None:
    pay(people, approved(people, invoice, "1000.00"))

    entries = queries.entries(actor=people.finance, vendor_id=invoice.vendor_id)

    balances = [entry.balance for entry in entries]  # type: ignore[attr-defined]
    assert balances == [Decimal("1695.00"), Decimal("695.00")]
