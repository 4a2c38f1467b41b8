"""The base of every table in a company's schema."""

from collections.abc import Collection
from typing import Any, Self

from django.db import models

from kernel.tenancy import current_schema


class CompanyModel(models.Model):
    """Remembers from which company's schema a row came.

    ``kernel.routers.CompanyRouter`` compares: saved, deleted, refreshed or followed along a
    relation while another company is in force, the object would silently stand for that company's
    row of the same number.
    """

    class Meta:
        abstract = True

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], **kwargs: Any
    ) -> Self:
        loaded = super().from_db(db, field_names, values, **kwargs)
        loaded._state.schema = current_schema()  # type: ignore[attr-defined]
        return loaded
