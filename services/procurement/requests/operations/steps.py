"""What happens to a request beside its approval: existing goods are looked for, it is given up."""

from datetime import datetime

from django.db import transaction

from kernel.access import Action, Actor
from kernel.approvals import operations as approvals
from kernel.approvals.models import Case
from kernel.text import _
from services.procurement import scope
from services.procurement.requests import queries
from services.procurement.requests.models import (
    BudgetUse,
    ClassChoice,
    PurchaseRequest,
    RequestState,
)
from services.procurement.requests.operations.buying import lock_lines
from services.procurement.requests.operations.common import (
    clean_text,
    lock_own,
    lock_request,
    record_request,
    require_person,
    require_state,
)
from services.procurement.requests.operations.errors import LineTaken, RequestStateWrong

# Who may have looked for goods that are there already: those who ask, keep and buy.
LOOKERS = (Action.PURCHASE_REQUEST, Action.STOCK_KEEP, Action.PURCHASE_BUY)


@transaction.atomic
def note_reallocation(
    *, actor: Actor, request_id: int, note: str, now: datetime
) -> PurchaseRequest:
    """Write down what was found when existing goods were looked for (PR-06), and by whom.

    :raises access.ActionDenied: if the actor may neither ask, nor keep goods, nor buy there.
    :raises RequestStateWrong: if it is no draft any more.
    :raises RequestInvalid: if the note is empty or too long.
    """
    seen = queries.get_request(actor=actor, request_id=request_id)
    held = (one for one in LOOKERS if _holds(actor, one, seen.project_id))
    scope.require_of(actor, next(held, Action.PURCHASE_REQUEST), seen.project_id)
    person = require_person(actor)
    request = lock_request(request_id)
    require_state(request, RequestState.DRAFT)
    before = request.reallocation_note
    request.reallocation_note = clean_text(
        note, 300, "reallocation_note", _("Write down what was found.")
    )
    request.reallocation_by, request.reallocation_by_label = person, actor.label[:140]
    request.save(update_fields=["reallocation_note", "reallocation_by", "reallocation_by_label"])
    record_request(
        actor,
        "reallocation-noted",
        request,
        now,
        before={"reallocation_note": before},
        after={"reallocation_note": request.reallocation_note},
    )
    return request


@transaction.atomic
def cancel_request(*, actor: Actor, request_id: int, reason: str, now: datetime) -> PurchaseRequest:
    """Give a request up for good, and what it binds of its budgets back.

    :raises NotYourRequest: if somebody else asked for it.
    :raises RequestStateWrong: if it is cancelled, or was consented to by word: that has happened.
    :raises LineTaken: if something of it is in a round or an order.
    :raises RequestInvalid: without a reason.
    """
    request, case = lock_own(actor, request_id)
    require_state(request, RequestState.DRAFT, RequestState.SUBMITTED, RequestState.APPROVED)
    words = clean_text(reason, 300, "reason", _("Give the reason."))
    if request.purchase_month is not None and request.purchase_class == ClassChoice.C:
        raise RequestStateWrong(
            _("What was consented to verbally has happened: the request cannot be cancelled."),
            details={"state": request.state},
        )
    lines = lock_lines(request.lines.values_list("pk", flat=True))
    if any(line.bound_quantity for line in lines):
        raise LineTaken(_("Something of this request is in a round or an order already."))
    if case is not None and case.is_open:
        _withdraw(actor, case, words, now)
        request = lock_request(request_id)
    BudgetUse.objects.filter(line__in=lines).delete()
    request.state, request.is_over_budget = RequestState.CANCELLED, False
    request.save(update_fields=["state", "is_over_budget"])
    record_request(actor, "cancelled", request, now, {"reason": words})
    return request


@transaction.atomic
def take_back(*, actor: Actor, request_id: int, now: datetime) -> PurchaseRequest:
    """Take a request out of approval, to be changed and submitted anew.

    :raises NotYourRequest: if somebody else asked for it.
    :raises RequestStateWrong: if it is not in approval, or was consented to by word.
    """
    request, case = lock_own(actor, request_id)
    require_state(request, RequestState.SUBMITTED)
    if case is None or request.purchase_month is not None:
        raise RequestStateWrong(
            _("What was consented to verbally has happened: its paper cannot be withdrawn."),
            details={"state": request.state},
        )
    _withdraw(actor, case, "", now)
    return lock_request(request_id)


def _withdraw(actor: Actor, case: Case, text: str, now: datetime) -> None:
    approvals.withdraw_for(actor=actor, case_id=case.pk, text=text, now=now)


def _holds(actor: Actor, action: Action, project_id: int | None) -> bool:
    if project_id is None:
        return actor.may_everywhere(action)
    return actor.may(action, project_id)
