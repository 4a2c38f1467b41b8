from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.procurement.payments import rules
from services.procurement.payments.rules import Billed, ClaimPaper, Mismatch, Open, Ordered

TODAY = date(2026, 11, 22)
WORDS = {
    ClaimPaper.SALES_SLIP: "销货单",
    ClaimPaper.STOCK_IN_SLIP: "入库单",
    ClaimPaper.INVOICE: "发票",
}


@pytest.mark.parametrize("amount", ["2280.00", "2400.00", "2520.00"])
def test_an_advance_within_five_per_cent_is_accepted(amount: str) -> None:
    given_ = rules.require_advance(
        Decimal(amount), estimate=Decimal("2400.00"), tolerance_percent=5
    )

    assert given_ == Decimal(amount)


@pytest.mark.parametrize("amount", ["2279.99", "2520.01", "2600.00"])
def test_an_advance_further_off_is_refused_with_the_range(amount: str) -> None:
    with pytest.raises(rules.AdvanceOutOfRange) as refusal:
        rules.require_advance(Decimal(amount), estimate=Decimal("2400.00"), tolerance_percent=5)

    assert refusal.value.details == {"least": "2280.00", "most": "2520.00"}


def test_the_limits_are_rounded_inwards() -> None:
    assert rules.advance_range(estimate=Decimal("0.33"), tolerance_percent=5) == (
        Decimal("0.32"),
        Decimal("0.34"),
    )


@pytest.mark.parametrize("amount", ["0", "-1", "NaN", "2400.001"])
def test_an_advance_that_is_no_amount_is_refused(amount: str) -> None:
    with pytest.raises(rules.AmountInvalid):
        rules.require_advance(Decimal(amount), estimate=Decimal(2400), tolerance_percent=5)


def test_one_open_advance_blocks_the_next() -> None:
    rules.require_no_open_advance(open_count=0, most=1)

    with pytest.raises(rules.AdvanceOpen):
        rules.require_no_open_advance(open_count=1, most=1)


def test_a_claim_without_its_stock_in_slip_is_refused_by_name() -> None:
    with pytest.raises(rules.PapersMissing, match="入库单") as refusal:
        rules.require_papers({ClaimPaper.SALES_SLIP, ClaimPaper.INVOICE}, words=WORDS)

    assert refusal.value.details == {"missing": ["STOCK_IN_SLIP"]}
    rules.require_papers(list(ClaimPaper), words=WORDS)


@pytest.mark.parametrize(
    ("advance", "claim", "paid", "back"),
    [
        ("2400", "2450.50", "50.50", "0"),
        ("2400", "2300", "0", "100"),
        ("2400", "2400", "0", "0"),
        ("0", "1850", "1850", "0"),
    ],
)
def test_advance_and_claim_leave_one_difference(
    advance: str, claim: str, paid: str, back: str
) -> None:
    assert rules.settle(advance=Decimal(advance), claim=Decimal(claim)) == (
        Decimal(paid),
        Decimal(back),
    )


def ordered(accepted: str = "28", billed: str = "0", price: str = "120.00") -> Ordered:
    return Ordered(
        line_id=1,
        unit_price=Decimal(price),
        accepted=Decimal(accepted),
        billed=Decimal(billed),
    )


def billed(quantity: str, price: str = "120.00", line_id: int = 1) -> Billed:
    return Billed(line_id=line_id, quantity=Decimal(quantity), unit_price=Decimal(price))


@pytest.mark.parametrize(
    ("invoice", "line", "mismatch", "amount"),
    [
        (billed("30"), ordered(), Mismatch.NOT_RECEIVED, "240.00"),  # S-36: 28 of 30
        (billed("28"), ordered(billed="28"), Mismatch.BILLED_BEFORE, "3360.00"),
        (billed("10"), ordered(billed="20"), Mismatch.BILLED_BEFORE, "240.00"),
        (billed("28", "122.41"), ordered(), Mismatch.PRICE, "67.48"),
        (billed("1", line_id=9), ordered(), Mismatch.NOT_ORDERED, "120.00"),
        (billed("1"), ordered(accepted="0"), Mismatch.NOT_RECEIVED, "120.00"),
    ],
)
def test_an_invoice_that_asks_for_more_does_not_match(
    invoice: Billed, line: Ordered, mismatch: Mismatch, amount: str
) -> None:
    [found] = rules.match([invoice], [line], tolerance_percent=Decimal(2))

    assert (found.mismatch, found.amount) == (mismatch, Decimal(amount))


