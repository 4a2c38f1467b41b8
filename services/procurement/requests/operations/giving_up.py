"""Goods that cannot be had as they were asked for (PR-34): the buyer says so, the asker decides.

He does without what is not bought yet; what he needs in its place is another request, with its own
approvals. So nothing is bought that nobody approved.
"""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from kernel.access import Action, Actor
from kernel.errors import NotFound
from kernel.money import round_money
from kernel.notifications.operations import notify
from kernel.notifications.registry import Notice
from kernel.text import _
from services.procurement import scope
from services.procurement.requests import queries
from services.procurement.requests.models import BudgetUse, PurchaseRequest, RequestLine
from services.procurement.requests.operations import papers
from services.procurement.requests.operations.buying import (
    is_all_here,
    lock_lines,
    signers_of,
)
from services.procurement.requests.operations.common import (
    clean_text,
    lock_own,
    lock_request,
    record_request,
)
from services.procurement.requests.operations.errors import (
    NothingLeft,
    NotToBuy,
)

UNOBTAINABLE = Notice(
    key="procurement.line-unobtainable",
    name=_("Goods cannot be had as they were asked for"),
    subject=_("%(number)s: %(goods)s cannot be had"),
    text=_(
        "%(goods)s of %(number)s cannot be had as asked for: %(reason)s. Do without the rest, and "
        "ask for something else by a new request."
    ),
    fields={
        "number": _("Number"),
        "goods": _("Goods"),
        "reason": _("Reason"),
    },
)


@transaction.atomic
def report_obstacle(*, actor: Actor, line_id: int, reason: str, now: datetime) -> RequestLine:
    """Tell whoever asked and approved that goods cannot be had, or only too dear: the buyer's word.

    :raises NotFound: if there is no such line within the actor's sight.
    :raises access.ActionDenied: without ``purchase.buy`` there.
    :raises NotToBuy: if its request may not be bought.
    :raises NothingLeft: if nothing of it is left to be bought.
    :raises RequestInvalid: without a reason.
    """
    found = RequestLine.objects.filter(pk=line_id).values_list("request_id", flat=True).first()
    if found is None:
        raise NotFound
    seen = queries.get_request(actor=actor, request_id=found)
    scope.require_of(actor, Action.PURCHASE_BUY, seen.project_id)
    request = lock_request(found)
    _require_bought(request)
    [line] = lock_lines([line_id])
    words = clean_text(reason, 300, "reason", _("Give the reason."))
    if not line.rest:
        raise NothingLeft(_("Nothing of this is left to be bought."))
    line.obstacle, line.obstacle_by_label, line.obstacle_at = words, actor.label[:140], now
    line.save(update_fields=["obstacle", "obstacle_by_label", "obstacle_at"])
    record_request(actor, "line-unobtainable", request, now, {"line": line.name, "reason": words})
    notify(
        kind=UNOBTAINABLE.key,
        to={request.asked_by, *signers_of(request)},
        url=papers.page_of(request.pk),
        context={"number": request.number, "goods": line.name, "reason": words},
        project_id=request.project_id,
        now=now,
        actor=actor,
    )
    return line


@transaction.atomic
def give_up_rest(
    *, actor: Actor, request_id: int, line_ids: Collection[int], reason: str, now: datetime
) -> PurchaseRequest:
    """Do without what is left of lines; what they bind of their budgets for it is free again.

    What rounds and orders have taken stays theirs; what one of them gives back is left again.

    :raises NotYourRequest: if somebody else asked for it.
    :raises NotToBuy: if it is not approved: a draft is changed or cancelled.
    :raises NotFound: if a line is not its own.
    :raises NothingLeft: if nothing is left of a line, or no line is named.
    :raises RequestInvalid: without a reason.
    """
    request, _case = lock_own(actor, request_id)
    _require_bought(request)
    words = clean_text(reason, 300, "reason", _("Give the reason."))
    if not line_ids:
        raise NothingLeft(_("Choose what you do without."), field="lines")
    if request.lines.filter(pk__in=line_ids).count() < len(set(line_ids)):
        raise NotFound
    lines = lock_lines(line_ids)
    done = [line.name for line in lines if not line.rest]
    if done:
        raise NothingLeft(
            _("Nothing is left to be bought of: %(names)s.") % {"names": "; ".join(done)},
            field="lines",
        )
    given = {}
    for line in lines:
        rest = line.rest
        given[line.name] = f"{rest.normalize():f} {line.unit}"
        line.given_up_quantity += rest
        line.obstacle, line.obstacle_by_label, line.obstacle_at = "", "", None
        line.save(
            update_fields=["given_up_quantity", "obstacle", "obstacle_by_label", "obstacle_at"]
        )
        _free_budget(line, rest)
    record_request(actor, "rest-given-up", request, now, {"reason": words, "lines": given})
    return request


def _free_budget(line: RequestLine, rest: Decimal) -> None:
    use = BudgetUse.objects.select_for_update().filter(line=line).first()
    if use is None:
        return
    left = use.committed - round_money(rest * line.unit_price)
    is_over = is_all_here(line) or line.given_up_quantity == line.quantity
    use.committed = Decimal(0) if is_over else max(left, Decimal(0))
    use.save(update_fields=["committed"])


def _require_bought(request: PurchaseRequest) -> None:
    if not queries.may_be_bought(request):
        raise NotToBuy(_("This request is not approved: nothing of it may be bought."))
