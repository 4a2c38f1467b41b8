"""How well a company buys: KPI-27 of a month, the log of emergencies (PR-08), what awards saved."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import (
    Case,
    Count,
    DateField,
    DateTimeField,
    DecimalField,
    ExpressionWrapper,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Round

from kernel import access, policies
from kernel.access import Action, Actor
from kernel.approvals.models import CaseState, VerbalConsent
from kernel.calendar.queries import calendar
from kernel.tenancy import company_day
from kernel.text import _
from services.procurement.orders.models import OrderState, PurchaseOrder
from services.procurement.receiving.models import GoodsReceiptLine
from services.procurement.requests import queries as requests
from services.procurement.requests.models import (
    ClassChoice,
    PurchaseRequest,
    RequestLine,
    RequestState,
)
from services.procurement.rounds.models import (
    Award,
    AwardLine,
    AwardState,
    Quote,
    RoundSource,
)

_TENTH = Decimal("0.1")
_MONEY = DecimalField(max_digits=14, decimal_places=2)
_QUANTITY = DecimalField(max_digits=12, decimal_places=3)
_NO_MONEY = Value(Decimal(0), output_field=_MONEY)


@dataclass(frozen=True, slots=True)
class Share:
    """``part`` of ``whole`` were as they should be; with nothing to judge there is no share."""

    key: str
    label: object
    part: int
    whole: int

    @property
    def percent(self) -> Decimal | None:
        if not self.whole:
            return None
        return (Decimal(self.part) * 100 / self.whole).quantize(_TENTH, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A month's figures of purchasing (KPI-27).

    :ivar specially_allowed: awards with fewer quotes than required, by special approval (PR-24).
    """

    month: date
    shares: tuple[Share, ...]
    specially_allowed: int


def figures(*, actor: Actor, month: date, project_id: int | None = None, now: datetime) -> Figures:
    """Return the figures of the month that begins on ``month``.

    Timely is a line of class A or B of which all was taken in by the day of use; without one, by
    the end of its round's month. A line counts in the month of that day, once the day is over or
    the goods are here. Quotes are counted by the award's approval, back-fills by the consent; one
    whose time runs is not judged.

    :raises access.ActionDenied: without ``purchase.view`` anywhere.
    :raises NotFound: if there is no such project, or none in the actor's sight.
    """
    access.require(actor, Action.PURCHASE_VIEW)
    if project_id is not None:
        access.require_in_project(actor, Action.PURCHASE_VIEW, project_id)
    after = _next(month)
    awards = _awards_of(actor, month, after, project_id).annotate(
        quotes=Coalesce(Subquery(_quotes().annotate(each=Count("pk")).values("each")), 0)
    )
    least = policies.get("purchase.min_quotes", int)
    enough = awards.filter(quotes__gte=least).count()
    return Figures(
        month=month,
        shares=(
            _timely(actor, month, after, project_id, now),
            Share("quotes", _("Awards with enough quotes"), enough, awards.count()),
            _backfilled(actor, month, after, project_id, now),
        ),
        specially_allowed=awards.filter(quotes__lt=least, round__is_fewer_allowed=True).count(),
    )


def emergencies(*, actor: Actor) -> QuerySet[PurchaseRequest]:
    """Return what was bought on a leader's word, newest first: the log of class C (PR-08).

    Annotated: ``consenter_label``, ``consented_at``, ``means`` and ``backfill_due_at`` of the last
    consent, ``backfilled_at``, ``cost`` of its orders.

    :raises access.ActionDenied: without ``purchase.view`` anywhere.
    """
    consents = VerbalConsent.objects.filter(
        case__kind=requests.KIND,
        case__subject_type=PurchaseRequest._meta.label_lower,
        case__subject_id=OuterRef("pk"),
    ).order_by("-pk")
    approved = When(case__state=CaseState.APPROVED, then=F("case__finished_at"))
    cost = (
        PurchaseOrder.objects.filter(request=OuterRef("pk"))
        .exclude(state=OrderState.CANCELLED)
        .order_by()
        .values("request")
        .annotate(total=Sum("amount"))
        .values("total")
    )
    return (
        requests.requests(actor=actor)
        .filter(purchase_class=ClassChoice.C, purchase_month__isnull=False)
        .annotate(
            consenter_label=Subquery(consents.values("consenter_label")[:1]),
            consented_at=Subquery(consents.values("consented_at")[:1]),
            means=Subquery(consents.values("means")[:1]),
            backfill_due_at=Subquery(consents.values("due_at")[:1]),
            backfilled_at=Subquery(
                consents.annotate(at=Case(approved, output_field=DateTimeField())).values("at")[:1]
            ),
            cost=Coalesce(Subquery(cost, output_field=_MONEY), _NO_MONEY),
        )
    )


