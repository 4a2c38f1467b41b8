"""What stands in the way of taking an import back, and taking it back."""

from collections.abc import Sequence

from django.db import connection
from django.db.models import Count, ForeignObjectRel, Model, Q

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
    found = _pointing_at(importer.creates, batch)
    for model in importer.creates:
        for name, count in (
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


def _pointing_at(models: Sequence[type[Model]], batch: ImportBatch) -> dict[str, int]:
    """Count the records of related tables that are not the import's own, each once, by name."""
    conditions: dict[type[Model], Q] = {}
    for model in models:
        for relation in model._meta.get_fields(include_hidden=True):
            if not isinstance(relation, ForeignObjectRel) or relation.many_to_many:
                continue
            related = relation.related_model
            assert not isinstance(related, str)
            points = Q(**{f"{relation.field.name}__import_batch_id": batch.pk})
            conditions[related] = conditions.get(related, Q()) | points
    counts: dict[str, int] = {}
    for related, points in conditions.items():
        records = bulk.rows_of(related).filter(points)
        if any(item.name == "import_batch_id" for item in related._meta.get_fields()):
            records = records.filter(~Q(import_batch_id=batch.pk) | Q(import_batch_id__isnull=True))
        if count := records.count():
            counts[_name_of(related)] = counts.get(_name_of(related), 0) + count
    return counts


def _name_of(model: type[Model]) -> str:
    """Return what a table's records are for people; those of a link are its owner's."""
    owner = model._meta.auto_created or model
    return str(getattr(owner, "plural", "") or model._meta.verbose_name_plural)


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
