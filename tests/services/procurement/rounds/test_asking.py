import io
from datetime import timedelta
from typing import Any

import pytest

from kernel import access
from kernel.access.models import User
from kernel.access.queries import actor_for
from kernel.approvals import operations as approvals
from kernel.approvals.models import Case
from kernel.audit.models import AuditEntry
from kernel.documents import operations as documents
from kernel.documents.models import Attachment
from kernel.errors import Conflict, NotFound
from kernel.notifications.models import Notification
from services.procurement.rounds import files, operations, queries
from services.procurement.rounds.models import (
    Amendment,
    Question,
    Round,
    RoundLetter,
    RoundState,
)
from tenants.companies.models import Company
from tests.factories import NOW, TODAY, add_actor
from tests.factories_procurement_rounds import (
    AFTER,
    CLOSES,
    Quoter,
    add_buyer,
    add_openers,
    add_quoter,
    add_round,
    send_quote,
)
from tests.services.procurement.rounds.conftest import Asked
from tests.services.procurement.rounds.haystack import stored
from tests.services.procurement.rounds.test_sending import PDF

LATER = CLOSES + timedelta(days=1)


def letters(kind: str) -> list[int]:
    return sorted(RoundLetter.objects.filter(kind=kind).values_list("contact_id", flat=True))


def test_a_question_and_its_answer_go_to_all_and_who_asked_to_nobody(asked: Asked) -> None:
    quoter = asked.quoters[0]
    question = operations.ask(
        actor=quoter.actor, round_id=asked.round.pk, text="要带安装吗？", now=NOW
    )
    told = Notification.objects.get(kind="procurement.round.question-asked")
    assert told.user_id == asked.buyer.user_id
    assert quoter.vendor.name not in told.subject + told.text

    operations.answer(actor=asked.buyer, question_id=question.pk, text="要。", now=NOW)

    assert [(one.text, one.answer) for one in queries.questions_of(asked.round.pk)] == [
        ("要带安装吗？", "要。")
    ]
    assert letters("ANSWERED") == sorted(one.contact.pk for one in asked.quoters)
    entry = AuditEntry.objects.get(event="procurement.round.question-answered")
    assert entry.data == {"question": "要带安装吗？", "answer": "要。"}
    with pytest.raises(operations.RoundStateWrong):
        operations.answer(actor=asked.buyer, question_id=question.pk, text="不。", now=NOW)


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001])
def test_a_question_is_a_text(asked: Asked, text: str) -> None:
    with pytest.raises(operations.TextMissing):
        operations.ask(actor=asked.quoters[0].actor, round_id=asked.round.pk, text=text, now=NOW)

    assert not Question.objects.exists()


def test_only_the_buyer_answers_and_only_before_the_deadline(asked: Asked) -> None:
    question = operations.ask(
        actor=asked.quoters[0].actor, round_id=asked.round.pk, text="?", now=NOW
    )
    with pytest.raises(access.ActionDenied):
        operations.answer(actor=asked.openers[0], question_id=question.pk, text="!", now=NOW)
    with pytest.raises(operations.DeadlinePassed):
        operations.answer(actor=asked.buyer, question_id=question.pk, text="!", now=CLOSES)
    with pytest.raises(NotFound):
        operations.answer(actor=asked.buyer, question_id=10**6, text="!", now=NOW)
    with pytest.raises(operations.DeadlinePassed):
        operations.ask(actor=asked.quoters[0].actor, round_id=asked.round.pk, text="?", now=CLOSES)

    question.refresh_from_db()
    assert question.answered_at is None


