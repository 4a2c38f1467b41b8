"""What a client sends, taken at its word: nothing is read as what it is not."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request

WHOLE = re.compile(r"-?\d+", re.ASCII)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})", re.ASCII)
_AMOUNT = re.compile(r"-?\d+(\.\d+)?", re.ASCII)


class Query(serializers.Serializer[Any]):
    """The parameters in an address. A list's is given several times, once for each value."""

    @classmethod
    def of(cls, request: Request) -> dict[str, Any]:
        """Return the values that are asked for.

        :raises ValidationError: if one is missing, empty, or not what it should be.
        """
        query = cls()
        given = {
            name: request.query_params.getlist(name)
            if isinstance(field, serializers.ListField)
            else request.query_params[name]
            for name, field in query.fields.items()
            if name in request.query_params
        }
        query = cls(data=given)
        query.is_valid(raise_exception=True)
        values: dict[str, Any] = query.validated_data
        return values

    def to_internal_value(self, data: Any) -> Any:
        refused = {
            name: [message]
            for name, field in self.fields.items()
            if name in data and (message := _wrong_text(field, data[name]))
        }
        if refused:
            raise serializers.ValidationError(refused)
        return super().to_internal_value(data)


def once(rows: Iterable[Mapping[str, Any]], key: str) -> dict[Any, Mapping[str, Any]]:
    """Return the rows of a list by one of their fields: of two, the second would count.

    :raises ValidationError: if one comes twice.
    """
    found: dict[Any, Mapping[str, Any]] = {}
    for row in rows:
        if row[key] in found:
            raise serializers.ValidationError({key: [gettext("Name each of them once.")]})
        found[row[key]] = row
    return found


class Body(serializers.Serializer[Any]):
    """The JSON object of a request: only names it knows, each value of the documented JSON type.

    Django REST framework reads ``12`` as text, ``"yes"`` as true and ``"20261101"`` as a day, and
    passes over names it does not know: a payment with ``"ammount"`` would pay everything. Here all
    of these are refused, with an error at the field.
    """

    def to_internal_value(self, data: Any) -> Any:
        refused: dict[str, list[Any]] = {}
        if isinstance(data, Mapping):
            refused = self._refused(data)
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            if isinstance(error.detail, dict):
                raise serializers.ValidationError({**error.detail, **refused}) from error
            raise
        if refused:
            raise serializers.ValidationError(refused)
        return values

    def _refused(self, data: Mapping[str, Any]) -> dict[str, list[Any]]:
        fields = self.fields
        unknown = {
            name: [gettext("There is no such field.")] for name in data if name not in fields
        }
        wrong = {
            name: [message]
            for name, field in fields.items()
            if name in data and (message := _wrong_type(field, data[name]))
        }
        return {**unknown, **wrong}


def _wrong_type(field: Any, value: Any) -> str:
    """Return what is wrong with the JSON type of a value, or nothing.

    Null is the field's to allow, and what an object or a list is, it says itself.
    """
    if value is None:
        return ""
    if isinstance(field, (serializers.ListField, serializers.DictField)):
        return next(
            (wrong for entry in _entries(value) if (wrong := _wrong_type(field.child, entry))), ""
        )
    for kind, (is_right, message) in _TYPES.items():
        if isinstance(field, kind):
            return _too_long(field, value) if is_right(value) else str(message)
    return ""


def _wrong_text(field: Any, value: Any) -> str:
    """Return what is wrong with the text of a parameter, or nothing."""
    if isinstance(field, serializers.ListField):
        return next((wrong for entry in value if (wrong := _wrong_text(field.child, entry))), "")
    for kind, (pattern, message) in _TEXTS.items():
        if isinstance(field, kind):
            return "" if pattern.fullmatch(value) else str(message)
    return ""


def _entries(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _too_long(field: Any, value: Any) -> str:
    """Refuse text that fits only once white space is trimmed: the document counts all of it."""
    longest = getattr(field, "max_length", None)
    if longest is None or len(value) <= longest:
        return ""
    return gettext("At most %(most)d characters fit here.") % {"most": longest}


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


_NO_DAY = _("Must be a day such as 2026-11-30.")
_NOTWHOLE = _("Must be a whole number.")
_TEXTS: Final[dict[type[Any], tuple[re.Pattern[str], Promise]]] = {
    serializers.IntegerField: (WHOLE, _NOTWHOLE),
    serializers.DateField: (DAY, _NO_DAY),
}
_TYPES: Final[dict[type[Any], tuple[Callable[[Any], bool], Promise]]] = {
    serializers.BooleanField: (
        lambda value: isinstance(value, bool),
        _("Must be true or false."),
    ),
    serializers.IntegerField: (_is_whole, _NOTWHOLE),
    serializers.DecimalField: (
        lambda value: _is_text(value) and bool(_AMOUNT.fullmatch(value)),
        _("Must be a decimal number, written as text."),
    ),
    serializers.DateField: (
        lambda value: _is_text(value) and bool(DAY.fullmatch(value)),
        _NO_DAY,
    ),
    serializers.DateTimeField: (
        lambda value: _is_text(value) and bool(_MOMENT.fullmatch(value)),
        _("Must be a time such as 2026-11-30T18:00:00+08:00."),
    ),
    serializers.CharField: (_is_text, _("Must be text.")),
    serializers.ChoiceField: (_is_text, _("Must be text.")),
}
