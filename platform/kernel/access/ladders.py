"""Which of the handbook's ladders a company follows: what another would change, and choosing it.

Nothing that people hold is touched: posts are added, renamed and hung elsewhere, never taken away.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from django.db import transaction

from kernel import access, policies
from kernel.access import lines, posts, seeding
from kernel.access.actions import Action
from kernel.access.catalogue import LADDERS, Ladder, Place
from kernel.access.models import Post
from kernel.audit import operations as audit
from kernel.errors import Conflict, NotFound
from kernel.policies.operations import set_value
from kernel.tenancy import company_day
from kernel.text import _

SETTING: Final = "org.reporting_lines"


class PlanChanged(Conflict):
    """What choosing the ladder would do is no longer what was looked at."""

    code = "access.ladder-plan-changed"


class Change(NamedTuple):
    """A name or a line of a post, as it is and as it would be."""

    key: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a company's posts would be by a ladder.

    :ivar added: keys of posts that the company does not have.
    :ivar renamed: names in both languages.
    :ivar moved: keys of the posts above, ``None`` for nobody.
    :ivar kept: keys of posts that the company named or hung otherwise itself, and that stay so.
    :ivar is_circle: with what stays, a post would stand above itself: nothing can be done.
    """

    ladder: Ladder
    first_day: date
    added: tuple[str, ...]
    renamed: tuple[Change, ...]
    moved: tuple[Change, ...]
    kept: tuple[str, ...]
    is_circle: bool

    @property
    def digest(self) -> str:
        """A few letters that differ where the plan does."""
        said = repr((self.ladder.key, self.added, self.renamed, self.moved, self.kept))
        return hashlib.sha256(said.encode()).hexdigest()[:16]


def in_force() -> Ladder:
    """Return the ladder that the company follows."""
    return LADDERS[policies.get(SETTING, str)]


def get_ladder(key: str) -> Ladder:
    """Return one of the handbook's. :raises NotFound: if there is none of this letter."""
    ladder = LADDERS.get(key)
    if ladder is None:
        raise NotFound
    return ladder


def plan(*, actor: access.Actor, key: str, first_day: date, keeps_own: bool = True) -> Plan:
    """Return what choosing the ladder would change from ``first_day`` on.

    :param keeps_own: leave names and lines that the company changed itself.
    :raises access.ActionDenied: without ``user.manage``.
    :raises NotFound: if there is no such ladder.
    """
    access.require_everywhere(actor, Action.USER_MANAGE)
    rows = {row.key: row for row in Post.objects.order_by("pk")}
    return _plan(get_ladder(key), rows, first_day=first_day, keeps_own=keeps_own)


@transaction.atomic
def choose_ladder(
    *,
    actor: access.Actor,
    key: str,
    first_day: date | None = None,
    keeps_own: bool = True,
    seen: str | None = None,
    now: datetime,
) -> Plan:
    """Let the company follow a ladder; its lines count from ``first_day``, today if missing.

    Names and added posts count at once.

    :param seen: the digest of the plan that was looked at.
    :raises access.ActionDenied: without ``user.manage`` or ``policy.change``.
    :raises NotFound: if there is no such ladder.
    :raises PlanChanged: if it would do something else than was looked at.
    :raises lines.LineDayInvalid: if the day lies in the past.
    :raises lines.LineIsCircle: if with what the company keeps a post would stand above itself.
    """
    access.require_everywhere(actor, Action.USER_MANAGE)
    access.require_everywhere(actor, Action.POLICY_CHANGE)
    today = company_day(now)
    lines.require_day(first_day or today, today=today)
    rows = posts.lock_posts()
    found = _plan(get_ladder(key), rows, first_day=first_day or today, keeps_own=keeps_own)
    if seen is not None and seen != found.digest:
        raise PlanChanged(_("The posts have changed since you looked. Look at the changes again."))
    if found.is_circle:
        raise lines.circle()
    _add(actor, found, now)
    _change(actor, found, rows, now)
    set_value(
        actor=actor, key=SETTING, text=found.ladder.key, is_decided=True, now=now, today=today
    )
    return found


def _plan(ladder: Ladder, rows: Mapping[str, Post], *, first_day: date, keeps_own: bool) -> Plan:
    former, current = in_force(), lines.above(first_day)
    seeds = {key: seed for key, seed in ladder.seeds().items() if seed.place != Place.OUTSIDE}
    taken = {row.name: row.key for row in rows.values() if row.is_active}
    in_use = {key for key in seeds if key not in rows or rows[key].is_active}
    renamed, moved, kept, added = [], [], [], []
    for key in seeds:
        name = ladder.name_of(key)
        if taken.get(name[0], key) != key:  # a post of the company's own has it
            kept.append(key)
            continue
        if key not in rows:
            added.append(key)
            continue
        if key not in in_use:
            continue
        post, has = rows[key], former if key in former.seeds() else ladder
        if (post.name, post.name_en) != name:
            if keeps_own and (post.name, post.name_en) != has.name_of(key):
                kept.append(key)
            else:
                renamed.append(Change(key, (post.name, post.name_en), name))
        above, now_above = ladder.nearest_above(key, in_use), current.get(key)
        if now_above != above:
            if keeps_own and now_above != has.nearest_above(key, in_use):
                kept.append(key)
            else:
                moved.append(Change(key, now_above, above))
    return Plan(
        ladder=ladder,
        first_day=first_day,
        added=tuple(added),
        renamed=tuple(renamed),
        moved=tuple(moved),
        kept=tuple(dict.fromkeys(kept)),
        is_circle=_is_circle({**current, **{one.key: one.after for one in moved}}),
    )


def _is_circle(ladder: Mapping[str, str | None]) -> bool:
    for post in ladder:
        seen, above = {post}, ladder[post]
        while above is not None:
            if above in seen:
                return True
            seen.add(above)
            above = ladder.get(above)
    return False


def _add(actor: access.Actor, found: Plan, now: datetime) -> None:
    """Add the posts; their lines count since ever, for nobody held them before."""
    seeding.add_posts(found.added, found.ladder)
    for post in Post.objects.filter(key__in=found.added).order_by("pk"):
        audit.record(
            actor=actor,
            event="access.post.added",
            subject=post,
            now=now,
            after={"name": post.name, "name_en": post.name_en, "ladder": found.ladder.key},
        )


def _change(actor: access.Actor, found: Plan, rows: Mapping[str, Post], now: datetime) -> None:
    before: dict[str, dict[str, Any]] = {}
    after: dict[str, dict[str, Any]] = {}
    for key, _old, (name, name_en) in found.renamed:
        post = rows[key]
        before[key] = {"name": post.name, "name_en": post.name_en}
        after[key] = {"name": name, "name_en": name_en}
        post.name, post.name_en = name, name_en
        post.save(update_fields=["name", "name_en"])
    lines.draw(
        {one.key: one.after for one in found.moved},
        first_day=found.first_day,
        today=company_day(now),
    )
    for key, old, new in found.moved:
        before.setdefault(key, {})["reports_to"] = old
        after.setdefault(key, {}).update(reports_to=new, reports_from=found.first_day.isoformat())
    for key, was in before.items():
        audit.record(
            actor=actor,
            event="access.post.changed",
            subject=rows[key],
            now=now,
            before=was,
            after=after[key] | {"ladder": found.ladder.key},
        )
