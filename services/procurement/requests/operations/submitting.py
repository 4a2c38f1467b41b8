"""Submit a request to its approvers; log a leader's consent to an emergency (PR-03 to PR-08).

Case before request: whoever locks both locks the case first, as a signature does.
"""

from datetime import date, datetime

from django.db import transaction

from kernel import policies
from kernel.access import Actor
from kernel.access import queries as people
from kernel.approvals import operations as approvals
from kernel.approvals.models import Case, CaseState
from kernel.approvals.registry import Paper
from kernel.deadlines import operations as clocks
from kernel.notifications.operations import notify
from kernel.notifications.registry import Notice
from kernel.spelling import spell_money
from kernel.tenancy import company_day
from kernel.text import _
from services.procurement.requests import queries, rules
from services.procurement.requests.models import (
    ClassChoice,
    PurchaseRequest,
    RequestState,
)
from services.procurement.requests.operations import budgets, papers
from services.procurement.requests.operations.common import (
    lock_own,
    lock_request,
    record_request,
    require_state,
)
from services.procurement.requests.operations.drafting import class_of_lines
from services.procurement.requests.operations.errors import (
    ClassWrong,
    ReallocationMissing,
    RequestInvalid,
)

BACKFILL = "purchase.backfill"
BUYER = "buyer"
EMERGENCY = Notice(
    key="procurement.emergency-consented",
    name=_("An emergency is to be bought"),
    subject=_("Emergency purchase: %(title)s"),
    text=_(
        "%(leader)s consented by word to %(title)s (%(amount)s) of %(place)s. Buy it at once; the "
        "paper follows."
    ),
    fields={
        "title": _("What it is about"),
        "leader": _("Who consented"),
        "amount": _("Amount"),
        "place": _("For"),
    },
    is_urgent=True,
)


@transaction.atomic
def submit_request(
    *,
    actor: Actor,
    request_id: int,
    budget_reason: str = "",
    text: str = "",
    now: datetime,
) -> PurchaseRequest:
    """Send a draft to its approvers; the paper of a verbal consent after it.

    :param budget_reason: why it goes beyond a budget, if it does; its signers see it.
    :raises NotYourRequest: if somebody else asked for it.
    :raises RequestStateWrong: if it is in approval already.
    :raises ClassWrong: if its goods are of another class by now.
    :raises ReallocationMissing: class B, if nobody has looked for existing goods (PR-06).
    :raises rules.LeadTooShort: class B, if it is needed too soon (PR-06).
    :raises approvals.ConsentMissing: class C without a leader's consent (PR-07).
    :raises rules.OverBudget: if it goes beyond a budget, and there is no reason.
    :raises approvals.ChainMissing: if no chain is in use for its class.
    """
    request, case = lock_own(actor, request_id)
    require_state(request, RequestState.DRAFT, RequestState.CONSENTED)
    if (
        case is not None
        and case.state == CaseState.REJECTED
        and _is_of_another_class(case, request)
    ):
        # Its goods are of another class since: another chain, so another case.
        approvals.withdraw_for(actor=actor, case_id=case.pk, text="", now=now)
        case = None
    paper = make_ready(actor, request, case, budget_reason=budget_reason, now=now)
    if case is not None and case.state == CaseState.CONSENTED:
        approvals.complete_consent(
            actor=actor,
            case_id=case.pk,
            title=paper.title,
            facts=paper.facts,
            summary=paper.summary,
            text=text,
            now=now,
        )
        return lock_request(request_id)
    approvals.submit(
        actor=actor,
        kind=queries.KIND,
        subject=request,
        project_id=request.project_id,
        title=paper.title,
        facts=paper.facts,
        summary=paper.summary,
        chain_key=chain_of(request),
        author_ids=[request.asked_by],
        text=text,
        now=now,
    )
    return lock_request(request_id)


