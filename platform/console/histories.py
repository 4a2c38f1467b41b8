"""The history of a record as its page tells it."""

from collections.abc import Callable, Collection, Iterable, Mapping

from django.db.models import Model

from console.approvals.history import act_words
from kernel.approvals.models import Case
from kernel.approvals.queries import history_with_cases
from kernel.audit.models import AuditEntry
from kernel.audit.queries import history_of_all
from kernel.audit.registry import event_words

SHOWN = 20
_CASE = Case._meta.label_lower


def told(records: Mapping[type[Model], Collection[int]]) -> list[tuple[str, AuditEntry]]:
    """Return what was done to records, by model and ids, in words, newest first.

    The caller has checked access to them.
    """
    return [(event_words(entry.event), entry) for entry in history_of_all(records)[:SHOWN]]


def told_with_cases(
    records: Mapping[type[Model], Collection[int]],
    words: Callable[[AuditEntry], str] = lambda entry: event_words(entry.event),
) -> list[tuple[str, AuditEntry]]:
    """Return the same for records that are approved: each act of their cases is among it.

    :param words: the page's own for what is not of a case.
    """
    return in_words(history_with_cases(records)[:SHOWN], words)


def in_words(
    entries: Iterable[AuditEntry], words: Callable[[AuditEntry], str]
) -> list[tuple[str, AuditEntry]]:
    """Return entries of records and of their cases with what they tell."""
    return [
        (act_words(entry) if entry.object_type == _CASE else words(entry), entry)
        for entry in entries
    ]
