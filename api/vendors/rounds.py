"""Rounds that a vendor is invited to, and his sealed quotes.

What a program sends is sealed as what is typed; without the person's own key it cannot read its
own quote again.
"""

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import Body
from api.fields import IdField, PriceField
from api.vendors.views import VendorApiView, VendorListView
from services.procurement.rounds import operations, queries
from services.procurement.rounds.models import (
    Amendment,
    Invitation,
    Question,
    QuoteRevision,
    RoundLine,
    RoundState,
)
from services.procurement.rounds.rules.drafts import TAX_PERCENTS
from services.procurement.rounds.rules.sheets import Sheet, SheetLine

MAX_LINES = 500


class InvitationOut(serializers.ModelSerializer[Invitation]):
    """``id`` is the round's; after ``closes_at`` no quote is taken."""

    id = serializers.IntegerField(source="round_id")
    number = serializers.CharField(source="round.number")
    title = serializers.CharField(source="round.title")
    state = serializers.ChoiceField(source="round.state", choices=RoundState.choices)
    closes_at = serializers.DateTimeField(source="round.closes_at")

    class Meta:
        model = Invitation
        fields = ("id", "number", "title", "state", "closes_at", "declined_at")


class RoundLineOut(serializers.ModelSerializer[RoundLine]):
    class Meta:
        model = RoundLine
        fields = ("id", "position", "name", "spec", "unit", "quantity")


class QuestionOut(serializers.ModelSerializer[Question]):
    """Of any vendor: who asked is not told."""

    class Meta:
        model = Question
        fields = ("id", "text", "asked_at", "answer", "answered_at")


class AmendmentOut(serializers.ModelSerializer[Amendment]):
    class Meta:
        model = Amendment
        fields = ("number", "text", "closes_after", "made_at")


class ReceiptOut(serializers.ModelSerializer[QuoteRevision]):
    """``receipt`` is the SHA-256 of the sealed quote; the minutes of the opening show the same."""

    class Meta:
        model = QuoteRevision
        fields = ("number", "is_withdrawal", "submitted_at", "receipt")


class OwnReceiptOut(ReceiptOut):
    """``is_last`` unless another was sent after it."""

    round_id = serializers.IntegerField(source="invitation.round_id")
    round = serializers.CharField(source="invitation.round.number")
    is_last = serializers.BooleanField()

    class Meta:
        model = QuoteRevision
        fields = ("id", "round_id", "round", *ReceiptOut.Meta.fields, "is_last")


class RoundOut(InvitationOut):
    place = serializers.CharField(source="round.place")
    needed_on = serializers.DateField(source="round.needed_on", allow_null=True)
    terms = serializers.CharField(source="round.terms")
    tax_percent = serializers.DecimalField(
        source="round.tax_percent", max_digits=5, decimal_places=2
    )
    lines = serializers.SerializerMethodField()
    questions = serializers.SerializerMethodField()
    amendments = serializers.SerializerMethodField()
    receipts = serializers.SerializerMethodField()

    class Meta:
        model = Invitation
        fields = (
            *InvitationOut.Meta.fields,
            "place",
            "needed_on",
            "terms",
            "tax_percent",
            "lines",
            "questions",
            "amendments",
            "receipts",
        )

    @extend_schema_field(RoundLineOut(many=True))
    def get_lines(self, invitation: Invitation) -> Any:
        return RoundLineOut(queries.lines_of(invitation), many=True).data

    @extend_schema_field(QuestionOut(many=True))
    def get_questions(self, invitation: Invitation) -> Any:
        return QuestionOut(queries.questions_of(invitation.round_id), many=True).data

    @extend_schema_field(AmendmentOut(many=True))
    def get_amendments(self, invitation: Invitation) -> Any:
        return AmendmentOut(invitation.round.amendments.order_by("number"), many=True).data

    @extend_schema_field(ReceiptOut(many=True))
    def get_receipts(self, invitation: Invitation) -> Any:
        return ReceiptOut(queries.revisions_of(invitation), many=True).data


