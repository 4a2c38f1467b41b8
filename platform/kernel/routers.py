"""Refuses to use an object of one company while another is in force."""

from typing import Any

from django.db.models import Model

from kernel.models import CompanyModel, ForeignObject, naming, require_own, schema_of, stamp
from kernel.tenancy import current_schema


class CompanyRouter:
    """Django asks its routers before it saves, deletes, refreshes or follows a relation.

    There is one database: the answers stay ``None``, only the question matters.
    """

    def db_for_read(self, model: type[Model], instance: Model | None = None, **_: Any) -> None:
        require_own(instance)

    def db_for_write(self, model: type[Model], instance: Model | None = None, **_: Any) -> None:
        require_own(instance)
        if isinstance(instance, CompanyModel):
            stamp(instance, current_schema())

    def allow_relation(self, value: Model, instance: Model, **_: Any) -> None:
        """Compare two objects that are being related; an object not yet saved takes the company.

        :raises ForeignObject: if they are of two companies.
        """
        schemas = {schema for schema in (schema_of(value), schema_of(instance)) if schema}
        if len(schemas) > 1:
            raise ForeignObject(f"{naming(value)} and {naming(instance)} are of two companies")
        for schema in schemas:
            for part in (value, instance):
                if isinstance(part, CompanyModel):
                    stamp(part, schema)
