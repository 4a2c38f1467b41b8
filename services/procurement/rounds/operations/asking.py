"""Between publishing and deadline: answers to questions, amendments, a later deadline."""

from datetime import datetime
from typing import Final

from django.db import transaction

from kernel.access import Actor
from kernel.audit import operations as audit
from kernel.errors import NotFound
from kernel.text import _
from services.procurement.rounds import telling
from services.procurement.rounds.models import Amendment, Question, Round, RoundState
from services.procurement.rounds.operations.drafting import lock_own
from services.procurement.rounds.operations.errors import (
    DeadlineInvalid,
    DeadlinePassed,
    RoundStateWrong,
    TextMissing,
)
from services.procurement.texts import without_controls

LONGEST_TEXT: Final = 2000


@transaction.atomic
def answer(*, actor: Actor, question_id: int, text: str, now: datetime) -> Question:
    """Answer a question; question and answer go to all who are invited, without who asked.

    :raises NotFound: if there is none within his reach.
    :raises access.ActionDenied: without ``purchase.buy`` there.
    :raises TextMissing: without a text of at most 2 000 characters.
    :raises RoundStateWrong: if it is answered already, or the round takes no quotes.
    :raises DeadlinePassed: after the deadline: nobody could quote by it any more.
    """
    question = Question.objects.filter(pk=question_id).first()
    if question is None:
        raise NotFound
    quote_round = lock_open(actor, question.invitation.round_id, now)
    words = written(text, field="text")
    question = Question.objects.select_for_update(of=("self",)).get(pk=question_id)
    if question.answered_at is not None:
        raise RoundStateWrong(_("This question is answered already."))
    question.answer, question.answered_at = words, now
    question.answered_by_label = actor.label[:140]
    question.save(update_fields=["answer", "answered_at", "answered_by_label"])
    audit.record(
        actor=actor,
        event="procurement.round.question-answered",
        subject=quote_round,
        project_id=quote_round.project_id,
        now=now,
        data={"question": question.text, "answer": words},
    )
    telling.tell_vendors(quote_round, telling.ANSWERED, now=now)
    return question


@transaction.atomic
def amend(
    *,
    actor: Actor,
    round_id: int,
    text: str,
    closes_at: datetime | None = None,
    now: datetime,
) -> Amendment:
    """Tell all who are invited of a change; with ``closes_at`` the deadline is later from now on.

    :raises NotFound: if there is none within his reach.
    :raises access.ActionDenied: without ``purchase.buy`` there.
    :raises TextMissing: without a text of at most 2 000 characters.
    :raises RoundStateWrong: if the round takes no quotes.
    :raises DeadlinePassed: after the deadline: it is not moved back over quotes that lie there.
    :raises DeadlineInvalid: if ``closes_at`` is not later than the deadline there is.
    """
    quote_round = lock_open(actor, round_id, now)
    words = written(text, field="text")
    before = quote_round.closes_at
    assert before is not None
    after = before if closes_at is None else closes_at
    if after < before or (closes_at is not None and after == before):
        raise DeadlineInvalid(_("The deadline can only be made later."), field="closes_at")
    made = Amendment.objects.create(
        round=quote_round,
        number=quote_round.amendments.count() + 1,
        text=words,
        closes_before=before,
        closes_after=after,
        made_by=actor.require_person(),
        made_by_label=actor.label[:140],
        made_at=now,
    )
    if after != before:
        quote_round.closes_at = after
        quote_round.save(update_fields=["closes_at"])
    audit.record(
        actor=actor,
        event="procurement.round.amended",
        subject=quote_round,
        project_id=quote_round.project_id,
        now=now,
        data={"amendment": made.number, "text": words},
        before={"closes_at": before.isoformat()},
        after={"closes_at": after.isoformat()},
    )
    telling.tell_vendors(quote_round, telling.AMENDED, now=now)
    return made


@transaction.atomic
def remind(*, actor: Actor, round_id: int, now: datetime) -> int:
    """Remind those who have sent nothing and not declined; who they are is not told.

    :return: how many vendors were reminded.
    :raises NotFound: if there is none within his reach.
    :raises access.ActionDenied: without ``purchase.buy`` there.
    :raises RoundStateWrong, DeadlinePassed: if the round takes no quotes.
    """
    quote_round = lock_open(actor, round_id, now)
    silent = list(
        quote_round.invitations.filter(
            declined_at__isnull=True, revisions__isnull=True
        ).values_list("vendor_id", flat=True)
    )
    telling.tell_vendors(quote_round, telling.REMINDED, now=now, vendor_ids=silent)
    audit.record(
        actor=actor,
        event="procurement.round.reminded",
        subject=quote_round,
        project_id=quote_round.project_id,
        now=now,
        data={"vendors": len(silent)},
    )
    return len(silent)


def lock_open(actor: Actor, round_id: int, now: datetime) -> Round:
    """Return a round that takes quotes and that the actor works on as its buyer, locked."""
    quote_round = lock_own(actor, round_id, RoundState.OPEN)
    require_before_deadline(quote_round, now)
    return quote_round


def require_before_deadline(quote_round: Round, now: datetime) -> None:
    """Return if the deadline is still to come. :raises DeadlinePassed: otherwise."""
    closes_at = quote_round.closes_at
    if closes_at is None or now >= closes_at:
        raise DeadlinePassed(
            _("The deadline has passed."),
            details={"closes_at": closes_at.isoformat() if closes_at else ""},
        )


def written(text: str, *, field: str) -> str:
    """Return a text that somebody wrote. :raises TextMissing: if there is none, or too much."""
    words = without_controls(text).strip()
    if not 0 < len(words) <= LONGEST_TEXT:
        raise TextMissing(
            _("Write a text of at most %(most)d characters.") % {"most": LONGEST_TEXT}, field=field
        )
    return words
