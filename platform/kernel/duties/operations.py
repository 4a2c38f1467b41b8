"""Keep duties apart: between posts when one is given, on the record when a step is taken.

``sod.mode`` decides what happens where two duties meet: refuse, refuse without an exemption, or
let pass with a warning in the security log. Rules that the handbook leaves no setting for are
asked for with ``is_fixed`` and always refuse.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import reduce

from django.db.models import Model, Q
from django.utils.functional import Promise

from kernel import access, policies
from kernel.access.actions import Action
from kernel.access.actors import Actor
from kernel.access.models import PostHolding, User
from kernel.audit import operations as audit
from kernel.duties import queries, rules
from kernel.duties.catalogue import PAIRS
from kernel.duties.errors import DutiesDenied, DutiesMeet
from kernel.duties.models import Exemption
from kernel.duties.pair import Mode
from kernel.duties.rules import Held, Load, Meeting
from kernel.duties.steps import Step
from kernel.errors import NotFound
from kernel.security import operations as security
from kernel.security.models import SecurityKind
from kernel.tenancy import company_day
from kernel.text import _


def require_apart(
    rule: str,
    *,
    actor: Actor,
    earlier: Iterable[int | None],
    subject: Model,
    project_id: int | None,
    now: datetime,
    on_behalf_of: Iterable[int | None] = (),
    because: Promise | str = "",
    field: str | None = None,
    is_fixed: bool = False,
) -> None:
    """Return if the actor took no part in the other duty of the pair on this record.

    :param earlier: who took the other duty's steps, and for whom they were taken.
    :param on_behalf_of: for whom the actor acts now; whoever acts for somebody counts as both.
    :param because: a sentence that tells the actor which step of his stands in the way.
    :param is_fixed: refuse whatever ``sod.mode`` and exemptions say.
    :raises DutiesMeet: otherwise, with the handbook's message.
    """
    now_acting = {actor.user_id, *on_behalf_of} - {None}
    met = sorted(id_ for id_ in set(earlier) if id_ is not None and id_ in now_acting)
    if not met:
        return
    pair = PAIRS[rule]
    mode = Mode.BLOCK if is_fixed else mode_of(project_id)
    subject_data = {
        "rule": rule,
        "subject": subject._meta.label_lower,
        "subject_id": subject.pk,
    }
    if mode == Mode.WARN:
        security.note(
            kind=SecurityKind.DUTIES_WARNED,
            actor=actor,
            project_id=project_id,
            code=DutiesMeet.code,
            rule=rule,
            message=str(pair.message),
            data={**subject_data, "earlier": met},
            now=now,
        )
        return
    if mode == Mode.BLOCK_WITH_EXEMPTION:
        day = company_day(now)
        exemptions = [_exemption(rule, user_id, project_id, day, None) for user_id in met]
        if all(exemptions):
            for exemption in filter(None, exemptions):
                _note_use(exemption, actor, project_id, now, subject_data)
            return
    raise DutiesMeet(
        _sentence(pair.message, because), field=field, details={"rule": rule, "earlier": met}
    )


def require_step_apart(
    step: Step,
    *,
    actor: Actor,
    done: Mapping[Step, Iterable[int | None]],
    subject: Model,
    project_id: int | None,
    now: datetime,
    on_behalf_of: Iterable[int | None] = (),
) -> None:
    """Return if the actor may take ``step`` on a record of which ``done`` tells the other steps.

    :raises DutiesMeet: by the first pair of the handbook that keeps him from it.
    """
    acting_for = tuple(on_behalf_of)
    people = {other: tuple(by) for other, by in done.items()}
    for pair in rules.pairs_of_step(step):
        require_apart(
            pair.id,
            actor=actor,
            earlier=[
                person for other, by in people.items() if pair.parts(step, other) for person in by
            ],
            subject=subject,
            project_id=project_id,
            now=now,
            on_behalf_of=acting_for,
        )


def require_action(actor: Actor, action: Action, project_id: int | None = None) -> None:
    """Return if the actor holds ``action``, as ``access.require``; tell which pair denies it.

    :raises DutiesDenied: if he lacks it and carries a duty that the handbook keeps apart from it.
    :raises access.ActionDenied: if he just lacks it.
    """
    try:
        access.require(actor, action, project_id)
    except access.ActionDenied as error:
        pair = rules.pair_that_denies(action, lambda held: actor.may(held, project_id))
        if pair is None:
            raise
        raise DutiesDenied(
            _sentence(pair.message, str(error)), details={**error.details, "rule": pair.id}
        ) from error


def require_posts_apart(
    *,
    actor: Actor,
    user_id: int,
    post: str,
    project_id: int | None,
    valid_from: date,
    valid_to: date | None = None,
    now: datetime,
    replaces_holding_id: int | None = None,
) -> None:
    """Return if the person may hold ``post`` there and then beside what he holds.

    Locks the person: two posts given at once do not pass each other. Call it in the transaction
    that writes the holding.

    :param replaces_holding_id: the holding whose place or days change.
    :raises NotFound: if there is no such person.
    :raises DutiesMeet: if he holds a post that the handbook keeps apart from it.
    """
    user = _lock_person(user_id)
    others = PostHolding.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=valid_from), user=user
    )
    if replaces_holding_id is not None:
        others = others.exclude(pk=replaces_holding_id)
    held = queries.held_of(others)
    wanted = queries.with_load(Held(post, project_id, valid_from, valid_to))
    found = [meeting for other in held for meeting in rules.meetings(wanted, other)]
    _settle(found, actor=actor, user=user, now=now)


def require_post_apart(
    *,
    actor: Actor,
    post: str,
    actions: Collection[str],
    counts_as: Collection[str],
    today: date,
    now: datetime,
) -> None:
    """Return if a post may allow ``actions`` and count as those posts of the catalogue.

    By itself, and for all who hold it with others.

    Call it when a company makes or changes a post, in the transaction that does.

    :raises DutiesMeet: if the post alone, or with another post of somebody who holds it, would
        carry both duties of a pair.
    """
    load = Load(queries.known_actions(actions), frozenset(counts_as))
    within = rules.pairs_within(post, load)
    if within:
        raise DutiesMeet(
            str(within[0].message), field="actions", details={"rule": within[0].id, "post": post}
        )
    holders = PostHolding.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=today), post__key=post
    )
    people = User.objects.filter(pk__in=holders.values("user_id")).order_by("pk")
    for user in people.select_for_update():
        _require_still_apart(actor, user, post, load, today, now)


def mode_of(project_id: int | None) -> Mode:
    """Return what ``sod.mode`` is for the project, or for the company."""
    return Mode(policies.get("sod.mode", str, project_id=project_id))


def _lock_person(user_id: int) -> User:
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise NotFound
    return user


def _require_still_apart(
    actor: Actor, user: User, post: str, load: Load, today: date, now: datetime
) -> None:
    current = PostHolding.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=today), user=user
    )
    held = queries.held_of(current, changed={post: load})
    of_post = [one for one in held if one.post == post]
    others = [one for one in held if one.post != post]
    found = [
        meeting for one in of_post for other in others for meeting in rules.meetings(one, other)
    ]
    _settle(found, actor=actor, user=user, now=now)


def _settle(found: Sequence[Meeting], *, actor: Actor, user: User, now: datetime) -> None:
    """Refuse unless something excuses each meeting; write down what was excused."""
    ordered = sorted(found, key=lambda meeting: meeting.pair.id)
    excuses = [(meeting, _excuse(meeting, user.pk)) for meeting in ordered]
    refused = {meeting.pair.id: meeting for meeting, excuse in excuses if excuse is None}
    if refused:
        raise DutiesMeet(
            reduce(_sentence, (meeting.pair.message for meeting in refused.values()), ""),
            field="post",
            details={
                "rule": next(iter(refused)),
                "rules": list(refused),
                "held": sorted({meeting.second.post for meeting in refused.values()}),
            },
        )
    for meeting, excuse in excuses:
        data = {
            "rule": meeting.pair.id,
            "posts": [meeting.first.post, meeting.second.post],
            "person": user.label,
        }
        if isinstance(excuse, Exemption):
            _note_use(excuse, actor, meeting.project_id, now, data)
        else:
            security.note(
                kind=SecurityKind.DUTIES_WARNED,
                actor=actor,
                project_id=meeting.project_id,
                code=DutiesMeet.code,
                rule=meeting.pair.id,
                message=str(meeting.pair.message),
                data=data,
                now=now,
            )


def _excuse(meeting: Meeting, user_id: int) -> Exemption | Mode | None:
    """Return what lets two posts meet: an exemption for all those days, or the mode ``WARN``."""
    mode = mode_of(meeting.project_id)
    if mode == Mode.WARN:
        return mode
    if mode == Mode.BLOCK_WITH_EXEMPTION and meeting.valid_to is not None:
        return _exemption(
            meeting.pair.id, user_id, meeting.project_id, meeting.valid_from, meeting.valid_to
        )
    return None


def _exemption(
    rule: str, user_id: int, project_id: int | None, first_day: date, until: date | None
) -> Exemption | None:
    """Return the exemption that covers the place on ``first_day``, and on until ``until``."""
    found = queries.exemptions_in_force(day=first_day).filter(rule=rule, user_id=user_id)
    place = Q(project_id__isnull=True)
    if project_id is not None:
        place |= Q(project_id=project_id)
    if until is not None:
        # Ended since, it excuses no days after its end, though the post is dated back before it.
        found = found.filter(Q(ended_on__isnull=True) | Q(ended_on__gte=until), valid_to__gte=until)
    return found.filter(place).order_by("pk").first()


def _note_use(
    exemption: Exemption,
    actor: Actor,
    project_id: int | None,
    now: datetime,
    data: Mapping[str, object],
) -> None:
    audit.record(
        actor=actor,
        event="duties.exemption.used",
        subject=exemption,
        project_id=project_id,
        now=now,
        data=data,
    )


def _sentence(first: Promise | str, second: Promise | str) -> str:
    """Return two sentences one after the other: in Chinese without a space between them."""
    if not first or not second:
        return str(first or second)
    return str(_("%(first)s %(second)s") % {"first": str(first), "second": str(second)})
