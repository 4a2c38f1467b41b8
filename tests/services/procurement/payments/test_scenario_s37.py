"""S-37: estimate 2 400.00, an advance near to it, the claim that settles it (PR-70 to PR-74)."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from kernel.access import ActionDenied
from kernel.approvals import operations as approvals
from kernel.approvals import queries as cases
from kernel.duties.errors import DutiesMeet
from kernel.errors import Conflict
from kernel.notifications.models import Notification
from services.billing.ledger.models import AccountRole
from services.procurement.orders.models import PurchaseOrder
from services.procurement.payments import operations, queries, rules
from services.procurement.payments.models import (
    Advance,
    AdvanceState,
    Claim,
    ClaimState,
    InvoiceState,
)
from services.procurement.payments.operations import claims
from services.procurement.payments.operations.advances import KIND as ADVANCE
from services.procurement.payments.operations.claims import KIND as CLAIM
from services.procurement.requests.models import PurchaseRequest
from services.procurement.vendors.models import Vendor
from tests.factories import NOW, TODAY
from tests.factories_procurement_money import (
    People,
    add_order,
    add_request,
    attach,
    receive,
    sign,
)
from tests.factories_procurement_stock import add_item, add_warehouse
from tests.services.procurement.money import balance, broken
from tests.services.procurement.payments.billing import figures


def ask(people: People, request: PurchaseRequest, amount: str, **values: Any) -> Advance:
    return operations.ask_advance(
        **{
            "actor": people.buyer,
            "request_id": request.pk,
            "amount": Decimal(amount),
            "purpose": "采购办公用品",
            "now": NOW,
            **values,
        }
    )


def told_to_pay(people: People) -> list[tuple[str, str]]:
    """Return of what the cashier, and nobody else, was told: where it is and what he pays."""
    told = Notification.objects.filter(kind="procurement.to-pay").order_by("pk")
    assert {notice.user_id for notice in told} <= {people.cashier.user_id}
    return [(notice.url, re.findall(r"[\d,]+\.\d\d", notice.subject)[0]) for notice in told]


def paid_out(people: People, request: PurchaseRequest, amount: str) -> Advance:
    advance = ask(people, request, amount)
    sign(ADVANCE, advance, people.finance)
    return operations.pay_advance(
        actor=people.cashier, advance_id=advance.pk, paid_from="CASH", now=NOW
    )


def bought(people: People, request: PurchaseRequest, price: str = "23.73") -> PurchaseOrder:
    """Return an order of 100 articles on a request of class C, with nothing taken in yet."""
    item = add_item("PAPER", name="复印纸")
    return add_order(people, [(item, "100", price)], request=request, warehouse=add_warehouse())


def draft(people: People, order: PurchaseOrder, net: str, tax: str, **values: Any) -> Claim:
    return operations.draft_claim(
        **{
            "actor": people.buyer,
            "receipt_id": order.receipts.get().pk,
            "sales_slip": "XH-7781",
            "figures": figures(net, tax),
            "now": NOW,
            "today": TODAY,
            **values,
        }
    )


def submit(people: People, claim: Claim, **values: Any) -> Claim:
    return operations.submit_claim(
        **{"actor": people.buyer, "claim_id": claim.pk, "now": NOW, **values}
    )


def settle(people: People, claim: Claim, **values: Any) -> Claim:
    return operations.settle_claim(
        **{
            "actor": people.cashier,
            "claim_id": claim.pk,
            "paid_from": "CASH",
            "now": NOW,
            **values,
        }
    )


class TestAdvance:
    @pytest.mark.parametrize("amount", ["2280.00", "2400.00", "2520.00"])
    def test_near_to_the_estimate(self, people: People, amount: str) -> None:
        advance = ask(people, add_request(people), amount)

        assert advance.state == AdvanceState.SUBMITTED
        assert advance.amount == Decimal(amount)

    @pytest.mark.parametrize("amount", ["2600.00", "2520.01", "2279.99"])
    def test_off_the_estimate(self, people: People, amount: str) -> None:
        with pytest.raises(rules.AdvanceOutOfRange, match="±5"):
            ask(people, add_request(people), amount)

        assert not Advance.objects.exists()

    def test_one_open_advance_blocks_the_next(self, people: People) -> None:
        paid_out(people, add_request(people), "2400.00")

        with pytest.raises(rules.AdvanceOpen):
            ask(people, add_request(people), "2400.00")

    def test_what_is_not_approved_gets_none(self, people: People) -> None:
        request = add_request(people, state="SUBMITTED")

        with pytest.raises(operations.AdvanceStateWrong):
            ask(people, request, "2400.00")

    def test_finance_decides_and_the_cashier_pays(self, people: People) -> None:
        advance = ask(people, add_request(people), "2400.00")
        with pytest.raises(operations.AdvanceStateWrong):
            operations.pay_advance(
                actor=people.cashier, advance_id=advance.pk, paid_from="CASH", now=NOW
            )

        sign(ADVANCE, advance, people.finance)
        assert told_to_pay(people) == [(f"/c/advances/{advance.pk}/", "2,400.00")]
        paid = operations.pay_advance(
            actor=people.cashier, advance_id=advance.pk, paid_from="CASH", now=NOW
        )

        assert paid.state == AdvanceState.OPEN
        assert balance(AccountRole.ADVANCE) == Decimal("2400.00")
        assert balance(AccountRole.CASH) == Decimal("-2400.00")
        assert broken() == []
        with pytest.raises(operations.AdvanceStateWrong):
            operations.pay_advance(
                actor=people.cashier, advance_id=advance.pk, paid_from="CASH", now=NOW
            )

    def test_nobody_pays_himself(self, people: People) -> None:
        advance = ask(people, add_request(people), "2400.00")
        sign(ADVANCE, advance, people.finance)
        himself = people.cashier.__class__(
            label="buyer", user_id=people.buyer.user_id, grants=people.cashier.grants
        )

        with pytest.raises(DutiesMeet) as refused:
            operations.pay_advance(actor=himself, advance_id=advance.pk, paid_from="CASH", now=NOW)

        assert refused.value.details["rule"] == "SoD-22"
        with pytest.raises(ActionDenied):
            operations.pay_advance(
                actor=people.buyer, advance_id=advance.pk, paid_from="CASH", now=NOW
            )

    def test_only_cash_and_bank_pay(self, people: People) -> None:
        advance = ask(people, add_request(people), "2400.00")
        sign(ADVANCE, advance, people.finance)

        with pytest.raises(rules.AmountInvalid):
            operations.pay_advance(
                actor=people.cashier, advance_id=advance.pk, paid_from="RECEIVABLE", now=NOW
            )


class TestClaim:
    @pytest.fixture
    def request_c(self, people: People) -> PurchaseRequest:
        return add_request(people, purchase_class="C")

    def test_with_its_three_papers_it_settles_the_advance(
        self, people: People, request_c: PurchaseRequest
    ) -> None:
        advance = paid_out(people, request_c, "2400.00")
        order = bought(people, request_c)
        receive(people, order, "100")
        claim = draft(people, order, "2100.00", "273.00", advance_id=advance.pk)
        attach(people.buyer, claim, "SALES_SLIP", "INVOICE")
        submit(people, claim)

        sign(CLAIM, claim, people.finance)
        claim.refresh_from_db()
        assert claim.state == ClaimState.APPROVED
        assert claim.invoice.state == InvoiceState.BOOKED
        assert len(told_to_pay(people)) == 1  # of the advance: of this claim he pays nothing out
        settled = settle(people, claim)

        assert (settled.paid_out, settled.given_back) == (Decimal(0), Decimal("27.00"))
        advance.refresh_from_db()
        assert advance.state == AdvanceState.SETTLED
        assert balance(AccountRole.ADVANCE) == 0
        assert balance(AccountRole.CASH) == Decimal("-2373.00")
        assert balance(AccountRole.PAYABLE) == 0
        assert queries.balance_of(order.vendor_id) == 0
        assert broken() == []
        ask(people, add_request(people), "2400.00")

    def test_what_cost_more_is_paid_out(self, people: People, request_c: PurchaseRequest) -> None:
        advance = paid_out(people, request_c, "2400.00")
        order = bought(people, request_c, "24.86")
        receive(people, order, "100")
        claim = draft(people, order, "2200.00", "286.00", advance_id=advance.pk)
        attach(people.buyer, claim, "SALES_SLIP", "INVOICE")
        submit(people, claim)
        sign(CLAIM, claim, people.finance)
        assert told_to_pay(people)[1:] == [(f"/c/claims/{claim.pk}/", "86.00")]

        settled = settle(people, claim)

        assert (settled.paid_out, settled.given_back) == (Decimal("86.00"), Decimal(0))
        assert balance(AccountRole.CASH) == Decimal("-2486.00")
        assert broken() == []

    def test_without_a_stock_in_slip_there_is_no_claim(
        self, people: People, request_c: PurchaseRequest
    ) -> None:
        order = bought(people, request_c)
        receive(people, order, "100", "0")

        with pytest.raises(rules.PapersMissing) as refused:
            draft(people, order, "2100.00", "273.00")

        assert refused.value.details["missing"] == ["STOCK_IN_SLIP"]

    @pytest.mark.parametrize("there", ["SALES_SLIP", "INVOICE"])
    def test_papers_are_attached_before_it_is_submitted(
        self, people: People, request_c: PurchaseRequest, there: str
    ) -> None:
        order = bought(people, request_c)
        receive(people, order, "100")
        claim = draft(people, order, "2100.00", "273.00")
        attach(people.buyer, claim, there)

        with pytest.raises(rules.PapersMissing) as refused:
            submit(people, claim)

        assert refused.value.details["missing"] == list({"SALES_SLIP", "INVOICE"} - {there})
        claim.refresh_from_db()
        assert claim.state == ClaimState.DRAFT

    def test_papers_are_the_claimants_while_it_is_a_draft(
        self, people: People, request_c: PurchaseRequest
    ) -> None:
        order = bought(people, request_c)
        receive(people, order, "100")
        claim = draft(people, order, "2100.00", "273.00")
        attach(people.buyer, claim, "SALES_SLIP", "INVOICE")
        submit(people, claim)

        with pytest.raises(operations.ClaimStateWrong):
            attach(people.buyer, claim, "INVOICE")

    def test_the_buyer_does_not_settle_his_own(
        self, people: People, request_c: PurchaseRequest
    ) -> None:
        order = bought(people, request_c)
        receive(people, order, "100")
        claim = draft(people, order, "2100.00", "273.00")
        attach(people.buyer, claim, "SALES_SLIP", "INVOICE")
        submit(people, claim)
        with pytest.raises(operations.ClaimStateWrong):
            settle(people, claim)
        sign(CLAIM, claim, people.finance)
        himself = people.cashier.__class__(
            label="buyer", user_id=people.buyer.user_id, grants=people.cashier.grants
        )

        with pytest.raises(DutiesMeet) as refused:
            settle(people, claim, actor=himself)

        assert refused.value.details["rule"] == "SoD-22"

    def test_a_receipt_is_claimed_once(self, people: People, request_c: PurchaseRequest) -> None:
        order = bought(people, request_c)
        receive(people, order, "100")
        claim = draft(people, order, "2100.00", "273.00")

        with pytest.raises(operations.ClaimExists):
            draft(people, order, "2100.00", "273.00", figures=figures("2100.00", "273.00", "2"))
        operations.discard_claim(actor=people.buyer, claim_id=claim.pk, now=NOW)
        draft(people, order, "2100.00", "273.00")

    def test_anothers_advance_is_not_settled_with_it(
        self, people: People, request_c: PurchaseRequest
    ) -> None:
        advance = paid_out(people, add_request(people), "2400.00")  # for something else
        order = bought(people, request_c)
        receive(people, order, "100")

        with pytest.raises(operations.ClaimInvalid):
            draft(people, order, "2100.00", "273.00", advance_id=advance.pk)

    def test_a_vendor_on_account_is_not_paid_in_cash(
        self, people: People, request_c: PurchaseRequest
    ) -> None:
        order = bought(people, request_c)
        receive(people, order, "100")
        Vendor.objects.update(is_on_account=True)

        with pytest.raises(operations.OnAccount):
            draft(people, order, "2100.00", "273.00")

    def test_its_invoice_is_neither_booked_nor_paid_beside_it(
        self, people: People, request_c: PurchaseRequest
    ) -> None:
        order = bought(people, request_c)
        receive(people, order, "100")
        claim = draft(people, order, "2100.00", "273.00")

        calls: tuple[Callable[[], object], ...] = (
            lambda: operations.book_invoice(
                actor=people.finance, invoice_id=claim.invoice_id, now=NOW, today=TODAY
            ),
            lambda: operations.refuse_invoice(
                actor=people.finance, invoice_id=claim.invoice_id, reason="x", now=NOW
            ),
        )
        for call in calls:
            with pytest.raises(operations.InvoiceStateWrong):
                call()

    def test_withdrawn_it_gives_the_invoice_free(
        self, people: People, request_c: PurchaseRequest
    ) -> None:
        order = bought(people, request_c)
        receive(people, order, "100")
        claim = draft(people, order, "2100.00", "273.00")
        attach(people.buyer, claim, "SALES_SLIP", "INVOICE")
        submit(people, claim)
        case = cases.case_of(kind=CLAIM, subject=claim)
        assert case is not None

        approvals.withdraw(actor=people.buyer, case_id=case.pk, now=NOW)

        claim.refresh_from_db()
        assert (claim.state, claim.invoice.state) == (ClaimState.REFUSED, InvoiceState.REFUSED)


class TestEmergency:
    """S-35: class C is reimbursed only with its paper."""

    @pytest.mark.parametrize("state", ["CONSENTED", "CANCELLED"])
    def test_without_the_paper_nothing_is_reimbursed(self, people: People, state: str) -> None:
        request = add_request(people, purchase_class="C", state=state)
        order = bought(people, request)
        receive(people, order, "100")
        claim = draft(people, order, "2100.00", "273.00")
        attach(people.buyer, claim, "SALES_SLIP", "INVOICE")

        with pytest.raises(Conflict):
            submit(people, claim, now=datetime(2026, 12, 2, 2, 0, tzinfo=UTC))

        claim.refresh_from_db()
        assert claim.state == ClaimState.DRAFT


def test_papers_have_words() -> None:
    assert set(claims.PAPERS) == set(rules.ClaimPaper)
