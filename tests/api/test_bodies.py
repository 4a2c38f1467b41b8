"""Bodies and parameters are taken at their word: another type is refused at its field."""

from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from api.bodies import Body, Query
from api.fields import AmountField, IdField

Json = dict[str, Any]


class Line(Body):
    amount = AmountField()


class Everything(Body):
    """One field of each type there is in bodies."""

    text = serializers.CharField(max_length=5, required=False)
    choice = serializers.ChoiceField(choices=["A", "1"], required=False)
    number = serializers.IntegerField(required=False)
    flag = serializers.BooleanField(required=False)
    amount = AmountField(required=False, allow_null=True)
    day = serializers.DateField(required=False)
    moment = serializers.DateTimeField(required=False)
    ids = serializers.ListField(child=IdField(), required=False)
    columns = serializers.DictField(child=serializers.IntegerField(), required=False)
    line = Line(required=False)
    lines = serializers.ListField(child=Line(), required=False)


class Asked(Query):
    project_id = IdField(required=False)
    day = serializers.DateField(required=False)
    item_id = serializers.ListField(child=IdField(), required=False)


def errors_of(value: Any) -> Any:
    body = Everything(data=value)
    return None if body.is_valid() else body.errors


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"text": "12"},
        {"choice": "1"},
        {"number": 12},
        {"flag": False},
        {"amount": "12.50"},
        {"amount": "-0.01"},
        {"amount": None},
        {"day": "2026-11-30"},
        {"moment": "2026-11-30T18:00:00.123456+08:00"},
        {"moment": "2026-11-30T10:00:00Z"},
        {"ids": [1, 2]},
        {"columns": {"room": 0}},
        {"line": {"amount": "1.00"}},
        {"lines": [{"amount": "1.00"}, {"amount": "2"}]},
    ],
)
def test_what_is_of_its_type_is_taken(value: Json) -> None:
    assert errors_of(value) is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text", 12),
        ("text", 1.5),
        ("text", True),
        ("text", ["a"]),
        ("text", {"a": "b"}),
        ("text", "12345 "),
        ("choice", 1),
        ("choice", True),
        ("number", "12"),
        ("number", 1.0),
        ("number", True),
        ("flag", "true"),
        ("flag", 1),
        ("flag", "on"),
        ("amount", 12.5),
        ("amount", 12),
        ("amount", " 12.50"),
        ("amount", "1e2"),
        ("amount", "1_000"),
        ("amount", "١٢"),
        ("amount", "NaN"),
        ("amount", ".5"),
        ("day", "20261130"),
        ("day", "2026-W48-1"),
        ("day", "2026-11-30T00:00:00Z"),
        ("day", "2026-11-31"),
        ("day", 20261130),
        ("moment", "2026-11-30"),
        ("moment", "2026-11-30 18:00:00"),
        ("moment", "2026-11-30T18:00:00"),
        ("moment", 1795000000),
        ("ids", ["1"]),
        ("ids", "1"),
        ("ids", {"0": 1}),
        ("columns", {"room": "0"}),
        ("columns", [["room", 0]]),
        ("line", {"amount": 1}),
        ("line", {"ammount": "1.00", "amount": "1.00"}),
        ("line", "1.00"),
        ("lines", [{"amount": "1.00"}, {"amount": 2}]),
        ("txet", "a"),
    ],
)
def test_what_is_of_another_type_is_refused_at_its_field(field: str, value: Any) -> None:
    errors = errors_of({field: value})

    assert list(errors) == [field]
    assert errors[field]


def test_every_fault_of_a_body_is_named_at_once() -> None:
    errors = errors_of({"text": 1, "number": "x", "txet": "a", "day": "tomorrow"})

    assert set(errors) == {"text", "number", "txet", "day"}


@pytest.mark.parametrize("value", [[], "text", 1, None])
def test_a_body_that_is_no_object_is_refused(value: Any) -> None:
    assert errors_of(value)


@pytest.mark.parametrize(
    ("query", "values"),
    [
        ("", {}),
        ("project_id=7", {"project_id": 7}),
        ("item_id=1&item_id=2", {"item_id": [1, 2]}),
        ("other=x", {}),
    ],
)
def test_parameters_are_read(query: str, values: Json) -> None:
    assert Asked.of(Request(APIRequestFactory().get(f"/?{query}"))) == values


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("project_id=", "project_id"),
        ("project_id=1.0", "project_id"),
        ("project_id=%201", "project_id"),
        ("project_id=٣", "project_id"),
        ("project_id=0", "project_id"),
        ("day=20261130", "day"),
        ("day=", "day"),
        ("item_id=1&item_id=x", "item_id"),
    ],
)
def test_a_parameter_that_makes_no_sense_is_refused(query: str, field: str) -> None:
    with pytest.raises(serializers.ValidationError) as caught:
        Asked.of(Request(APIRequestFactory().get(f"/?{query}")))

    assert list(caught.value.detail) == [field]


def test_every_body_of_the_document_is_closed() -> None:
    """A name that no endpoint knows is passed over by none of them."""
    generator = SchemaGenerator()  # type: ignore[no-untyped-call]
    document: Json = generator.get_schema(public=True)  # type: ignore[no-untyped-call]
    schemas = document["components"]["schemas"]
    taken = {
        operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        for methods in document["paths"].values()
        for operation in methods.values()
        if "application/json" in operation.get("requestBody", {}).get("content", {})
    }

    assert len(taken) >= 35
    assert [name for name in sorted(taken) if schemas[name].get("additionalProperties", True)] == []
