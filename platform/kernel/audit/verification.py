"""Whether the record is whole: every entry in its place in the chain, every anchor on it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef

from kernel.audit import chain
from kernel.audit.models import AuditAnchor, AuditEntry, AuditHead, AuditLink

PAGE: Final = 5000


class FaultKind(StrEnum):
    CHANGED = "changed"  # an entry is not what was chained
    MISSING = "missing"  # an entry that was chained is gone
    INSERTED = "inserted"  # an entry that never was chained
    REORDERED = "reordered"  # a link does not follow the one before it
    LINK_MISSING = "link-missing"
    CUT = "cut"  # the end of the chain is gone, or its head was set back
    ANCHOR = "anchor"  # the chain was another one at the time of an anchor


class Fault(NamedTuple):
    """What is wrong first. ``entry_id`` is 0 where no entry can be named."""

    kind: FaultKind
    seq: int
    entry_id: int
    detail: str

    def __str__(self) -> str:
        place = f"entry #{self.entry_id}" if self.entry_id else f"link {self.seq}"
        return f"{self.kind.value}: {place}: {self.detail}"


class Anchor(NamedTuple):
    """What the chain had come to once, and where that was kept."""

    seq: int
    hash: bytes
    source: str


@dataclass(frozen=True, slots=True)
class Report:
    """How many links were right, where the chain ends, and what is wrong, the first first."""

    seq: int
    hash: bytes
    faults: tuple[Fault, ...] = ()

    @property
    def is_whole(self) -> bool:
        return not self.faults


class _Link(NamedTuple):
    seq: int
    entry_id: int
    digest: bytes
    hash: bytes
    found_id: int | None
    fields: tuple[str | None, ...]


class Place(NamedTuple):
    """How far a verification has come, and where the chain ended when it began."""

    seq: int
    hash: bytes
    until: int
    head: bytes


class Walked(NamedTuple):
    """What a portion came to. ``is_over`` at the end of the chain and at the first fault."""

    place: Place
    fault: Fault | None
    is_over: bool


def verify(*, anchors: Iterable[Anchor] = ()) -> Report:
    """Read the whole record of the company in force and compare it with its chain.

    Digests and hashes are computed here, not by the database. Entries that are written meanwhile
    are left to the next time. The company's own anchors are looked at besides those given.

    :param anchors: from outside of the company's schema.
    """
    known = [*own_anchors(), *anchors]
    return conclude(walk(begin(), anchors=known), anchors=known)


def begin() -> Place:
    """Return the place before the first entry. Up to the chain's present end it is verified."""
    head = AuditHead.objects.first() or AuditHead(id=1, seq=0, hash=chain.GENESIS)
    return Place(0, chain.GENESIS, head.seq, bytes(head.hash))


def own_anchors() -> list[Anchor]:
    """Return the anchors that the company in force keeps itself."""
    kept = AuditAnchor.objects.all()
    return [Anchor(anchor.seq, bytes(anchor.hash), "the company") for anchor in kept]


def walk(place: Place, *, anchors: Iterable[Anchor], most: int | None = None) -> Walked:
    """Follow the chain from a place for ``most`` links, or to its end; stop at the first fault."""
    wanted: dict[int, list[Anchor]] = {}
    for anchor in anchors:
        wanted.setdefault(anchor.seq, []).append(anchor)
    seq, last, fault, is_over = place.seq, place.hash, None, True
    for number, link in enumerate(_links(seq, place.until), start=1):
        fault = _fault_of(link, seq, last) or _off_anchor(link, wanted.get(link.seq, ()))
        if fault:
            break
        seq, last = link.seq, link.hash
        if number == most:
            is_over = False
            break
    return Walked(Place(seq, last, place.until, place.head), fault, is_over)


def conclude(walked: Walked, *, anchors: Iterable[Anchor]) -> Report:
    """Look at the ends of a chain that was followed as far as it goes, and for loose entries."""
    faults = [walked.fault] if walked.fault else []
    faults = faults or [*_end(walked.place, anchors)]
    faults = faults or [*_past_head()]
    inserted = _inserted()
    if inserted:
        faults.append(inserted)
    return Report(walked.place.seq, walked.place.hash, tuple(faults))