@transaction.atomic
def log_consent(
    *,
    actor: Actor,
    request_id: int,
    consenter_id: int,
    consented_at: datetime,
    means: str,
    text: str,
    budget_reason: str = "",
    now: datetime,
) -> PurchaseRequest:
    """Log that a leader consented to an emergency by word (PR-07, PR-08; S-35).

    Who asked, who consented, when, how, to what and at which cost. The buyer may buy from now on;
    the paper is to be approved in ``purchase.c_backfill_wd`` working days.

    :raises NotYourRequest: if somebody else asked for it.
    :raises RequestStateWrong: if it is no draft.
    :raises ClassWrong: if it is no emergency.
    :raises rules.OverBudget: if it goes beyond a budget, and there is no reason.
    :raises approvals.ConsentInvalid: if the time lies in the future or more than a day back, or
        the person is no approver of the chain.
    :raises approvals.TextMissing: without the words or the means.
    :raises approvals.ChainMissing: if no chain is in use for class C.
    """
    request, _case = lock_own(actor, request_id)
    require_state(request, RequestState.DRAFT)
    if request.purchase_class != ClassChoice.C:
        raise ClassWrong(
            _("Only an emergency (class C) is bought on a verbal consent."),
            field="purchase_class",
            details={"class": request.purchase_class},
        )
    day = company_day(consented_at)
    request.state, request.purchase_month = RequestState.CONSENTED, day.replace(day=1)
    _bind(request, reason=budget_reason, year=day.year)
    request.save()
    paper = papers.paper_of(request, year=day.year)
    case = approvals.consent_verbally(
        actor=actor,
        kind=queries.KIND,
        subject=request,
        project_id=request.project_id,
        title=paper.title,
        consenter_id=consenter_id,
        consented_at=consented_at,
        means=means,
        text=text,
        chain_key=chain_of(request),
        facts=paper.facts,
        summary=paper.summary,
        now=now,
    )
    clocks.start(
        clock=BACKFILL,
        subject=request,
        project_id=request.project_id,
        started_at=consented_at,
        title=paper.title,
        url=papers.page_of(request.pk),
        person_ids=[request.asked_by],
    )
    _tell_buyers(request, case, actor=actor, title=paper.title, now=now)
    record_request(
        actor,
        "consented",
        request,
        now,
        {
            "case": case.number,
            "consenter": case.consent.consenter_label,
            "consented_at": consented_at.isoformat(),
            "means": means.strip(),
            "amount": f"{request.amount:.2f}",
        },
    )
    return request


def make_ready(
    actor: Actor,
    request: PurchaseRequest,
    case: Case | None,
    *,
    budget_reason: str,
    now: datetime,
) -> Paper:
    """Check a locked request, bind its budgets, write down that it is in approval."""
    today = company_day(now)
    lines = list(request.lines.all())
    if not lines:
        raise RequestInvalid(_("Say what is to be bought: at least one line."), field="lines")
    is_emergency = request.purchase_class == ClassChoice.C
    current = class_of_lines(lines, is_emergency=is_emergency)
    if current != request.purchase_class:
        raise ClassWrong(
            _("These goods are class %(class)s: by their price, or as fixed assets.")
            % {"class": current.value},
            field="purchase_class",
            details={"class": current.value},
        )
    if is_emergency and (case is None or not hasattr(case, "consent")):
        raise approvals.ConsentMissing(
            _("An emergency takes a leader's consent by word first. Log it, then submit the paper.")
        )
    if request.purchase_class == ClassChoice.B:
        require_checked(request, day=today)
    year = year_of(request, today)
    _bind(request, reason=budget_reason, year=year)
    request.state, request.submitted_at = RequestState.SUBMITTED, now
    request.save()
    record_request(
        actor,
        "submitted",
        request,
        now,
        {
            "class": request.purchase_class,
            "amount": f"{request.amount:.2f}",
            "over_budget": request.is_over_budget,
            "budget_reason": request.budget_reason,
        },
    )
    return papers.paper_of(request, year=year)


def require_checked(request: PurchaseRequest, *, day: date) -> None:
    """Return if a class B request may go on today (PR-06).

    :raises RequestInvalid: if nothing says when it is needed.
    :raises ReallocationMissing: if nobody has looked for existing goods.
    :raises rules.LeadTooShort: if it is needed too soon.
    """
    if request.needed_on is None:
        raise RequestInvalid(_("Class B needs the day of use."), field="needed_on")
    if not request.reallocation_note:
        raise ReallocationMissing(
            _(
                "Class B: first look whether existing goods can be used, and write down what was "
                "found."
            ),
            field="reallocation_note",
        )
    rules.require_lead(
        day=day,
        needed_on=request.needed_on,
        lead_days=policies.get("purchase.b_lead_days", int),
    )


def year_of(request: PurchaseRequest, today: date) -> int:
    """Return in which year's budgets the request counts: an emergency's, in that of the consent."""
    if request.purchase_class == ClassChoice.C and request.purchase_month is not None:
        return request.purchase_month.year
    return today.year


def chain_of(request: PurchaseRequest) -> str:
    """Return the key of the chain for the request's class."""
    return f"{queries.KIND}.{request.purchase_class}"


def _tell_buyers(
    request: PurchaseRequest, case: Case, *, actor: Actor, title: str, now: datetime
) -> None:
    """Tell those who buy for the place: an emergency does not wait for its round."""
    buyers = people.people_of_post(
        post=BUYER, project_id=request.project_id, today=company_day(now)
    )
    notify(
        kind=EMERGENCY.key,
        to={user.pk for user in buyers},
        url=papers.page_of(request.pk),
        context={
            "title": title,
            "leader": case.consent.consenter_label,
            "amount": spell_money(request.amount),
            "place": request.place_name,
        },
        project_id=request.project_id,
        now=now,
        actor=actor,
    )


def _bind(request: PurchaseRequest, *, reason: str, year: int) -> None:
    lines = list(request.lines.select_related("category").order_by("pk"))
    budgets.bind(request, lines, reason=reason or request.budget_reason, year=year)


def _is_of_another_class(case: Case, request: PurchaseRequest) -> bool:
    return case.version.chain.key != chain_of(request)
