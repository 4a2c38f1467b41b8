"""Which records files may hang on, and who may see and add them. Filled in ``AppConfig.ready``."""

from collections.abc import Callable
from dataclasses import dataclass

from django.apps import apps
from django.db.models import Model

from kernel import access
from kernel.errors import Denied, NotFound

# (actor, id) -> the record. It raises NotFound where the actor may not know of it, and
# ActionDenied where he sees it but may not do this.
Find = Callable[[access.Actor, int], Model]


def _own_project(subject: Model) -> int | None:
    project_id: int | None = subject.project_id  # type: ignore[attr-defined]  # by agreement
    return project_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """Records of one model that files may hang on.

    :param model: Django's label in small letters: ``properties.household``.
    :param read: finds a record for somebody who wants to see its files.
    :param add: checks, beyond that, that somebody may add or withdraw some.
    :param is_protected: secret files on them are opened by an approved request only (SH-25).
    :param project_id: in which project the record lies; ``None`` where it is the company's.
    """

    model: str
    read: Find
    add: Callable[[access.Actor, Model], None]
    project_id: Callable[[Model], int | None] = _own_project
    is_protected: bool = False

    def find_to_add(self, actor: access.Actor, pk: int) -> Model:
        """Return a record to whose files ``actor`` may add.

        :raises NotFound: if he may not know of it.
        :raises access.ActionDenied: if he sees it and may not add.
        """
        subject = self.read(actor, pk)
        self.add(actor, subject)
        access.require(actor, access.Action.FILE_ADD, self.project_id(subject))
        return subject


def holding(
    action: access.Action, project_id: Callable[[Model], int | None] = _own_project
) -> Callable[[access.Actor, Model], None]:
    """Return the check that somebody holds ``action`` in the record's project."""
    return lambda actor, subject: access.require(actor, action, project_id(subject))


_CARRIERS: dict[str, Carrier] = {}


def register(carrier: Carrier) -> None:
    """Let files hang on the records of a model."""
    _CARRIERS[carrier.model] = carrier


def carrier_named(model: str) -> Carrier:
    """Return the carrier of a model's label. :raises NotFound: if it carries no files."""
    carrier = _CARRIERS.get(model)
    if carrier is None:
        raise NotFound
    return carrier


def carrier_of(subject: Model) -> Carrier:
    """Return the carrier of a record's model.

    :raises LookupError: if it was never registered: a bug, never the user's fault.
    """
    label = subject._meta.label_lower
    if label not in _CARRIERS:
        raise LookupError(f"{label} carries no files: register a Carrier")
    return _CARRIERS[label]


def models() -> list[type[Model]]:
    """Return every model that carries files, by label."""
    return [apps.get_model(label) for label in sorted(_CARRIERS)]


def may_add(actor: access.Actor, subject: Model) -> bool:
    """Tell whether ``actor`` may add files to ``subject``."""
    try:
        carrier_of(subject).find_to_add(actor, subject.pk)
    except (NotFound, Denied):
        return False
    return True
