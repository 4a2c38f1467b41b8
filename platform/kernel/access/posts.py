"""Writes of posts themselves: what there is, what it may do, to whom it reports."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from kernel import access
from kernel.access import operations
from kernel.access.actions import Action
from kernel.access.catalogue import ADMINISTRATOR, BUSINESS, POSTS, SETTING_UP
from kernel.access.models import Department, Post, PostAction, PostHolding
from kernel.audit import operations as audit
from kernel.db import refusing
from kernel.duties import operations as duties
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


class LineIsCircle(Invalid):
    """The post would stand above itself."""

    code = "access.line-is-circle"


class DepartmentUnknown(Invalid):
    code = "access.department-unknown"


class ActionUnknown(Invalid):
    code = "access.action-unknown"


class ActionForbidden(Invalid):
    """The handbook's "must not": ``details["actions"]`` names what the post never gets."""

    code = "access.action-forbidden"


class ActionNeeded(Invalid):
    """``details["actions"]`` names what the platform needs the post to keep."""

    code = "access.action-needed"


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
    department_id: int | None = None


@transaction.atomic
def add_post(
    *, actor: access.Actor, facts: PostFacts, actions: Collection[str] = (), now: datetime
) -> Post:
    """Add a post of the company's own. Its key is made here and never changes.

    :raises access.ActionDenied: without ``user.manage``.
    :raises PostNameMissing, PostNameTaken, PlaceUnknown, LineUnknown, DepartmentUnknown: by the
        facts.
    :raises ActionUnknown, ActionForbidden: by the actions.
    :raises duties.DutiesMeet: if the post alone would carry duties that are kept apart.
    """
    access.require_everywhere(actor, Action.USER_MANAGE)
    posts = _lock_posts()
    post = Post(key=f"own_{max((row.pk for row in posts.values()), default=0) + 1}")
    _fill(post, facts, posts)
    post.source = "company"
    post.save(force_insert=True)
    chosen = _known(actions)
    _check_actions(actor, post, chosen, now)
    _write_actions(post, chosen)
    audit.record(
        actor=actor,
        event="access.post.added",
        subject=post,
        now=now,
        after=_words(post) | {"actions": sorted(chosen)},
    )
    return post


@transaction.atomic
def change_post(*, actor: access.Actor, key: str, facts: PostFacts, now: datetime) -> Post:
    """Change a post's names, place, department, and to whom it reports.

    :raises access.ActionDenied: without ``user.manage``.
    :raises NotFound: if there is no such post.
    :raises PostNameMissing, PostNameTaken, PlaceUnknown, LineUnknown, LineIsCircle,
        DepartmentUnknown: by the facts.
    :raises PostNeeded: if the administrator's post would be held elsewhere than company-wide.
    """
    access.require_everywhere(actor, Action.USER_MANAGE)
    posts = _lock_posts()
    post = _of(posts, key)
    if key == ADMINISTRATOR and facts.place != Post.Place.COMPANY:
        raise PostNeeded(_("This post is held in the whole company."), field="place")
    before = _words(post)
    _fill(post, facts, posts)
    with refusing(access_post_no_circle=_circle()):
        post.save(update_fields=["name", "name_en", "place", "reports_to", "department"])
    _record_change(actor, "access.post.changed", post, before, _words(post), now)
    return post


@transaction.atomic
def set_actions(
    *, actor: access.Actor, key: str, actions: Collection[str], now: datetime
) -> frozenset[Action]:
    """Let the post do exactly ``actions`` from now on; return them.

    :raises access.ActionDenied: without ``user.manage``.
    :raises NotFound: if there is no such post.
    :raises ActionUnknown: if there is no such action.
    :raises ActionForbidden: if the handbook says that the post must not.
    :raises ActionNeeded: if the platform needs the post to keep what would be taken.
    :raises operations.SettingUpApart: if a holder would set up the company and do its business.
    :raises duties.DutiesMeet: if duties that are kept apart would meet in the post, or in a person
        who holds it with others.
    """
    access.require_everywhere(actor, Action.USER_MANAGE)
    post = _of(_lock_posts(), key)
    chosen = _known(actions)
    before = actions_of(key)
    _check_actions(actor, post, chosen, now)
    _write_actions(post, chosen)
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
def retire_post(*, actor: access.Actor, key: str, now: datetime) -> Post:
    """Take a post out of use: it can no longer be given. What was done by it stays readable.

    :raises access.ActionDenied: without ``user.manage``.
    :raises NotFound: if there is no such post.
    :raises PostNeeded: for the administrator's.
    :raises PostInUse: if somebody holds it today or later, or a post in use reports to it.
    """
    access.require_everywhere(actor, Action.USER_MANAGE)
    posts = _lock_posts()
    post = _of(posts, key)
    if key == ADMINISTRATOR:
        raise PostNeeded(_("Somebody must be able to manage people: this post stays."))
    holders = _open_holdings(company_day(now)).filter(post__key=key).count()
    reports = sum(row.is_active and row.reports_to_id == key for row in posts.values())
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
    posts = _lock_posts()
    post = _of(posts, key)
    above = posts.get(post.reports_to_id or "")
    if above is not None and not above.is_active:
        raise LineUnknown(_("The post that it reported to is retired."), field="reports_to")
    _require_name_free(post.name, key, posts)
    _set_active(actor, post, now, is_active=True)
    return post