@pytest.mark.parametrize(
    "invoice", [billed("28"), billed("10"), billed("28", "119.00"), billed("28", "122.40")]
)
def test_an_invoice_for_what_was_accepted_matches(invoice: Billed) -> None:
    assert rules.match([invoice], [ordered()], tolerance_percent=Decimal(2)) == []


def test_one_line_billed_twice_in_one_invoice_is_noticed() -> None:
    [found] = rules.match([billed("20"), billed("20")], [ordered()], tolerance_percent=Decimal(0))

    assert (found.mismatch, found.amount) == (Mismatch.BILLED_BEFORE, Decimal("1440.00"))


@pytest.mark.parametrize(
    ("days", "column"),
    [(-1, 0), (0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4), (999, 4)],
)
def test_an_amount_stands_in_the_column_of_its_age(days: int, column: int) -> None:
    assert rules.age_column(due_on=TODAY - timedelta(days=days), today=TODAY) == column


@given(
    st.lists(
        st.builds(
            lambda days, amount: Open(due_on=TODAY - timedelta(days=days), amount=amount),
            st.integers(-400, 400),
            st.decimals("0.01", "99999", places=2),
        )
    )
)
def test_the_columns_are_together_what_is_owed(rows: list[Open]) -> None:
    assert sum(rules.ageing(rows, today=TODAY)) == sum(row.amount for row in rows)


@given(
    st.lists(
        st.builds(
            lambda days, amount: Open(due_on=TODAY - timedelta(days=days), amount=amount),
            st.integers(-90, 90),
            st.decimals("0.01", "9999", places=2),
        ),
        min_size=1,
        max_size=8,
    ),
    st.data(),
)
def test_an_amount_is_spread_without_losing_a_cent(rows: list[Open], data: st.DataObject) -> None:
    owed = sum(row.amount for row in rows)
    amount = data.draw(st.decimals("0.01", owed, places=2))

    shares = rules.spread(amount, list(enumerate(rows)))

    assert sum(part for _key, part in shares) == amount
    assert all(0 < part <= rows[key].amount for key, part in shares)
    days = [rows[key].due_on for key, _part in shares]
    assert days == sorted(days)
    assert all(part == rows[key].amount for key, part in shares[:-1])


def test_no_more_is_spread_than_is_owed() -> None:
    with pytest.raises(rules.AmountInvalid):
        rules.spread(Decimal("10.01"), [(1, Open(due_on=TODAY, amount=Decimal(10)))])


@given(
    st.decimals("0.01", "99999", places=2),
    st.lists(st.integers(1, 50), min_size=1, max_size=6),
)
def test_parts_of_a_line_release_all_of_it(accrued: Decimal, parts: list[int]) -> None:
    left, open_quantity = accrued, Decimal(sum(parts))
    for part in map(Decimal, parts):
        released = rules.released(accrued=left, open_quantity=open_quantity, quantity=part)
        assert 0 <= released <= left
        left, open_quantity = left - released, open_quantity - part

    assert left == 0


@pytest.mark.parametrize(
    ("billed_amount", "before", "over"), [("50", "0", None), ("51", "0", "1"), ("1", "50", "1")]
)
def test_freight_is_billed_as_agreed(billed_amount: str, before: str, over: str | None) -> None:
    found = rules.freight_finding(
        billed=Decimal(billed_amount), agreed=Decimal(50), billed_before=Decimal(before)
    )

    assert (found.amount if found is not None else None) == (Decimal(over) if over else None)