def savings(*, actor: Actor) -> QuerySet[Award]:
    """Return the awards in force, newest first, with what they saved (PR-84).

    Annotated, each with tax: ``estimate`` of the requests; ``saved`` of it; ``dearest`` complete
    quote; ``last_amount``, what the lines that were bought before would have cost at their last
    price, and ``saved_on_last``. Below zero it cost more. The award's total has the freight in it,
    estimates and last prices have not.

    :raises access.ActionDenied: without ``purchase.view`` anywhere.
    """
    access.require(actor, Action.PURCHASE_VIEW)
    estimate = _sum_of(
        RoundSource.objects.filter(line__round=OuterRef("round")),
        "line__round",
        F("quantity") * F("request_line__unit_price"),
    )
    before = AwardLine.objects.filter(award=OuterRef("pk"), line__last_price__isnull=False)
    last = _sum_of(before, "award", F("line__quantity") * F("line__last_price"))
    present = _sum_of(before, "award", F("line__quantity") * F("quote_line__unit_price"))
    dearest = _quotes().filter(is_complete=True).annotate(each=Max("total")).values("each")
    return (
        access.scoped(
            Award.objects.filter(state=AwardState.APPROVED),
            actor,
            Action.PURCHASE_VIEW,
            "round__project_id",
        )
        .select_related("round__project")
        .annotate(
            estimate=estimate,
            dearest=Subquery(dearest, output_field=_MONEY),
            last_amount=last,
            saved=ExpressionWrapper(F("estimate") - F("total"), output_field=_MONEY),
            saved_on_last=ExpressionWrapper(F("last_amount") - present, output_field=_MONEY),
        )
        .order_by("-decided_at", "-pk")
    )


def _awards_of(actor: Actor, month: date, after: date, project_id: int | None) -> QuerySet[Award]:
    company = calendar()
    found = access.scoped(
        Award.objects.filter(
            state=AwardState.APPROVED,
            decided_at__gte=company.start_of(month),
            decided_at__lt=company.start_of(after),
        ),
        actor,
        Action.PURCHASE_VIEW,
        "round__project_id",
    )
    return found if project_id is None else found.filter(round__project_id=project_id)


def _quotes() -> QuerySet[Quote, Any]:
    """Return the opened quotes of an award's round, as one group."""
    quotes = Quote.objects.filter(invitation__round=OuterRef("round"))
    return quotes.order_by().values("invitation__round")


def _sum_of(rows: QuerySet[Any], by: str, each: Combinable) -> Subquery:
    amount = ExpressionWrapper(each, output_field=DecimalField(max_digits=20, decimal_places=2))
    total = rows.order_by().values(by).annotate(amounts=Round(Sum(amount), 2)).values("amounts")
    return Subquery(total, output_field=_MONEY)


def _timely(actor: Actor, month: date, after: date, project_id: int | None, now: datetime) -> Share:
    end = after - timedelta(days=1)
    due = Case(
        When(request__needed_on__isnull=False, then=F("request__needed_on")),
        default=Value(end),
        output_field=DateField(),
    )
    lines = RequestLine.objects.filter(
        Q(request__needed_on__gte=month, request__needed_on__lt=after)
        | Q(request__needed_on=None, request__purchase_month=month),
        request__state=RequestState.APPROVED,
        request__purchase_class__in=[ClassChoice.A, ClassChoice.B],
        given_up_quantity__lt=F("quantity"),
    ).annotate(due=due)
    if project_id is not None:
        lines = lines.filter(request__project_id=project_id)
    lines = access.scoped(lines, actor, Action.PURCHASE_VIEW, "request__project_id")
    came = (
        GoodsReceiptLine.objects.filter(
            order_line__request_line=OuterRef("pk"), receipt__received_on__lte=OuterRef("due")
        )
        .order_by()
        .values("order_line__request_line")
        .annotate(total=Sum("accepted"))
        .values("total")
    )
    here = Q(came__gte=F("quantity") - F("given_up_quantity"))
    judged = lines.annotate(
        came=Coalesce(Subquery(came, output_field=_QUANTITY), Value(Decimal(0)))
    ).filter(here | Q(due__lt=company_day(now)))
    return Share(
        "timely", _("Lines that came in time"), judged.filter(here).count(), judged.count()
    )


def _backfilled(
    actor: Actor, month: date, after: date, project_id: int | None, now: datetime
) -> Share:
    company = calendar()
    consents = VerbalConsent.objects.filter(
        case__kind=requests.KIND,
        consented_at__gte=company.start_of(month),
        consented_at__lt=company.start_of(after),
    )
    if project_id is not None:
        consents = consents.filter(case__project_id=project_id)
    consents = access.scoped(consents, actor, Action.PURCHASE_VIEW, "case__project_id")
    approved = Q(case__state=CaseState.APPROVED)
    judged = consents.filter(approved | Q(due_at__lte=now))
    in_time = judged.filter(approved, case__finished_at__lte=F("due_at")).count()
    return Share("backfills", _("Emergencies back-filled in time"), in_time, judged.count())


def _next(month: date) -> date:
    return (month.replace(day=1) + timedelta(days=31)).replace(day=1)
