"""One box that finds a household by whatever is known of it.

Each finder is one query that an index serves; they run from the surest to the vaguest until
enough is found.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from enum import StrEnum
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from django.db.models import Q, QuerySet

from kernel import access, crypto
from kernel.access import Action, Actor
from kernel.models import CompanyModel
from kernel.tabular.text import tidy
from services.properties import rules
from services.properties.models import Household, Meter, Occupancy, Party, Unit, Vehicle

_M = TypeVar("_M", bound=CompanyModel)

LONGEST_TEXT = 60
# A tail of four digits fits one in ten thousand; more are opened only to compare longer tails.
MOST_PHONES_OPENED = 200


class FoundBy(StrEnum):
    """What of a household fitted the text."""

    ROOM = "ROOM"
    NAME = "NAME"
    PHONE = "PHONE"
    PLATE = "PLATE"
    METER = "METER"


class Found(NamedTuple):
    """A household, and what fitted: a room's label, a name, a masked phone, a plate, a meter."""

    household: Household
    by: FoundBy
    text: str


class _Match(NamedTuple):
    household_id: int
    by: FoundBy
    text: str


class _Search(NamedTuple):
    text: str
    actor: Actor
    action: Action
    project_id: int | None
    today: date | None
    limit: int

    def within(self, queryset: QuerySet[_M], field: str = "project_id") -> QuerySet[_M]:
        if self.project_id is not None:
            if not self.actor.may(self.action, self.project_id):
                return queryset.none()
            return queryset.filter(**{field: self.project_id})
        return access.scoped(queryset, self.actor, self.action, field=field)


def search_households(
    *,
    actor: Actor,
    text: str,
    project_id: int | None = None,
    limit: int = 20,
    action: Action = Action.REGISTRY_VIEW,
    today: date | None = None,
) -> list[Found]:
    """Return households that fit what was typed, the surest first, each once.

    Room in any spelling (3-2-1602, 321602, 3栋2单元1602, also of a parking space), plate or its
    end, phone or its last four digits, meter number, name, initials of its pinyin.

    :param project_id: search in one project only; without it in all the actor holds ``action`` in.
    :param today: leaves out people whose lease has ended by then; without it, all whose end is set.
    """
    search = _Search(
        tidy(text.replace("\0", ""))[:LONGEST_TEXT], actor, action, project_id, today, limit
    )
    if not search.text:
        return []
    found: dict[int, _Match] = {}
    for match in _matches(search):
        found.setdefault(match.household_id, match)
        if len(found) >= limit:
            break
    households = Household.objects.select_related("project", "payer").in_bulk(list(found))
    return [Found(households[match.household_id], match.by, match.text) for match in found.values()]


def units_fitting(text: str) -> Q:
    """Return the condition on units for what is typed above a list of them.

    The same things as ``search_households`` understands, without meters and longer phone tails.
    """
    room = rules.room_search(text)
    fits = Q(sort_key__in=room.keys) | Q(code__icontains=text) | Q(label__icontains=text)
    people = parties_fitting(text)
    fits |= Q(
        pk__in=Occupancy.objects.filter(party__in=Party.objects.filter(people)).values("unit")
    )
    fits |= Q(household__payer__in=Party.objects.filter(people))
    part = rules.plate_like(text)
    if part:
        vehicles = Vehicle.objects.filter(plate__endswith=part, is_active=True)
        fits |= Q(household__in=vehicles.values("household")) | Q(pk__in=vehicles.values("space"))
    return fits


def parties_fitting(text: str) -> Q:
    """Return the condition on parties: part of the name, initials, or the end of the phone."""
    fits = Q(name__icontains=text)
    if re.fullmatch(r"[A-Za-z]+", text):
        fits |= Q(initials__startswith=text.lower())
    if re.fullmatch(r"\d{4,}", text):
        fits |= Q(phone_tail=text[-4:], **_whole_phone(text))
    return fits


def _whole_phone(text: str) -> dict[str, str]:
    return {"phone_index": crypto.blind_index(text)} if len(text) == 11 else {}


def _matches(search: _Search) -> Iterator[_Match]:
    finders: tuple[Callable[[_Search], Iterator[_Match]], ...] = (
        _by_room,
        _by_phone,
        _by_plate,
        _by_name,
        _by_initials,
        _by_part_of_room,
        _by_meter,
        _by_part_of_name,
    )
    for find in finders:
        # Several people of one household may fit: three times the limit is enough in practice.
        yield from islice(find(search), search.limit * 3)


def _by_room(search: _Search) -> Iterator[_Match]:
    keys = rules.room_search(search.text).keys
    if keys:
        yield from _units(search, Q(sort_key__in=keys))


