from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.billing.cashier import rules
from services.billing.cashier.rules import OpenLine

TENTH = date(2026, 11, 10)


def line(
    line_id: int, amount: str, due: date = TENTH, order: int = 10, month: int = 11
) -> OpenLine:
    return OpenLine(line_id, due, order, date(2026, month, 1), Decimal(amount))


def test_oldest_due_day_is_paid_first() -> None:
    lines = [line(1, "50.00"), line(2, "30.00", date(2026, 9, 10)), line(3, "40.00", TENTH, 5)]

    assert rules.spread(lines, Decimal("75.00")) == [
        rules.Share(2, Decimal("30.00")),
        rules.Share(3, Decimal("40.00")),
        rules.Share(1, Decimal("5.00")),
    ]


def test_equal_due_days_go_by_the_order_of_items_then_the_month_then_the_line() -> None:
    lines = [
        line(4, "1", order=20, month=10),
        line(3, "1", order=10, month=11),
        line(2, "1", order=10, month=10),
        line(1, "1", order=10, month=11),
    ]

    assert [each.line_id for each in rules.in_turn(lines)] == [2, 1, 3, 4]


def test_more_than_is_open_is_refused_with_what_is_open() -> None:
    with pytest.raises(rules.AmountOverOpen) as refusal:
        rules.spread([line(1, "50.00"), line(2, "30.00")], Decimal("80.01"))

    assert refusal.value.field == "amount"
    assert refusal.value.details == {"open_amount": "80.00"}


@pytest.mark.parametrize(
    "amount",
    [
        "0",
        "-0.00",
        "-1",
        "0.001",
        "0.005",
        "1e11x",
        "1e400",
        "NaN",
        "sNaN",
        "Infinity",
        "-Infinity",
    ],
)
def test_what_is_no_amount_is_refused(amount: str) -> None:
    if amount.endswith("x"):
        amount = "1000000000000"  # one more digit than NUMERIC(14, 2) holds
    with pytest.raises(rules.AmountInvalid):
        rules.spread([line(1, "50.00")], Decimal(amount))


def test_amount_with_more_zeros_is_the_same_amount() -> None:
    assert str(rules.require_amount(Decimal("5.000"))) == "5.00"
    assert str(rules.require_amount(Decimal("5E+1"))) == "50.00"


@given(
    opens=st.lists(st.integers(1, 10_000_00), min_size=1, max_size=30),
    share=st.fractions(0, 1),
    days=st.data(),
)
def test_shares_conserve_the_amount_and_fill_lines_in_turn(
    opens: list[int], share: float, days: st.DataObject
) -> None:
    lines = [
        line(
            index,
            f"{cents / 100:.2f}",
            due=date(2026, days.draw(st.integers(1, 12)), 10),
            order=days.draw(st.sampled_from([10, 20, 30])),
        )
        for index, cents in enumerate(opens)
    ]
    cents = max(1, int(sum(opens) * share))

    shares = rules.spread(lines, Decimal(cents) / 100)

    open_of = {each.line_id: each.open_amount for each in lines}
    assert sum(each.amount for each in shares) == Decimal(cents) / 100
    assert all(0 < each.amount <= open_of[each.line_id] for each in shares)
    # All but the last are paid whole, and none is passed over.
    assert all(each.amount == open_of[each.line_id] for each in shares[:-1])
    turn = [each.line_id for each in rules.in_turn(lines)]
    assert [each.line_id for each in shares] == turn[: len(shares)]
    ranks = {each.line_id: (each.due_on, each.item_order) for each in lines}
    assert all(ranks[a.line_id] <= ranks[b.line_id] for a, b in pairwise(shares))


def test_cash_gets_change() -> None:
    change = rules.change_of_cash(
        amount=Decimal("2239.76"), tendered=Decimal("2300.00"), most=Decimal(1000)
    )

    assert change == Decimal("60.24")


def test_too_little_cash_is_refused() -> None:
    with pytest.raises(rules.TenderedTooLittle):
        rules.change_of_cash(
            amount=Decimal("2239.76"), tendered=Decimal("2239.75"), most=Decimal(1000)
        )


def test_change_that_is_a_slip_of_the_key_is_refused() -> None:
    with pytest.raises(rules.ChangeTooLarge):
        rules.change_of_cash(
            amount=Decimal("223.00"), tendered=Decimal("22300.00"), most=Decimal(10000)
        )


@pytest.mark.parametrize("tendered", ["10.01", "9.99"])
def test_other_methods_take_the_exact_amount(tendered: str) -> None:
    with pytest.raises(rules.TenderedNotExact):
        rules.require_exact(amount=Decimal("10.00"), tendered=Decimal(tendered))


def test_receipt_code_has_five_digits_and_grows_beyond_them() -> None:
    prefix = rules.receipt_prefix("YL", date(2026, 11, 20))

    assert rules.receipt_code(prefix, 1873) == "SJ-YL-202611-01873"
    assert rules.receipt_code(prefix, 123456) == "SJ-YL-202611-123456"


def test_digest_is_equal_for_equal_requests_only() -> None:
    one = rules.request_digest(amount=Decimal("5.0"), lines=[1, 2], note="")

    assert one == rules.request_digest(lines=[1, 2], note="", amount=Decimal("5.00"))
    assert one != rules.request_digest(lines=[1, 2], note="", amount=Decimal("5.01"))
    assert one != rules.request_digest(lines=None, note="", amount=Decimal("5.00"))
