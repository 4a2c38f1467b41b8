"""Leaving: begun, worked off thing by thing, closed together with the account (S-44)."""

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from kernel import access
from kernel.access.models import PostHolding
from kernel.access.operations import end_post, lock_administrators, set_active
from kernel.access.queries import lock_user
from kernel.audit import operations as audit
from kernel.db import violated_constraint
from kernel.errors import Conflict, Invalid, NotFound
from kernel.identity.leaving import Check, Group, Held, check_of, held_by
from kernel.identity.models import Departure, DepartureStep, SignIn, Way
from kernel.tenancy import company_day
from kernel.text import _


class DepartureOpen(Conflict):
    code = "identity.departure-open"


class DepartureOver(Conflict):
    code = "identity.departure-over"


class OwnDeparture(Conflict):
    code = "identity.own-departure"


class PersonIsOut(Conflict):
    code = "identity.person-is-out"


class NothingThere(NotFound):
    """It is settled, or somebody else was faster."""

    code = "identity.nothing-there"


class WayClosed(Invalid):
    code = "identity.way-closed"


class SuccessorMissing(Invalid):
    code = "identity.successor-missing"


class StillHeld(Conflict):
    """``details["held"]`` names everything that keeps the account open, with the reason."""

    code = "identity.still-held"


@transaction.atomic
def begin(*, actor: access.Actor, user_id: int, last_day: date, now: datetime) -> Departure:
    """Begin somebody's leaving. From now on he is issued nothing more.

    :raises access.ActionDenied: without ``user.manage``.
    :raises NotFound: if there is no such person.
    :raises OwnDeparture: for oneself.
    :raises PersonIsOut: if the account is closed already.
    :raises DepartureOpen: if it has begun.
    """
    access.require_everywhere(actor, access.Action.USER_MANAGE)
    if actor.user_id == user_id:
        raise OwnDeparture(_("Another administrator takes you through your leaving."))
    user = lock_user(user_id)
    if not user.is_active:
        raise PersonIsOut(_("This person cannot sign in any more."))
    try:
        with transaction.atomic():
            departure = Departure.objects.create(
                user=user, last_day=last_day, begun_at=now, begun_by_label=actor.label[:140]
            )
    except IntegrityError as error:
        if violated_constraint(error) != "departure_open_once":
            raise
        raise DepartureOpen(_("This person's leaving has begun already.")) from error
    audit.record(
        actor=actor,
        event="identity.departure.begun",
        subject=user,
        now=now,
        data={"last_day": last_day.isoformat()},
    )
    return departure


@transaction.atomic
def settle(
    *,
    actor: access.Actor,
    departure_id: int,
    check: str,
    ref: str,
    way: str,
    to_user_id: int | None = None,
    counted: str = "",
    note: str = "",
    now: datetime,
) -> DepartureStep:
    """Settle one thing that the leaver holds: hand it over, take it back or end it.

    :raises access.ActionDenied: without ``user.manage``, or without what the thing itself takes.
    :raises NotFound: if there is no such departure.
    :raises DepartureOver: if it is closed or taken back.
    :raises OwnDeparture: for oneself.
    :raises NothingThere: if he does not hold it.
    :raises WayClosed: if it cannot be settled this way.
    :raises SuccessorMissing: without an active person to hand it to, or to the leaver himself.
    """
    access.require_everywhere(actor, access.Action.USER_MANAGE)
    departure = _lock(departure_id)
    _require_other(actor, departure)
    found = check_of(check)
    thing = _find(found, departure, ref, now)
    if found is None or thing is None:
        raise NothingThere(_("This is settled, or somebody else was faster."))
    if way not in thing.ways or Way(way) not in found.settle:
        raise WayClosed(_("This cannot be settled in that way."), field="way")
    if way == Way.HAND_OVER or to_user_id is not None:
        _require_successor(departure, to_user_id)
    to_label = found.settle[Way(way)](
        actor=actor,
        leaver_id=departure.user_id,
        ref=ref,
        to_user_id=to_user_id,
        counted=counted,
        note=note,
        now=now,
    )
    return DepartureStep.objects.create(
        departure=departure,
        way=way,
        check_key=found.key,
        ref=ref,
        kind=str(found.label)[:60],
        what=thing.what[:300],
        to_label=to_label[:140],
        by_label=actor.label[:140],
        note=note.strip()[:200],
        at=now,
    )


