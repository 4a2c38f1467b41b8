"""Let a deputy sign for somebody in a period."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import transaction

from kernel import access
from kernel.access import Action
from kernel.access.actors import Actor
from kernel.access.models import User
from kernel.approvals import registry
from kernel.approvals.models import Delegation
from kernel.approvals.operations import checks
from kernel.approvals.operations.errors import (
    DelegationCircle,
    DelegationInvalid,
    NotAPerson,
    NotYourTurn,
)
from kernel.approvals.queries.people import business_posts
from kernel.approvals.queries.running import delegations, mandate_of
from kernel.approvals.rules.delegations import Mandate, closes_circle
from kernel.audit import operations as audit
from kernel.errors import NotFound
from kernel.locks import LockClass, lock_company
from kernel.tenancy import company_day
from kernel.text import _

LONGEST = timedelta(days=366)


@transaction.atomic
def delegate(
    *,
    actor: Actor,
    deputy_id: int,
    valid_from: date,
    valid_to: date,
    reason: str,
    principal_id: int | None = None,
    kinds: Collection[str] = (),
    project_ids: Collection[int] = (),
    now: datetime,
) -> Delegation:
    """Let a deputy sign for the actor from a day on until another, which is excluded.

    A deputy does not pass it on. Empty ``kinds`` or ``project_ids`` mean all of them.

    :param principal_id: somebody else, for whom an administrator records it; never for himself
        as the deputy.
    :raises access.ActionDenied: for somebody else without ``approval.configure``.
    :raises DelegationInvalid: if days, people, kinds or projects do not fit.
    :raises DelegationCircle: if somebody would come to stand in for himself.
    """
    if actor.user_id is None:
        raise NotAPerson(_("Only a person may do this."))
    principal_id = principal_id or actor.user_id
    if principal_id != actor.user_id:
        access.require_everywhere(actor, Action.APPROVAL_CONFIGURE)
        if deputy_id == actor.user_id:
            raise DelegationInvalid(_("Nobody makes himself a deputy."), field="deputy_id")
    reason = checks.require_text(reason, _("Give the reason."))
    _check(principal_id, deputy_id, valid_from, valid_to, kinds, today=company_day(now))
    mandate = Mandate(
        principal_id=principal_id,
        deputy_id=deputy_id,
        valid_from=valid_from,
        valid_to=valid_to,
        kinds=frozenset(kinds),
        project_ids=frozenset(project_ids),
    )
    # Circles are found by looking at all.
    lock_company(LockClass.DELEGATIONS)
    others = Delegation.objects.filter(valid_to__gt=valid_from, valid_from__lt=valid_to)
    if closes_circle(mandate, [mandate_of(other) for other in others.order_by("pk")]):
        raise DelegationCircle(
            _("The deputy, or his own deputy, has passed his signature on to this person then."),
            field="deputy_id",
        )
    delegation = Delegation.objects.create(
        principal_id=principal_id,
        deputy_id=deputy_id,
        valid_from=valid_from,
        valid_to=valid_to,
        kinds=sorted(mandate.kinds),
        project_ids=sorted(mandate.project_ids),
        reason=reason[:200],
        created_by=actor.user_id,
        created_by_label=actor.label[:140],
        created_at=now,
    )
    _record(actor, "given", delegation, now)
    return delegation


@transaction.atomic
def end_delegation(*, actor: Actor, delegation_id: int, now: datetime) -> Delegation:
    """End a delegation today, or take back one that has not begun. What was signed stays.

    :raises NotFound: if it concerns the actor in no way.
    :raises NotYourTurn: if it is neither his own nor he an administrator.
    :raises DelegationInvalid: if it has ended.
    """
    if not delegations(actor=actor).filter(pk=delegation_id).exists():
        raise NotFound
    delegation = Delegation.objects.select_for_update().get(pk=delegation_id)
    today = company_day(now)
    if delegation.principal_id != actor.user_id and not actor.may_everywhere(
        Action.APPROVAL_CONFIGURE
    ):
        raise NotYourTurn(_("Only the person who gave it, or an administrator, ends it."))
    if delegation.has_ended(today):
        raise DelegationInvalid(_("It has ended already."))
    delegation.valid_to = max(today, delegation.valid_from)
    delegation.save(update_fields=["valid_to"])
    _record(actor, "ended", delegation, now)
    return delegation


def _check(
    principal_id: int,
    deputy_id: int,
    valid_from: date,
    valid_to: date,
    kinds: Collection[str],
    *,
    today: date,
) -> None:
    if deputy_id == principal_id:
        raise DelegationInvalid(_("The deputy must be somebody else."), field="deputy_id")
    if valid_from < today:
        raise DelegationInvalid(_("It cannot begin in the past."), field="valid_from")
    if valid_to <= valid_from:
        raise DelegationInvalid(_("It ends after it begins."), field="valid_to")
    if valid_to - valid_from > LONGEST:
        raise DelegationInvalid(_("For a year at most."), field="valid_to")
    people = {deputy_id: "deputy_id", principal_id: "principal_id"}
    active = set(User.objects.filter(pk__in=people, is_active=True).values_list("pk", flat=True))
    for person, field in people.items():
        if person not in active:
            raise DelegationInvalid(_("This person has no active account."), field=field)
    if not business_posts(user=deputy_id, day=valid_from).exists():
        raise DelegationInvalid(
            _("The deputy holds no post by which he could take part in approvals then."),
            field="deputy_id",
        )
    if any(registry.find_kind(kind) is None for kind in kinds):
        raise DelegationInvalid(_("There is no such kind of document."), field="kinds")


def _record(actor: Actor, what: str, delegation: Delegation, now: datetime) -> None:
    audit.record(
        actor=actor,
        event=f"approvals.delegation.{what}",
        subject=delegation,
        now=now,
        data={
            "principal": delegation.principal.label,
            "deputy": delegation.deputy.label,
            "valid_from": delegation.valid_from.isoformat(),
            "valid_to": delegation.valid_to.isoformat(),
            "kinds": delegation.kinds,
            "project_ids": delegation.project_ids,
            "reason": delegation.reason,
        },
    )
