"""What must not have happened to a project after somebody without a post in it sent something."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import F, ForeignKey, Model, QuerySet

from services.properties.models import Party
from tests.matrix.world import World


@cache
def paths() -> dict[type[Model], str]:
    """Return every model whose rows lie in a project, with the path to the project's id."""
    known: dict[type[Model], str] = {}
    models = [
        model
        for model in apps.get_models()
        if model._meta.app_label in {"properties", "billing", "imports", "jobs"}
    ]
    for model in models:
        if any(field.attname == "project_id" for field in model._meta.concrete_fields):
            known[model] = "project_id"
    while True:
        found = {
            model: f"{key.name}__{known[target]}"
            for model in models
            if model not in known
            for key, target in keys_of(model)
            if target in known and not key.null
        }
        if not found:
            return known
        known |= found


def keys_of(model: type[Model]) -> Iterator[tuple[ForeignKey, type[Model]]]:  # type: ignore[type-arg]
    for field in model._meta.concrete_fields:
        if isinstance(field, ForeignKey):
            yield field, field.related_model


def entangled() -> list[str]:
    """Return the foreign keys by which a row of one project points to a row of another."""
    found = []
    for model, path in paths().items():
        for key, target in keys_of(model):
            if target not in paths():
                continue
            across = model._default_manager.exclude(**{f"{key.name}__isnull": True}).exclude(
                **{path: F(f"{key.name}__{paths()[target]}")}
            )
            if across.exists():
                found.append(f"{model._meta.label}.{key.name}")
    return found


def digest(world: World) -> dict[str, str]:
    """Return a digest of all rows of the other project, by table."""
    sums = {
        model._meta.db_table: _digest(
            model, model._default_manager.filter(**{path: world.other.project.pk})
        )
        for model, path in paths().items()
    }
    people = Party.objects.filter(name__startswith=world.other.mark)
    return {**sums, Party._meta.db_table: _digest(Party, people)}


def _digest(model: type[Model], rows: QuerySet[Any]) -> str:
    parameters: Any
    statement, parameters = rows.order_by().values("pk").query.sql_with_params()
    table, key = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t.{key}), '')) FROM {table} t"
            f" WHERE t.{key} IN ({statement})",
            parameters,
        )
        return str(cursor.fetchone()[0])
