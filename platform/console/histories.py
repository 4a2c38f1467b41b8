"""The history of a record as its page tells it."""

from collections.abc import Collection, Mapping

from django.db.models import Model

from kernel.audit.models import AuditEntry
from kernel.audit.queries import history_of_all
from kernel.audit.registry import event_words

SHOWN = 20


def told(records: Mapping[type[Model], Collection[int]]) -> list[tuple[str, AuditEntry]]:
    """Return what was done to records, by model and ids, in words, newest first.

    The caller has checked access to them.
    """
    return [(event_words(entry.event), entry) for entry in history_of_all(records)[:SHOWN]]