class QuoteLineIn(Body):
    """``unit_price`` is with tax, with at most four decimals."""

    line_id = IdField()
    unit_price = PriceField()
    brand = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
    delivery_days = serializers.IntegerField(
        min_value=0, max_value=3650, required=False, allow_null=True, default=None
    )
    note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class QuoteIn(Body):
    """A whole quote: lines that are left out are not offered."""

    lines = serializers.ListField(child=QuoteLineIn(), min_length=1, max_length=MAX_LINES)
    freight = serializers.DecimalField(
        max_digits=10, decimal_places=2, min_value=Decimal(0), required=False, default=Decimal(0)
    )
    tax_percent = serializers.ChoiceField(choices=[f"{rate}" for rate in TAX_PERCENTS])
    delivery_days = serializers.IntegerField(
        min_value=0, max_value=3650, required=False, allow_null=True, default=None
    )
    warranty_months = serializers.IntegerField(
        min_value=0, max_value=3650, required=False, allow_null=True, default=None
    )
    payment_terms = serializers.CharField(
        max_length=200, required=False, allow_blank=True, default=""
    )
    valid_to = serializers.DateField(required=False, allow_null=True, default=None)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class QuestionIn(Body):
    text = serializers.CharField(max_length=2000)


class DeclineIn(Body):
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class Rounds(VendorListView):
    """List the rounds that this vendor is invited to."""

    actions = {"GET": None}
    model = Invitation
    serializer_class = InvitationOut

    def rows(self) -> QuerySet[Any]:
        return queries.invitations(actor=self.actor).order_by()


class Round(VendorApiView):
    actions = {"GET": None}

    @extend_schema(responses=RoundOut)
    def get(self, request: Request, round_id: int) -> Response:
        """Return a round with what is asked for, questions, amendments and one's own receipts."""
        invitation = queries.get_invitation(actor=self.actor, round_id=round_id)
        return Response(RoundOut(invitation).data)


class OwnQuotes(VendorListView):
    """List what this vendor has sent in all rounds, with the receipts that prove it."""

    actions = {"GET": None}
    model = QuoteRevision
    serializer_class = OwnReceiptOut

    def rows(self) -> QuerySet[Any]:
        return queries.own_revisions(actor=self.actor).order_by()


class Quotes(VendorApiView):
    actions = {"POST": None}

    @extend_schema(request=QuoteIn, responses={201: ReceiptOut})
    def post(self, request: Request, round_id: int) -> Response:
        """Seal a quote and send it; until the deadline another takes its place."""
        queries.get_invitation(actor=self.actor, round_id=round_id)
        body = QuoteIn(data=request.data)
        body.is_valid(raise_exception=True)
        values = dict(body.validated_data)
        lines = tuple(SheetLine(**line) for line in values.pop("lines"))
        values["tax_percent"] = Decimal(values["tax_percent"])
        revision = operations.submit(
            actor=self.actor,
            round_id=round_id,
            sheet=Sheet(lines=lines, **values),
            now=self.now,
            today=self.today,
        )
        return Response(ReceiptOut(revision).data, status=201)


class Withdrawal(VendorApiView):
    actions = {"POST": None}

    @extend_schema(request=None, responses={201: ReceiptOut})
    def post(self, request: Request, round_id: int) -> Response:
        """Take a quote back before the deadline."""
        revision = operations.withdraw(actor=self.actor, round_id=round_id, now=self.now)
        return Response(ReceiptOut(revision).data, status=201)


class Decline(VendorApiView):
    actions = {"POST": None}

    @extend_schema(request=DeclineIn, responses=InvitationOut)
    def post(self, request: Request, round_id: int) -> Response:
        """Say that no quote will come."""
        queries.get_invitation(actor=self.actor, round_id=round_id)
        body = DeclineIn(data=request.data)
        body.is_valid(raise_exception=True)
        operations.decline(actor=self.actor, round_id=round_id, now=self.now, **body.validated_data)
        invitation = queries.get_invitation(actor=self.actor, round_id=round_id)
        return Response(InvitationOut(invitation).data)


class Questions(VendorApiView):
    actions = {"POST": None}

    @extend_schema(request=QuestionIn, responses={201: QuestionOut})
    def post(self, request: Request, round_id: int) -> Response:
        """Ask something; question and answer go to all who are invited."""
        queries.get_invitation(actor=self.actor, round_id=round_id)
        body = QuestionIn(data=request.data)
        body.is_valid(raise_exception=True)
        asked = operations.ask(
            actor=self.actor, round_id=round_id, now=self.now, **body.validated_data
        )
        return Response(QuestionOut(asked).data, status=201)
