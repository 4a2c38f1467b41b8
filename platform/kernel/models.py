"""The base of every table in a company's schema."""

from collections.abc import Collection
from typing import Any, ClassVar, Self

from django.db import models

from kernel.tenancy import current_schema


class ForeignObject(RuntimeError):
    """An object crossed from one company into another: a bug, never the user's fault."""


class CompanyModel(models.Model):
    """Remembers from which company's schema a row came.

    ``kernel.routers.CompanyRouter`` compares: saved, deleted, refreshed or followed along a
    relation while another company is in force, the object would silently stand for that company's
    row of the same number.
    """

    # What its records are together, for people; Meta's name would need a migration in every app.
    plural: ClassVar[Any] = ""

    class Meta:
        abstract = True

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], **kwargs: Any
    ) -> Self:
        loaded = super().from_db(db, field_names, values, **kwargs)
        stamp(loaded, current_schema())
        return loaded

    def _prepare_related_fields_for_save(self, operation_name: str, fields: Any = None) -> None:
        # Django's own step before every write, also of bulk_create and bulk_update, which ask no
        # router about an instance.
        require_own(self)
        stamp(self, current_schema())
        super()._prepare_related_fields_for_save(operation_name, fields)  # type: ignore[misc]


def schema_of(instance: models.Model | None) -> str:
    """Return the schema that ``instance`` came from, ``""`` if it is of none or not yet saved."""
    return getattr(instance._state, "schema", "") if instance is not None else ""


def stamp(instance: CompanyModel, schema: str) -> None:
    """Note from which schema ``instance`` is."""
    instance._state.schema = schema  # type: ignore[attr-defined]


def require_own(instance: models.Model | None) -> None:
    """Return if ``instance`` is of the company in force, or of none.

    :raises ForeignObject: otherwise.
    """
    schema = schema_of(instance)
    if instance is not None and schema and schema != current_schema():
        raise ForeignObject(f"{naming(instance)} is of {schema}, in force is {current_schema()}")


def naming(instance: models.Model) -> str:
    """Return label and key of ``instance``. Not its repr: that may load a deferred field."""
    return f"{instance._meta.label} {instance.pk}"
