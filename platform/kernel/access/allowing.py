"""What posts may do: what the company chose, and what it cannot choose."""

from collections.abc import Collection
from datetime import date, datetime

from django.db.models import Q, QuerySet

from kernel import access
from kernel.access import classes, operations
from kernel.access.actions import Action
from kernel.access.catalogue import BUSINESS, POSTS, SETTING_UP
from kernel.access.models import Post, PostAction, PostHolding
from kernel.duties import operations as duties
from kernel.errors import Invalid
from kernel.tenancy import company_day
from kernel.text import _


class ActionUnknown(Invalid):
    code = "access.action-unknown"


class ActionForbidden(Invalid):
    """The handbook's "must not": ``details["actions"]`` names what the post never gets."""

    code = "access.action-forbidden"


class ActionNeeded(Invalid):
    """``details["actions"]`` names what the platform needs the post to keep."""

    code = "access.action-needed"


def actions_of(key: str) -> frozenset[Action]:
    """Return what the post may do at present."""
    given = PostAction.objects.filter(post__key=key, is_given=True).values_list("action", flat=True)
    known = {action.value: action for action in Action}
    return frozenset(known[action] for action in given if action in known)


def never_of(key: str) -> frozenset[Action]:
    """Return what the handbook says that the post must not do, and those as which it counts."""
    return _never({key, *classes.counts_of(key)})


def always_of(key: str) -> frozenset[Action]:
    """Return what cannot be taken from the post."""
    seed = POSTS.get(key)
    return seed.always if seed is not None else frozenset()


def known_actions(actions: Collection[str]) -> frozenset[Action]:
    """Return the actions of those names.

    :raises ActionUnknown: if there is none of a name.
    """
    known = {action.value: action for action in Action}
    unknown = sorted(set(actions) - known.keys())
    if unknown:
        raise ActionUnknown(
            _("There is no such action."), field="actions", details={"actions": unknown}
        )
    return frozenset(known[action] for action in actions)


def check(
    actor: access.Actor,
    post: Post,
    chosen: frozenset[Action],
    counts_as: frozenset[str],
    now: datetime,
    *,
    stands_in: bool,
) -> None:
    """Return if the post, and all who hold it, may do ``chosen`` and count as those.

    :param stands_in: it also signs where a chain names one of those.

    :raises ActionForbidden, ActionNeeded: by what the handbook and the platform say of the post.
    :raises operations.SettingUpApart, duties.DutiesMeet: by what its holders hold beside it.
    """
    if chosen and post.place == Post.Place.OUTSIDE:
        raise ActionForbidden(
            _("This post is for people outside the company."),
            field="actions",
            details={"actions": sorted(chosen)},
        )
    _refuse_actions(chosen & _never({post.key, *counts_as}))
    missing = sorted(always_of(post.key) - chosen)
    if missing:
        raise ActionNeeded(
            _("This post must keep: %(actions)s.") % {"actions": _labels(missing)},
            field="actions",
            details={"actions": missing},
        )
    if chosen & SETTING_UP:
        _refuse_actions(chosen & BUSINESS)
        if stands_in:
            raise operations.SettingUpApart(
                _(
                    "A post that sets up the company takes no part in approvals: it stands in "
                    "for none."
                ),
                field="stands_in",
            )
    _keep_setting_up_apart(post.key, chosen, company_day(now))
    duties.require_post_apart(
        actor=actor,
        post=post.key,
        actions=sorted(chosen),
        counts_as=counts_as,
        today=company_day(now),
        now=now,
    )


def _keep_setting_up_apart(key: str, chosen: frozenset[Action], today: date) -> None:
    """Return if no holder of the post would set up the company and do its business too (2.2)."""
    against = (BUSINESS if chosen & SETTING_UP else frozenset()) | (
        SETTING_UP if chosen & BUSINESS else frozenset()
    )
    holders = open_holdings(today).filter(post__key=key).values("user_id")
    others = open_holdings(today).filter(user_id__in=holders).exclude(post__key=key)
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


def write(post: Post, chosen: frozenset[Action]) -> None:
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


def open_holdings(today: date) -> QuerySet[PostHolding]:
    return PostHolding.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=today))


def _never(keys: Collection[str]) -> frozenset[Action]:
    return frozenset(action for key in keys if key in POSTS for action in POSTS[key].never)