def _by_part_of_room(search: _Search) -> Iterator[_Match]:
    room = rules.room_search(search.text)
    if room.number:
        # The end of the code is what the trigram index knows; the key settles zeros in front.
        tail = Q(code__endswith=room.number) & Q(
            sort_key__endswith=f"-{rules.sort_key(room.number)}"
        )
        yield from _units(search, tail)
    if room.ends:
        first, last = room.ends
        yield from _units(
            search, Q(sort_key__startswith=f"{first}-") & Q(sort_key__endswith=f"-{last}")
        )
    if room.prefix:
        yield from _units(search, Q(code__startswith=room.prefix))


def _units(search: _Search, fits: Q) -> Iterator[_Match]:
    rows = (
        search.within(Unit.objects.filter(fits))
        .order_by("sort_key", "pk")
        .values_list("household_id", "label")[: search.limit * 3]
    )
    for household_id, label in rows:
        yield _Match(household_id, FoundBy.ROOM, label)


def _by_phone(search: _Search) -> Iterator[_Match]:
    typed = re.sub(r"[\s()\-]", "", search.text)
    if not re.fullmatch(r"\+?\d{4,15}", typed):
        return
    try:
        whole = rules.phone_number(search.text)
    except rules.PhoneInvalid:
        whole = ""
    if not whole and not re.fullmatch(r"[\d\s]+", search.text):
        return  # 3-2-16 is a room
    digits = typed.lstrip("+")
    tail = digits[-4:]
    if len(digits) == 4:
        yield from _people(search, FoundBy.PHONE, phone_tail=tail)
        return
    if whole and len(digits) >= 10:  # less is a landline without its area code
        index = crypto.blind_index(whole)
        yield from _people(search, FoundBy.PHONE, phone_tail=tail, phone_index=index)
        return
    candidates = Party.objects.filter(phone_tail=tail).order_by("pk")
    fitting = [
        party_id
        for party_id, phone in candidates.values_list("pk", "phone_encrypted")[:MOST_PHONES_OPENED]
        if re.sub(r"\D", "", crypto.decrypt(phone)).endswith(digits)
    ]
    if fitting:
        yield from _people(search, FoundBy.PHONE, pk__in=fitting)


def _by_plate(search: _Search) -> Iterator[_Match]:
    part = rules.plate_like(search.text)
    if not part:
        return
    rows = (
        search.within(Vehicle.objects.filter(plate__endswith=part, is_active=True))
        .order_by("plate", "pk")
        .values_list("household_id", "plate")[: search.limit]
    )
    for household_id, plate in rows:
        yield _Match(household_id, FoundBy.PLATE, plate)


def _by_meter(search: _Search) -> Iterator[_Match]:
    if len(search.text) < 4 or not re.search(r"\d", search.text):
        return
    beginning = f"^{re.escape(search.text)}"  # a regular expression: what the trigram index serves
    rows = (
        search.within(Meter.objects.filter(code__iregex=beginning, is_active=True))
        .order_by("code", "pk")
        .values_list("unit__household_id", "code")[: search.limit]
    )
    for household_id, code in rows:
        yield _Match(household_id, FoundBy.METER, code)


def _by_name(search: _Search) -> Iterator[_Match]:
    if not search.text.isdigit():
        yield from _people(search, FoundBy.NAME, name__startswith=search.text)


def _by_part_of_name(search: _Search) -> Iterator[_Match]:
    # Two characters have no trigram: this one reads all names, so it comes last.
    if len(search.text) > 1 and not search.text.isascii():
        yield from _people(search, FoundBy.NAME, name__contains=search.text)


def _by_initials(search: _Search) -> Iterator[_Match]:
    if re.fullmatch(r"[A-Za-z]{2,12}", search.text):
        yield from _people(search, FoundBy.NAME, initials__startswith=search.text.lower())


def _people(search: _Search, by: FoundBy, **fits: Any) -> Iterator[_Match]:
    """Yield the households whose present occupants or payer fit, in the order of the rooms."""
    stays = Q(valid_to__isnull=True)
    if search.today is not None:
        stays |= Q(valid_to__gt=search.today)
    occupants = search.within(
        Occupancy.objects.filter(stays, **_through("party", fits)), "unit__project_id"
    )
    yield from _masked(
        by,
        occupants.order_by("unit__sort_key", "pk").values_list(
            "unit__household_id", "party__name", "party__phone_head", "party__phone_tail"
        )[: search.limit * 3],
    )
    payers = search.within(Household.objects.filter(**_through("payer", fits)))
    yield from _masked(
        by,
        payers.order_by("sort_key", "pk").values_list(
            "pk", "payer__name", "payer__phone_head", "payer__phone_tail"
        )[: search.limit * 3],
    )


def _through(relation: str, fits: dict[str, Any]) -> dict[str, Any]:
    return {f"{relation}__{lookup}": value for lookup, value in fits.items()}


def _masked(by: FoundBy, rows: Iterable[tuple[int, str, str, str]]) -> Iterator[_Match]:
    for household_id, name, head, tail in rows:
        phone = Party(phone_head=head, phone_tail=tail).phone_masked
        yield _Match(household_id, by, f"{name} {phone}" if by == FoundBy.PHONE else name)
