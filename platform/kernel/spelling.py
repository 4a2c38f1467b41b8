"""How numbers, amounts and shares are spelled, on pages and on paper: alike in every language."""

from decimal import Decimal

MINUS = "\u2212"
NOTHING = "\u2014"  # an em dash: shown where a table cell has no value


def spell_number(value: Decimal | int | float | None, places: int | None = None) -> str:
    """Return ``value`` with thousand separators and a true minus sign.

    :param places: decimals; without it those the value has.
    """
    if value is None:
        return NOTHING
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    if not exact.is_finite():
        return NOTHING
    if places is None and exact == exact.to_integral_value():
        places = 0
    text = f"{abs(exact):,f}" if places is None else f"{abs(exact):,.{places}f}"
    return f"{MINUS}{text}" if exact < 0 and text.strip("0.,") else text


def spell_money(amount: Decimal | int | None) -> str:
    """Return ``amount`` (major units) with two decimals: ``2,239.76``, ``−200.00``."""
    return spell_number(amount, 2)


def spell_price(price: Decimal | None) -> str:
    """Return a unit price with the decimals it has, at least two: ``28.90``, ``0.335``."""
    if price is None or not price.is_finite():
        return NOTHING
    exponent = price.normalize().as_tuple().exponent
    assert isinstance(exponent, int), "a finite number"
    return spell_number(price, max(2, -exponent))


def spell_percent(share: Decimal | float | None, places: int = 1) -> str:
    """Return a share of one as a percentage: ``0.914`` is ``91.4%``."""
    if share is None:
        return NOTHING
    return f"{spell_number(Decimal(str(share)) * 100, places)}%"


def spell_share(share: Decimal) -> str:
    """Return the share of a fee that is charged: ``70%``, and ``85.03%`` for part of a month."""
    return spell_percent(share, 0 if share * 100 % 1 == 0 else 2)
