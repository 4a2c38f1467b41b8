"""Reads of the record."""

from collections.abc import Collection, Mapping
from functools import reduce
from operator import or_

from django.db.models import Model, Q, QuerySet

from kernel import access
from kernel.access import Action, Actor
from kernel.audit import registry
from kernel.audit.models import AuditEntry, AuditLink
from kernel.errors import NotFound


def entries(*, actor: Actor) -> QuerySet[AuditEntry]:
    """Return the record as far as the actor may read it, newest first.

    Who may read it in some projects sees what was done in these, and nothing of the company's.
    What a service withholds for a while (``registry.withhold``) is not among it until then.
    """
    shown = AuditEntry.objects.order_by("-pk").exclude(registry.withheld())
    return access.scoped(shown, actor, Action.AUDIT_VIEW)


def get_entry(*, actor: Actor, entry_id: int) -> AuditEntry:
    """Return one entry of the record.

    :raises NotFound: if there is none that the actor may read.
    """
    entry = entries(actor=actor).filter(pk=entry_id).first()
    if entry is None:
        raise NotFound
    return entry


def link_of(entry: AuditEntry) -> AuditLink | None:
    """Return an entry's place in the chain, ``None`` while its transaction is under way."""
    return AuditLink.objects.filter(entry_id=entry.pk).first()


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
