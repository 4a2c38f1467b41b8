"""Fields that several endpoints share."""

from typing import Any

from django import forms
from django_filters import NumberFilter
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

LARGEST_ID = 2**63 - 1  # bigint


class IdField(serializers.IntegerField):
    """The id of a record."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("min_value", 1)
        kwargs.setdefault("max_value", LARGEST_ID)
        super().__init__(**kwargs)


class _IdFormField(forms.IntegerField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "min_value": 1, "max_value": LARGEST_ID})


@extend_schema_field({"type": "integer", "minimum": 1, "maximum": LARGEST_ID})
class IdFilter(NumberFilter):
    """Narrows a list to the records that belong to another one."""

    field_class = _IdFormField
