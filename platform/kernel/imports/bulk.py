"""Write many rows of one table at once: COPY, with ids reserved beforehand."""

import io
import json
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Model, QuerySet

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


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
    """
    lines = io.StringIO()
    for row in rows:
        lines.write("\t".join([_as_text(value) for value in row]))
        lines.write("\n")
    if not lines.tell():
        return
    lines.seek(0)
    columns = ", ".join(f'"{model._meta.get_field(name).column}"' for name in fields)  # type: ignore[union-attr]
    # Django does not know COPY: its errors become Django's only in this block.
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.copy_expert(f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN', lines)


def _as_text(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value if value.isalnum() else value.translate(_ESCAPES)
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, date):  # and datetime
        return value.isoformat()
    if isinstance(value, int | Decimal):
        return str(value)
    return json.dumps(value, ensure_ascii=False).translate(_ESCAPES)
