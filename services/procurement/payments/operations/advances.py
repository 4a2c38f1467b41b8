"""Advances to buyers (借款单): asked for, approved, paid out, given back (PR-70, PR-74)."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.urls import reverse

from kernel import policies
from kernel.access import Action, Actor
from kernel.access.models import User
from kernel.approvals import operations as approvals
from kernel.approvals.models import Case
from kernel.approvals.registry import DocumentKind
from kernel.approvals.rules.facts import Fact, FactType
from kernel.audit import operations as audit
from kernel.documents import numbers
from kernel.duties import operations as duties
from kernel.errors import NotFound
from kernel.tenancy import company_day
from kernel.text import _, in_company_language
from services.billing.ledger import operations as ledger
from services.billing.ledger.models import AccountRole, JournalKind
from services.procurement import scope
from services.procurement.payments import queries, rules, telling
from services.procurement.payments.models import Advance, AdvanceState, ClaimState
from services.procurement.payments.operations import accounts
from services.procurement.payments.operations.errors import AdvanceStateWrong, AdvanceTaken
from services.procurement.requests import queries as requests
from services.procurement.requests.models import PurchaseRequest
from services.procurement.texts import line as one_line

KIND = "purchase.advance"
SERIES = "purchase-advance"
PAID_FROM = (AccountRole.CASH, AccountRole.BANK)
_ENDED = ("state", "ended_at", "ended_by", "ended_by_label", "end_reason", "return_journal")


def purchase_advance() -> DocumentKind:
    """Return the kind of document that an advance is to the approvals."""
    return DocumentKind(
        key=KIND,
        name=_("Advance to a buyer"),
        module=_("Procurement"),
        facts=(
            Fact("amount", _("Amount"), FactType.MONEY, _("CNY")),
            Fact("estimate", _("Estimate"), FactType.MONEY, _("CNY")),
        ),
        url=lambda pk, _project: reverse("advances-advance", args=[pk]),
        on_approved=_approved,
        on_withdrawn=_withdrawn,
        is_ready=True,
    )


@transaction.atomic
def ask_advance(
    *, actor: Actor, request_id: int, amount: Decimal, purpose: str, now: datetime
) -> Advance:
    """Ask for an advance on what a request is estimated at.

    :raises NotFound: if there is no such request within the actor's sight.
    :raises access.ActionDenied: without ``purchase.buy`` there.
    :raises AdvanceStateWrong: if the request may not be bought.
    :raises AdvanceTaken: if the request has one that was not refused, given up or given back: that
        is near to the whole estimate already.
    :raises rules.AdvanceOutOfRange: if it differs from the estimate by more than the tolerance.
    :raises rules.AdvanceOpen: if the actor has as many open ones as there may be.
    """
    person_id = actor.require_person()
    request = PurchaseRequest.objects.select_for_update(no_key=True).filter(pk=request_id).first()
    if request is None:
        raise NotFound
    scope.require_of(actor, Action.PURCHASE_BUY, request.project_id)
    if not requests.may_be_bought(request):
        raise AdvanceStateWrong(_("This request is not approved: nothing of it may be bought."))
    _require_none(request)
    amount = rules.require_advance(
        amount,
        estimate=request.amount,
        tolerance_percent=policies.get("advance.tolerance_pct", int),
    )
    # Of one person's advances one is asked for after the other, so that each sees those before.
    User.objects.select_for_update(no_key=True).get(pk=person_id)
    rules.require_no_open_advance(
        open_count=queries.open_advances(person_id).count(),
        most=policies.get("advance.open_max", int),
    )
    advance = Advance.objects.create(
        number=numbers.next_number(
            series=SERIES, project_id=request.project_id, on=company_day(now)
        ),
        person_id=person_id,
        person_label=actor.label[:140],
        request=request,
        purpose=one_line(purpose, field="purpose", longest=200, is_required=True),
        estimate=request.amount,
        amount=amount,
        asked_at=now,
    )
    _record(actor, "asked", advance, now)
    with in_company_language():
        summary = {str(_("Request")): request.number, str(_("Purpose")): advance.purpose}
    approvals.submit(
        actor=actor,
        kind=KIND,
        subject=advance,
        project_id=request.project_id,
        title=advance.number,
        facts={"amount": advance.amount, "estimate": advance.estimate},
        summary=summary,
        now=now,
    )
    return advance


@transaction.atomic
def pay_advance(
    *, actor: Actor, advance_id: int, paid_from: AccountRole | str, now: datetime
) -> Advance:
    """Pay out an approved advance, from the cash box or the bank.

    :raises NotFound: if there is no such advance within the actor's sight.
    :raises access.ActionDenied: without ``vendor-payment.pay`` there.
    :raises duties.DutiesMeet: if the actor gets it himself (SoD-22).
    :raises AdvanceStateWrong: if it is not approved, or paid out.
    """
    advance = _lock(actor, advance_id)
    _require_another(actor, advance, now)
    if advance.state != AdvanceState.APPROVED:
        raise AdvanceStateWrong(
            _("This cannot be paid out: %(state)s.") % {"state": advance.get_state_display()}
        )
    role = require_money_account(paid_from)
    advance.journal = ledger.post_journal(
        project_id=advance.request.project_id,
        kind=JournalKind.ADVANCE,
        source_type="advance",
        source_id=advance.pk,
        effective_on=company_day(now),
        now=now,
        posted_by=actor.user_id,
        postings=accounts.legs({AccountRole.ADVANCE: advance.amount, role: -advance.amount}),
    )
    advance.state = AdvanceState.OPEN
    advance.paid_by, advance.paid_by_label = actor.require_person(), actor.label[:140]
    advance.paid_at = now
    advance.save(update_fields=["journal", "state", "paid_by", "paid_by_label", "paid_at"])
    _record(actor, "paid", advance, now)
    return advance


@transaction.atomic
def drop_advance(*, actor: Actor, advance_id: int, reason: str, now: datetime) -> Advance:
    """Give up an approved advance that was not paid out: it is not needed any more.

    :raises NotFound: if there is no such advance within the actor's sight.
    :raises access.ActionDenied: without ``purchase.buy`` there.
    :raises AdvanceStateWrong: if it is another's, not approved, or paid out.
    :raises texts.TextInvalid: without a reason.
    """
    advance = _lock(actor, advance_id, Action.PURCHASE_BUY)
    if advance.state != AdvanceState.APPROVED or advance.person_id != actor.user_id:
        raise AdvanceStateWrong(
            _("Only one's own approved advance is given up: %(state)s.")
            % {"state": advance.get_state_display()}
        )
    _end(advance, AdvanceState.DROPPED, reason, actor=actor, now=now)
    advance.save(update_fields=_ENDED)
    _record(actor, "dropped", advance, now, reason=advance.end_reason)
    return advance


@transaction.atomic
def take_back_advance(
    *, actor: Actor, advance_id: int, paid_into: AccountRole | str, reason: str, now: datetime
) -> Advance:
    """Take back an advance of which nothing was bought, all of it (PR-74).

    What was bought of it is accounted for by its claim, which says what is given back.

    :param paid_into: the cash box or the bank, wherever it was paid from.
    :raises NotFound: if there is no such advance within the actor's sight.
    :raises access.ActionDenied: without ``vendor-payment.pay`` there.
    :raises duties.DutiesMeet: if it is the actor's own (SoD-22).
    :raises AdvanceStateWrong: if it is not out, or a claim for it is under way.
    :raises texts.TextInvalid: without a reason.
    """
    advance = _lock(actor, advance_id)
    _require_another(actor, advance, now)
    if advance.state != AdvanceState.OPEN:
        raise AdvanceStateWrong(
            _("This advance is not out: %(state)s.") % {"state": advance.get_state_display()}
        )
    claim = advance.claims.exclude(state=ClaimState.REFUSED).first()
    if claim is not None:
        raise AdvanceStateWrong(
            _("The claim %(number)s settles this advance: what is left is given back with it.")
            % {"number": claim.number}
        )
    role = require_money_account(paid_into, field="paid_into")
    _end(advance, AdvanceState.RETURNED, reason, actor=actor, now=now)
    advance.return_journal = ledger.post_journal(
        project_id=advance.request.project_id,
        kind=JournalKind.ADVANCE_RETURN,
        source_type="advance",
        source_id=advance.pk,
        effective_on=company_day(now),
        now=now,
        posted_by=actor.user_id,
        postings=accounts.legs({role: advance.amount, AccountRole.ADVANCE: -advance.amount}),
    )
    advance.save(update_fields=_ENDED)
    _record(actor, "returned", advance, now, reason=advance.end_reason)
    return advance


def require_money_account(role: AccountRole | str, *, field: str = "paid_from") -> AccountRole:
    """Return the account that money is paid from. :raises rules.AmountInvalid: if it is none."""
    if role not in PAID_FROM:
        raise rules.AmountInvalid(_("Choose cash or bank."), field=field)
    return AccountRole(role)


def _require_none(request: PurchaseRequest) -> None:
    taken = request.advances.exclude(state__in=queries.NO_MONEY).first()
    if taken is not None:
        raise AdvanceTaken(
            _("This request has its advance: %(number)s, %(amount)s, %(person)s.")
            % {
                "number": taken.number,
                "amount": f"{taken.amount:,.2f}",
                "person": taken.person_label,
            },
            field="request",
            details={"advance_id": taken.pk},
        )


def _end(
    advance: Advance, state: AdvanceState, reason: str, *, actor: Actor, now: datetime
) -> None:
    advance.end_reason = one_line(reason, field="reason", longest=300, is_required=True)
    advance.state, advance.ended_at = state, now
    advance.ended_by, advance.ended_by_label = actor.require_person(), actor.label[:140]


def _lock(actor: Actor, advance_id: int, action: Action = Action.VENDOR_PAYMENT_PAY) -> Advance:
    advance = (
        Advance.objects.select_for_update(of=("self",))
        .select_related("request")
        .filter(pk=advance_id)
        .first()
    )
    if advance is None:
        raise NotFound
    scope.require_of(actor, action, advance.request.project_id)
    return advance


def _require_another(actor: Actor, advance: Advance, now: datetime) -> None:
    duties.require_apart(
        "SoD-22",
        actor=actor,
        earlier=[advance.person_id, *advance.request.buyer_ids],
        subject=advance,
        project_id=advance.request.project_id,
        now=now,
        is_fixed=True,
    )


def _approved(case: Case, actor: Actor, now: datetime) -> None:
    advance = Advance.objects.select_related("request").get(pk=case.subject_id)
    _require_another(actor, advance, now)
    found = Advance.objects.filter(pk=case.subject_id, state=AdvanceState.SUBMITTED)
    if not found.update(state=AdvanceState.APPROVED):
        return
    telling.tell_cashiers(
        number=advance.number,
        payee=advance.person_label,
        amount=advance.amount,
        url=reverse("advances-advance", args=[advance.pk]),
        project_id=advance.request.project_id,
        not_to=advance.person_id,
        now=now,
        today=company_day(now),
    )


def _withdrawn(case: Case, _actor: Actor, _now: datetime) -> None:
    Advance.objects.filter(pk=case.subject_id, state=AdvanceState.SUBMITTED).update(
        state=AdvanceState.REFUSED
    )


def _record(actor: Actor, what: str, advance: Advance, now: datetime, **more: str) -> None:
    audit.record(
        actor=actor,
        event=f"procurement.advance.{what}",
        subject=advance,
        project_id=advance.request.project_id,
        now=now,
        data={"number": advance.number, "amount": str(advance.amount), **more},
    )
