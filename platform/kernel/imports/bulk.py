"""Write many rows of one table at once: COPY, with ids reserved beforehand."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection
from django.db.models import CharField, Field, JSONField, Model, QuerySet, TextField


def rows_of(model: type[Model]) -> QuerySet[Any]:
    """Return all rows of a table, whatever managers its model has."""
    return QuerySet(model)


def reserve_ids(model: type[Model], count: int) -> list[int]:
    """Return ``count`` ids that no other row of the table will get."""
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [number for (number,) in cursor.fetchall()]


def copy_rows(model: type[Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert ``rows``, each with a value per name in ``fields``, in the caller's transaction.

    No defaults of Django, no signals: every column without a default in the database is named.
    Texts must hold no zero byte.
    """
    columns = [_field(model, name) for name in fields]
    documents = [index for index, column in enumerate(columns) if isinstance(column, JSONField)]
    lines = io.StringIO()
    csv.writer(lines).writerows(_with_json(rows, documents) if documents else rows)
    if not lines.tell():
        return
    lines.seek(0)
    named = ", ".join(f'"{column.column}"' for column in columns)
    # The writer spells None and "" alike; where a column takes no null, it is the empty text.
    texts = ", ".join(f'"{column.column}"' for column in columns if not column.null)
    # Django does not know COPY: its errors become Django's only in this block.
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.copy_expert(
            f'COPY "{model._meta.db_table}" ({named}) FROM STDIN'
            f" WITH (FORMAT csv, FORCE_NOT_NULL ({texts}))",
            lines,
        )


def _field(model: type[Model], name: str) -> "Field[Any, Any]":
    field = model._meta.get_field(name)
    assert isinstance(field, Field)
    # A text column that takes both would lose the difference of null and "".
    assert not (field.null and isinstance(field, CharField | TextField))
    return field


def _with_json(rows: Iterable[Sequence[Any]], documents: list[int]) -> Iterator[list[Any]]:
    for row in rows:
        values = list(row)
        for index in documents:
            values[index] = json.dumps(values[index], ensure_ascii=False)
        yield values
