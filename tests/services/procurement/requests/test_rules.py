from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.procurement.requests import rules
from services.procurement.requests.rules import Asked, Budget, PurchaseClass

MAY = date(2026, 5, 1)
JUNE = date(2026, 6, 1)


@pytest.mark.parametrize(
    ("price", "is_fixed_asset", "is_emergency", "expected"),
    [
        ("120.00", False, False, "A"),  # S-33: a box of paper
        ("499.99", False, False, "A"),
        ("500.00", False, False, "B"),  # 3.6.4 rule 16: from the threshold on
        ("2400.00", False, False, "B"),  # S-34: a printer
        ("80.00", True, False, "B"),  # a fixed asset whatever it costs
        ("1850.00", False, True, "C"),  # S-35: a pump
        ("2400.00", True, True, "C"),
    ],
)
def test_the_class_follows_from_price_asset_and_emergency(
    *, price: str, is_fixed_asset: bool, is_emergency: bool, expected: str
) -> None:
    found = rules.class_of(
        unit_price=Decimal(price),
        is_fixed_asset=is_fixed_asset,
        is_emergency=is_emergency,
        threshold=Decimal("500.00"),
    )

    assert found == expected


@pytest.mark.parametrize(
    ("lines", "expected"), [("A", "A"), ("AB", "B"), ("AAA", "A"), ("ABC", "C"), ("BB", "B")]
)
def test_a_request_is_of_its_strictest_line(lines: str, expected: str) -> None:
    assert rules.class_of_request(PurchaseClass(each) for each in lines) == expected


@pytest.mark.parametrize(
    ("approved_on", "cutoff", "month"),
    [
        (date(2026, 5, 24), 25, MAY),  # S-33
        (date(2026, 5, 25), 25, MAY),
        (date(2026, 5, 26), 25, JUNE),
        (date(2026, 5, 27), 25, JUNE),  # S-33
        (date(2026, 12, 31), 25, date(2027, 1, 1)),
        (date(2027, 1, 31), 25, date(2027, 2, 1)),
        (date(2028, 2, 29), 28, date(2028, 3, 1)),
        (date(2026, 5, 1), 1, MAY),
    ],
)
def test_a_late_approval_rolls_into_the_next_round(
    approved_on: date, cutoff: int, month: date
) -> None:
    assert rules.purchase_month(approved_on=approved_on, cutoff_day=cutoff) == month


@pytest.mark.parametrize(
    ("day", "is_refused"),
    [(date(2026, 6, 19), False), (date(2026, 6, 20), False), (date(2026, 6, 22), True)],  # S-34
)
def test_class_b_is_approved_ten_days_before_use(*, day: date, is_refused: bool) -> None:
    needed = {"day": day, "needed_on": date(2026, 6, 30), "lead_days": 10}
    if not is_refused:
        rules.require_lead(**needed)  # type: ignore[arg-type]
        return

    with pytest.raises(rules.LeadTooShort) as refusal:
        rules.require_lead(**needed)  # type: ignore[arg-type]

    assert refusal.value.field == "needed_on"
    assert refusal.value.details == {"due": "2026-06-20", "lead_days": 10}


@pytest.mark.parametrize(
    ("quantity", "price", "amount"),
    [("30", "120.00", "3600.00"), ("1.5", "0.33", "0.50"), ("0.001", "4.9999", "0.00")],
)
def test_a_line_is_rounded_once(quantity: str, price: str, amount: str) -> None:
    found = rules.line_amount(quantity=Decimal(quantity), unit_price=Decimal(price))

    assert found == Decimal(amount)


@pytest.mark.parametrize(
    ("quantity", "price", "field"),
    [
        ("0", "1", "quantity"),
        ("-1", "1", "quantity"),
        ("NaN", "1", "quantity"),
        ("Infinity", "1", "quantity"),
        ("0.0001", "1", "quantity"),
        ("10000000", "1", "quantity"),
        ("1", "0", "unit_price"),
        ("1", "NaN", "unit_price"),
        ("1", "0.00001", "unit_price"),
        ("9999999.999", "99999999.9999", "quantity"),
    ],
)
def test_figures_that_no_order_can_have_are_refused(quantity: str, price: str, field: str) -> None:
    with pytest.raises(rules.LineInvalid) as refusal:
        rules.line_amount(quantity=Decimal(quantity), unit_price=Decimal(price))

    assert refusal.value.field == field


def test_within_the_budget_no_reason_is_asked_for() -> None:
    budget = Budget(amount=Decimal(5000), committed=Decimal(1000), spent=Decimal(400))

    assert rules.require_budget(budget, wanted=Decimal("3600.00"), exception_reason="") is False


def test_over_the_budget_without_a_reason_is_refused_with_the_figures() -> None:
    budget = Budget(amount=Decimal(5000), committed=Decimal(1000), spent=Decimal("400.01"))

    with pytest.raises(rules.OverBudget) as refusal:
        rules.require_budget(budget, wanted=Decimal("3600.00"), exception_reason=" ")

    assert refusal.value.details == {"free": "3599.99", "wanted": "3600.00"}


def test_a_reason_lets_it_go_on_and_marks_it() -> None:
    assert rules.require_budget(
        Budget(amount=Decimal(0)), wanted=Decimal("0.01"), exception_reason="水泵损坏"
    )


def asked(request_id: int, amount: str, goods: str = "硒鼓", project: int | None = 1) -> Asked:
    return Asked(
        request_id=request_id,
        project_id=project,
        goods=goods,
        month=MAY,
        amount=Decimal(amount),
    )


def test_requests_below_the_threshold_that_reach_it_together_are_a_split() -> None:
    [found] = rules.splits(
        [asked(1, "9000"), asked(2, "6000"), asked(1, "1000"), asked(3, "4000")],
        threshold=Decimal(20000),
    )

    assert found.request_ids == (1, 2, 3)
    assert found.amount == Decimal(20000)


@pytest.mark.parametrize(
    "lines",
    [
        [asked(1, "20000")],
        [asked(1, "12000"), asked(1, "12000")],  # one request: seen by its signers whole
        [asked(1, "25000"), asked(2, "100")],  # the large one went its proper way
        [asked(1, "12000"), asked(2, "12000", goods="复印纸")],
        [asked(1, "12000"), asked(2, "12000", project=2)],
        [asked(1, "12000"), asked(2, "7999.99")],
    ],
)
def test_what_is_no_split_is_not_reported(lines: list[Asked]) -> None:
    assert rules.splits(lines, threshold=Decimal(20000)) == []


@given(
    st.lists(
        st.builds(
            asked,
            st.integers(1, 5),
            st.integers(1, 30000).map(str),
            st.sampled_from(["硒鼓", "复印纸"]),
            st.sampled_from([None, 1, 2]),
        ),
        max_size=20,
    )
)
def test_the_order_of_requests_changes_nothing(lines: list[Asked]) -> None:
    found = rules.splits(lines, threshold=Decimal(20000))

    assert found == rules.splits(lines[::-1], threshold=Decimal(20000))
    for split in found:
        assert len(split.request_ids) > 1
        assert split.amount >= 20000
