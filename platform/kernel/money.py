"""Money: ``Decimal`` in the currency's major unit. One rounding, one split, one way to spell it."""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
MAX_AMOUNT = Decimal("999999999999.99")  # NUMERIC(14, 2)

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿")


def round_money(amount: Decimal) -> Decimal:
    """Round to the cent, halves away from zero (BL-04, ``fee.rounding=half_up_0.01``)."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def to_cents(amount: Decimal) -> int:
    """Return ``amount`` (major units) as a whole number of cents.

    :raises ValueError: if ``amount`` has a fraction of a cent.
    """
    cents = amount * 100
    if cents != cents.to_integral_value():
        raise ValueError(f"{amount} is not a whole number of cents")
    return int(cents)


def split(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Divide ``total`` in proportion to ``weights`` so that the parts sum to it exactly.

    Largest remainder: each part is rounded down to the cent, the spare cents go one by one to
    the largest remainders, the earlier part first where remainders are equal.

    :raises ValueError: if ``total`` is no whole number of cents or no weight is positive.
    """
    cents = to_cents(total)
    weight_sum = sum(weights, Decimal(0))
    if weight_sum <= 0 or any(weight < 0 for weight in weights):
        raise ValueError("weights must be zero or more and one of them positive")
    shares = [Decimal(cents) * weight / weight_sum for weight in weights]
    floors = [int(share.to_integral_value(ROUND_FLOOR)) for share in shares]
    by_remainder = sorted(range(len(shares)), key=lambda i: (floors[i] - shares[i], i))
    for i in by_remainder[: cents - sum(floors)]:
        floors[i] += 1
    return [Decimal(part) / 100 for part in floors]


def in_capitals(amount: Decimal) -> str:
    """Spell ``amount`` in Chinese financial capitals, e.g. ``贰仟贰佰叁拾玖元柒角陆分``.

    The central bank's rules for vouchers (支付结算办法, annex 1): 整 ends an amount of whole yuan;
    after jiao it may be left out, and is. A row of zeros between digits is one 零.

    :raises ValueError: below zero, over ``MAX_AMOUNT``, no number, or with a fraction of a cent.
    """
    if not amount.is_finite() or not 0 <= amount <= MAX_AMOUNT:
        raise ValueError(f"{amount} cannot be spelled")
    yuan, cents = divmod(to_cents(amount), 100)
    jiao, fen = divmod(cents, 10)
    if not cents:
        return f"{_integer_in_capitals(yuan)}元整"
    text = f"{_integer_in_capitals(yuan)}元" if yuan else ""
    if jiao:
        text += f"{_DIGITS[jiao]}角"
    elif yuan:
        text += "零"
    return f"{text}{_DIGITS[fen]}分" if fen else text


def _integer_in_capitals(number: int) -> str:
    if number == 0:
        return _DIGITS[0]
    groups: list[int] = []  # of four digits, the lowest first
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    text = ""
    for index in range(len(groups) - 1, -1, -1):
        group = groups[index]
        if not group:
            continue
        # Zeros at the head of a group, or whole groups of them before it, are one 零.
        has_gap = text and (group < 1000 or not groups[index + 1])
        text += ("零" if has_gap else "") + _group_in_capitals(group) + _GROUPS[index]
    return text


def _group_in_capitals(group: int) -> str:
    text, has_gap = "", False
    for place in (3, 2, 1, 0):
        digit = group // 10**place % 10
        if digit:
            text += ("零" if has_gap and text else "") + _DIGITS[digit] + _PLACES[place]
        has_gap = not digit
    return text
