"""The holders' register: copies issued, pages put in, copies returned (SH-40)."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from kernel import access
from kernel.audit import operations as audit
from kernel.db import refusing
from kernel.documents.manuals import queries, telling
from kernel.documents.models import (
    Manual,
    ManualCopy,
    ManualPage,
    ManualRevision,
    RevisionState,
)
from kernel.errors import Conflict, Denied, Invalid, NotFound
from kernel.tenancy import company_day
from kernel.text import _


class CopyHeld(Conflict):
    code = "manuals.copy-held"


class CopyReturned(Conflict):
    code = "manuals.copy-returned"


class HolderUnknown(Invalid):
    code = "manuals.holder-unknown"


class NotTheHolder(Denied):
    code = "manuals.not-the-holder"


@transaction.atomic
def issue_copy(
    *,
    actor: access.Actor,
    manual_id: int,
    holder_id: int,
    number: int | None = None,
    now: datetime,
) -> ManualCopy:
    """Give a person a numbered copy; the pages in force go with it.

    :param number: the copy's number; the lowest that nobody has, if it is left out.
    :raises NotFound: if the actor may not know of the manual.
    :raises access.ActionDenied: without ``manual.keep``.
    :raises HolderUnknown: if there is no such active person.
    :raises CopyHeld: if somebody has this copy, or the person has one already.
    """
    manual = _lock_manual(actor, manual_id)
    if queries.copies_held_by(holder_id).filter(manual=manual).exists():
        raise CopyHeld(_("This person has a copy of it already."), field="holder_id")
    possible = queries.possible_holders(actor=actor, manual=manual, today=company_day(now))
    holder = possible.filter(pk=holder_id).first()
    if holder is None:
        raise HolderUnknown(_("There is no such person here."), field="holder_id")
    held = CopyHeld(_("Somebody has this copy. It must be returned first."), field="number")
    with refusing(manualcopy_held_once=held):
        copy = ManualCopy.objects.create(
            manual=manual,
            number=_free_number(manual) if number is None else number,
            holder_id=holder.pk,
            holder_label=holder.label[:140],
            issued_at=now,
            issued_by_label=actor.label[:140],
        )
    in_force = manual.revisions.filter(state=RevisionState.IN_FORCE).first()
    if in_force is not None:
        ManualPage.objects.create(copy=copy, revision=in_force, sent_at=now)
        telling.tell_of_pages(in_force, [holder.pk], actor, now)
    _record(actor, "issued", copy, now)
    return copy


@transaction.atomic
def acknowledge(*, actor: access.Actor, copy_id: int, now: datetime) -> ManualCopy:
    """Write down that the holder has put the pages in force into his copy. Safe to repeat.

    :raises NotFound: if the actor may not know of the copy.
    :raises NotTheHolder: if it is somebody else's.
    :raises CopyReturned: if it was returned.
    """
    copy = _lock_copy(actor, copy_id)
    if copy.holder_id != actor.user_id:
        raise NotTheHolder(_("Only the holder of a copy says that its pages are in."))
    _require_held(copy)
    waiting = ManualPage.objects.filter(
        copy=copy, acknowledged_at__isnull=True, revision__state=RevisionState.IN_FORCE
    )
    if waiting.update(acknowledged_at=now):
        _record(actor, "acknowledged", copy, now)
    return copy


@transaction.atomic
def return_copy(*, actor: access.Actor, copy_id: int, note: str = "", now: datetime) -> ManualCopy:
    """Register that a holder, who transfers or leaves, has returned his copy.

    :raises NotFound: if the actor may not know of the copy.
    :raises access.ActionDenied: without ``manual.keep``.
    :raises CopyReturned: if it was returned before.
    """
    copy = _lock_copy(actor, copy_id)
    queries.require_keep(actor, copy.manual.project_id)
    _require_held(copy)
    copy.returned_at = now
    copy.returned_to_label = actor.label[:140]
    copy.return_note = " ".join(note.split())[:200]
    copy.save(update_fields=["returned_at", "returned_to_label", "return_note"])
    _record(actor, "returned", copy, now)
    return copy


def _lock_manual(actor: access.Actor, manual_id: int) -> Manual:
    manual = queries.get_manual(actor=actor, manual_id=manual_id)
    queries.require_keep(actor, manual.project_id)
    return Manual.objects.select_for_update(of=("self",)).get(pk=manual_id)


def _lock_copy(actor: access.Actor, copy_id: int) -> ManualCopy:
    copy = ManualCopy.objects.filter(pk=copy_id).first()
    if copy is None:
        raise NotFound
    queries.get_manual(actor=actor, manual_id=copy.manual_id)
    manual = Manual.objects.select_for_update(of=("self",)).get(pk=copy.manual_id)
    copy = ManualCopy.objects.select_for_update(of=("self",)).get(pk=copy_id)
    copy.manual = manual
    return copy


def _require_held(copy: ManualCopy) -> None:
    if copy.returned_at is not None:
        raise CopyReturned(_("This copy was returned already."))


def _free_number(manual: Manual) -> int:
    """Return the lowest number that nobody has; the manual is locked."""
    held = set(
        ManualCopy.objects.filter(manual=manual, returned_at__isnull=True).values_list(
            "number", flat=True
        )
    )
    highest = ManualCopy.objects.filter(manual=manual).aggregate(most=Max("number"))["most"] or 0
    return next(number for number in range(1, highest + 2) if number not in held)


def _record(actor: access.Actor, what: str, copy: ManualCopy, now: datetime) -> None:
    in_force = ManualRevision.objects.filter(
        manual=copy.manual_id, state=RevisionState.IN_FORCE
    ).first()
    audit.record(
        actor=actor,
        event=f"documents.manual-copy.{what}",
        subject=copy,
        project_id=copy.manual.project_id,
        now=now,
        data={
            "number": copy.manual.number,
            "copy": copy.number,
            "holder": copy.holder_label,
            "mark": in_force.mark if in_force is not None else "",
        },
    )
