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