def actions_of(key: str) -> frozenset[Action]:
    """Return what the post may do at present."""
    given = PostAction.objects.filter(post__key=key, is_given=True).values_list("action", flat=True)
    known = {action.value: action for action in Action}
    return frozenset(known[action] for action in given if action in known)


def never_of(key: str) -> frozenset[Action]:
    """Return what the handbook says that the post must not do."""
    seed = POSTS.get(key)
    return seed.never if seed is not None else frozenset()


def always_of(key: str) -> frozenset[Action]:
    """Return what cannot be taken from the post."""
    seed = POSTS.get(key)
    return seed.always if seed is not None else frozenset()


def _lock_posts() -> dict[str, Post]:
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
        _require_no_circle(post.key, facts.reports_to, posts)
    if (
        facts.department_id is not None
        and not Department.objects.filter(pk=facts.department_id, is_active=True).exists()
    ):
        raise DepartmentUnknown(_("There is no such department."), field="department")
    post.name, post.name_en, post.place = name, name_en, facts.place
    post.reports_to_id, post.department_id = facts.reports_to, facts.department_id


def _require_name_free(name: str, key: str, posts: Mapping[str, Post]) -> None:
    if any(row.name == name and row.key != key and row.is_active for row in posts.values()):
        raise PostNameTaken(_("There is a post of this name."), field="name")


def _require_no_circle(key: str, above: str | None, posts: Mapping[str, Post]) -> None:
    while above is not None:
        if above == key:
            raise _circle()
        above = posts[above].reports_to_id


def _circle() -> LineIsCircle:
    return LineIsCircle(_("The post would stand above itself."), field="reports_to")


def _known(actions: Collection[str]) -> frozenset[Action]:
    known = {action.value: action for action in Action}
    unknown = sorted(set(actions) - known.keys())
    if unknown:
        raise ActionUnknown(
            _("There is no such action."), field="actions", details={"actions": unknown}
        )
    return frozenset(known[action] for action in actions)


def _check_actions(
    actor: access.Actor, post: Post, chosen: frozenset[Action], now: datetime
) -> None:
    """Return if the post, and all who hold it, may do ``chosen``."""
    if chosen and post.place == Post.Place.OUTSIDE:
        raise ActionForbidden(
            _("This post is for people outside the company."),
            field="actions",
            details={"actions": sorted(chosen)},
        )
    _refuse_actions(chosen & never_of(post.key))
    missing = sorted(always_of(post.key) - chosen)
    if missing:
        raise ActionNeeded(
            _("This post must keep: %(actions)s.") % {"actions": _labels(missing)},
            field="actions",
            details={"actions": missing},
        )
    if chosen & SETTING_UP:
        _refuse_actions(chosen & BUSINESS)
    _keep_setting_up_apart(post.key, chosen, company_day(now))
    duties.require_post_apart(
        actor=actor, post=post.key, actions=sorted(chosen), today=company_day(now), now=now
    )


def _keep_setting_up_apart(key: str, chosen: frozenset[Action], today: date) -> None:
    """Return if no holder of the post would set up the company and do its business too (2.2)."""
    against = (BUSINESS if chosen & SETTING_UP else frozenset()) | (
        SETTING_UP if chosen & BUSINESS else frozenset()
    )
    holders = _open_holdings(today).filter(post__key=key).values("user_id")
    others = _open_holdings(today).filter(user_id__in=holders).exclude(post__key=key)
    if PostAction.objects.filter(
        post__in=others.values("post"), action__in=sorted(against), is_given=True
    ).exists():
        raise operations.SettingUpApart(
            _(
                "Somebody who holds this post would set up the company and take part in its "
                "business with the same account."
            ),
            field="actions",
        )


def _refuse_actions(refused: frozenset[Action]) -> None:
    if refused:
        raise ActionForbidden(
            _("This post must not: %(actions)s.") % {"actions": _labels(sorted(refused))},
            field="actions",
            details={"actions": sorted(refused)},
        )


def _labels(actions: Collection[Action]) -> str:
    return "; ".join(str(action.label) for action in actions)


def _write_actions(post: Post, chosen: frozenset[Action]) -> None:
    """Give and take. A row that is taken stays, so that no seed brings it back."""
    rows = {row.action: row for row in PostAction.objects.filter(post=post)}
    changed = []
    for name, row in rows.items():
        if row.is_given != (name in chosen):
            row.is_given = name in chosen
            changed.append(row)
    PostAction.objects.bulk_update(changed, ["is_given"])
    PostAction.objects.bulk_create(
        PostAction(post=post, action=action.value) for action in sorted(chosen - rows.keys())
    )


def _open_holdings(today: date) -> QuerySet[PostHolding]:
    return PostHolding.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=today))


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
        "reports_to": post.reports_to_id,
        "department_id": post.department_id,
    }
