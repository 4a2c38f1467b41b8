"""Values that the API's document allows, with rows of the visitor's own project in them."""

from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator

from tests.matrix.routes import Route
from tests.matrix.world import World

# What a field is filled with that is required and empty.
SAMPLES = {
    "reason": "because",
    "name": "Wang",
    "number": "77",
    "room": "1602",
    "plate": "浙A12345",
    "valid_from": "2026-11-09",
    "effective_on": "2026-11-09",
    "transferred_on": "2026-11-09",
    "opening_reading": "1",
    "closing_reading": "1",
    "code": "NEW-1",
    "share_percent": "",
    "method": "CASH",
    "text": "1602",
    "subject_type": "properties.household",
}


def id_named(name: str, world: World) -> str:
    """Return the id that a field of this name takes: ``unit_id`` for ``trial_units``."""
    stem = name.removesuffix("_ids").removesuffix("_id").rpartition("trial_")[2]
    for candidate in (stem, stem.removesuffix("s"), STEMS.get(stem, "")):
        if f"{candidate}_id" in world.other.numbers:
            return f"{candidate}_id"
    return ""


STEMS = {
    "pick": "bill",
    "chosen": "bill",
    "target_household": "household",
    "payer": "party",
    "room": "",
}


@cache
def document() -> dict[str, Any]:
    generator = SchemaGenerator()  # type: ignore[no-untyped-call]
    made: dict[str, Any] = generator.get_schema(public=True)  # type: ignore[no-untyped-call]
    return made


def resolved(shape: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in shape:
        return dict(document()["components"]["schemas"][shape["$ref"].rpartition("/")[2]])
    for key in ("allOf", "oneOf", "anyOf"):
        if key in shape:
            return resolved(shape[key][0])
    return shape


def sample(name: str, shape: dict[str, Any], world: World) -> Any:
    """Return a value that the document allows, naming rows of the visitor's own project."""
    shape = resolved(shape)
    field = id_named(name, world)
    kind = shape.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if "enum" in shape:
        return shape["enum"][0]
    if kind == "object":
        return {
            key: sample(key, value, world) for key, value in shape.get("properties", {}).items()
        }
    if kind == "array":
        return [sample(name, shape["items"], world)]
    if field and kind == "integer":
        return world.own[field]
    if kind in {"integer", "number"}:
        return shape.get("minimum", 1)
    if kind == "boolean":
        return False
    return {"date": "2026-11-01", "decimal": "1.00", "uuid": str(world.own.project.pk)}.get(
        shape.get("format", ""), SAMPLES.get(name, "1")
    )


def described(route: Route, method: str) -> dict[str, Any]:
    path = route.path.replace("<int:", "{").replace("<str:", "{").replace(">", "}")
    found: dict[str, Any] = document()["paths"][path][method.lower()]
    return found


def required_query(route: Route, world: World) -> str:
    """Return what a list or figure of the API must be asked with."""
    return "&".join(
        f"{parameter['name']}={sample(parameter['name'], parameter['schema'], world)}"
        for parameter in described(route, "GET").get("parameters", [])
        if parameter["in"] == "query" and parameter.get("required")
    )
