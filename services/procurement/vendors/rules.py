"""Whether a vendor may quote and deliver, how well he does, whose account is whose. Pure.

Handbook 3.5 E.
"""

import unicodedata
from calendar import monthrange
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from kernel.errors import Conflict, Invalid
from kernel.text import _

_TENTH: Final = Decimal("0.1")
_WEIGHTS: Final = {"delivery": 30, "quality": 40, "price": 15, "disputes": 15}


class VendorNotFit(Conflict):
    code = "procurement.vendor-not-fit"


class AccountInvalid(Invalid):
    code = "procurement.account-invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A licence or certificate; both days inclusive, without an end it does not run out."""

    kind: str
    valid_from: date
    valid_to: date | None = None
    is_checked: bool = True


def kinds_missing(papers: Iterable[Paper], *, required: Collection[str], today: date) -> list[str]:
    """Return the required kinds of which no checked paper is valid today, in order."""
    valid = {
        paper.kind
        for paper in papers
        if paper.is_checked
        and paper.valid_from <= today
        and (paper.valid_to is None or today <= paper.valid_to)
    }
    return sorted(set(required) - valid)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A hold or blacklisting; the last day is inclusive, ``None`` without end."""

    first_day: date
    last_day: date | None
    reason: str
    is_blacklisting: bool = False

    def is_on(self, day: date) -> bool:
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What stands on one day between a vendor and quotes or orders (PR-60, PR-61, PR-66).

    :ivar is_active: he is on the register: neither applied, refused nor closed.
    :ivar holds: those that last on the day, a blacklisting first.
    :ivar missing: the names of required papers of which none is checked and valid.
    :ivar is_unchecked: he is an intermediary whose last check did not find all four in order.
    """

    vendor_id: int
    is_active: bool
    holds: tuple[Hold, ...] = ()
    missing: tuple[str, ...] = ()
    is_unchecked: bool = False

    @property
    def is_fit(self) -> bool:
        return self.is_active and not (self.holds or self.missing or self.is_unchecked)

    @property
    def is_blacklisted(self) -> bool:
        return any(hold.is_blacklisting for hold in self.holds)

    @property
    def reasons(self) -> tuple[object, ...]:
        """Return what is in the way, as sentences. A hold's own reason is not for the vendor."""
        found: list[object] = []
        if not self.is_active:
            found.append(_("The vendor is not active in the register."))
        found.extend(_held(hold) for hold in self.holds)
        found.extend(
            _("“%(paper)s” is missing, not checked or not valid today.") % {"paper": name}
            for name in self.missing
        )
        if self.is_unchecked:
            found.append(_("The intermediary has not passed its check."))
        return tuple(found)


def current_holds(holds: Iterable[Hold], *, today: date) -> tuple[Hold, ...]:
    """Return the holds that last today, a blacklisting first, then the longest."""
    return tuple(
        sorted(
            (hold for hold in holds if hold.is_on(today)),
            key=lambda hold: (not hold.is_blacklisting, -(hold.last_day or date.max).toordinal()),
        )
    )


def require_fit(standing: Standing) -> None:
    """Return if a vendor may quote and be ordered from. :raises VendorNotFit: naming why not."""
    if standing.is_fit:
        return
    raise VendorNotFit(
        _("No quotes and no orders with this vendor at present: %(reasons)s")
        % {"reasons": " ".join(str(reason) for reason in standing.reasons)},
        details={
            "papers": list(standing.missing),
            "is_held": bool(standing.holds),
            "is_active": standing.is_active,
            "is_unchecked": standing.is_unchecked,
        },
    )


def backups_missing(*, backups: int, least: int) -> int:
    """Return how many backup vendors a category lacks (PR-62; S-39: one, at least two)."""
    return max(least - backups, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What a vendor did in a period, counted from orders, receipts, quotes and objections."""

    deliveries: int = 0
    on_time: int = 0
    lines: int = 0
    lines_refused: int = 0
    quotes: int = 0
    quotes_cheapest: int = 0
    disputes: int = 0
    disputes_settled: int = 0


def scorecard(record: Record) -> dict[str, Decimal | None]:
    """Return points of 0 to 100 by aspect and in all; ``None`` where there is nothing to judge.

    ``total`` weighs what can be judged: a new vendor is not bad for having no disputes.
    """
    aspects: dict[str, Decimal | None] = {
        "delivery": _share(record.on_time, record.deliveries),
        "quality": _share(record.lines - record.lines_refused, record.lines),
        "price": _share(record.quotes_cheapest, record.quotes),
        "disputes": _share(record.disputes_settled, record.disputes)
        if record.disputes
        else (Decimal(100) if record.deliveries else None),
    }
    judged = {aspect: points for aspect, points in aspects.items() if points is not None}
    weight = sum(_WEIGHTS[aspect] for aspect in judged)
    total = sum((points * _WEIGHTS[aspect] for aspect, points in judged.items()), Decimal(0))
    aspects["total"] = (total / weight).quantize(_TENTH, ROUND_HALF_UP) if weight else None
    return aspects


def account_number(text: str) -> str:
    """Return a bank account's number as digits, however it was typed.

    :raises AccountInvalid: if it is none: 6 to 34 letters and digits.
    """
    bare = "".join(
        character
        for character in unicodedata.normalize("NFKC", text).upper()
        if not character.isspace() and character not in "-.·"
    )
    if not 6 <= len(bare) <= 34 or not (bare.isascii() and bare.isalnum()):
        raise AccountInvalid(_("Enter the number of the bank account."), field="number")
    return bare


def months_until_review(*, every: str) -> int:
    """Return how many months lie between two reviews (``vendor.review``, ``vendor.reconcile``)."""
    return {"month": 1, "quarter": 3, "half_year": 6, "year": 12}[every]


def months_back(day: date, months: int) -> date:
    """Return the day so many months earlier; of a shorter month its last day."""
    count = day.year * 12 + day.month - 1 - months
    year, month = divmod(count, 12)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def reminder_stage(days_left: int, *, ahead: Sequence[int]) -> int | None:
    """Return which reminder is due with so many days left: the nearest of ``ahead``.

    -1 once the day is over, ``None`` while there is time.
    """
    if days_left < 0:
        return -1
    return min((stage for stage in ahead if days_left <= stage), default=None)


def _share(part: int, whole: int) -> Decimal | None:
    return (Decimal(part) * 100 / whole).quantize(_TENTH, ROUND_HALF_UP) if whole else None


def _held(hold: Hold) -> object:
    if hold.is_blacklisting:
        return _("The vendor is blacklisted.")
    if hold.last_day is None:
        return _("The vendor is on hold.")
    return _("The vendor is on hold until %(day)s.") % {"day": hold.last_day.isoformat()}
