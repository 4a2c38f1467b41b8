"""What rounds, orders, receipts and claims do to requests: bind their lines, spend, ask for leave.

They have asked whether their actor may buy; nothing here does, but :func:`require_buyer`.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Sum

from kernel import access, policies
from kernel.access import Action, Actor
from kernel.approvals import operations as approvals
from kernel.approvals import queries as approval_queries
from kernel.approvals.models import Act, Signature
from kernel.duties import Step
from kernel.duties import operations as duties
from kernel.errors import NotFound
from kernel.money import round_money
from kernel.text import _
from services.procurement import scope
from services.procurement.requests import queries
from services.procurement.requests.models import (
    BudgetUse,
    ClassChoice,
    PurchaseRequest,
    RequestLine,
    RequestState,
)
from services.procurement.requests.operations.errors import (
    LineTaken,
    NotToBuy,
    SpentTooMuchBack,
)


@transaction.atomic
def bind_lines(quantities: Mapping[int, Decimal]) -> list[RequestLine]:
    """Bind so much of each line for a round or an order; return the lines, locked, by their id.

    Two who want the same come one after the other: the second gets what is left, or is refused.

    :raises NotFound: if there is no such line.
    :raises NotToBuy: if its request is neither approved nor consented to.
    :raises LineTaken: if less than that is left of a line; then nothing is bound.
    """
    lines = lock_lines(quantities)
    waiting = {line.pk for line in lines if not queries.may_be_bought(_request_of(line.request_id))}
    if waiting:
        raise NotToBuy(
            _("This request is not approved: nothing of it may be bought."),
            details={"lines": sorted(waiting)},
        )
    short = {
        str(line.pk): f"{line.rest:f}" for line in lines if not 0 < quantities[line.pk] <= line.rest
    }
    if short:
        raise LineTaken(
            _("Less than that is left to be bought: %(lines)s.")
            % {"lines": "; ".join(line.name for line in lines if str(line.pk) in short)},
            field="quantity",
            details={"left": short},
        )
    for line in lines:
        line.bound_quantity += quantities[line.pk]
    RequestLine.objects.bulk_update(lines, ["bound_quantity"])
    return lines


@transaction.atomic
def free_lines(quantities: Mapping[int, Decimal]) -> list[RequestLine]:
    """Give back what a round or an order had bound of each line.

    :raises NotFound: if there is no such line.
    :raises LineTaken: if less than that is bound of a line; then nothing is given back.
    """
    lines = lock_lines(quantities)
    if any(not 0 < quantities[line.pk] <= line.bound_quantity for line in lines):
        raise LineTaken(_("Less than that is bound of this line."), field="quantity")
    for line in lines:
        line.bound_quantity -= quantities[line.pk]
    RequestLine.objects.bulk_update(lines, ["bound_quantity"])
    return lines


@transaction.atomic
def spend(line_id: int, amount: Decimal, *, is_last: bool = False) -> None:
    """Turn so much of what a line binds of its budget into money spent.

    Once all is here that the line asks for, what it still binds is free again.

    :param amount: with tax; below zero for what came back of it.
    :param is_last: nothing more will be bought of the line, whatever is here.
    :raises NotFound: if the line binds nothing.
    :raises SpentTooMuchBack: if more came back than was spent.
    """
    line = RequestLine.objects.select_for_update().filter(pk=line_id).first()
    use = BudgetUse.objects.select_for_update().filter(line_id=line_id).first()
    if line is None or use is None:
        raise NotFound
    is_last = is_last or is_all_here(line)
    amount = round_money(amount)
    if use.spent + amount < 0:
        raise SpentTooMuchBack(
            _("More came back than was spent: %(spent)s.") % {"spent": f"{use.spent:,.2f}"},
            field="amount",
        )
    use.spent += amount
    use.committed = (
        Decimal(0) if is_last else max(use.committed - max(amount, Decimal(0)), Decimal(0))
    )
    use.save(update_fields=["committed", "spent"])


def is_all_here(line: RequestLine) -> bool:
    """Tell whether all was taken in that a locked line asks for and nobody gave up."""
    wanted = line.quantity - line.given_up_quantity
    came = line.order_lines.aggregate(total=Sum(F("received_quantity") - F("returned_quantity")))[
        "total"
    ]
    return came is not None and came >= wanted


def require_effective(request_id: int, *, now: datetime) -> PurchaseRequest:
    """Return the request if money may be paid for it (PR-07, PR-08; S-35).

    Approved; or an emergency that was consented to by word and whose paper is not overdue.

    :raises NotFound: if there is none.
    :raises approvals.ConsentMissing: if it never was submitted, nor consented to.
    :raises approvals.BackfillOverdue: if the paper of a verbal consent is not approved in time.
    :raises approvals.NotApproved: if it is on its way, rejected or withdrawn.
    """
    request = _request_of(request_id)
    if request.state == RequestState.CANCELLED:
        raise approvals.NotApproved(_("This request was cancelled."))
    if request.state != RequestState.APPROVED:
        approvals.require_effective(kind=queries.KIND, subject=request, now=now)
    return request


def consented_to(request: PurchaseRequest) -> Decimal:
    """Return up to which amount an emergency may be bought: what was consented to, or approved.

    A request that was raised after the word may cost more once its paper is approved (PR-07).
    """
    if request.state == RequestState.APPROVED:
        return request.amount
    case = approval_queries.case_of(kind=queries.KIND, subject=request)
    words = case.signatures.filter(act=Act.CONSENTED).order_by("pk").last() if case else None
    said = words.facts.get("amount") if words is not None else None
    return min(request.amount, Decimal(said)) if said is not None else request.amount


@transaction.atomic
def require_buyer(*, actor: Actor, line_ids: Collection[int], now: datetime) -> None:
    """Return if the actor may buy these lines; he is noted as a buyer of their requests.

    Whoever approved or consented to a request does not buy of it, and who bought of it does not
    sign it afterwards (SoD-21). With ``purchase.central`` on only the company's buyer buys (PR-01);
    off lets a project's own buy class A.

    :raises NotFound: if there is no such line, or he holds nothing in its project.
    :raises access.ActionDenied: if he may not buy there.
    :raises duties.DutiesMeet: if he approved one of the requests.
    """
    lines = RequestLine.objects.filter(pk__in=line_ids).values_list("pk", "request_id")
    if len(lines) < len(set(line_ids)):
        raise NotFound
    requests = (
        PurchaseRequest.objects.select_for_update(no_key=True)
        .filter(pk__in={request_id for _line, request_id in lines})
        .order_by("pk")
    )
    for request in requests:
        _require_place(actor, request)
        duties.require_step_apart(
            Step.PURCHASE_BUY,
            actor=actor,
            done={Step.PURCHASE_APPROVE_FIRST: signers_of(request)},
            subject=request,
            project_id=request.project_id,
            now=now,
        )
        if actor.user_id is not None and actor.user_id not in request.buyer_ids:
            request.buyer_ids = sorted({*request.buyer_ids, actor.user_id})
            request.save(update_fields=["buyer_ids"])


def signers_of(request: PurchaseRequest) -> set[int]:
    """Return who approved the request, or consented to it by word, and for whom."""
    case = approval_queries.case_of(kind=queries.KIND, subject=request)
    if case is None:
        return set()
    acts = Signature.objects.filter(case=case, act__in=[Act.APPROVED, Act.COUNTED, Act.CONSENTED])
    people: set[int | None] = set()
    for act, user_id, for_user_id in acts.values_list("act", "user_id", "for_user_id"):
        people |= {for_user_id} if act == Act.CONSENTED else {user_id, for_user_id}
    return {person for person in people if person is not None}


def lock_lines(line_ids: Iterable[int]) -> list[RequestLine]:
    """Return the lines, locked in the order of their ids. :raises NotFound: if one is missing."""
    wanted = set(line_ids)
    lines = list(RequestLine.objects.select_for_update().filter(pk__in=wanted).order_by("pk"))
    if len(lines) < len(wanted):
        raise NotFound
    return lines


def _request_of(request_id: int) -> PurchaseRequest:
    """Return the request as it is now: read after its lines are locked, it stays so."""
    request = PurchaseRequest.objects.filter(pk=request_id).first()
    if request is None:
        raise NotFound
    return request


def _require_place(actor: Actor, request: PurchaseRequest) -> None:
    is_central = policies.get("purchase.central", bool)
    if is_central or request.project_id is None or request.purchase_class != ClassChoice.A:
        if request.project_id is not None and not actor.sees(request.project_id):
            raise NotFound
        access.require_everywhere(actor, Action.PURCHASE_BUY)
        return
    scope.require_of(actor, Action.PURCHASE_BUY, request.project_id)
