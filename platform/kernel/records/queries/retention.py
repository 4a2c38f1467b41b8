"""What was kept long enough, what is held back, what was disposed of."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from django.db.models import QuerySet

from kernel import access
from kernel.access import Action, Actor
from kernel.errors import NotFound
from kernel.records import rules
from kernel.records.models import Disposal, DisposalItem, DisposalState, LegalHold
from kernel.records.retention import Kept, RecordClass, classes


class Due(NamedTuple):
    """A record whose time is over. ``hold`` keeps it all the same."""

    record_class: RecordClass
    object_id: int
    label: str
    ended_on: date
    due_on: date
    years: int
    hold: LegalHold | None

    @property
    def key(self) -> str:
        return f"{self.record_class.key}:{self.object_id}"


def due(*, actor: Actor, project_id: int, today: date) -> list[Due]:
    """Return the records of a project that may be disposed of, the longest due first.

    Those on a list under way are left out, and those that were disposed of: a row may stay.

    :raises NotFound: if the project is out of the actor's sight.
    :raises access.ActionDenied: without ``retention.view`` there.
    """
    access.require_in_project(actor, Action.RETENTION_VIEW, project_id)
    holds = {(hold.record_class, hold.object_id): hold for hold in holds_in_force()}
    listed = set(
        DisposalItem.objects.filter(disposal__state=DisposalState.WAITING).values_list(
            "record_class", "object_id"
        )
    )
    gone = set(
        DisposalItem.objects.filter(
            disposal__state=DisposalState.DONE, disposal__project_id=project_id
        ).values_list("record_class", "object_id", "ended_on")
    )
    found = []
    for record_class, years, kept in ended(project_id, today):
        place = (record_class.key, kept.object_id)
        if place not in listed and (*place, kept.ended_on) not in gone:
            due_on = rules.due_on(kept.ended_on, years)
            found.append(
                Due(
                    record_class,
                    kept.object_id,
                    kept.label,
                    kept.ended_on,
                    due_on,
                    years,
                    holds.get(place),
                )
            )
    return sorted(found, key=lambda row: (row.due_on, row.key))


def ended(project_id: int, today: date) -> Iterator[tuple[RecordClass, int, Kept]]:
    """Yield what was kept for as many years as the settings say today, listed or not.

    The caller has checked access.
    """
    for record_class in classes():
        years = record_class.years(project_id)
        if years is None or record_class.ended is None:
            continue
        for kept in record_class.ended(project_id, rules.ended_by(today, years)):
            yield record_class, years, kept


def holds_in_force() -> QuerySet[LegalHold]:
    """Return the holds that are not lifted. The caller has checked access."""
    return LegalHold.objects.filter(lifted_at=None).order_by("pk")


def holds(*, actor: Actor) -> QuerySet[LegalHold]:
    """Return every hold of projects where one may see what is due, lifted ones too."""
    return access.scoped(LegalHold.objects.order_by("-pk"), actor, Action.RETENTION_VIEW)


def disposals(*, actor: Actor) -> QuerySet[Disposal]:
    """Return the lists of disposal of projects where one may see them, newest first."""
    return access.scoped(Disposal.objects.order_by("-pk"), actor, Action.RETENTION_VIEW)


def get_disposal(*, actor: Actor, disposal_id: int) -> Disposal:
    """Return one list of disposal. :raises NotFound: if it is out of the actor's sight."""
    disposal = disposals(actor=actor).filter(pk=disposal_id).first()
    if disposal is None:
        raise NotFound
    return disposal
