"""Partial changes of a row, and what the record keeps of them."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Model

JsonValue = str | int | bool | None
Difference = dict[str, dict[str, JsonValue]]
Json = JsonValue | dict[str, JsonValue]


def apply(row: Model, changes: Mapping[str, Any]) -> Difference:
    """Set what differs and return it as ``{"before": {…}, "after": {…}}``; empty if nothing does.

    The caller saves the fields named in ``["after"]``.
    """
    before: dict[str, JsonValue] = {}
    after: dict[str, JsonValue] = {}
    for name, value in changes.items():
        old = getattr(row, name)
        if old != value:
            before[name], after[name] = as_json(old), as_json(value)
            setattr(row, name, value)
    return {"before": before, "after": after} if after else {}


def as_json(value: Any) -> JsonValue:
    """Return a plain value as the record stores it: amounts and days as text."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, (bool, int)):
        return value
    return str(value)
