"""What a leaver still holds here: signatures that are awaited from him, and delegations."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import F, Q, Value
from django.db.models.functions import Greatest
from django.urls import reverse

from kernel.access.actors import Actor
from kernel.approvals.models import (
    Assignment,
    AssignmentState,
    CaseState,
    Delegation,
    StepState,
)
from kernel.approvals.operations import end_delegation
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
        key="approvals.delegations",
        label=_("Delegations"),
        find=_delegations,
        settle={Way.END: _end},
    ),
)
