"""Records that an import changes: written with what they were, so that an undo can restore them."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Field, Model

from kernel.imports import bulk
from kernel.imports.models import ImportChange

_BATCH_SIZE = 500


def write(batch_id: int, model: type[Model], values: Mapping[int, Mapping[str, Any]]) -> None:
    """Change records and remember what they were.

    :param values: by id, the new value of each field that changes. The rows are locked in order
        of their ids.
    """
    if not values:
        return
    before = {}
    records = _locked(model, list(values))
    for record in records:
        new = values[record.pk]
        before[record.pk] = {name: getattr(record, name) for name in new}
        for name, value in new.items():
            setattr(record, name, value)
    fields = sorted({name for new in values.values() for name in new})
    bulk.rows_of(model).bulk_update(records, fields, batch_size=_BATCH_SIZE)
    remember(batch_id, model, before)


def remember(batch_id: int, model: type[Model], before: Mapping[int, Mapping[str, Any]]) -> None:
    """Remember what records were that another operation has changed for the import.

    :param before: by id, the former value of each field that changed. What they are now is read.
    """
    bulk.copy_rows(
        ImportChange,
        ("batch_id", "table", "object_id", "before", "after"),
        (
            (
                batch_id,
                model._meta.label_lower,
                record.pk,
                _as_texts(model(pk=record.pk, **before[record.pk]), before[record.pk]),
                _as_texts(record, before[record.pk]),
            )
            for record in _locked(model, list(before))
        ),
    )


def count_altered(batch_id: int, model: type[Model]) -> int:
    """Return how many of the records a batch changed are not any more as it left them."""
    changes = {change.object_id: change for change in _changes(batch_id, model)}
    records = {record.pk: record for record in _locked(model, list(changes))}
    return sum(
        pk not in records or not _is_as_left(records[pk], change) for pk, change in changes.items()
    )


def restore(batch_id: int, model: type[Model]) -> int:
    """Give the records a batch changed their former values; return how many they are."""
    changes = {change.object_id: change for change in _changes(batch_id, model)}
    records = _locked(model, list(changes))
    names: set[str] = set()
    for record in records:
        for name, text in changes[record.pk].before.items():
            value = None if text is None else _field(model, name).to_python(text)
            setattr(record, name, value)
            names.add(name)
    if records:
        bulk.rows_of(model).bulk_update(records, sorted(names), batch_size=_BATCH_SIZE)
    return len(records)


def _changes(batch_id: int, model: type[Model]) -> list[ImportChange]:
    return list(ImportChange.objects.filter(batch_id=batch_id, table=model._meta.label_lower))


def _locked(model: type[Model], ids: list[int]) -> list[Model]:
    queryset = bulk.rows_of(model).select_for_update().filter(pk__in=ids)
    return list(queryset.order_by("pk"))


def _is_as_left(record: Model, change: ImportChange) -> bool:
    return bool(_as_texts(record, change.after) == change.after)


def _as_texts(record: Model, names: Iterable[str]) -> dict[str, str | None]:
    """Return fields as their own class spells them for a serializer; null stays null."""
    return {
        name: None
        if getattr(record, name) is None
        else _field(type(record), name).value_to_string(record)
        for name in names
    }


def _field(model: type[Model], name: str) -> "Field[Any, Any]":
    field = model._meta.get_field(name)
    assert isinstance(field, Field)
    return field
