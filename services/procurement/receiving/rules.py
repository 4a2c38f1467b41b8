"""What goods are worth at the door, untaxed, however many parts they come in. Pure."""

from decimal import Decimal

from kernel.money import round_money


def net(amount: Decimal, *, tax_percent: Decimal) -> Decimal:
    """Return an amount without the tax that it includes, to the cent."""
    return round_money(amount * 100 / (100 + tax_percent))


def value_of(
    *, unit_price: Decimal, tax_percent: Decimal, before: Decimal, quantity: Decimal
) -> Decimal:
    """Return what a part of a line is worth without tax.

    It is counted from what came before, so that the parts of a line add up to what the whole of it
    is worth, to the cent.

    :param unit_price: with tax.
    :param before: how much of the line came before this part.
    """
    after = net(unit_price * (before + quantity), tax_percent=tax_percent)
    return after - net(unit_price * before, tax_percent=tax_percent)


def spent_on(*, unit_price: Decimal, before: Decimal, quantity: Decimal) -> Decimal:
    """Return what a part of a line costs with tax; the parts add up like those of its value."""
    return round_money(unit_price * (before + quantity)) - round_money(unit_price * before)
