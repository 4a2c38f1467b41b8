"""Reads of the record."""

from collections.abc import Collection, Mapping
from functools import reduce
from operator import or_

from django.db.models import Model, Q, QuerySet

from kernel.audit.models import AuditEntry


def history_of(subject: Model) -> QuerySet[AuditEntry]:
    """Return what was done to ``subject``, newest first. The caller has checked access to it."""
    return history_of_all({type(subject): [subject.pk]})


def history_of_all(subjects: Mapping[type[Model], Collection[int]]) -> QuerySet[AuditEntry]:
    """Return what was done to several objects, by model and ids, newest first.

    The caller has checked access to them.
    """
    about = reduce(
        or_,
        (
            Q(object_type=model._meta.label_lower, object_id__in=ids)
            for model, ids in subjects.items()
        ),
        Q(pk__in=[]),
    )
    return AuditEntry.objects.filter(about).order_by("-pk")
