"""Whom a step means: posts, leaders and heads as the company stands today."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from kernel import policies
from kernel.access import queries as access_queries
from kernel.access.models import PostHolding, User
from kernel.approvals import apart, settings
from kernel.approvals.rules import counting, paths
from kernel.approvals.rules.definitions import (
    Assignee,
    AssigneeKind,
    Definition,
    Duty,
    Scope,
    Step,
    StepAct,
)

# Takes no part in business approvals (handbook 2.2).
APART_POSTS = frozenset({"company_admin"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What is known when a step is reached, of a real case or of a sample.

    :ivar author_ids: whose paper it is; the applicant is one of them.
    :ivar signed: the live steps signed so far, in order.
    :ivar played: who played which duty so far.
    """

    applicant_id: int | None
    author_ids: frozenset[int]
    project_id: int | None
    today: date
    now: datetime
    signed: Sequence[counting.Signed] = ()
    played: Mapping[Duty, Collection[int]] = field(default_factory=dict)
    previous_position: int | None = None


@dataclass(frozen=True, slots=True)
class Reached:
    """A step that is reached: the plan, and who would be meant but may not sign, with the rule.

    The rule is ``""`` for those whose paper it is.
    """

    plan: paths.Plan
    excluded: Mapping[int, str]


def reach(step: Step, situation: Situation) -> Reached:
    """Return who has to sign at ``step``: the one function of the engine and of the simulation."""
    parties = [people_of(assignee, situation) for assignee in step.assignees]
    meant = {person for party in parties for person in party}
    barred = {
        person: rule
        for person, rule in counting.barred(step, situation.played).items()
        if person in meant
        and not apart.is_exempt(
            rule, user_id=person, project_id=situation.project_id, now=situation.now
        )
    }
    excluded = barred | dict.fromkeys(situation.author_ids & meant, "")
    mode = counting.Duplicates(
        policies.get(settings.DUPLICATES, str, project_id=situation.project_id)
    )
    signed = counting.counted_ids(mode, situation.signed, situation.previous_position)
    return Reached(paths.plan(step, parties, excluded=excluded, signed=signed), excluded)


def people_of(assignee: Assignee, situation: Situation) -> list[int]:
    """Return the ids of the active people whom ``assignee`` means today.

    Not those who take no part in approvals: who only administers the company, or has no post.
    """
    meant = [user.pk for user in _people(assignee, situation)]
    if assignee.kind == AssigneeKind.POST or not meant:
        return meant
    posts = business_posts(user=OuterRef("pk"), day=situation.today)
    taking_part = set(User.objects.filter(Exists(posts), pk__in=meant).values_list("pk", flat=True))
    return [person for person in meant if person in taking_part]


def approvers_of(definition: Definition, situation: Situation) -> set[int]:
    """Return everybody whom an approving step of any branch means today, but the applicant."""
    meant = {
        person
        for branch in definition.branches
        for step in branch.steps
        if step.act == StepAct.APPROVE
        for assignee in step.assignees
        for person in people_of(assignee, situation)
    }
    return {person for person in meant if person != situation.applicant_id}


def takes_part(*, user_id: int, project_id: int | None, today: date) -> bool:
    """Tell whether somebody whom no chain means may sign in the project: he holds a post there."""
    held = access_queries.posts_of(user_id=user_id, project_id=project_id, today=today)
    return bool(held - APART_POSTS)


def _people(assignee: Assignee, situation: Situation) -> list[User]:
    today, project_id = situation.today, situation.project_id
    match assignee.kind:
        case AssigneeKind.POST:
            return access_queries.people_of_post(
                post=assignee.post,
                project_id=project_id if assignee.scope == Scope.PROJECT else None,
                today=today,
            )
        case AssigneeKind.PERSON:
            return list(User.objects.filter(pk=assignee.user_id or 0, is_active=True))
    if situation.applicant_id is None:
        return []
    if assignee.kind == AssigneeKind.LEADER:
        return access_queries.leader_of(
            user_id=situation.applicant_id,
            project_id=project_id,
            level=assignee.level,
            today=today,
        )
    return access_queries.head_of_department_of(
        user_id=situation.applicant_id, project_id=project_id, today=today
    )


def business_posts(*, user: int | OuterRef, day: date) -> QuerySet[PostHolding]:
    """Return the posts by which a person takes part in approvals, wherever he holds them."""
    return PostHolding.objects.filter(
        access_queries.in_force(day), user_id=user, user__is_active=True, post__is_active=True
    ).exclude(post__key__in=APART_POSTS)


def colleagues(*, project_ids: Collection[int] | None, today: date) -> QuerySet[User]:
    """Return the active people who hold a post in one of the projects or company-wide, by name.

    ``None`` means every active person of the company.
    """
    found = User.objects.filter(is_active=True).order_by("name", "pk")
    if project_ids is None:
        return found
    held = PostHolding.objects.filter(
        Q(project_id__isnull=True) | Q(project_id__in=sorted(project_ids)),
        Q(valid_to__isnull=True) | Q(valid_to__gt=today),
        user_id=OuterRef("pk"),
        valid_from__lte=today,
    )
    return found.filter(Exists(held))
