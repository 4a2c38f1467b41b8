"""Amounts in words. A receipt is a voucher: the words decide when they differ from the figures."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.money import MAX_AMOUNT, in_capitals

DIGITS = {character: digit for digit, character in enumerate("零壹贰叁肆伍陆柒捌玖")}
PLACES = {"拾": 10, "佰": 100, "仟": 1000}
amounts = st.integers(0, int(MAX_AMOUNT * 100)).map(lambda cents: Decimal(cents) / 100)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "零元整"),
        ("0.01", "壹分"),
        ("0.10", "壹角"),
        ("0.15", "壹角伍分"),
        ("1", "壹元整"),
        ("1.01", "壹元零壹分"),
        ("1.10", "壹元壹角"),
        ("10", "壹拾元整"),
        ("15.05", "壹拾伍元零伍分"),
        ("20.50", "贰拾元伍角"),
        ("100", "壹佰元整"),
        ("101", "壹佰零壹元整"),
        ("110", "壹佰壹拾元整"),
        ("1000", "壹仟元整"),
        ("1001", "壹仟零壹元整"),
        ("1010", "壹仟零壹拾元整"),
        ("1100", "壹仟壹佰元整"),
        ("1409.50", "壹仟肆佰零玖元伍角"),  # the four examples of the annex
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("2239.76", "贰仟贰佰叁拾玖元柒角陆分"),
        ("10000", "壹万元整"),
        ("10001", "壹万零壹元整"),
        ("10010", "壹万零壹拾元整"),
        ("10100", "壹万零壹佰元整"),
        ("11000", "壹万壹仟元整"),
        ("100000", "壹拾万元整"),
        ("100100.10", "壹拾万零壹佰元壹角"),
        ("107000.53", "壹拾万柒仟元伍角叁分"),
        ("1000000", "壹佰万元整"),
        ("4398497.04", "肆佰叁拾玖万捌仟肆佰玖拾柒元零肆分"),
        ("10000001", "壹仟万零壹元整"),
        ("100000000", "壹亿元整"),
        ("100000001.01", "壹亿零壹元零壹分"),
        ("100010000", "壹亿零壹万元整"),
        ("100001000", "壹亿零壹仟元整"),
        ("110000000", "壹亿壹仟万元整"),
        ("10203040506.07", "壹佰零贰亿零叁佰零肆万零伍佰零陆元零柒分"),
        ("999999999999.99", "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ],
)
def test_amount_is_spelled(amount: str, text: str) -> None:
    assert in_capitals(Decimal(amount)) == text


@pytest.mark.parametrize("amount", ["-0.01", "1000000000000", "0.001", "NaN", "Infinity"])
def test_what_is_no_amount_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match=r"cannot be spelled|whole number of cents"):
        in_capitals(Decimal(amount))


@given(amounts)
def test_words_say_the_figures(amount: Decimal) -> None:
    assert read_capitals(in_capitals(amount)) == amount


@given(amounts)
def test_zeros_are_never_doubled_and_never_end_the_yuan(amount: Decimal) -> None:
    text = in_capitals(amount)

    assert "零零" not in text
    assert not re.search(r"零[元万亿角]", text.replace("零元整", ""))


def read_capitals(text: str) -> Decimal:
    """Return the amount in words, read from left to right: another way than it is written."""
    match = re.fullmatch(r"(?:(.+)元)?(?:零)?(?:(.)角)?(?:(.)分)?整?", text)
    assert match is not None, text
    yuan, jiao, fen = match.groups()
    return read_integer(yuan or "") + Decimal(
        f"0.{DIGITS[jiao] if jiao else 0}{DIGITS[fen] if fen else 0}"
    )


def read_integer(text: str) -> int:
    total = group = digit = 0
    for character in text:
        if character in DIGITS:
            digit = DIGITS[character]
        elif character in PLACES:
            group += digit * PLACES[character]
            digit = 0
        elif character == "万":
            total += (group + digit) * 10_000
            group = digit = 0
        else:
            total += (group + digit) * 100_000_000
            group = digit = 0
    return total + group + digit
