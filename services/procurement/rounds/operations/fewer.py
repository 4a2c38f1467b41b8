"""Fewer vendors than ``purchase.min_quotes``: with proof, by special approval (PR-20, PR-24)."""

from datetime import datetime
from typing import IO, Final

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from kernel import policies
from kernel.access import Action, Actor
from kernel.approvals import operations as approvals
from kernel.approvals import queries as approval_queries
from kernel.approvals.models import Case
from kernel.approvals.registry import DocumentKind, Paper
from kernel.approvals.rules.facts import Fact, FactType
from kernel.audit import operations as audit
from kernel.documents import operations as documents
from kernel.documents import storage
from kernel.documents.queries import attachments_of
from kernel.duties import Step
from kernel.duties import operations as duties
from kernel.text import _, in_company_language
from services.procurement import scope
from services.procurement.rounds import files, queries
from services.procurement.rounds.apart import who_bought
from services.procurement.rounds.models import Round, RoundState
from services.procurement.rounds.operations.drafting import lock_own
from services.procurement.rounds.operations.errors import (
    ProofMissing,
    RoundStateWrong,
    TextMissing,
    TooFewInvited,
)

KIND: Final = "purchase.fewer_quotes"
_LONGEST: Final = 500


def fewer_quotes() -> DocumentKind:
    """Return the kind of document that a round with fewer vendors is to the approvals."""
    return DocumentKind(
        key=KIND,
        name=_("Fewer quotes than required"),
        module=_("Purchasing"),
        facts=(
            Fact("vendors", _("Invited vendors"), FactType.NUMBER),
            Fact("least", _("Least number of quotes"), FactType.NUMBER),
            Fact(
                "decider",
                _("Who allows fewer quotes"),
                FactType.CHOICE,
                choices=(
                    ("property_gm", _("Property manager")),
                    ("company_gm", _("General manager of the company")),
                ),
            ),
        ),
        url=_page_of,
        on_approved=_allow,
        renewed=_ask_again,
        played=who_bought,
        is_ready=True,
    )


def ask_for_fewer(
    *,
    actor: Actor,
    round_id: int,
    reason: str,
    proof: IO[bytes] | None = None,
    proof_name: str = "",
    now: datetime,
) -> Case:
    """Ask that a draft may be published with the vendors it has.

    :param proof: a file that is hung on the round with it; a refusal leaves none behind.
    :raises NotFound: if there is none within his reach.
    :raises access.ActionDenied: without ``purchase.buy`` there.
    :raises RoundStateWrong: if it was published, or has vendors enough, or none.
    :raises TextMissing: without a reason of at most 500 characters.
    :raises ProofMissing: without a file of the kind ``proof`` on the round: no vendor sees those.
    :raises documents.FileTooLarge: and the others of ``documents.keep``: if it cannot be taken.
    """
    if proof is None:
        return _ask(actor, round_id, reason, None, now)
    found = queries.get_round(actor=actor, round_id=round_id)
    scope.require_of(actor, Action.PURCHASE_BUY, found.project_id)
    # Scanner and store are asked before the transaction begins.
    kept = documents.keep(content=proof.read(settings.ATTACHMENT_MAX_BYTES + 1), name=proof_name)
    try:
        return _ask(actor, round_id, reason, kept, now)
    except BaseException:
        storage.discard(kept.storage_key)
        raise


