"""What stands in the way of taking an import back, and taking it back."""

from django.db import connection
from django.db.models import Count, ForeignObjectRel, Model

from kernel.audit.models import AuditEntry
from kernel.imports import bulk, changes
from kernel.imports.importer import Importer
from kernel.imports.models import BatchState, ImportBatch, ImportChange
from kernel.text import _


def dependents(batch: ImportBatch, importer: Importer) -> dict[str, int]:
    """Return what has come to depend on an import since, by its name for people.

    Found from the models themselves: whatever has a foreign key to a table the importer fills,
    so that a table made next year is not forgotten.
    """
    found: dict[str, int] = {}
    for model in importer.creates:
        for name, count in (
            *_pointing_at(model, batch),
            (str(_("changes by later imports")), _changed_later(model, batch)),
            (str(_("records edited since")), _edited(model, batch)),
        ):
            if count:
                found[name] = found.get(name, 0) + count
    for name, count in importer.more_dependents(batch).items():
        if count:
            found[name] = found.get(name, 0) + count
    return found


def take_back(batch: ImportBatch, importer: Importer) -> None:
    """Restore what the import changed and delete what it made, children first.

    Foreign keys are checked at once: something that came in a moment ago raises here.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for model in reversed(importer.creates):
            changes.restore(batch.pk, model)
            cursor.execute(
                f'DELETE FROM "{model._meta.db_table}" WHERE import_batch_id = %s',  # noqa: S608
                [batch.pk],
            )
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _pointing_at(model: type[Model], batch: ImportBatch) -> list[tuple[str, int]]:
    """Count the records of each related table that are not the import's own."""
    counts = []
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ForeignObjectRel) or relation.many_to_many:
            continue
        related = relation.related_model
        assert not isinstance(related, str)
        records = bulk.rows_of(related).filter(
            **{f"{relation.field.name}__import_batch_id": batch.pk}
        )
        if any(item.name == "import_batch_id" for item in related._meta.get_fields()):
            records = records.exclude(import_batch_id=batch.pk) | records.filter(
                import_batch_id__isnull=True
            )
        counts.append((str(related._meta.verbose_name_plural), records.count()))
    return counts


def _changed_later(model: type[Model], batch: ImportBatch) -> int:
    created = bulk.rows_of(model).filter(import_batch_id=batch.pk)
    later = ImportChange.objects.filter(
        table=model._meta.label_lower,
        batch__state=BatchState.COMMITTED,
        object_id__in=created.values("pk"),
    ).exclude(batch=batch)
    return later.count()


def _edited(model: type[Model], batch: ImportBatch) -> int:
    """Count records made or changed by the import that a person has edited after it."""
    created = bulk.rows_of(model).filter(import_batch_id=batch.pk)
    entries = AuditEntry.objects.filter(
        object_type=model._meta.label_lower,
        object_id__in=created.values("pk"),
        at__gt=batch.committed_at,
    )
    edited = entries.aggregate(count=Count("object_id", distinct=True))["count"] or 0
    return edited + changes.count_altered(batch.pk, model)
