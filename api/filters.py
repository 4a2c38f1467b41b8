"""Filters of lists that refuse what they do not understand instead of passing it over."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field

from api.bodies import DAY
from api.fields import LARGEST_ID


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


@extend_schema_field({"type": "boolean"})
class FlagFilter(filters.TypedChoiceFilter):
    """``true`` or ``false``."""

    def __init__(self, **kwargs: Any) -> None:
        words = {"true": True, "false": False}
        super().__init__(choices=[(word, word) for word in words], coerce=words.get, **kwargs)
