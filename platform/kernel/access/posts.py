"""Writes of posts themselves: what there is, what it may do, to whom it reports."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from kernel import access
from kernel.access import allowing, classes, lines, operations
from kernel.access.actions import Action
from kernel.access.catalogue import ADMINISTRATOR
from kernel.access.models import OWN, Department, Post, ReportingLine
from kernel.audit import operations as audit
from kernel.errors import Conflict, Invalid, NotFound
from kernel.tenancy import company_day
from kernel.text import _

LONGEST_NAME = 60


class PostNameMissing(Invalid):
    code = "access.post-name-missing"


class PostNameTaken(Conflict):
    code = "access.post-name-taken"


class PlaceUnknown(Invalid):
    code = "access.place-unknown"


class LineUnknown(Invalid):
    """``reports_to`` names no post that could stand above this one."""

    code = "access.line-unknown"


class DepartmentUnknown(Invalid):
    code = "access.department-unknown"


class PostNeeded(Conflict):
    """The platform cannot do without the post."""

    code = "access.post-needed"


class PostInUse(Conflict):
    """Somebody holds the post or reports to it; ``details`` has how many of each."""

    code = "access.post-in-use"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostFacts:
    """What a company says of a post."""

    name: str
    name_en: str = ""
    place: str = Post.Place.PROJECT
    reports_to: str | None = None
    # The first day of a new line; today if missing.
    reports_from: date | None = None
    department_id: int | None = None


@transaction.atomic
def add_post(
    *,
    actor: access.Actor,
    facts: PostFacts,
    copied_from: str | None = None,
    actions: Collection[str] | None = None,
    counts_as: Collection[str] | None = None,
    stands_in: bool = False,
    now: datetime,
) -> Post:
    """Add a post of the company's own. Its key is made here and never changes.

    :param copied_from: a post whose actions it takes over unless others are given, and as which,
        or as whose like, it counts unless it is said otherwise.
    :param counts_as: posts of the catalogue, as for :func:`classify_post`.
    :raises access.ActionDenied: without ``user.manage``.
    :raises operations.PostUnknown: if there is no such post to copy.
    :raises classes.CountsUnknown, classes.StandsInForNone: by what it is to count as.
    :raises PostNameMissing, PostNameTaken, PlaceUnknown, LineUnknown, lines.LineDayInvalid,
        DepartmentUnknown: by the facts.
    :raises allowing.ActionUnknown, allowing.ActionForbidden: by the actions.
    :raises duties.DutiesMeet: if the post alone would carry duties that are kept apart.
    """
    access.require_everywhere(actor, Action.USER_MANAGE)
    posts = lock_posts()
    post = Post(key=f"own_{max((row.pk for row in posts.values()), default=0) + 1}")
    _fill(post, facts, posts)
    post.source = OWN
    post.save(force_insert=True)
    line = _draw(post, facts, now)
    if copied_from is not None:
        copied_actions, copied_counts = _copied(posts, copied_from)
        actions = copied_actions if actions is None else actions
        counts_as = (copied_counts or None) if counts_as is None else counts_as
    chosen = allowing.known_actions(actions or ())
    counts = classes.check(post, counts_as or (), stands_in=stands_in)
    allowing.check(actor, post, chosen, counts, now, stands_in=stands_in)
    allowing.write(post, chosen)
    if counts_as is not None:
        classes.write(post, counts, stands_in=stands_in)
    audit.record(
        actor=actor,
        event="access.post.added",
        subject=post,
        now=now,
        after=_words(post) | line[1] | {"actions": sorted(chosen)} | classes.words(post, counts),
    )
    return post


@transaction.atomic
def change_post(*, actor: access.Actor, key: str, facts: PostFacts, now: datetime) -> Post:
    """Change a post's names, place, department, and to whom it reports.

    :raises access.ActionDenied: without ``user.manage``.
    :raises NotFound: if there is no such post.
    :raises PostNameMissing, PostNameTaken, PlaceUnknown, LineUnknown, lines.LineDayInvalid,
        lines.LineIsCircle, DepartmentUnknown: by the facts.
    :raises PostNeeded: if the administrator's post would be held elsewhere than company-wide.
    :raises PostInUse: if it would be for people outside while staff hold it or it allows anything.
    """
    access.require_everywhere(actor, Action.USER_MANAGE)
    posts = lock_posts()
    post = _of(posts, key)
    if key == ADMINISTRATOR and facts.place != Post.Place.COMPANY:
        raise PostNeeded(_("This post is held in the whole company."), field="place")
    if facts.place == Post.Place.OUTSIDE != post.place:
        _require_idle(post, now)
    before = _words(post)
    _fill(post, facts, posts)
    post.save(update_fields=["name", "name_en", "place", "department"])
    line_before, line_after = _draw(post, facts, now)
    _record_change(
        actor, "access.post.changed", post, before | line_before, _words(post) | line_after, now
    )
    return post


@transaction.atomic
def set_actions(
    *, actor: access.Actor, key: str, actions: Collection[str], now: datetime
) -> frozenset[Action]:
    """Let the post do exactly ``actions`` from now on; return them.

    :raises access.ActionDenied: without ``user.manage``.
    :raises NotFound: if there is no such post.
    :raises allowing.ActionUnknown: if there is no such action.
    :raises allowing.ActionForbidden: if the handbook says that the post must not.
    :raises allowing.ActionNeeded: if the platform needs the post to keep what would be taken.
    :raises operations.SettingUpApart: if a holder would set up the company and do its business.
    :raises duties.DutiesMeet: if duties that are kept apart would meet in the post, or in a person
        who holds it with others.
    """
    access.require_everywhere(actor, Action.USER_MANAGE)
    post = _of(lock_posts(), key)
    chosen = allowing.known_actions(actions)
    before = allowing.actions_of(key)
    allowing.check(actor, post, chosen, classes.counts_of(key), now, stands_in=post.stands_in)
    allowing.write(post, chosen)
    _record_change(
        actor,
        "access.post.actions-changed",
        post,
        {"actions": sorted(before)},
        {"actions": sorted(chosen)},
        now,
    )
    return chosen


@transaction.atomic
def classify_post(
    *,
    actor: access.Actor,
    key: str,
    counts_as: Collection[str],
    stands_in: bool = False,
    now: datetime,
) -> Post:
    """Say as which posts of the catalogue the post counts, be it as none.

    It carries their duties wherever a pair of duties names them, and must not do what they must
    not. A post of the catalogue always counts as itself too.

    :param stands_in: its holders also sign where a chain names one of these posts, and hear what
        these are told.
    :raises access.ActionDenied: without ``user.manage``.
    :raises NotFound: if there is no such post.
    :raises classes.CountsUnknown, classes.StandsInForNone: by what it is to count as.
    :raises allowing.ActionForbidden: if it may do what one of these must not.
    :raises operations.SettingUpApart: if it is to stand in and sets up the company.
    :raises duties.DutiesMeet: if duties that are kept apart would meet in the post, or in a person
        who holds it with others.
    """
    access.require_everywhere(actor, Action.USER_MANAGE)
    post = _of(lock_posts(), key)
    counts = classes.check(post, counts_as, stands_in=stands_in)
    before = classes.counts_of(key)
    words = classes.words(post, before)
    allowing.check(actor, post, allowing.actions_of(key), counts, now, stands_in=stands_in)
    classes.write(post, counts, stands_in=stands_in)
    _record_change(actor, "access.post.classified", post, words, classes.words(post, counts), now)
    return post


@transaction.atomic
def retire_post(*, actor: access.Actor, key: str, now: datetime) -> Post:
    """Take a post out of use: it can no longer be given. What was done by it stays readable.

    :raises access.ActionDenied: without ``user.manage``.
    :raises NotFound: if there is no such post.
    :raises PostNeeded: for the administrator's.
    :raises PostInUse: if somebody holds it today or later, or a post in use reports to it.
    """
    access.require_everywhere(actor, Action.USER_MANAGE)
    posts = lock_posts()
    post = _of(posts, key)
    if key == ADMINISTRATOR:
        raise PostNeeded(_("Somebody must be able to manage people: this post stays."))
    holders = allowing.open_holdings(company_day(now)).filter(post__key=key).count()
    reports = (
        ReportingLine.objects.filter(
            lines.from_day_on(company_day(now)), reports_to=post, post__is_active=True
        )
        .values("post")
        .distinct()
        .count()
    )
    if holders or reports:
        raise PostInUse(
            _(
                "The post is in use: %(holders)s hold it and %(reports)s posts report to it. "
                "End or change these first."
            )
            % {"holders": holders, "reports": reports},
            details={"holders": holders, "reports": reports},
        )
    _set_active(actor, post, now, is_active=False)
    return post


@transaction.atomic
def restore_post(*, actor: access.Actor, key: str, now: datetime) -> Post:
    """Bring a retired post back into use.

    :raises access.ActionDenied: without ``user.manage``.
    :raises NotFound: if there is no such post.
    :raises PostNameTaken: if another post has its name meanwhile.
    :raises LineUnknown: if the post that it reported to is retired.
    """
    access.require_everywhere(actor, Action.USER_MANAGE)
    posts = lock_posts()
    post = _of(posts, key)
    above = ReportingLine.objects.filter(lines.from_day_on(company_day(now)), post=post)
    if above.filter(reports_to__is_active=False).exists():
        raise LineUnknown(_("The post that it reported to is retired."), field="reports_to")
    _require_name_free(post.name, key, posts)
    _set_active(actor, post, now, is_active=True)
    return post


def lock_posts() -> dict[str, Post]:
    """Return all posts by key, locked: names and lines are looked at as a whole."""
    rows = Post.objects.select_for_update(no_key=True).order_by("pk")
    return {row.key: row for row in rows}


def _of(posts: Mapping[str, Post], key: str) -> Post:
    post = posts.get(key)
    if post is None:
        raise NotFound
    return post


def _fill(post: Post, facts: PostFacts, posts: Mapping[str, Post]) -> None:
    """Put the facts into the row, having checked them."""
    name, name_en = facts.name.strip(), facts.name_en.strip()
    for field, value in (("name", name), ("name_en", name_en)):
        if len(value) > LONGEST_NAME or not value.isprintable() or (field == "name" and not value):
            raise PostNameMissing(_("Enter up to 60 characters."), field=field)
    _require_name_free(name, post.key, posts)
    if facts.place not in Post.Place.values:
        raise PlaceUnknown(_("There is no such choice."), field="place")
    if facts.reports_to is not None:
        above = posts.get(facts.reports_to)
        if above is None or not above.is_active or above.place == Post.Place.OUTSIDE:
            raise LineUnknown(_("There is no such post."), field="reports_to")
    if (
        facts.department_id is not None
        and not Department.objects.filter(pk=facts.department_id, is_active=True).exists()
    ):
        raise DepartmentUnknown(_("There is no such department."), field="department")
    post.name, post.name_en, post.place = name, name_en, facts.place
    post.department_id = facts.department_id


def _draw(post: Post, facts: PostFacts, now: datetime) -> tuple[dict[str, Any], dict[str, Any]]:
    """Draw the line that the facts ask for; return what the audit says of it, before and after."""
    today = company_day(now)
    first_day = facts.reports_from or today
    replaced = lines.draw({post.key: facts.reports_to}, first_day=first_day, today=today)
    if not replaced:
        return {}, {}
    since = {"reports_from": first_day.isoformat()} if first_day != today else {}
    return {"reports_to": replaced[post.key]}, {"reports_to": facts.reports_to} | since


def _require_name_free(name: str, key: str, posts: Mapping[str, Post]) -> None:
    if any(row.name == name and row.key != key and row.is_active for row in posts.values()):
        raise PostNameTaken(_("There is a post of this name."), field="name")


def _copied(posts: Mapping[str, Post], key: str) -> tuple[frozenset[Action], frozenset[str]]:
    """Return what a copy of the post may do, and as what it counts."""
    post = posts.get(key)
    if post is None or post.place == Post.Place.OUTSIDE:
        raise operations.PostUnknown(_("There is no such post."), field="copied_from")
    return allowing.actions_of(key), classes.counts_of(key) | ({key} & classes.COUNTABLE)


def _require_idle(post: Post, now: datetime) -> None:
    """Return if the post may be one for people outside: of the staff nobody does anything by it."""
    holders = allowing.open_holdings(company_day(now)).filter(post=post).count()
    if holders or allowing.actions_of(post.key) or classes.counts_of(post.key):
        raise PostInUse(
            _("The post is one of the staff: %(holders)s hold it, or it may do something.")
            % {"holders": holders},
            field="place",
            details={"holders": holders},
        )


def _set_active(actor: access.Actor, post: Post, now: datetime, *, is_active: bool) -> None:
    if post.is_active == is_active:
        return
    post.is_active = is_active
    post.save(update_fields=["is_active"])
    event = "access.post.restored" if is_active else "access.post.retired"
    audit.record(actor=actor, event=event, subject=post, now=now, data={"post": post.key})


def _record_change(
    actor: access.Actor,
    event: str,
    post: Post,
    before: dict[str, Any],
    after: dict[str, Any],
    now: datetime,
) -> None:
    if before != after:
        audit.record(actor=actor, event=event, subject=post, now=now, before=before, after=after)


def _words(post: Post) -> dict[str, Any]:
    return {
        "name": post.name,
        "name_en": post.name_en,
        "place": post.place,
        "department_id": post.department_id,
    }
