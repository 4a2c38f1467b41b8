"""Which records files may hang on, and who may see and add them. Filled in ``AppConfig.ready``."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.apps import apps
from django.db.models import Model

from kernel import access
from kernel.errors import Conflict, Denied, NotFound

if TYPE_CHECKING:
    from kernel.documents.models import Attachment

# (actor, id, now) -> the record. It raises NotFound where the actor may not know of it, and
# ActionDenied where he sees it but may not do this.
Find = Callable[[access.Actor, int, datetime], Model]
# (actor, record, now): raises where he may not add files, or the record takes none any more.
Check = Callable[[access.Actor, Model, datetime], None]


def _own_project(subject: Model) -> int | None:
    project_id: int | None = subject.project_id  # type: ignore[attr-defined]  # by agreement
    return project_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """Records of one model that files may hang on.

    :param model: Django's label in small letters: ``properties.household``.
    :param read: finds a record for somebody who wants to see its files.
    :param add: checks, beyond that, that somebody may add or withdraw some.
    :param keep: checks, beyond ``add``, that a file may be withdrawn.
    :param is_personal: ``read`` and ``add`` decide alone: people without a post in the record's
        project may see it as well, a deputy for one.
    :param is_protected: secret files on them are opened by an approved request only (SH-25).
    :param is_for_vendors: a vendor's contact, who holds no action, may see and add as ``read`` and
        ``add`` decide, which ask whether the record is his vendor's. For others' records there
        are none for him.
    :param vendor_kinds: and of these only files of these kinds are there for him; ``None``: all.
    :param project_id: in which project the record lies; ``None`` where it is the company's.
    """

    model: str
    read: Find
    add: Check
    keep: Callable[[access.Actor, Model, "Attachment"], None] | None = None
    project_id: Callable[[Model], int | None] = _own_project
    is_personal: bool = False
    is_protected: bool = False
    is_for_vendors: bool = False
    vendor_kinds: frozenset[str] | None = None

    def place(self, subject: Model) -> int | None:
        """Return the project in which somebody must see or add files; ``None``: anywhere."""
        return None if self.is_personal else self.project_id(subject)

    def find(self, actor: access.Actor, pk: int, now: datetime) -> Model:
        """Return a record for somebody who wants to see its files.

        :raises NotFound: if he may not know of it.
        """
        if actor.vendor_id is not None and not self.is_for_vendors:
            raise NotFound
        return self.read(actor, pk, now)

    def shows(self, actor: access.Actor, attachment: "Attachment") -> bool:
        """Tell whether a file of a record that ``actor`` may see is there for him."""
        return (
            actor.vendor_id is None
            or self.vendor_kinds is None
            or attachment.kind in self.vendor_kinds
        )

    def find_to_add(self, actor: access.Actor, pk: int, now: datetime) -> Model:
        """Return a record to whose files ``actor`` may add.

        :raises NotFound: if he may not know of it.
        :raises access.ActionDenied: if he sees it and may not add.
        """
        subject = self.find(actor, pk, now)
        self.add(actor, subject, now)
        if actor.vendor_id is None:
            access.require(actor, access.Action.FILE_ADD, self.place(subject))
        return subject


def holding(
    action: access.Action, project_id: Callable[[Model], int | None] = _own_project
) -> Check:
    """Return the check that somebody holds ``action`` in the record's project."""
    return lambda actor, subject, _now: access.require(actor, action, project_id(subject))


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


def may_add(actor: access.Actor, subject: Model, now: datetime) -> bool:
    """Tell whether ``actor`` may add files to ``subject``."""
    try:
        carrier_of(subject).find_to_add(actor, subject.pk, now)
    except (NotFound, Denied, Conflict):
        return False
    return True
