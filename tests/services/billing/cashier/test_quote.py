"""A quote is what the payment then does."""

from decimal import Decimal
from typing import Any

import pytest

from kernel.access.actors import ActionDenied
from kernel.errors import NotFound
from services.billing.cashier import queries, rules
from services.billing.cashier.models import Allocation, PaymentMethod
from services.properties.models import Household
from tests import factories
from tests.factories_cashier import Bill, Counter, add_household, open_counter, pay, post_bills
from tests.services.billing.cashier.conftest import written


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"amount": Decimal("400.00")},
        {"amount": Decimal("400.00"), "tendered": Decimal("500.00")},
        {"method": PaymentMethod.TRANSFER, "amount": Decimal("0.01")},
    ],
)
def test_the_payment_does_what_the_quote_said(
    counter: Counter, household: Household, values: dict[str, Any]
) -> None:
    before = written()
    quote = queries.quote(actor=counter.collector, household_id=household.pk, **values)
    assert written() == before

    amount = values.pop("amount", None)
    receipt = pay(counter.collector, household, None if amount is None else str(amount), **values)

    payment = receipt.payment
    assert (quote.amount, quote.change) == (payment.amount, payment.change)
    assert quote.rest == quote.open_total - payment.amount
    paid = Allocation.objects.filter(payment=payment).order_by("pk")
    assert [(share.line_id, share.amount) for share in quote.shares] == list(
        paid.values_list("line_id", "amount")
    )


def test_chosen_bills_only(counter: Counter, household: Household) -> None:
    (line,) = post_bills(household, [Bill("12.30", item="DTF")])

    quote = queries.quote(
        actor=counter.collector, household_id=household.pk, line_ids=[line.pk, line.pk]
    )

    assert quote.open_total == quote.amount == Decimal("12.30")


def test_where_nothing_is_open_there_is_nothing_to_take(counter: Counter) -> None:
    household = add_household(counter.project, "1-1-101")

    quote = queries.quote(actor=counter.collector, household_id=household.pk)

    assert [quote.open_total, quote.amount, quote.change] == [Decimal(0)] * 3
    assert not quote.shares
    with pytest.raises(rules.AmountOverOpen):
        queries.quote(actor=counter.collector, household_id=household.pk, amount=Decimal("1.00"))


def test_a_bill_of_another_household_is_not_found(counter: Counter, household: Household) -> None:
    (line,) = post_bills(add_household(counter.project, "1-1-101"), [Bill("1.00")])

    with pytest.raises(NotFound):
        queries.quote(actor=counter.collector, household_id=household.pk, line_ids=[line.pk])


def test_a_quote_is_for_whoever_takes_money(counter: Counter, household: Household) -> None:
    director = factories.add_actor("zhaomin", "charging_director")
    stranger = open_counter("HB", "湖滨", "sun").collector

    with pytest.raises(ActionDenied):
        queries.quote(actor=director, household_id=household.pk)
    with pytest.raises(NotFound):
        queries.quote(actor=stranger, household_id=household.pk)
