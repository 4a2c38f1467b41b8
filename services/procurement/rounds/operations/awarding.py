"""The award (定标): proposed by the buyer, whole or split, in force by the company's chain.

Its case hangs on the round, so that what was rejected comes back as the same paper. Case before
record: whoever locks both locks the case first, as a signature does.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.urls import reverse

from kernel.access import Action, Actor
from kernel.approvals import operations as approvals
from kernel.approvals import queries as approval_queries
from kernel.approvals.models import Case
from kernel.approvals.registry import DocumentKind
from kernel.approvals.rules.facts import Fact, FactType
from kernel.audit import operations as audit
from kernel.duties import Step
from kernel.duties import operations as duties
from kernel.errors import Conflict, Invalid
from kernel.outbox import operations as outbox
from kernel.spelling import spell_money
from kernel.text import _, in_company_language
from services.procurement.requests import operations as requests
from services.procurement.rounds import queries
from services.procurement.rounds.apart import who_bought
from services.procurement.rounds.models import (
    Award,
    AwardLine,
    AwardState,
    Evaluator,
    LetterKind,
    Quote,
    QuoteLine,
    Round,
    RoundSource,
    RoundState,
)
from services.procurement.rounds.operations import fewer
from services.procurement.rounds.operations.errors import RoundStateWrong
from services.procurement.rounds.operations.evaluating import lock_evaluated
from services.procurement.rounds.queries.comparison import comparison_of
from services.procurement.rounds.rules import awards
from services.procurement.rounds.rules.comparison import Comparison
from services.procurement.rounds.telling import tell_vendors
from services.procurement.vendors import operations as vendors

KIND: Final = "purchase.award"
_LONGEST_REASON: Final = 500


class ScoresMissing(Conflict):
    """``details["people"]``: whose scores are missing."""

    code = "procurement.scores-missing"


class QuoteExpired(Conflict):
    """``details``: ``{"vendor_id": 7, "valid_to": "2026-12-31"}``."""

    code = "procurement.quote-expired"


class ReasonTooLong(Invalid):
    code = "procurement.award-reason-too-long"


def award_kind() -> DocumentKind:
    """Return the kind of document that an award is to the approvals."""
    return DocumentKind(
        key=KIND,
        name=_("Award of a purchase"),
        module=_("Procurement"),
        facts=(
            Fact("amount", _("Amount"), FactType.MONEY, _("CNY")),
            Fact("quotes", _("Quotes"), FactType.NUMBER),
            Fact("is_cheapest", _("The cheapest there is"), FactType.YES_NO),
            Fact("is_split", _("Split between vendors"), FactType.YES_NO),
            Fact("over_budget", _("Above the estimate"), FactType.YES_NO),
        ),
        url=_page_of,
        on_approved=_put_in_force,
        on_rejected=_take_back,
        on_withdrawn=_take_back_if_open,
        played=who_bought,
        is_ready=True,
    )


@transaction.atomic
def propose_award(
    *,
    actor: Actor,
    round_id: int,
    award: Mapping[int, int],
    reason: str = "",
    now: datetime,
    today: date,
) -> Award:
    """Send the award of an evaluated round through its chain.

    :param award: a vendor for every line of the round: one for all, or split.
    :raises NotFound: if there is no such round within his reach.
    :raises access.ActionDenied: without ``purchase.buy`` there.
    :raises RoundStateWrong: if the round is not being evaluated.
    :raises DutiesMeet: if he approved what is bought, or that fewer quote (SoD-21).
    :raises awards.TooFewQuotes: if fewer vendors quoted than needed, without the special approval.
    :raises ScoresMissing: if nobody but him scores, or somebody has not finished.
    :raises awards.AwardIncomplete: if a line has no vendor, or one who does not offer it.
    :raises QuoteExpired: if a chosen quote does not hold any more.
    :raises VendorNotFit: if a chosen vendor may not be ordered from (PR-66).
    :raises awards.ReasonMissing: if it is not the cheapest and nothing says why (PR-23).
    """
    case = approval_queries.open_case_of(kind=KIND, subject=Round(pk=round_id))
    if case is not None:
        approval_queries.lock_case(case.pk)
    evaluated = lock_evaluated(actor, round_id, Action.PURCHASE_BUY)
    _require_buyer(evaluated, actor, now)
    sheet = comparison_of(evaluated)
    awards.require_quotes(
        count=len(sheet.columns), least=fewer.least(), is_allowed=evaluated.is_fewer_allowed
    )
    _require_scores(evaluated, actor)
    simulation = awards.simulate(award, sheet.offers, sheet.wanted)
    chosen = set(simulation.by_vendor)
    vendors.require_all_fit(chosen, today=today)
    _require_valid(sheet, chosen, today)
    words = reason.strip()
    if len(words) > _LONGEST_REASON:
        raise ReasonTooLong(
            _("Enter up to %(count)d characters.") % {"count": _LONGEST_REASON}, field="reason"
        )
    awards.require_reason(award, sheet.offers, sheet.wanted, reason=words)
    made = Award.objects.create(
        round=evaluated,
        is_split=len(chosen) > 1,
        total=simulation.total,
        lowest_total=sheet.lowest_possible(award),
        reason=words,
        proposed_by=actor.require_person(),
        proposed_by_label=actor.label[:140],
        proposed_at=now,
    )
    quote_lines = QuoteLine.objects.filter(quote__invitation__round=evaluated)
    by_place = {
        (vendor_id, line_id): pk
        for pk, vendor_id, line_id in quote_lines.order_by().values_list(
            "pk", "quote__invitation__vendor_id", "line_id"
        )
    }
    AwardLine.objects.bulk_create(
        AwardLine(award=made, line_id=line_id, quote_line_id=by_place[vendor_id, line_id])
        for line_id, vendor_id in sorted(award.items())
    )
    evaluated.state = RoundState.AWARDING
    evaluated.save(update_fields=["state"])
    audit.record(
        actor=actor,
        event="procurement.round.award-proposed",
        subject=evaluated,
        project_id=evaluated.project_id,
        now=now,
        data={
            "award": made.pk,
            "total": f"{made.total:.2f}",
            "lowest": f"{made.lowest_total:.2f}",
            "vendors": sorted(chosen),
            "reason": words,
        },
    )
    _submit(evaluated, made, sheet, simulation, actor=actor, now=now)
    return made


def _submit(
    evaluated: Round,
    made: Award,
    sheet: Comparison,
    simulation: awards.Simulation,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    names = {column.bid.vendor_id: column.bid.vendor_name for column in sheet.columns}
    with in_company_language():
        summary = {
            str(_("Round of quotes")): f"{evaluated.number} {evaluated.title}",
            str(_("Award to")): str(_(", ")).join(
                f"{names[vendor_id]} {spell_money(amount)}"
                for vendor_id, amount in simulation.by_vendor.items()
            ),
            str(_("Total")): spell_money(made.total),
            str(_("The least it could cost")): spell_money(made.lowest_total),
            str(_("Estimate")): spell_money(sheet.budget) if sheet.budget is not None else "—",
            str(_("Reason")): made.reason or "—",
        }
    approvals.submit(
        actor=actor,
        kind=KIND,
        subject=evaluated,
        project_id=evaluated.project_id,
        title=f"{evaluated.number} {evaluated.title}",
        facts={
            "amount": made.total,
            "quotes": Decimal(len(sheet.columns)),
            "is_cheapest": made.total <= made.lowest_total,
            "is_split": made.is_split,
            "over_budget": sheet.budget is not None and made.total > sheet.budget,
        },
        summary=summary,
        author_ids=[actor.user_id],
        now=now,
    )


def _put_in_force(case: Case, actor: Actor, now: datetime) -> None:
    evaluated, made = _lock(case)
    # Whatever the chain's steps say of duties: who buys by it does not approve (SoD-21).
    duties.require_step_apart(
        Step.PURCHASE_APPROVE_SECOND,
        actor=actor,
        done={Step.PURCHASE_BUY: queries.buyers_of(evaluated)},
        subject=evaluated,
        project_id=evaluated.project_id,
        now=now,
    )
    made.state, made.decided_at = AwardState.APPROVED, now
    made.save(update_fields=["state", "decided_at"])
    evaluated.state = RoundState.AWARDED
    evaluated.save(update_fields=["state"])
    winners = set(
        Quote.objects.filter(lines__in=made.lines.values("quote_line"))
        .order_by()
        .values_list("invitation__vendor_id", flat=True)
    )
    quoted = set(
        Quote.objects.filter(invitation__round=evaluated)
        .order_by()
        .values_list("invitation__vendor_id", flat=True)
    )
    evaluated.invitations.filter(vendor__in=quoted).update(told_at=now)
    tell_vendors(evaluated, LetterKind.AWARDED, now=now, vendor_ids=winners)
    tell_vendors(evaluated, LetterKind.REGRET, now=now, vendor_ids=quoted - winners)
    audit.record(
        actor=actor,
        event="procurement.round.awarded",
        subject=evaluated,
        project_id=evaluated.project_id,
        now=now,
        data={"award": made.pk, "total": f"{made.total:.2f}", "vendors": sorted(winners)},
    )
    outbox.publish(
        event="procurement.round.awarded",
        subject=evaluated,
        project_id=evaluated.project_id,
        data={"number": evaluated.number, "total": f"{made.total:.2f}"},
        now=now,
    )


def _take_back(case: Case, actor: Actor, now: datetime) -> None:
    evaluated, made = _lock(case)
    made.state, made.decided_at = AwardState.REFUSED, now
    made.save(update_fields=["state", "decided_at"])
    evaluated.state = RoundState.OPENED
    evaluated.save(update_fields=["state"])
    audit.record(
        actor=actor,
        event="procurement.round.award-refused",
        subject=evaluated,
        project_id=evaluated.project_id,
        now=now,
        data={"award": made.pk},
    )


def _take_back_if_open(case: Case, actor: Actor, now: datetime) -> None:
    # A rejected paper was taken back when it was rejected.
    if queries.lock_round(case.subject_id).state == RoundState.AWARDING:
        _take_back(case, actor, now)


def _lock(case: Case) -> tuple[Round, Award]:
    evaluated = queries.lock_round(case.subject_id)
    made = evaluated.awards.select_for_update().filter(state=AwardState.SUBMITTED).first()
    if evaluated.state != RoundState.AWARDING or made is None:
        raise RoundStateWrong(_("No award of this round is in approval."))
    return evaluated, made


def _require_buyer(evaluated: Round, actor: Actor, now: datetime) -> None:
    duties.require_step_apart(
        Step.PURCHASE_BUY,
        actor=actor,
        done={Step.PURCHASE_APPROVE_FIRST: queries.approvers_of(evaluated, fewer.KIND)},
        subject=evaluated,
        project_id=evaluated.project_id,
        now=now,
    )
    lines = RoundSource.objects.filter(line__round=evaluated).order_by()
    wanted = set(lines.values_list("request_line_id", flat=True))
    if wanted:
        requests.require_buyer(actor=actor, line_ids=wanted, now=now)


def _require_scores(evaluated: Round, actor: Actor) -> None:
    evaluators = list(Evaluator.objects.filter(round=evaluated).order_by("pk"))
    if all(each.user_id == actor.user_id for each in evaluators):
        raise ScoresMissing(
            _("Name somebody besides yourself who scores the quotes."), details={"people": []}
        )
    missing = [each.user_label for each in evaluators if each.done_at is None]
    if missing:
        raise ScoresMissing(
            _("These have not finished their scores: %(people)s.")
            % {"people": str(_(", ")).join(missing)},
            details={"people": missing},
        )


def _require_valid(sheet: Comparison, chosen: set[int], today: date) -> None:
    for column in sheet.columns:
        bid = column.bid
        if bid.vendor_id in chosen and bid.valid_to is not None and bid.valid_to < today:
            raise QuoteExpired(
                _("The quote of %(vendor)s was valid until %(day)s. Ask for a second round.")
                % {"vendor": bid.vendor_name, "day": bid.valid_to},
                details={"vendor_id": bid.vendor_id, "valid_to": bid.valid_to.isoformat()},
            )


def _page_of(round_id: int, _project_id: int | None) -> str:
    return reverse("quote-rounds-comparison", args=[round_id])
