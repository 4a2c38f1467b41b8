"""Fields that several endpoints share."""

from typing import Any

from rest_framework import serializers

LARGEST_ID = 2**63 - 1  # bigint


class IdField(serializers.IntegerField):
    """The id of a record."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("min_value", 1)
        kwargs.setdefault("max_value", LARGEST_ID)
        super().__init__(**kwargs)


class AmountField(serializers.DecimalField):
    """An amount with two decimals."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=14, decimal_places=2, **kwargs)


class QuantityField(serializers.DecimalField):
    """Square metres, a consumption, or 1."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=12, decimal_places=2, **kwargs)


class PriceField(serializers.DecimalField):
    """A price for one unit of the quantity."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=12, decimal_places=4, **kwargs)


class RateField(serializers.DecimalField):
    """The share of the full fee that is charged, of one."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=5, decimal_places=4, **kwargs)
