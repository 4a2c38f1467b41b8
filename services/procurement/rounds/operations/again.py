"""A second round (二次报价): those who quoted are asked again, below what they offered (PR-21)."""

from datetime import date, datetime

from django.db import transaction

from kernel.access import Actor
from kernel.approvals import operations as approvals
from kernel.approvals import queries as approval_queries
from kernel.approvals.models import CaseState
from kernel.audit import operations as audit
from kernel.text import _
from services.procurement.rounds.models import Quote, Round, RoundState
from services.procurement.rounds.operations.awarding import KIND
from services.procurement.rounds.operations.drafting import (
    create_round,
    lock_own,
    release_lines,
)
from services.procurement.rounds.operations.errors import RoundStateWrong
from services.procurement.rounds.rules.drafts import Draft, Line


@transaction.atomic
def ask_second(*, actor: Actor, round_id: int, now: datetime, today: date) -> Round:
    """Close an opened round and draft its second one: the same lines, the vendors who quoted.

    What a vendor offered is the most he may ask in the second one; the first keeps its quotes,
    minutes and scores.

    :raises NotFound: if there is none within his reach.
    :raises access.ActionDenied: without ``purchase.buy`` there.
    :raises RoundStateWrong: if the round is not being evaluated, or nobody has quoted.
    """
    # Case before record. What was rejected goes no further: its round goes another way.
    case = approval_queries.open_case_of(kind=KIND, subject=Round(pk=round_id))
    is_rejected = case is not None and (
        approval_queries.lock_case(case.pk).state == CaseState.REJECTED
    )
    first = lock_own(actor, round_id, RoundState.OPENED)
    quoted = Quote.objects.filter(invitation__round=first).order_by("invitation_id")
    vendor_ids = list(quoted.values_list("invitation__vendor_id", flat=True))
    if not vendor_ids:
        raise RoundStateWrong(_("Nobody has quoted. Cancel the round and ask others."))
    draft = _draft_of(first, vendor_ids)
    if case is not None and is_rejected:
        approvals.withdraw_for(actor=actor, case_id=case.pk, text="", now=now)
    release_lines(first)
    first.state = RoundState.REPEATED
    first.save(update_fields=["state"])
    second = create_round(actor=actor, draft=draft, now=now, today=today)
    second.earlier = first
    second.is_fewer_allowed, second.fewer_reason = first.is_fewer_allowed, first.fewer_reason
    second.save(update_fields=["earlier", "is_fewer_allowed", "fewer_reason"])
    audit.record(
        actor=actor,
        event="procurement.round.repeated",
        subject=first,
        project_id=first.project_id,
        now=now,
        data={"second": second.number},
    )
    return second


def _draft_of(first: Round, vendor_ids: list[int]) -> Draft:
    lines = [
        Line(
            name=line.name,
            spec=line.spec,
            unit=line.unit,
            quantity=line.quantity,
            item_id=line.item_id,
            sources={source.request_line_id: source.quantity for source in line.sources.all()},
        )
        for line in first.lines.prefetch_related("sources").order_by("position")
    ]
    return Draft(
        title=first.title,
        project_id=first.project_id,
        lines=lines,
        vendor_ids=vendor_ids,
        weights=first.weights,
        paper_kind_ids=list(first.paper_kinds.values_list("pk", flat=True)),
        tax_percent=first.tax_percent,
        place=first.place,
        needed_on=first.needed_on,
        terms=first.terms,
    )
