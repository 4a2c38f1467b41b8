"""People and organisations, and what they are of which unit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple, TypedDict

from django.db import transaction
from django.db.models import Q

from kernel import access, crypto
from kernel.access import Action, Actor
from kernel.audit import operations as audit
from kernel.db import refusing
from kernel.errors import Conflict, DomainError, NotFound
from kernel.tabular import clean
from kernel.text import _
from services.properties import rules
from services.properties.models import Occupancy, OccupancyRole, Party, PartyKind, Unit
from services.properties.operations import changes as partial
from services.properties.queries import lock_occupancy, lock_party, parties, projects_of_party
from services.properties.queries.locks import lock_units_with_households


class IdNumberOfAnother(Conflict):
    code = "properties.id-number-of-another"


class PartyElsewhere(Conflict):
    code = "properties.party-elsewhere"


class OccupancyOverlaps(Conflict):
    code = "properties.occupancy-overlaps"


class OccupancyEnded(Conflict):
    code = "properties.occupancy-ended"


@dataclass(frozen=True, kw_only=True)
class PartyDetails:
    """A person or organisation as written on a form."""

    name: str
    kind: str = PartyKind.PERSON
    phone: str = ""
    id_number: str = ""


class NewOwner(NamedTuple):
    """Who becomes owner: a known party, or one to be registered, with a share in percent."""

    party: int | PartyDetails
    share_percent: Decimal | None = None


class PartyChanges(TypedDict, total=False):
    name: str
    kind: str
    phone: str
    id_number: str


class OccupancyChanges(TypedDict, total=False):
    is_contact: bool
    share_percent: Decimal | None
    valid_from: date | None


@transaction.atomic
def add_party(
    *,
    actor: Actor,
    name: str,
    kind: str = PartyKind.PERSON,
    phone: str = "",
    id_number: str = "",
    now: datetime,
) -> Party:
    """Register a person or an organisation, or return the one that has this ID number and name.

    :raises access.ActionDenied: without ``registry.change``.
    :raises rules.PhoneInvalid: if the phone is none.
    :raises rules.IdNumberInvalid: if the ID number is none.
    :raises IdNumberOfAnother: if the ID number is registered under another name.
    :raises PartyElsewhere: if the party lies out of the actor's sight: he reaches it only by
        entering it at a unit of his own.
    """
    access.require(actor, Action.REGISTRY_CHANGE)
    details = PartyDetails(name=name, kind=kind, phone=phone, id_number=id_number)
    party = register(details, actor=actor, now=now)
    if not _is_in_sight(actor, party):
        raise PartyElsewhere(
            _(
                "This person is registered in another project. Enter him at the unit, with his "
                "name and ID number."
            ),
            field="id_number",
        )
    return party


@transaction.atomic
def update_party(*, actor: Actor, party_id: int, changes: PartyChanges, now: datetime) -> Party:
    """Change what is given of a party; the record says that a phone changed, never which (SH-22).

    :raises rules.PhoneInvalid: if the phone is none.
    :raises rules.IdNumberInvalid: if the ID number is none.
    :raises IdNumberOfAnother: if the ID number is another party's.
    """
    party, project_id = lock_in_sight(actor, Action.REGISTRY_CHANGE, party_id)
    wanted: dict[str, str] = {}
    if "kind" in changes:
        wanted["kind"] = changes["kind"]
    if "name" in changes:
        wanted["name"] = clean.person_name(changes["name"]) or ""
    difference = partial.apply(party, wanted)
    changed = [*difference.get("after", ())]
    if "name" in changed:
        party.initials, party.sort_key = rules.initials(party.name), rules.name_key(party.name)
    if "phone" in changes and _set_phone(party, changes["phone"]):
        changed.append("phone")
    if "id_number" in changes and _set_id_number(party, changes["id_number"]):
        changed.append("id_number")
    if changed:
        with refusing(**_party_refusals()):
            party.save()
        audit.record(
            actor=actor,
            event="properties.party.changed",
            subject=party,
            project_id=project_id,
            now=now,
            data={**difference, "changed": changed},
        )
    return party


@transaction.atomic
def add_occupancy(
    *,
    actor: Actor,
    unit_id: int,
    party_id: int,
    role: str,
    valid_from: date | None = None,
    valid_to: date | None = None,
    is_contact: bool = False,
    share_percent: Decimal | None = None,
    now: datetime,
) -> Occupancy:
    """Enter a known party as owner, lessee or resident of a unit during ``[valid_from, valid_to)``.

    The first owner pays for the account until somebody else is named.

    :raises NotFound: also if the party is out of the actor's sight.
    :raises rules.PeriodReversed: if the end is not after the beginning.
    :raises rules.SharesOverWhole: if the owners' shares come to more than the whole.
    :raises OccupancyOverlaps: if the party has this role in the unit in some of these days.
    """
    access.require(actor, Action.REGISTRY_CHANGE)
    if not parties(actor=actor).filter(pk=party_id).exists():
        raise NotFound(_("There is no such person."), field="party")
    return occupy(
        actor=actor,
        unit_id=unit_id,
        party=party_id,
        occupancy=Occupancy(
            role=role,
            valid_from=valid_from,
            valid_to=valid_to,
            is_contact=is_contact,
            share_percent=share_percent,
        ),
        now=now,
    )


@transaction.atomic
def register_occupant(
    *,
    actor: Actor,
    unit_id: int,
    party: PartyDetails,
    role: str,
    valid_from: date | None = None,
    valid_to: date | None = None,
    is_contact: bool = False,
    share_percent: Decimal | None = None,
    now: datetime,
) -> Occupancy:
    """Enter a person at a unit by name, phone and ID number, registering him if he is new.

    :raises rules.PhoneInvalid: if the phone is none.
    :raises rules.IdNumberInvalid: if the ID number is none.
    :raises IdNumberOfAnother: if the ID number is registered under another name.
    :raises rules.PeriodReversed: if the end is not after the beginning.
    :raises rules.SharesOverWhole: if the owners' shares come to more than the whole.
    :raises OccupancyOverlaps: if the party has this role in the unit in some of these days.
    """
    return occupy(
        actor=actor,
        unit_id=unit_id,
        party=party,
        occupancy=Occupancy(
            role=role,
            valid_from=valid_from,
            valid_to=valid_to,
            is_contact=is_contact,
            share_percent=share_percent,
        ),
        now=now,
    )


@transaction.atomic
def update_occupancy(
    *, actor: Actor, occupancy_id: int, changes: OccupancyChanges, now: datetime
) -> Occupancy:
    """Correct who is to be called first, an owner's share, or the day it began.

    :raises rules.PeriodReversed: if the end is not after the beginning.
    :raises rules.SharesOverWhole: if the owners' shares come to more than the whole.
    :raises OccupancyOverlaps: if the party has this role in the unit in some of these days.
    """
    occupancy = _lock_occupancy(actor, occupancy_id)
    difference = partial.apply(occupancy, changes)
    if difference:
        check(occupancy)
        with refusing(**_occupancy_refusals()):
            occupancy.save(update_fields=list(difference["after"]))
        _record(actor, "properties.occupancy.changed", occupancy, now, difference)
    return occupancy


@transaction.atomic
def end_occupancy(*, actor: Actor, occupancy_id: int, valid_to: date, now: datetime) -> Occupancy:
    """End an occupancy: ``valid_to`` is the first day on which it is no more.

    :raises rules.PeriodReversed: if it began later.
    :raises OccupancyEnded: if it ended already by that day.
    """
    occupancy = _lock_occupancy(actor, occupancy_id)
    if occupancy.valid_to is not None and occupancy.valid_to <= valid_to:
        raise OccupancyEnded(_("This ended already."), field="valid_to")
    rules.check_period(occupancy.valid_from, valid_to)
    occupancy.valid_to = valid_to
    occupancy.save(update_fields=["valid_to"])
    _record(
        actor,
        "properties.occupancy.ended",
        occupancy,
        now,
        {"valid_to": valid_to.isoformat()},
    )
    return occupancy


def register(details: PartyDetails, *, actor: Actor, now: datetime) -> Party:
    """Return the party of these details: the one with this ID number, or a new one.

    What is known of him already stays as it is. The caller has checked that the actor may.
    """
    party = Party(kind=details.kind, name=clean.person_name(details.name) or "")
    party.initials, party.sort_key = rules.initials(party.name), rules.name_key(party.name)
    _set_phone(party, details.phone)
    _set_id_number(party, details.id_number)
    known = _known(party)
    if known is None:
        try:
            with refusing(**_party_refusals()):
                party.save(force_insert=True)
        except IdNumberOfAnother:
            known = _known(party)  # entered by somebody else in this very moment
            if known is None:
                raise
    if known is not None:
        return known
    audit.record(
        actor=actor,
        event="properties.party.added",
        subject=party,
        now=now,
        data={"name": party.name},
    )
    return party


def occupy(
    *,
    actor: Actor,
    unit_id: int,
    party: int | PartyDetails,
    occupancy: Occupancy,
    now: datetime,
) -> Occupancy:
    """Save an occupancy with the unit and its account locked."""
    access.require(actor, Action.REGISTRY_CHANGE)
    units, households = lock_units_with_households([unit_id])
    unit = units[unit_id]
    access.require_in_sight(actor, Action.REGISTRY_CHANGE, unit.project_id)
    occupancy.unit = unit
    occupancy.party = party_of(party, actor=actor, now=now)
    check(occupancy)
    with refusing(**_occupancy_refusals()):
        occupancy.save(force_insert=True)
    household = households[unit.household_id]
    if occupancy.role == OccupancyRole.OWNER and household.payer_id is None:
        household.payer = occupancy.party
        household.save(update_fields=["payer"])
    _record(
        actor,
        "properties.occupancy.added",
        occupancy,
        now,
        {
            "valid_from": partial.as_json(occupancy.valid_from),
            "valid_to": partial.as_json(occupancy.valid_to),
            "share_percent": partial.as_json(occupancy.share_percent),
        },
    )
    return occupancy


def party_of(party: int | PartyDetails, *, actor: Actor, now: datetime) -> Party:
    """Return a party that was named by its id or by its details.

    :raises NotFound: if there is none of this id.
    """
    if isinstance(party, PartyDetails):
        return register(party, actor=actor, now=now)
    return lock_party(party)


def check(occupancy: Occupancy) -> None:
    """Return if an occupancy's days and share fit the others of its unit, which is locked.

    :raises rules.PeriodReversed: if the end is not after the beginning.
    :raises rules.SharesOverWhole: if the owners' shares come to more than the whole.
    """
    rules.check_period(occupancy.valid_from, occupancy.valid_to)
    if occupancy.role != OccupancyRole.OWNER or occupancy.share_percent is None:
        return
    at_once = Q()
    if occupancy.valid_to is not None:
        at_once &= Q(valid_from__isnull=True) | Q(valid_from__lt=occupancy.valid_to)
    if occupancy.valid_from is not None:
        at_once &= Q(valid_to__isnull=True) | Q(valid_to__gt=occupancy.valid_from)
    others = Occupancy.objects.filter(at_once, unit=occupancy.unit, role=OccupancyRole.OWNER)
    shares = others.exclude(pk=occupancy.pk).values_list("share_percent", flat=True)
    rules.check_shares([*shares, occupancy.share_percent])


def _set_phone(party: Party, text: str) -> bool:
    phone = rules.phone_number(text)
    index = crypto.blind_index(phone)
    if index == party.phone_index:
        return False
    party.phone_encrypted, party.phone_index = crypto.encrypt(phone), index
    party.phone_head, party.phone_tail = rules.phone_parts(phone)
    return True


def _set_id_number(party: Party, text: str) -> bool:
    id_number = rules.id_number(text, organisation=party.kind == PartyKind.ORGANISATION)
    index = crypto.blind_index(id_number)
    if index == party.id_number_index:
        return False
    party.id_number_encrypted, party.id_number_index = crypto.encrypt(id_number), index
    party.id_number_tail = rules.id_tail(id_number)
    return True


def _known(party: Party) -> Party | None:
    """Return the party that has this one's ID number.

    :raises IdNumberOfAnother: if it is registered under another name.
    """
    if not party.id_number_index:
        return None
    known = Party.objects.filter(id_number_index=party.id_number_index).first()
    if known is not None and known.name != party.name:
        raise _party_refusals()["party_id_number_once"]
    return known


def _is_in_sight(actor: Actor, party: Party) -> bool:
    return parties(actor=actor).filter(pk=party.pk).exists()


def lock_in_sight(actor: Actor, action: Action, party_id: int) -> tuple[Party, int | None]:
    """Return the party, locked, and a project in which the actor holds the action for it."""
    party = lock_party(party_id)
    projects = sorted(projects_of_party(party.pk))
    if not projects:
        access.require(actor, action)
        return party, None
    allowed = next((pk for pk in projects if actor.may(action, pk)), None)
    if allowed is None:
        seen = next((pk for pk in projects if actor.sees(pk)), projects[0])
        access.require_in_sight(actor, action, seen)
    return party, allowed


def _lock_occupancy(actor: Actor, occupancy_id: int) -> Occupancy:
    """Return the occupancy, locked after its unit, whose shares and days hang together."""
    access.require(actor, Action.REGISTRY_CHANGE)
    unit_id = Unit.objects.filter(occupancies=occupancy_id).values_list("pk", flat=True).first()
    if unit_id is None:
        raise NotFound
    lock_units_with_households([unit_id])
    occupancy = lock_occupancy(occupancy_id)
    access.require_in_sight(actor, Action.REGISTRY_CHANGE, occupancy.unit.project_id)
    return occupancy


def _record(
    actor: Actor,
    event: str,
    occupancy: Occupancy,
    now: datetime,
    data: Mapping[str, partial.Json],
) -> None:
    audit.record(
        actor=actor,
        event=event,
        subject=occupancy.unit,
        project_id=occupancy.unit.project_id,
        now=now,
        data={
            "occupancy": occupancy.pk,
            "role": occupancy.role,
            "party": occupancy.party_id,
            "name": occupancy.party.name,
            **data,
        },
    )


def _party_refusals() -> dict[str, DomainError]:
    return {
        "party_id_number_once": IdNumberOfAnother(
            _("This ID number is registered under another name: check both."), field="id_number"
        )
    }


def _occupancy_refusals() -> dict[str, DomainError]:
    return {
        "occupancy_no_overlap": OccupancyOverlaps(
            _("This person has this role in the unit already."), field="party"
        ),
        "occupancy_share_in_range": rules.SharesOverWhole(
            _("A share lies between 0 and 100 %."), field="share_percent"
        ),
    }