def test_an_amendment_tells_all_and_makes_the_deadline_later(asked: Asked) -> None:
    made = operations.amend(
        actor=asked.buyer, round_id=asked.round.pk, text="改为送到北门", closes_at=LATER, now=NOW
    )

    asked.round.refresh_from_db()
    assert (asked.round.closes_at, made.closes_before, made.closes_after) == (LATER, CLOSES, LATER)
    assert len(letters("AMENDED")) == 3
    assert send_quote(asked.quoters[0], asked.round, "1", "1", now=CLOSES).number == 1
    only_words = operations.amend(
        actor=asked.buyer, round_id=asked.round.pk, text="附图更新", now=NOW
    )
    assert (only_words.number, only_words.closes_after) == (2, LATER)


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"closes_at": CLOSES}, operations.DeadlineInvalid),
        ({"closes_at": CLOSES - timedelta(hours=1)}, operations.DeadlineInvalid),
        ({"text": " "}, operations.TextMissing),
        ({"now": CLOSES}, operations.DeadlinePassed),
        ({"now": AFTER}, operations.DeadlinePassed),
    ],
)
def test_a_deadline_is_never_earlier_and_never_moved_once_passed(
    asked: Asked, values: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        operations.amend(
            **{
                "actor": asked.buyer,
                "round_id": asked.round.pk,
                "text": "x",
                "closes_at": LATER,
                "now": NOW,
                **values,
            }
        )

    asked.round.refresh_from_db()
    assert (asked.round.closes_at, Amendment.objects.count()) == (CLOSES, 0)


def test_who_is_silent_is_reminded_without_being_named(asked: Asked) -> None:
    first, second, third = asked.quoters
    send_quote(first, asked.round, "1", "1")
    operations.decline(actor=second.actor, round_id=asked.round.pk, now=NOW)

    assert operations.remind(actor=asked.buyer, round_id=asked.round.pk, now=NOW) == 1

    assert letters("REMINDED") == [third.contact.pk]
    entry = AuditEntry.objects.get(event="procurement.round.reminded")
    assert entry.data == {"vendors": 1}


def test_a_cancellation_tells_all(asked: Asked) -> None:
    operations.cancel(actor=asked.buyer, round_id=asked.round.pk, reason="计划变更", now=AFTER)

    asked.round.refresh_from_db()
    assert (asked.round.state, asked.round.cancel_reason) == (RoundState.CANCELLED, "计划变更")
    assert len(letters("CANCELLED")) == 3


# ---- fewer quotes (PR-24) -----------------------------------------------------------------------


def fewer(tenant: Company, *, proof: bool = True) -> tuple[Round, access.Actor, list[Quoter]]:
    buyer, quoters = add_buyer(), [add_quoter("V1"), add_quoter("V2")]
    add_openers()
    approvals.seed_chains(NOW)
    made = add_round(buyer, quoters)
    if proof:
        with_proof(buyer, made)
    return made, buyer, quoters


def with_proof(buyer: access.Actor, made: Round) -> None:
    documents.attach(
        actor=buyer,
        subject=made,
        project_id=None,
        upload=io.BytesIO(PDF.content),
        name=PDF.name,
        kind=files.PROOF,
        now=NOW,
    )


def test_fewer_vendors_take_proof_and_the_property_managers_signature(tenant: Company) -> None:
    manager = add_actor("manager", "property_manager")
    made, buyer, quoters = fewer(tenant)
    case = operations.ask_for_fewer(
        actor=buyer, round_id=made.pk, reason="本市只有两家经销商", now=NOW
    )
    step = case.steps.get(state="ACTIVE")
    with pytest.raises(operations.TooFewInvited):
        operations.publish(actor=buyer, round_id=made.pk, now=NOW, today=TODAY)

    approvals.approve(actor=manager, case_id=case.pk, step_id=step.pk, text="同意", now=NOW)

    made.refresh_from_db()
    assert made.is_fewer_allowed
    published = operations.publish(actor=buyer, round_id=made.pk, now=NOW, today=TODAY)
    assert published.state == RoundState.OPEN
    assert published.invitations.count() == len(quoters)


def test_fewer_vendors_are_not_asked_for_without_reason_or_proof(tenant: Company) -> None:
    made, buyer, _quoters = fewer(tenant, proof=False)

    with pytest.raises(operations.TextMissing):
        operations.ask_for_fewer(actor=buyer, round_id=made.pk, reason=" ", now=NOW)
    with pytest.raises(operations.ProofMissing):
        operations.ask_for_fewer(actor=buyer, round_id=made.pk, reason="只有两家", now=NOW)
    # A drawing for the vendors proves nothing.
    documents.attach(
        actor=buyer,
        subject=made,
        project_id=None,
        upload=io.BytesIO(PDF.content),
        name=PDF.name,
        now=NOW,
    )
    with pytest.raises(operations.ProofMissing):
        operations.ask_for_fewer(actor=buyer, round_id=made.pk, reason="只有两家", now=NOW)

    assert not Case.objects.exists()


def test_proof_that_comes_with_the_question_is_hung_on_the_round(tenant: Company) -> None:
    made, buyer, _quoters = fewer(tenant, proof=False)

    case = operations.ask_for_fewer(
        actor=buyer,
        round_id=made.pk,
        reason="只有两家",
        proof=io.BytesIO(PDF.content),
        proof_name=PDF.name,
        now=NOW,
    )

    attached = Attachment.objects.get()
    assert (attached.subject_id, attached.kind, attached.name) == (made.pk, "proof", PDF.name)
    assert case.signatures.get(act="SUBMITTED").attachment_ids == [attached.pk]


@pytest.mark.parametrize("refused", ["reason", "enough", "case"])
def test_a_refusal_leaves_no_proof_behind(tenant: Company, refused: str) -> None:
    made, buyer, _quoters = fewer(tenant, proof=False)
    if refused == "enough":
        Round.objects.filter(pk=made.pk).update(is_fewer_allowed=True, fewer_reason="x")
    if refused == "case":
        with_proof(buyer, made)
        operations.ask_for_fewer(actor=buyer, round_id=made.pk, reason="只有两家", now=NOW)
    before = set(Attachment.objects.values_list("storage_key", flat=True))
    held = stored()

    with pytest.raises((operations.TextMissing, operations.RoundStateWrong, Conflict)):
        operations.ask_for_fewer(
            actor=buyer,
            round_id=made.pk,
            reason="" if refused == "reason" else "只有两家",
            proof=io.BytesIO(PDF.content + b"%other"),
            proof_name=PDF.name,
            now=NOW,
        )

    assert set(Attachment.objects.values_list("storage_key", flat=True)) == before
    assert stored() == held


def test_a_cancelled_draft_takes_its_paper_back(tenant: Company) -> None:
    add_actor("manager", "property_manager")
    made, _buyer, _quoters = fewer(tenant)
    buyer = actor_for(user=User.objects.get(username="buyer"), today=TODAY)
    case = operations.ask_for_fewer(actor=buyer, round_id=made.pk, reason="只有两家", now=NOW)

    operations.cancel(actor=buyer, round_id=made.pk, reason="不再需要", now=NOW)

    case.refresh_from_db()
    assert not case.is_open
