"""What the staff sees of rounds. Before the opening: how many have answered, never who or what."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from kernel import access
from kernel.access import Action, Actor
from kernel.approvals import queries as approvals
from kernel.audit.models import AuditEntry
from kernel.errors import NotFound
from services.procurement.rounds.models import (
    AwardLine,
    AwardState,
    Invitation,
    Opening,
    Question,
    Quote,
    QuoteRevision,
    Round,
    RoundState,
)
from services.procurement.rounds.rules.drafts import Line
from services.procurement.vendors.models import (
    PaperKind,
    PaperState,
    Vendor,
    VendorPaper,
    VendorState,
)
from services.procurement.vendors.queries import standing_of


def rounds(*, actor: Actor) -> QuerySet[Round]:
    """Return the rounds within the actor's reach, newest first, with their counts.

    ``invited_count`` and ``answered_count`` of each: a quote that was taken back is no answer.
    """
    invited = (
        Invitation.objects.filter(round=OuterRef("pk"))
        .order_by()
        .values("round")
        .annotate(count=Count("pk"))
        .values("count")
    )
    answered = (
        Invitation.objects.filter(_has_quoted(), round=OuterRef("pk"))
        .order_by()
        .values("round")
        .annotate(count=Count("pk"))
        .values("count")
    )
    return access.scoped(
        Round.objects.select_related("project").annotate(
            invited_count=Coalesce(Subquery(invited), 0),
            answered_count=Coalesce(Subquery(answered), 0),
        ),
        actor,
        Action.PURCHASE_VIEW,
    ).order_by("-pk")


def get_round(*, actor: Actor, round_id: int) -> Round:
    """Return one round. :raises NotFound: if there is none within the actor's reach."""
    found = rounds(actor=actor).filter(pk=round_id).first()
    if found is None:
        raise NotFound
    return found


def history(*, actor: Actor, round_id: int) -> QuerySet[AuditEntry]:
    """Return what was done to a round and in its approval, newest first.

    What vendors did is not among it: before the opening nobody is to see who has quoted.

    :raises NotFound: if there is no round within the actor's reach.
    """
    found = get_round(actor=actor, round_id=round_id)
    return approvals.history_with_cases({Round: [found.pk]})


def withheld_entries() -> Q:
    """Return the condition for entries of the audit record that tell who has quoted.

    What a vendor did with his invitation nobody reads before the opening, whatever his post.
    """
    sealed = Invitation.objects.filter(round__state=RoundState.OPEN).values("pk")
    return Q(object_type=Invitation._meta.label_lower, object_id__in=sealed)


def lock_round(round_id: int) -> Round:
    """Return the round, locked until the transaction ends. :raises NotFound: if there is none.

    Whoever sends a quote holds a share of this lock (a trigger takes it), so nothing comes in
    while it is changed or opened.
    """
    found = Round.objects.select_for_update(of=("self",)).filter(pk=round_id).first()
    if found is None:
        raise NotFound
    return found


def answer_count(round_id: int) -> int:
    """Return how many vendors have a quote in, without those that took theirs back."""
    return Invitation.objects.filter(_has_quoted(), round=round_id).count()


def questions_of(round_id: int) -> QuerySet[Question]:
    """Return the questions of a round's vendors in the order they came. Who asked is not shown."""
    return Question.objects.filter(invitation__round=round_id).order_by("pk")


