"""Filters of lists that refuse what they do not understand instead of passing it over."""

import re
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field

from api.bodies import DAY, WHOLE
from api.fields import LARGEST_ID

AMOUNT_PATTERN = r"^\d{1,12}(\.\d{1,2})?$"
AMOUNT = re.compile(AMOUNT_PATTERN, re.ASCII)


class FilterSet(filters.FilterSet):
    """A parameter that is there and empty is a mistake: without it the list is not narrowed."""

    def is_valid(self) -> bool:
        if self.is_bound:
            for name in self.filters:
                if self.data.get(name) == "":
                    self.form.add_error(name, _("Give a value or leave the parameter out."))
        return bool(super().is_valid())


class _IdFormField(forms.IntegerField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "min_value": 1, "max_value": LARGEST_ID})

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and value and not WHOLE.fullmatch(value):
            raise forms.ValidationError(_("Must be a whole number."), "invalid")
        return super().to_python(value)


@extend_schema_field({"type": "integer", "minimum": 1, "maximum": LARGEST_ID})
class IdFilter(filters.NumberFilter):
    """Narrows a list to the records that belong to another one."""

    field_class = _IdFormField


class _DayFormField(forms.DateField):
    def to_python(self, value: Any) -> date | None:
        if isinstance(value, str) and value and not DAY.fullmatch(value):
            raise forms.ValidationError(_("Must be a day such as 2026-11-30."), "invalid")
        return super().to_python(value)


class DayFilter(filters.DateFilter):
    """Narrows a list to a day, or with ``lookup_expr`` to those from or up to it."""

    field_class = _DayFormField


class _AmountFormField(forms.DecimalField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "max_digits": 14, "decimal_places": 2})

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and value and not AMOUNT.fullmatch(value):
            raise forms.ValidationError(_("Must be an amount such as 12.50."), "invalid")
        return super().to_python(value)


@extend_schema_field({"type": "string", "format": "decimal", "pattern": AMOUNT_PATTERN})
class AmountFilter(filters.NumberFilter):
    """Compares a sum with an amount."""

    field_class = _AmountFormField


@extend_schema_field({"type": "boolean"})
class FlagFilter(filters.TypedChoiceFilter):
    """``true`` or ``false``."""

    def __init__(self, **kwargs: Any) -> None:
        words = {"true": True, "false": False}
        super().__init__(choices=[(word, word) for word in words], coerce=words.get, **kwargs)