@transaction.atomic
def _ask(
    actor: Actor, round_id: int, reason: str, kept: documents.Kept | None, now: datetime
) -> Case:
    asked = lock_own(actor, round_id, RoundState.DRAFT)
    words = reason.strip()
    if not 0 < len(words) <= _LONGEST:
        raise TextMissing(
            _("Give the reason in at most %(most)d characters.") % {"most": _LONGEST},
            field="reason",
        )
    count = asked.invitations.count()
    if not 0 < count < least() or asked.is_fewer_allowed:
        raise RoundStateWrong(_("This round needs no permission for fewer quotes."))
    if kept is not None:
        documents.attach_kept(
            actor=actor,
            subject=asked,
            project_id=asked.project_id,
            kept=kept,
            kind=files.PROOF,
            now=now,
        )
    proof = list(attachments_of(asked).filter(kind=files.PROOF).values_list("pk", flat=True))
    if not proof:
        raise ProofMissing(
            _("Attach a file that proves that there are no more vendors."), field="proof"
        )
    asked.fewer_reason = words
    asked.save(update_fields=["fewer_reason"])
    paper = _paper_of(asked)
    audit.record(
        actor=actor,
        event="procurement.round.fewer-asked",
        subject=asked,
        project_id=asked.project_id,
        now=now,
        data={"reason": words, "vendors": count, "least": least()},
    )
    return approvals.submit(
        actor=actor,
        kind=KIND,
        subject=asked,
        project_id=asked.project_id,
        title=paper.title,
        facts=paper.facts,
        summary=paper.summary,
        attachments=proof,
        now=now,
    )


def least() -> int:
    """Return how many vendors have to be asked and to quote, ``purchase.min_quotes`` (PR-20)."""
    number: int = policies.get("purchase.min_quotes", int)
    return number


def require_enough(quote_round: Round) -> None:
    """Return if enough vendors are invited, or fewer were allowed.

    :raises TooFewInvited: otherwise.
    """
    count = quote_round.invitations.count()
    if count == 0 or (count < least() and not quote_round.is_fewer_allowed):
        raise TooFewInvited(
            _(
                "%(count)d vendors are invited, %(least)d are needed. Invite more, or ask for the "
                "special approval with proof that there are none."
            )
            % {"count": count, "least": least()},
            field="vendors",
            details={"count": count, "least": least()},
        )


def _paper_of(quote_round: Round) -> Paper:
    vendors = [one.vendor.name for one in quote_round.invitations.select_related("vendor")]
    with in_company_language():
        summary = {
            str(_("Round of quotes")): f"{quote_round.number} {quote_round.title}",
            str(_("Invited vendors")): str(_(", ")).join(vendors),
            str(_("Reason")): quote_round.fewer_reason,
        }
    return Paper(
        title=f"{quote_round.number} {quote_round.title}",
        facts={
            "vendors": len(vendors),
            "least": least(),
            "decider": policies.get("purchase.fewer_quotes", str),
        },
        summary=summary,
    )


def _allow(case: Case, actor: Actor, now: datetime) -> None:
    allowed = queries.lock_round(case.subject_id)
    if allowed.state != RoundState.DRAFT:
        raise RoundStateWrong(_("This round is no draft any more."))
    # Whatever the chain's steps say of duties: who buys by it does not approve (SoD-21).
    duties.require_step_apart(
        Step.PURCHASE_APPROVE_SECOND,
        actor=actor,
        done={Step.PURCHASE_BUY: queries.buyers_of(allowed)},
        subject=allowed,
        project_id=allowed.project_id,
        now=now,
    )
    allowed.is_fewer_allowed = True
    allowed.save(update_fields=["is_fewer_allowed"])
    audit.record(
        actor=actor,
        event="procurement.round.fewer-allowed",
        subject=allowed,
        project_id=allowed.project_id,
        now=now,
        data={"reason": allowed.fewer_reason},
    )


def _ask_again(case: Case, actor: Actor, _now: datetime) -> Paper:
    return _paper_of(lock_own(actor, case.subject_id, RoundState.DRAFT))


def take_back(quote_round: Round, *, actor: Actor, now: datetime) -> None:
    """End an open case of a draft that is given up."""
    case = approval_queries.open_case_of(kind=KIND, subject=quote_round)
    if case is not None:
        approvals.withdraw_for(actor=actor, case_id=case.pk, text="", now=now)


def _page_of(round_id: int, _project_id: int | None) -> str:
    return reverse("quote-rounds-round", args=[round_id])