def get_question(*, actor: Actor, question_id: int) -> Question:
    """Return one question. :raises NotFound: if there is none within the actor's reach."""
    found = (
        access.scoped(
            Question.objects.select_related("invitation__round"),
            actor,
            Action.PURCHASE_VIEW,
            field="invitation__round__project_id",
        )
        .filter(pk=question_id)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def opening_of(quote_round: Round) -> Opening:
    """Return the opening of a round. :raises NotFound: before it."""
    found = Opening.objects.filter(round=quote_round).first()
    if found is None:
        raise NotFound
    return found


def draft_lines(quote_round: Round) -> list[Line]:
    """Return the lines of a round as its draft has them."""
    return [
        Line(
            name=line.name,
            spec=line.spec,
            unit=line.unit,
            quantity=line.quantity,
            item_id=line.item_id,
            sources={one.request_line_id: one.quantity for one in line.sources.all()},
        )
        for line in quote_round.lines.prefetch_related("sources").order_by("position")
    ]


def fit_vendors(*, actor: Actor, today: date) -> list[tuple[int, str]]:
    """Return the vendors who may quote today, by name.

    :raises access.ActionDenied: without ``purchase.buy``.
    """
    access.require(actor, Action.PURCHASE_BUY)
    found = list(
        Vendor.objects.filter(state=VendorState.ACTIVE)
        .order_by("name", "pk")
        .values_list("pk", "name")
    )
    standing = standing_of([pk for pk, _name in found], today=today)
    return [(pk, name) for pk, name in found if standing[pk].is_fit]


def quotes_of(round_id: int) -> QuerySet[Quote]:
    """Return the opened quotes of a round, the lowest total first; none before the opening."""
    return (
        Quote.objects.filter(invitation__round=round_id)
        .select_related("invitation__vendor", "revision")
        .order_by("total", "pk")
    )


def get_quote(*, actor: Actor, quote_id: int) -> Quote:
    """Return one opened quote. :raises NotFound: if there is none within the actor's reach."""
    found = (
        access.scoped(
            Quote.objects.select_related("invitation__round", "invitation__vendor"),
            actor,
            Action.PURCHASE_VIEW,
            field="invitation__round__project_id",
        )
        .filter(pk=quote_id)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def minutes_of(round_id: int) -> Mapping[str, Any] | None:
    """Return the minutes of the opening, ``None`` before it."""
    opening = Opening.objects.filter(round=round_id).first()
    return opening.minutes if opening is not None else None


def to_open(*, now: datetime) -> QuerySet[Round]:
    """Return the rounds that are closed and wait for their opening, the oldest first."""
    return Round.objects.filter(state=RoundState.OPEN, closes_at__lte=now).order_by(
        "closes_at", "pk"
    )


def questions_waiting(*, actor: Actor, now: datetime) -> QuerySet[Question]:
    """Return the questions that somebody who buys can still answer, the oldest first."""
    return access.scoped(
        Question.objects.filter(
            answered_at__isnull=True,
            invitation__round__state=RoundState.OPEN,
            invitation__round__closes_at__gt=now,
        ).select_related("invitation__round"),
        actor,
        Action.PURCHASE_BUY,
        field="invitation__round__project_id",
    ).order_by("pk")


def papers_missing(round_id: int, vendor_id: int, *, today: date) -> list[str]:
    """Return which of the papers that a round asks for the vendor lacks today, by name (PR-66)."""
    held = VendorPaper.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=today),
        vendor=vendor_id,
        kind=OuterRef("pk"),
        state=PaperState.CHECKED,
        valid_from__lte=today,
    )
    asked = Round.paper_kinds.through.objects.filter(round=round_id).values("paperkind_id")
    missing = PaperKind.objects.filter(~Exists(held), pk__in=asked)
    return [kind.name for kind in missing.order_by("key")]


def last_prices(item_ids: Collection[int]) -> dict[int, Decimal]:
    """Return what was last awarded for each item of the catalogue, with tax."""
    awarded = (
        AwardLine.objects.filter(award__state=AwardState.APPROVED, line__item__in=set(item_ids))
        .order_by("line__item_id", "-award_id")
        .distinct("line__item_id")
        .values_list("line__item_id", "quote_line__unit_price")
    )
    return dict(awarded)


def _has_quoted() -> Q:
    """Return the condition for an invitation whose last revision is a quote."""
    later = QuoteRevision.objects.filter(
        invitation=OuterRef("invitation"), number__gt=OuterRef("number")
    )
    live = QuoteRevision.objects.filter(
        ~Exists(later), invitation=OuterRef("pk"), is_withdrawal=False
    )
    return Q(Exists(live))
