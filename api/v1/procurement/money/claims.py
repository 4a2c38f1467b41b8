"""Buyers' advances, and the claims that settle them."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.history import HistoryView
from api.v1.procurement.money import filters
from api.v1.procurement.money import serializers as shapes
from api.v1.procurement.requests import read
from api.views import ApiView, ListView
from kernel.access import Action
from kernel.approvals.queries import history_with_cases
from kernel.audit.models import AuditEntry
from services.procurement.payments import operations, queries
from services.procurement.payments.models import Advance, Claim


class Advances(ListView):
    """Advances to buyers."""

    actions = {"GET": Action.PURCHASE_VIEW, "POST": Action.PURCHASE_BUY}
    model = Advance
    serializer_class = shapes.AdvanceOut
    filterset_class = filters.AdvanceFilter

    def rows(self) -> QuerySet[Advance]:
        return queries.advances(actor=self.actor)

    @extend_schema(request=shapes.AdvanceIn, responses={201: shapes.AdvanceOut})
    def post(self, request: Request) -> Response:
        """Ask for an advance on what an approved request is estimated at, for oneself."""
        advance = operations.ask_advance(
            actor=self.actor, now=self.now, **read(shapes.AdvanceIn, request)
        )
        return Response(shapes.AdvanceOut(advance).data, status=201)


class AdvanceDetail(ApiView):
    actions = {"GET": Action.PURCHASE_VIEW}

    @extend_schema(responses=shapes.AdvanceOut)
    def get(self, request: Request, advance_id: int) -> Response:
        """Give one advance."""
        advance = queries.get_advance(actor=self.actor, advance_id=advance_id)
        return Response(shapes.AdvanceOut(advance).data)


class AdvanceHistory(HistoryView):
    """What was done to an advance and in its approval, newest first."""

    actions = {"GET": Action.PURCHASE_VIEW}

    def rows(self) -> QuerySet[AuditEntry]:
        advance = queries.get_advance(actor=self.actor, advance_id=self.kwargs["advance_id"])
        return history_with_cases({Advance: [advance.pk]})


class AdvancePayment(ApiView):
    actions = {"POST": Action.VENDOR_PAYMENT_PAY}
    by_person = frozenset({"POST"})

    @extend_schema(request=shapes.PaidOutIn, responses=shapes.AdvanceOut)
    def post(self, request: Request, advance_id: int) -> Response:
        """Pay out an approved advance to somebody else."""
        advance = operations.pay_advance(
            actor=self.actor, advance_id=advance_id, now=self.now, **read(shapes.PaidOutIn, request)
        )
        return Response(shapes.AdvanceOut(advance).data)


class AdvanceDropping(ApiView):
    actions = {"POST": Action.PURCHASE_BUY}

    @extend_schema(request=shapes.MoneyReasonIn, responses=shapes.AdvanceOut)
    def post(self, request: Request, advance_id: int) -> Response:
        """Give up one's own approved advance that was not paid out."""
        advance = operations.drop_advance(
            actor=self.actor,
            advance_id=advance_id,
            now=self.now,
            **read(shapes.MoneyReasonIn, request),
        )
        return Response(shapes.AdvanceOut(advance).data)


class AdvanceReturn(ApiView):
    actions = {"POST": Action.VENDOR_PAYMENT_PAY}
    by_person = frozenset({"POST"})

    @extend_schema(request=shapes.GivenBackIn, responses=shapes.AdvanceOut)
    def post(self, request: Request, advance_id: int) -> Response:
        """Take back an advance of which nothing was bought, all of it, from somebody else."""
        advance = operations.take_back_advance(
            actor=self.actor,
            advance_id=advance_id,
            now=self.now,
            **read(shapes.GivenBackIn, request),
        )
        return Response(shapes.AdvanceOut(advance).data)


class Claims(ListView):
    """Buyers' claims."""

    actions = {"GET": Action.PURCHASE_VIEW}
    model = Claim
    serializer_class = shapes.ClaimOut
    filterset_class = filters.ClaimFilter

    def rows(self) -> QuerySet[Claim]:
        return queries.claims(actor=self.actor)


class ReceiptClaims(ApiView):
    actions = {"POST": Action.PURCHASE_BUY}

    @extend_schema(request=shapes.ClaimIn, responses={201: shapes.ClaimDetailOut})
    def post(self, request: Request, goods_receipt_id: int) -> Response:
        """Begin a claim for what a receipt took in; its papers are added as files of it."""
        values = read(shapes.ClaimIn, request)
        claim = operations.draft_claim(
            actor=self.actor,
            receipt_id=goods_receipt_id,
            figures=shapes.figures_of(values),
            now=self.now,
            today=self.today,
            **values,
        )
        return Response(shapes.ClaimDetailOut(claim).data, status=201)


class ClaimDetail(ApiView):
    actions = {"GET": Action.PURCHASE_VIEW}

    @extend_schema(responses=shapes.ClaimDetailOut)
    def get(self, request: Request, claim_id: int) -> Response:
        """Give one claim with which of its papers are there."""
        claim = queries.get_claim(actor=self.actor, claim_id=claim_id)
        return Response(shapes.ClaimDetailOut(claim).data)


class ClaimHistory(HistoryView):
    """What was done to a claim and in its approval, newest first."""

    actions = {"GET": Action.PURCHASE_VIEW}

    def rows(self) -> QuerySet[AuditEntry]:
        claim = queries.get_claim(actor=self.actor, claim_id=self.kwargs["claim_id"])
        return history_with_cases({Claim: [claim.pk]})


class ClaimSubmission(ApiView):
    actions = {"POST": Action.PURCHASE_BUY}

    @extend_schema(request=None, responses=shapes.ClaimDetailOut)
    def post(self, request: Request, claim_id: int) -> Response:
        """Send one's own claim with its three papers to finance."""
        claim = operations.submit_claim(actor=self.actor, claim_id=claim_id, now=self.now)
        return Response(shapes.ClaimDetailOut(claim).data)


class ClaimDiscarding(ApiView):
    actions = {"POST": Action.PURCHASE_BUY}

    @extend_schema(request=None, responses=shapes.ClaimDetailOut)
    def post(self, request: Request, claim_id: int) -> Response:
        """Give up one's own draft; its invoice may be entered again."""
        claim = operations.discard_claim(actor=self.actor, claim_id=claim_id, now=self.now)
        return Response(shapes.ClaimDetailOut(claim).data)


class ClaimSettlement(ApiView):
    actions = {"POST": Action.VENDOR_PAYMENT_PAY}
    by_person = frozenset({"POST"})

    @extend_schema(request=shapes.PaidOutIn, responses=shapes.ClaimDetailOut)
    def post(self, request: Request, claim_id: int) -> Response:
        """Settle an approved claim against its advance; the difference is paid in money."""
        claim = operations.settle_claim(
            actor=self.actor, claim_id=claim_id, now=self.now, **read(shapes.PaidOutIn, request)
        )
        return Response(shapes.ClaimDetailOut(claim).data)