@transaction.atomic
def close(*, actor: access.Actor, departure_id: int, now: datetime) -> Departure:
    """Close the account: posts end, sessions and tokens are void, the whole list is recorded.

    :raises access.ActionDenied: without ``user.manage``.
    :raises NotFound: if there is no such departure.
    :raises DepartureOver: if it is closed or taken back.
    :raises OwnDeparture: for oneself.
    :raises StillHeld: while anything is left that does not end by itself.
    :raises LastAdministrator: if nobody would be left to manage people.
    """
    access.require_everywhere(actor, access.Action.USER_MANAGE)
    departure = _lock(departure_id)
    _require_other(actor, departure)
    # Before looking: nothing is given to him between the list and the end.
    lock_administrators()
    lock_user(departure.user_id)
    today = company_day(now)
    groups = left_of(departure, today=today)
    blocking = [(group, thing) for group in groups for thing in group.blocking]
    if blocking:
        raise StillHeld(
            _("The account stays open: %(count)s things are not settled.")
            % {"count": len(blocking)},
            details={"held": [_line(group, thing) for group, thing in blocking]},
        )
    sheet = [
        *(
            {
                "kind": step.kind,
                "what": step.what,
                "way": step.way,
                "to": step.to_label,
                "by": step.by_label,
                "note": step.note,
                "at": step.at.isoformat(),
            }
            for step in departure.steps.order_by("pk")
        ),
        *(
            {
                **_line(group, thing),
                "way": Way.END.value,
                "to": "",
                "by": actor.label,
                "note": "",
                "at": now.isoformat(),
            }
            for group in groups
            for thing in group.things
        ),
    ]
    tomorrow = today + timedelta(days=1)
    lasting = Q(valid_to__isnull=True) | Q(valid_to__gt=tomorrow)
    for holding in PostHolding.objects.filter(lasting, user_id=departure.user_id).order_by("pk"):
        end_post(actor=actor, holding_id=holding.pk, last_day=today, now=now)
    set_active(actor=actor, user_id=departure.user_id, is_active=False, now=now)
    SignIn.objects.filter(user_id=departure.user_id, ended_at=None).update(ended_at=now)
    departure.closed_at, departure.closed_by_label = now, actor.label[:140]
    departure.sheet = sheet
    departure.save(update_fields=["closed_at", "closed_by_label", "sheet"])
    audit.record(
        actor=actor,
        event="identity.departure.closed",
        subject=departure.user,
        now=now,
        data={"last_day": departure.last_day.isoformat(), "sheet": sheet},
    )
    return departure


@transaction.atomic
def take_back(*, actor: access.Actor, departure_id: int, now: datetime) -> Departure:
    """Take a leaving back: the person stays. What was handed over stays handed over.

    :raises access.ActionDenied: without ``user.manage``.
    :raises NotFound: if there is no such departure.
    :raises DepartureOver: if it is closed or taken back.
    """
    access.require_everywhere(actor, access.Action.USER_MANAGE)
    departure = _lock(departure_id)
    departure.taken_back_at = now
    departure.save(update_fields=["taken_back_at"])
    audit.record(
        actor=actor, event="identity.departure.taken-back", subject=departure.user, now=now
    )
    return departure


def left_of(departure: Departure, *, today: date) -> list[Group]:
    """Return what the leaver holds now; what only a step could settle and did is gone."""
    settled = set(departure.steps.values_list("check_key", "ref"))
    left = []
    for group in held_by(user_id=departure.user_id, today=today):
        things = tuple(
            thing
            for thing in group.things
            if not (group.check.by_step and (group.check.key, thing.ref) in settled)
        )
        if things:
            left.append(Group(group.check, things))
    return left


def _lock(departure_id: int) -> Departure:
    """Return the departure, locked: two who close it at once meet here."""
    departure = (
        Departure.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(pk=departure_id)
        .first()
    )
    if departure is None:
        raise NotFound
    if not departure.is_open:
        raise DepartureOver(_("This departure is closed or was taken back."))
    return departure


def _find(check: Check | None, departure: Departure, ref: str, now: datetime) -> Held | None:
    groups = left_of(departure, today=company_day(now)) if check is not None else []
    return next(
        (
            thing
            for group in groups
            if group.check == check
            for thing in group.things
            if thing.ref == ref
        ),
        None,
    )


def _require_other(actor: access.Actor, departure: Departure) -> None:
    if actor.user_id == departure.user_id:
        raise OwnDeparture(_("Another administrator takes you through your leaving."))


def _require_successor(departure: Departure, to_user_id: int | None) -> None:
    missing = SuccessorMissing(_("Choose an active person who takes it over."), field="to_user")
    if to_user_id is None or to_user_id == departure.user_id:
        raise missing
    try:
        if not lock_user(to_user_id).is_active:
            raise missing
    except NotFound as error:
        raise missing from error


def _line(group: Group, thing: Held) -> dict[str, str]:
    return {"kind": str(group.check.label), "what": thing.what, "reason": str(thing.reason)}
