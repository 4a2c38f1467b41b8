"""Put due records on a list, dispose of them once approved, hold some back (SH-28, SH-71)."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Final

from django.db import transaction

from kernel import access
from kernel.access import Action, Actor
from kernel.approvals import operations as approvals
from kernel.approvals.models import Case
from kernel.audit import operations as audit
from kernel.db import refusing
from kernel.errors import Conflict, Invalid, NotFound
from kernel.locks import LockClass, lock_company
from kernel.records.models import Disposal, DisposalItem, DisposalState, LegalHold
from kernel.records.queries.retention import Due, due, ended, holds_in_force
from kernel.records.retention import class_of
from kernel.tenancy import company_day
from kernel.text import _, _p, in_company_language

KIND: Final = "archive.disposal"


class NothingChosen(Invalid):
    code = "records.nothing-chosen"


class NotDue(Conflict):
    code = "records.not-due"


class OnHold(Conflict):
    code = "records.on-hold"


class HeldAlready(Conflict):
    code = "records.held-already"


class ReasonMissing(Invalid):
    code = "records.reason-missing"


@transaction.atomic
def list_for_disposal(
    *, actor: Actor, project_id: int, keys: Iterable[str], note: str, now: datetime, today: date
) -> Disposal:
    """Put records that are due on a list and send it through the chain ``archive.disposal``.

    :param keys: of ``queries.retention.Due``.
    :raises NotFound: if the project is out of the actor's sight.
    :raises access.ActionDenied: without ``record.dispose`` there.
    :raises NothingChosen: without any.
    :raises ReasonMissing: without a note.
    :raises NotDue: if one is not due, or on a list already.
    :raises OnHold: if one is held back.
    """
    access.require_in_project(actor, Action.RECORD_DISPOSE, project_id)
    lock_company(LockClass.DISPOSAL)
    wanted = list(dict.fromkeys(keys))
    if not wanted:
        raise NothingChosen(_("Choose at least one record."))
    note = _reason(note, "note")
    rows = {row.key: row for row in due(actor=actor, project_id=project_id, today=today)}
    if any(key not in rows for key in wanted):
        raise NotDue(_("One of these records is not due, or is on a list already."))
    chosen = [rows[key] for key in wanted]
    for row in chosen:
        if row.hold is not None:
            raise OnHold(_held(row.label, row.hold))
    disposal = Disposal.objects.create(
        project_id=project_id, note=note, asked_by_label=actor.label[:140], asked_at=now
    )
    DisposalItem.objects.bulk_create(
        DisposalItem(
            disposal=disposal,
            record_class=row.record_class.key,
            object_id=row.object_id,
            label=row.label[:140],
            ended_on=row.ended_on,
            due_on=row.due_on,
            years=row.years,
        )
        for row in chosen
    )
    _record(actor, "records.disposal.listed", disposal, now, count=len(chosen))
    with in_company_language():
        summary = _summary(chosen)
    case = approvals.submit(
        actor=actor,
        kind=KIND,
        subject=disposal,
        project_id=project_id,
        title=note,
        facts={"files": len(chosen)},
        summary=summary,
        now=now,
    )
    Disposal.objects.filter(pk=disposal.pk).update(case_id=case.pk)
    disposal.refresh_from_db()
    return disposal


def dispose(*, case: Case, actor: Actor, now: datetime) -> None:
    """Dispose of what is on an approved list; the list stays as the proof.

    :raises OnHold: if something on it is held back by now: that refuses the signature.
    :raises NotDue: if something on it is to be kept longer by now.
    """
    disposal = Disposal.objects.select_for_update().get(pk=case.subject_id)
    lock_company(LockClass.DISPOSAL)
    held = {(hold.record_class, hold.object_id): hold for hold in holds_in_force()}
    items = list(disposal.items.order_by("record_class", "object_id"))
    for item in items:
        hold = held.get((item.record_class, item.object_id))
        if hold is not None:
            raise OnHold(_held(item.label, hold))
    for item in _kept_longer(disposal, items, company_day(now)):
        raise NotDue(
            _("%(record)s is not due any more. Reject this list.") % {"record": item.label}
        )
    for item in items:
        remove = class_of(item.record_class).dispose
        if remove is not None:
            remove(item.object_id, actor, now)
    disposal.state, disposal.done_at = DisposalState.DONE, now
    disposal.done_by_label = actor.label[:140]
    disposal.save(update_fields=["state", "done_at", "done_by_label"])
    _record(actor, "records.disposal.done", disposal, now, count=len(items))


def drop(*, case: Case, actor: Actor, state: DisposalState, event: str, now: datetime) -> None:
    """Take over that a list was rejected or withdrawn: its records are due as before."""
    disposal = Disposal.objects.select_for_update().get(pk=case.subject_id)
    disposal.state = state
    disposal.save(update_fields=["state"])
    _record(actor, event, disposal, now)


@transaction.atomic
def place_hold(
    *, actor: Actor, project_id: int, key: str, reason: str, now: datetime, today: date
) -> LegalHold:
    """Hold back a record that is due, for as long as a dispute or an inspection needs it.

    :raises NotFound: if the project is out of sight, or the record is not due there.
    :raises access.ActionDenied: without ``record.hold`` there.
    :raises ReasonMissing: without a reason.
    :raises HeldAlready: if it is held back.
    """
    access.require_in_project(actor, Action.RECORD_HOLD, project_id)
    lock_company(LockClass.DISPOSAL)
    row = next(
        (row for row in due(actor=actor, project_id=project_id, today=today) if row.key == key),
        None,
    )
    if row is None:
        raise NotFound
    hold = LegalHold(
        project_id=project_id,
        record_class=row.record_class.key,
        object_id=row.object_id,
        label=row.label[:140],
        reason=_reason(reason, "reason"),
        placed_by_label=actor.label[:140],
        placed_at=now,
    )
    with refusing(legalhold_once_at_a_time=HeldAlready(_("This record is held back already."))):
        hold.save(force_insert=True)
    audit.record(
        actor=actor,
        event="records.hold.placed",
        subject=hold,
        project_id=project_id,
        now=now,
        data={"label": hold.label, "reason": hold.reason},
    )
    return hold


@transaction.atomic
def lift_hold(*, actor: Actor, hold_id: int, reason: str, now: datetime) -> LegalHold:
    """End a hold: the record is due as before.

    :raises NotFound: if there is none in force in the actor's sight.
    :raises access.ActionDenied: without ``record.hold`` there.
    :raises ReasonMissing: without a reason.
    """
    hold = LegalHold.objects.select_for_update().filter(pk=hold_id, lifted_at=None).first()
    if hold is None or hold.project_id is None:
        raise NotFound
    access.require_in_sight(actor, Action.RECORD_HOLD, hold.project_id)
    hold.lift_reason = _reason(reason, "reason")
    hold.lifted_at, hold.lifted_by_label = now, actor.label[:140]
    hold.save(update_fields=["lift_reason", "lifted_at", "lifted_by_label"])
    audit.record(
        actor=actor,
        event="records.hold.lifted",
        subject=hold,
        project_id=hold.project_id,
        now=now,
        data={"label": hold.label, "reason": hold.lift_reason},
    )
    return hold


def _kept_longer(
    disposal: Disposal, items: Iterable[DisposalItem], today: date
) -> Iterator[DisposalItem]:
    """Yield what is on a list and not due today: the setting or the record changed since."""
    assert disposal.project_id is not None, "every list is of a project"
    found = {
        (record_class.key, kept.object_id, kept.ended_on)
        for record_class, _years, kept in ended(disposal.project_id, today)
    }
    for item in items:
        if (item.record_class, item.object_id, item.ended_on) not in found:
            yield item


def _summary(chosen: list[Due]) -> dict[str, str]:
    """Return what is on a list, by class: the first twenty records of each, and how many more."""
    summary: dict[str, str] = {}
    for record_class in dict.fromkeys(row.record_class for row in chosen):
        labels = [row.label for row in chosen if row.record_class is record_class]
        text = str(_p("between items of a list", ", ")).join(labels[:20])
        if len(labels) > 20:
            text = str(_("%(first)s and %(more)d more") % {"first": text, "more": len(labels) - 20})
        summary[str(record_class.name)] = text
    return summary


def _reason(text: str, field: str) -> str:
    words = " ".join(text.split())[:200]
    if not words:
        raise ReasonMissing(_("Give a reason."), field=field)
    return words


def _held(label: str, hold: LegalHold) -> object:
    return _("%(record)s is held back: %(reason)s") % {"record": label, "reason": hold.reason}


def _record(actor: Actor, event: str, disposal: Disposal, now: datetime, **data: str | int) -> None:
    audit.record(
        actor=actor,
        event=event,
        subject=disposal,
        project_id=disposal.project_id,
        now=now,
        data={"name": disposal.note, **data},
    )
