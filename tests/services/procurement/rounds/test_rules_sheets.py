from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.procurement.rounds.rules import sheets
from services.procurement.rounds.rules.sheets import Sheet, SheetFile, SheetLine

RATES = (Decimal(13), Decimal(9), Decimal(6), Decimal(3), Decimal(0))
LAMP = SheetLine(line_id=1, unit_price=Decimal("28.90"), brand="恒光 HG-18R", delivery_days=3)
CLOSER = SheetLine(line_id=8, unit_price=Decimal("64.50"))
WHOLE = Sheet(
    lines=(LAMP, CLOSER),
    freight=Decimal("120.00"),
    delivery_days=3,
    warranty_months=18,
    payment_terms="月结 30 天",
    valid_to=date(2026, 12, 31),
    files=(SheetFile(position=1, name="报价单.pdf", content_type="application/pdf", size_bytes=9),),
)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("28.90", "28.90"),
        (" ¥1,234.50 ", "1234.50"),
        ("２８．９", "28.9"),
        ("￥１，２３４元", "1234"),
        ("0.0001", "0.0001"),
    ],
)
def test_a_number_is_read_as_it_was_meant(typed: str, number: str) -> None:
    assert sheets.read_number(typed) == Decimal(number)


@pytest.mark.parametrize("typed", ["", "  ", "¥"])
def test_nothing_typed_is_no_number_and_no_fault(typed: str) -> None:
    assert sheets.read_number(typed) is None


@pytest.mark.parametrize("typed", ["abc", "1e5", "NaN", "Infinity", "1.2.3", "=1+1", "28.90/个"])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(sheets.SheetInvalid):
        sheets.read_number(typed)


def check(sheet: Sheet) -> None:
    sheets.check(sheet, line_ids={1, 8}, tax_percents=RATES)


def test_a_whole_quote_and_one_with_a_line_left_out_can_be_sealed() -> None:
    check(WHOLE)
    check(replace(WHOLE, lines=(LAMP,)))


@pytest.mark.parametrize(
    ("sheet", "field"),
    [
        (replace(WHOLE, lines=()), "lines"),
        (replace(WHOLE, freight=Decimal("-0.01")), "freight"),
        (replace(WHOLE, freight=Decimal("0.001")), "freight"),
        (replace(WHOLE, freight=Decimal("NaN")), "freight"),
        (replace(WHOLE, tax_percent=Decimal(12)), "tax_percent"),
        (replace(WHOLE, delivery_days=-1), "delivery_days"),
        (replace(WHOLE, warranty_months=9999), "warranty_months"),
        (replace(WHOLE, payment_terms="月" * 201), "payment_terms"),
    ],
)
def test_impossible_terms_are_refused_by_their_field(sheet: Sheet, field: str) -> None:
    with pytest.raises(sheets.SheetInvalid) as refusal:
        check(sheet)

    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (replace(CLOSER, unit_price=Decimal(0)), "unit_price"),
        (replace(CLOSER, unit_price=Decimal("NaN")), "unit_price"),
        (replace(CLOSER, unit_price=Decimal("0.00001")), "unit_price"),
        (replace(CLOSER, unit_price=Decimal("100000000")), "unit_price"),
        (replace(CLOSER, line_id=9), "line_id"),
        (replace(CLOSER, line_id=1), "line_id"),
        (replace(CLOSER, brand="冠" * 101), "brand"),
        (replace(CLOSER, delivery_days=-1), "delivery_days"),
    ],
)
def test_an_impossible_line_is_refused_by_its_number_and_field(line: SheetLine, field: str) -> None:
    with pytest.raises(sheets.SheetInvalid) as refusal:
        check(replace(WHOLE, lines=(LAMP, line)))

    assert refusal.value.field == field
    assert refusal.value.details == {"line_id": line.line_id}


def test_a_slip_of_the_decimal_point_is_seen_and_the_right_price_guessed() -> None:
    slipped = replace(WHOLE, lines=(LAMP, replace(CLOSER, unit_price=Decimal("645.00"))))

    assert sheets.unusual_lines(slipped, earlier={1: Decimal("28.00"), 8: Decimal("64.50")}) == {
        8: Decimal("64.50")
    }


def test_a_usual_price_and_one_without_an_earlier_are_passed_over() -> None:
    assert sheets.unusual_lines(WHOLE, earlier={1: Decimal("20.00")}) == {}


def test_what_was_written_is_read_again() -> None:
    assert sheets.from_bytes(sheets.to_bytes(WHOLE)) == WHOLE


TEXTS = st.text(max_size=100)
DAYS = st.none() | st.integers(0, 3650)


@given(
    st.builds(
        Sheet,
        lines=st.lists(
            st.builds(
                SheetLine,
                line_id=st.integers(1, 10**9),
                unit_price=st.decimals("0.0001", "99999999.9999", places=4),
                brand=TEXTS,
                delivery_days=DAYS,
                note=TEXTS,
            ),
            max_size=6,
            unique_by=lambda line: line.line_id,
        ).map(lambda lines: tuple(sorted(lines, key=lambda line: line.line_id))),
        freight=st.decimals("0", "99999999.99", places=2),
        tax_percent=st.sampled_from(RATES),
        delivery_days=DAYS,
        warranty_months=DAYS,
        payment_terms=TEXTS,
        valid_to=st.none() | st.dates(),
        note=TEXTS,
        files=st.just(()),
    )
)
def test_every_quote_survives_being_written_and_read(sheet: Sheet) -> None:
    assert sheets.from_bytes(sheets.to_bytes(sheet)) == sheet


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"version": 2}',
        sheets.to_bytes(WHOLE).rstrip()[:-1],
        sheets.to_bytes(WHOLE).replace(b'"28.90"', b'"twenty"'),
        b"\xff\xfe",
    ],
)
def test_bytes_that_are_no_quote_are_told_apart(content: bytes) -> None:
    with pytest.raises(sheets.SheetNotReadable):
        sheets.from_bytes(content)
