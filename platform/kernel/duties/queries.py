"""Reads of exemptions and of the conflicts that there are."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations

from django.db.models import Q, QuerySet

from kernel import access
from kernel.access import queries as access_queries
from kernel.access.actions import Action
from kernel.access.models import OWN, CountsAs, Post, PostAction, PostHolding, User
from kernel.duties import rules
from kernel.duties.models import Exemption, ExemptionState
from kernel.duties.rules import Held, Likeness, Load, Meeting
from kernel.errors import NotFound
from kernel.text import _p


@dataclass(frozen=True, slots=True)
class Conflict:
    """One person carries both duties of a pair today."""

    user: User
    meeting: Meeting
    exemption: Exemption | None


@dataclass(frozen=True, slots=True)
class Unclear:
    """A post of which it is not settled what it counts as.

    :ivar likenesses: posts of the catalogue whose work it may do and as which it does not count.
    """

    post: Post
    likenesses: tuple[Likeness, ...]


def exemptions_in_force(*, day: date) -> QuerySet[Exemption]:
    """Return the exemptions that count on ``day``. For checks; it asks nobody's permission."""
    return Exemption.objects.filter(
        Q(ended_on__isnull=True) | Q(ended_on__gt=day),
        state__in=[ExemptionState.APPROVED, ExemptionState.ENDED],
        valid_from__lte=day,
        valid_to__gt=day,
    )


def exemptions(*, actor: access.Actor) -> QuerySet[Exemption]:
    """Return all exemptions within the actor's reach, the latest first."""
    found = Exemption.objects.select_related("user").order_by("-requested_at", "-pk")
    return access.scoped(found, actor, Action.DUTIES_VIEW)


def get_exemption(*, actor: access.Actor, exemption_id: int) -> Exemption:
    """Return one exemption. :raises NotFound: if there is none within reach."""
    found = exemptions(actor=actor).filter(pk=exemption_id).first()
    if found is None:
        raise NotFound
    return found


def deciders_of(exemption: Exemption, *, today: date) -> QuerySet[User]:
    """Return who may decide on an exemption. For notices; it asks nobody's permission."""
    able = access_queries.people_with(
        action=Action.DUTIES_EXEMPT, project_id=exemption.project_id, today=today
    )
    return able.exclude(pk__in=[exemption.user_id, exemption.requested_by])


def exemptions_waiting_for(
    *, actor: access.Actor, project_id: int | None = None
) -> QuerySet[Exemption]:
    """Return what the actor may decide: in a project, or there too because it is the company's.

    :param project_id: with ``None``, wherever it is.
    """
    waiting = exemptions(actor=actor).filter(state=ExemptionState.REQUESTED)
    if project_id is not None:
        waiting = waiting.filter(Q(project_id=project_id) | Q(project_id__isnull=True))
    person_id = actor.user_id or 0
    return (
        access.scoped(waiting, actor, Action.DUTIES_EXEMPT)
        .exclude(user_id=person_id)
        .exclude(requested_by=person_id)
    )


def exemptions_of_days(
    *, actor: access.Actor, first_day: date, last_day: date
) -> QuerySet[Exemption]:
    """Return the exemptions that counted on any of these days, as quarterly accounts list them.

    An exemption that was ended counts up to the day of its end (S-49, SH-45).
    """
    return (
        exemptions(actor=actor)
        .filter(
            Q(ended_on__isnull=True) | Q(ended_on__gt=first_day),
            state__in=[ExemptionState.APPROVED, ExemptionState.ENDED],
            valid_from__lte=last_day,
            valid_to__gt=first_day,
        )
        .order_by("project_id", "rule", "valid_from", "pk")
    )


def conflicts(*, actor: access.Actor, today: date) -> list[Conflict]:
    """Return every conflict there is today, by person and rule; company-wide posts count anywhere.

    Only people who can sign in count. A fixed number of queries, whatever there is.
    """
    projects = actor.projects(Action.DUTIES_VIEW)
    if not projects:
        return []
    found = [
        conflict
        for conflict in _conflicts(User.objects.filter(is_active=True), today)
        if projects == access.ALL_PROJECTS
        or conflict.meeting.project_id is None
        or conflict.meeting.project_id in projects
    ]
    return sorted(found, key=lambda one: (one.user.username, one.meeting.pair.id))


def conflicts_of(*, user_id: int, today: date) -> list[Conflict]:
    """Return the conflicts of one person. The caller has checked that the actor may see him."""
    return _conflicts(User.objects.filter(pk=user_id), today)


