"""What a leaver still holds here: signatures awaited from him, papers of his, delegations."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import F, Q, Value
from django.db.models.functions import Greatest
from django.urls import reverse

from kernel.access.actors import Actor
from kernel.access.models import User
from kernel.approvals import registry
from kernel.approvals.models import (
    WITH_APPLICANT,
    Assignment,
    AssignmentState,
    Case,
    CaseState,
    Delegation,
    StepState,
)
from kernel.approvals.operations import end_delegation, hand_over_paper, withdraw_paper
from kernel.identity.leaving import Check, Held
from kernel.identity.models import Way
from kernel.text import _


def _signatures(*, user_id: int, today: date) -> Iterable[Held]:
    waiting = Assignment.objects.filter(
        user_id=user_id,
        state=AssignmentState.OPEN,
        step__state=StepState.ACTIVE,
        step__case__state=CaseState.RUNNING,
    ).select_related("step__case")
    for assignment in waiting.order_by("pk"):
        case = assignment.step.case
        yield Held(
            ref=str(assignment.pk),
            what=f"{case.title}",
            reason=_("This paper waits for the person's signature. Sign it or hand it over first."),
            url=reverse("approvals-case", args=[case.pk]),
            project_id=case.project_id,
        )


def _papers(*, user_id: int, today: date) -> Iterable[Held]:
    cases = Case.objects.filter(author_ids__contains=[user_id], state__in=WITH_APPLICANT)
    for case in cases.order_by("pk"):
        kind = registry.find_kind(case.kind)
        if case.state == CaseState.REJECTED and (kind is None or not kind.is_renewable):
            continue  # its module goes on with the record, or begins anew
        others = set(case.author_ids) - {user_id}
        if User.objects.filter(pk__in=others, is_active=True).exists():
            continue
        # What was consented to by word of mouth has happened: its paper cannot be withdrawn.
        may_end = case.state == CaseState.REJECTED
        yield Held(
            ref=str(case.pk),
            what=case.title,
            reason=_("This paper of the person waits to be submitted."),
            ways=(Way.HAND_OVER, Way.END) if may_end else (Way.HAND_OVER,),
            url=reverse("approvals-case", args=[case.pk]),
            project_id=case.project_id,
        )


def _hand_over_paper(
    *,
    actor: Actor,
    leaver_id: int,
    ref: str,
    to_user_id: int | None,
    counted: str,
    note: str,
    now: datetime,
) -> str:
    assert to_user_id is not None, "whoever hands over names a successor"
    hand_over_paper(actor=actor, case_id=int(ref), user_id=to_user_id, text=note, now=now)
    return User.objects.get(pk=to_user_id).label


def _withdraw(
    *,
    actor: Actor,
    leaver_id: int,
    ref: str,
    to_user_id: int | None,
    counted: str,
    note: str,
    now: datetime,
) -> str:
    withdraw_paper(actor=actor, case_id=int(ref), text=note, now=now)
    return ""


def _delegations(*, user_id: int, today: date) -> Iterable[Held]:
    found = Delegation.objects.filter(
        Q(principal_id=user_id) | Q(deputy_id=user_id),
        valid_to__gt=Greatest(F("valid_from"), Value(today)),
    ).select_related("principal", "deputy")
    for delegation in found.order_by("pk"):
        yield Held(
            ref=str(delegation.pk),
            what=f"{delegation.principal.name} → {delegation.deputy.name}",
            reason=_("A delegation is in force. It ends with the leaving."),
            ways=(Way.END,),
        )


def _end(
    *,
    actor: Actor,
    leaver_id: int,
    ref: str,
    to_user_id: int | None,
    counted: str,
    note: str,
    now: datetime,
) -> str:
    end_delegation(actor=actor, delegation_id=int(ref), now=now)
    return ""


CHECKS = (
    Check(key="approvals.signatures", label=_("Awaited signatures"), find=_signatures),
    Check(
        key="approvals.papers",
        label=_("Papers to be submitted again"),
        find=_papers,
        settle={Way.HAND_OVER: _hand_over_paper, Way.END: _withdraw},
    ),
    Check(
        key="approvals.delegations",
        label=_("Delegations"),
        find=_delegations,
        settle={Way.END: _end},
    ),
)
