"""Refuses to use an object of one company while another is in force."""

from typing import Any

from django.db.models import Model

from kernel.models import CompanyModel
from kernel.tenancy import current_schema


class ForeignObject(RuntimeError):
    """An object crossed from one company into another: a bug, never the user's fault."""


class CompanyRouter:
    """Django asks its routers before it saves, deletes, refreshes or follows a relation.

    There is one database: the answers stay ``None``, only the question matters.
    """

    def db_for_read(self, model: type[Model], instance: Model | None = None, **_: Any) -> None:
        _require_own(instance)

    def db_for_write(self, model: type[Model], instance: Model | None = None, **_: Any) -> None:
        _require_own(instance)
        if isinstance(instance, CompanyModel):
            _stamp(instance, current_schema())

    def allow_relation(self, value: Model, instance: Model, **_: Any) -> None:
        """Compare two objects that are being related; an object not yet saved takes the company.

        :raises ForeignObject: if they are of two companies.
        """
        schemas = {schema for schema in (_schema(value), _schema(instance)) if schema}
        if len(schemas) > 1:
            raise ForeignObject(f"{_name(value)} and {_name(instance)} are of two companies")
        for schema in schemas:
            for part in (value, instance):
                if isinstance(part, CompanyModel):
                    _stamp(part, schema)


def _require_own(instance: Model | None) -> None:
    schema = _schema(instance)
    if instance is not None and schema and schema != current_schema():
        raise ForeignObject(f"{_name(instance)} is of {schema}, in force is {current_schema()}")


def _schema(instance: Model | None) -> str:
    return getattr(instance._state, "schema", "") if instance is not None else ""


def _name(instance: Model) -> str:
    return f"{instance._meta.label} {instance.pk}"  # not repr: it may load a deferred field


def _stamp(instance: CompanyModel, schema: str) -> None:
    instance._state.schema = schema  # type: ignore[attr-defined]