def unclear_posts(*, actor: access.Actor) -> list[Unclear]:
    """Return the posts in use that may pass by pairs of duties which name posts.

    Those of the company's own that count as nothing because nobody has said so, and those that
    may do the work of a post as which they do not count.

    :raises access.ActionDenied: without ``duties.view``.
    """
    access.require(actor, Action.DUTIES_VIEW)
    staff = Post.objects.filter(is_active=True).exclude(place=Post.Place.OUTSIDE).order_by("pk")
    return unclear_among(list(staff))


def unclear_among(posts: Collection[Post]) -> list[Unclear]:
    """Return those of ``posts`` of which it is not settled what they count as."""
    loads = _loads_of({post.key for post in posts})
    found = [Unclear(post, rules.likenesses(post.key, loads[post.key])) for post in posts]
    return [one for one in found if one.likenesses or is_unsaid(one.post)]


def labels_with_own() -> dict[str, str]:
    """Return each post's name by its key, with the names of posts in use that count as it."""
    comma = str(_p("between items of a list", ", "))
    labels = {post.key: [post.label] for post in Post.objects.order_by("pk")}
    counts = CountsAs.objects.filter(post__is_active=True).select_related("post", "counts_as")
    for row in counts.order_by("pk"):
        labels[row.counts_as.key].append(row.post.label)
    return {key: comma.join(names) for key, names in labels.items()}


def is_unsaid(post: Post) -> bool:
    """Tell whether nobody has said as what a post of the company's own counts."""
    return post.source == OWN and not post.is_classified


def held_of(
    holdings: Iterable[PostHolding], changed: Mapping[str, Load] | None = None
) -> list[Held]:
    """Return holdings as the rules read them.

    :param changed: what posts are about to carry, by the post's key.
    """
    rows = list(holdings)
    loads = {**_loads_of({row.post_id for row in rows}), **(changed or {})}
    return [
        Held(
            row.post_id,
            row.project_id,
            row.valid_from,
            row.valid_to,
            row.pk,
            loads[row.post_id],
        )
        for row in rows
    ]


def with_load(held: Held) -> Held:
    """Return ``held`` with what its post carries."""
    return replace(held, load=_loads_of({held.post})[held.post])


def known_actions(actions: Collection[str]) -> frozenset[Action]:
    """Return the actions of those names; names that there are no more are left out."""
    return frozenset(Action(name) for name in actions if name in set(Action))


def _loads_of(posts: Collection[str]) -> dict[str, Load]:
    allowed: dict[str, set[str]] = {post: set() for post in posts}
    counted: dict[str, set[str]] = {post: set() for post in posts}
    given = PostAction.objects.filter(post__key__in=posts, is_given=True)
    for post, action in given.values_list("post__key", "action"):
        allowed[post].add(action)
    counts = CountsAs.objects.filter(post__key__in=posts)
    for post, other in counts.values_list("post__key", "counts_as__key"):
        counted[post].add(other)
    return {post: Load(known_actions(allowed[post]), frozenset(counted[post])) for post in posts}


def _conflicts(people: QuerySet[User], today: date) -> list[Conflict]:
    holdings = (
        PostHolding.objects.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gt=today),
            user__in=people,
            valid_from__lte=today,
        )
        .select_related("user")
        .order_by("user_id", "pk")
    )
    people_by_id: dict[int, User] = {}
    held_by_person: dict[int, list[Held]] = {}
    rows = list(holdings)
    for row, held in zip(rows, held_of(rows), strict=True):
        people_by_id[row.user_id] = row.user
        held_by_person.setdefault(row.user_id, []).append(held)
    found = [
        (people_by_id[user_id], meeting)
        for user_id, posts in held_by_person.items()
        for first, second in combinations(posts, 2)
        for meeting in rules.meetings(first, second)
    ]
    excuses = list(exemptions_in_force(day=today)) if found else []
    return [
        Conflict(user, meeting, _excuse_among(excuses, user.pk, meeting)) for user, meeting in found
    ]


def _excuse_among(excuses: Iterable[Exemption], user_id: int, meeting: Meeting) -> Exemption | None:
    for exemption in excuses:
        if (
            exemption.user_id == user_id
            and exemption.rule == meeting.pair.id
            and exemption.project_id in {None, meeting.project_id}
        ):
            return exemption
    return None
