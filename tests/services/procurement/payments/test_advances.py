"""Advances that were not used: given up, or the money back in the box (PR-74); one of a request."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from kernel.access import ActionDenied
from kernel.audit.models import AuditEntry
from kernel.duties.errors import DutiesMeet
from kernel.identity.leaving import Held
from services.billing.ledger.models import AccountRole
from services.procurement.payments import leaving, operations, rules
from services.procurement.payments.models import Advance, AdvanceState
from services.procurement.payments.operations.advances import KIND
from services.procurement.requests.models import PurchaseRequest
from services.procurement.texts import TextInvalid
from tests.factories import NOW, TODAY
from tests.factories_procurement_money import (
    People,
    add_order,
    add_request,
    receive,
    sign,
)
from tests.factories_procurement_stock import add_item, add_warehouse
from tests.services.procurement.money import balance, broken
from tests.services.procurement.payments.billing import figures

AMOUNT = Decimal("2400.00")


def ask(people: People, request: PurchaseRequest) -> Advance:
    return operations.ask_advance(
        actor=people.buyer, request_id=request.pk, amount=AMOUNT, purpose="采购办公用品", now=NOW
    )


@pytest.fixture
def request_(people: People) -> PurchaseRequest:
    return add_request(people, purchase_class="C")


@pytest.fixture
def approved(people: People, request_: PurchaseRequest) -> Advance:
    advance = ask(people, request_)
    sign(KIND, advance, people.finance)
    advance.refresh_from_db()
    return advance


@pytest.fixture
def out(people: People, approved: Advance) -> Advance:
    return operations.pay_advance(
        actor=people.cashier, advance_id=approved.pk, paid_from="BANK", now=NOW
    )


def take_back(people: People, advance: Advance, **values: Any) -> Advance:
    return operations.take_back_advance(
        **{
            "actor": people.cashier,
            "advance_id": advance.pk,
            "paid_into": "CASH",
            "reason": "市场无货",
            "now": NOW,
            **values,
        }
    )


def drop(people: People, advance: Advance, **values: Any) -> Advance:
    return operations.drop_advance(
        **{
            "actor": people.buyer,
            "advance_id": advance.pk,
            "reason": "改由挂账供应商供货",
            "now": NOW,
            **values,
        }
    )


def held(people: People) -> list[Held]:
    user_id = people.buyer.require_person()
    return list(leaving.CHECKS[0].find(user_id=user_id, today=TODAY))


class TestGivenBack:
    def test_the_money_is_back_and_nothing_is_open(self, people: People, out: Advance) -> None:
        assert len(held(people)) == 1

        back = take_back(people, out)

        back.refresh_from_db()
        assert back.state == AdvanceState.RETURNED
        assert (back.ended_by, back.end_reason) == (people.cashier.user_id, "市场无货")
        assert balance(AccountRole.ADVANCE) == 0
        assert balance(AccountRole.BANK) == -AMOUNT
        assert balance(AccountRole.CASH) == AMOUNT
        assert broken() == []
        assert held(people) == []
        assert AuditEntry.objects.filter(event="procurement.advance.returned").count() == 1

    def test_then_there_may_be_another(self, people: People, out: Advance) -> None:
        take_back(people, out)

        again = ask(people, out.request)

        assert again.state == AdvanceState.SUBMITTED

    @pytest.mark.parametrize("steps", [[], [take_back]])
    def test_only_what_is_out(
        self,
        people: People,
        approved: Advance,
        steps: list[Callable[..., Advance]],
    ) -> None:
        if steps:
            operations.pay_advance(
                actor=people.cashier, advance_id=approved.pk, paid_from="CASH", now=NOW
            )
        for step in steps:
            step(people, approved)

        with pytest.raises(operations.AdvanceStateWrong):
            take_back(people, approved)
        assert balance(AccountRole.ADVANCE) == 0

    def test_not_while_a_claim_settles_it(self, people: People, out: Advance) -> None:
        order = add_order(
            people,
            [(add_item("PAPER", name="复印纸"), "100", "23.73")],
            request=out.request,
            warehouse=add_warehouse(),
        )
        receive(people, order, "100")
        claim = operations.draft_claim(
            actor=people.buyer,
            receipt_id=order.receipts.get().pk,
            sales_slip="XH-7781",
            figures=figures("2100.00", "273.00"),
            advance_id=out.pk,
            now=NOW,
            today=TODAY,
        )

        with pytest.raises(operations.AdvanceStateWrong, match=claim.number):
            take_back(people, out)
        operations.discard_claim(actor=people.buyer, claim_id=claim.pk, now=NOW)
        assert take_back(people, out).state == AdvanceState.RETURNED

    def test_by_the_cashier_and_never_by_whoever_had_it(self, people: People, out: Advance) -> None:
        himself = people.cashier.__class__(
            label="buyer", user_id=people.buyer.user_id, grants=people.cashier.grants
        )

        with pytest.raises(DutiesMeet) as refused:
            take_back(people, out, actor=himself)
        assert refused.value.details["rule"] == "SoD-22"
        with pytest.raises(ActionDenied):
            take_back(people, out, actor=people.buyer)
        out.refresh_from_db()
        assert out.state == AdvanceState.OPEN

    @pytest.mark.parametrize(
        ("values", "error"),
        [({"reason": " "}, TextInvalid), ({"paid_into": "PAYABLE"}, rules.AmountInvalid)],
    )
    def test_says_why_and_where(
        self, people: People, out: Advance, values: dict[str, str], error: type[Exception]
    ) -> None:
        with pytest.raises(error):
            take_back(people, out, **values)

        assert balance(AccountRole.ADVANCE) == AMOUNT


class TestGivenUp:
    def test_before_it_was_paid_out(self, people: People, approved: Advance) -> None:
        dropped = drop(people, approved)

        dropped.refresh_from_db()
        assert dropped.state == AdvanceState.DROPPED
        assert dropped.end_reason == "改由挂账供应商供货"
        assert balance(AccountRole.ADVANCE) == 0
        assert held(people) == []
        with pytest.raises(operations.AdvanceStateWrong):
            operations.pay_advance(
                actor=people.cashier, advance_id=approved.pk, paid_from="CASH", now=NOW
            )
        assert broken() == []

    def test_not_once_it_is_paid_out(self, people: People, out: Advance) -> None:
        with pytest.raises(operations.AdvanceStateWrong):
            drop(people, out)

    def test_by_nobody_else(self, people: People, approved: Advance) -> None:
        another = people.buyer.__class__(
            label="other", user_id=people.manager.user_id, grants=people.buyer.grants
        )

        with pytest.raises(operations.AdvanceStateWrong):
            drop(people, approved, actor=another)
        with pytest.raises(ActionDenied):
            drop(people, approved, actor=people.cashier)
        approved.refresh_from_db()
        assert approved.state == AdvanceState.APPROVED


class TestOneOfARequest:
    def test_another_persons_is_refused(self, people: People, out: Advance) -> None:
        another = people.buyer.__class__(
            label="other", user_id=people.manager.user_id, grants=people.buyer.grants
        )

        with pytest.raises(operations.AdvanceTaken, match=out.number):
            operations.ask_advance(
                actor=another, request_id=out.request_id, amount=AMOUNT, purpose="同一单", now=NOW
            )
        assert Advance.objects.count() == 1

    def test_what_was_bought_and_settled_is_not_advanced_again(
        self, people: People, out: Advance
    ) -> None:
        Advance.objects.filter(pk=out.pk).update(state=AdvanceState.SETTLED)

        with pytest.raises(operations.AdvanceTaken):
            ask(people, out.request)

    def test_one_that_was_given_up_is_none(self, people: People, approved: Advance) -> None:
        drop(people, approved)

        assert ask(people, approved.request).state == AdvanceState.SUBMITTED