def _fault_of(link: _Link, seq: int, last: bytes) -> Fault | None:
    if link.seq != seq + 1:
        detail = f"links {seq + 1} to {link.seq - 1} are gone"
        return Fault(FaultKind.LINK_MISSING, seq + 1, 0, detail)
    if link.hash != chain.hash_of(last, link.seq, link.entry_id, link.digest):
        detail = f"link {link.seq} does not follow link {seq}: it was moved, changed or put in"
        return Fault(FaultKind.REORDERED, link.seq, link.entry_id, detail)
    if link.found_id is None:
        return Fault(FaultKind.MISSING, link.seq, link.entry_id, f"link {link.seq} is of no entry")
    if link.digest != chain.digest_of(link.fields):
        detail = f"it is not what link {link.seq} was made of"
        return Fault(FaultKind.CHANGED, link.seq, link.entry_id, detail)
    return None


def _off_anchor(link: _Link, anchors: Iterable[Anchor]) -> Fault | None:
    for anchor in anchors:
        if anchor.hash != link.hash:
            detail = (
                f"{anchor.source} kept another hash of link {link.seq}:"
                " the chain up to it was made anew"
            )
            return Fault(FaultKind.ANCHOR, link.seq, link.entry_id, detail)
    return None


def _end(place: Place, anchors: Iterable[Anchor]) -> Iterator[Fault]:
    """Say that the chain does not reach its end, or not that of an anchor.

    Anchors that were made since the verification began lie further on: they are for the next.
    """
    furthest = max(anchors, default=None, key=lambda anchor: anchor.seq)
    stands_at = AuditHead.objects.values_list("seq", flat=True).first() or 0
    if (place.seq, place.hash) != (place.until, place.head):
        detail = f"the chain ends at link {place.seq}, its head stood at {place.until}"
        yield Fault(FaultKind.CUT, place.seq + 1, 0, detail)
    elif AuditLink.objects.filter(seq__lte=0).exists():
        yield Fault(FaultKind.REORDERED, 0, 0, "there is a link before the first")
    elif furthest is not None and furthest.seq > stands_at:
        detail = f"{furthest.source} kept an anchor at link {furthest.seq}"
        yield Fault(FaultKind.CUT, stands_at + 1, 0, detail)


def _past_head() -> Iterator[Fault]:
    """Say that the head was set back: nothing behind it would be looked at.

    One statement: a link and the head that it moves commit together.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(l.seq), (SELECT coalesce(max(h.seq), 0) FROM audit_audithead h)"
            " FROM audit_auditlink l"
        )
        furthest, stands_at = cursor.fetchone()
    if furthest is not None and furthest > stands_at:
        detail = f"there are links up to {furthest}, the head stands at {stands_at}"
        yield Fault(FaultKind.CUT, stands_at + 1, 0, detail)


def _inserted() -> Fault | None:
    """Name the first entry without a link. One statement: entry and link commit together."""
    loose = AuditEntry.objects.filter(~Exists(AuditLink.objects.filter(entry_id=OuterRef("pk"))))
    entry_id = loose.order_by("pk").values_list("pk", flat=True).first()
    if entry_id is None:
        return None
    return Fault(FaultKind.INSERTED, 0, entry_id, "it is not in the chain")


def _links(after: int, until: int) -> Iterator[_Link]:
    """Yield the links after one up to another with what is left of their entries, in order."""
    statement = f"""
        SELECT l.seq, l.entry_id, l.digest, l.hash, e.id, {chain.fields_sql("e")}
        FROM audit_auditlink l LEFT JOIN audit_auditentry e ON e.id = l.entry_id
        WHERE l.seq > %s AND l.seq <= %s ORDER BY l.seq LIMIT {PAGE}
    """  # noqa: S608 - no value of anybody's in it
    while True:
        with connection.cursor() as cursor:
            cursor.execute(statement, [after, until])
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        for seq, entry_id, digest, hash_, found_id, *fields in rows:
            yield _Link(seq, entry_id, bytes(digest), bytes(hash_), found_id, tuple(fields))
        if len(rows) < PAGE:
            return
        after = rows[-1][0]
