"""A request's way through the company's chain: ``purchase`` (000/16 §4.1; S-33 to S-35)."""

from collections.abc import Collection, Mapping
from datetime import datetime

from kernel import policies
from kernel.access import Action, Actor
from kernel.approvals.models import Case
from kernel.approvals.registry import DocumentKind, Paper
from kernel.approvals.rules.definitions import Duty, read_duty
from kernel.deadlines import operations as clocks
from kernel.duties import Step
from kernel.duties import operations as duties
from kernel.errors import Conflict
from kernel.tenancy import company_day
from kernel.text import _
from services.procurement.requests import queries, rules
from services.procurement.requests.models import (
    ClassChoice,
    PurchaseRequest,
    RequestState,
)
from services.procurement.requests.operations import budgets, papers
from services.procurement.requests.operations.buying import lock_lines
from services.procurement.requests.operations.common import (
    lock_request,
    record_request,
    require_state,
)
from services.procurement.requests.operations.submitting import (
    BACKFILL,
    make_ready,
    require_checked,
)

BOUGHT: Duty = read_duty("SoD-21:B")


class BoughtAlready(Conflict):
    code = "procurement.bought-already"


def purchase() -> DocumentKind:
    """Return the kind of document that a request is to the approvals."""
    return DocumentKind(
        key=queries.KIND,
        name=_("Purchase request"),
        module=_("Procurement"),
        facts=papers.FACTS,
        url=papers.page_of,
        on_agreed=_approve,
        on_rejected=_back_to_draft,
        renewed=submit_again,
        on_withdrawn=_back_to_draft,
        played=_who_bought,
        checks=papers.checks_of,
        is_ready=True,
    )


def submit_again(case: Case, actor: Actor, now: datetime) -> Paper:
    """Submit a rejected request, or the paper of a consent, from the inbox, as it is now.

    :raises RequestStateWrong: and the others of ``submit_request``.
    """
    seen = queries.get_request(actor=actor, request_id=case.subject_id)
    duties.require_action(actor, Action.PURCHASE_REQUEST, seen.project_id)
    request = lock_request(case.subject_id)
    require_state(request, RequestState.DRAFT, RequestState.CONSENTED)
    return make_ready(actor, request, case, budget_reason=request.budget_reason, now=now)


def _approve(case: Case, actor: Actor, now: datetime) -> None:
    """Put the request among those to be bought: both approvals are complete."""
    request = lock_request(case.subject_id)
    if request.state == RequestState.APPROVED:
        return  # a step was signed anew: the day of the first approval stands
    require_state(request, RequestState.SUBMITTED)
    day = company_day(now)
    # Whatever the chain's steps say of duties: who bought does not sign for it afterwards.
    duties.require_step_apart(
        Step.PURCHASE_APPROVE_SECOND,
        actor=actor,
        done={Step.PURCHASE_BUY: request.buyer_ids},
        subject=request,
        project_id=request.project_id,
        now=now,
    )
    if request.purchase_class == ClassChoice.B:
        require_checked(request, day=day)
    if request.purchase_class == ClassChoice.A:
        request.purchase_month = rules.purchase_month(
            approved_on=day, cutoff_day=policies.get("purchase.a_cutoff_day", int)
        )
    elif request.purchase_month is None:
        request.purchase_month = day.replace(day=1)
    request.state, request.approved_on = RequestState.APPROVED, day
    request.save(update_fields=["state", "approved_on", "purchase_month"])
    if request.purchase_class == ClassChoice.C:
        clocks.stop(clock=BACKFILL, subject=request, at=now, actor=actor)
    record_request(
        actor,
        "approved",
        request,
        now,
        {"case": case.number, "month": f"{request.purchase_month:%Y-%m}"},
    )


def _back_to_draft(case: Case, _actor: Actor, _now: datetime) -> None:
    """Give a rejected or withdrawn request back to who asked.

    An emergency stays consented to, and its budgets bound: it was bought.

    :raises BoughtAlready: if a round or an order has something of it.
    """
    request = lock_request(case.subject_id)
    if hasattr(case, "consent"):
        if request.state == RequestState.SUBMITTED:
            request.state = RequestState.CONSENTED
            request.save(update_fields=["state"])
        return
    lines = lock_lines(request.lines.values_list("pk", flat=True))
    if any(line.bound_quantity for line in lines):
        raise BoughtAlready(_("Something of this request is in a round or an order already."))
    budgets.release(lines)
    request.state = RequestState.DRAFT
    request.is_over_budget = False
    request.approved_on = request.purchase_month = None
    request.save(update_fields=["state", "is_over_budget", "approved_on", "purchase_month"])


def _who_bought(case: Case) -> Mapping[Duty, Collection[int]]:
    found = PurchaseRequest.objects.filter(pk=case.subject_id).values_list("buyer_ids", flat=True)
    return {BOUGHT: found.first() or []}
