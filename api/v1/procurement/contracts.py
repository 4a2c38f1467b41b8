"""Contracts with vendors for programs: drafts, joint review, signing, archive."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import path
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import Body
from api.fields import AmountField, IdField
from api.filters import DayFilter, FilterSet, IdFilter
from api.history import HistoryView
from api.views import ApiView, ListView
from kernel.access import Action
from kernel.audit.models import AuditEntry
from services.procurement.contracts import operations, queries
from services.procurement.contracts.models import (
    Contract,
    ContractCopy,
    ContractKind,
    ContractState,
    PaymentPlanLine,
    SealKind,
)
from services.procurement.contracts.operations import Terms
from services.procurement.contracts.rules import MOST_PAYMENTS, MOST_REMIND_DAYS, PlannedPayment


class PlannedPaymentIn(Body):
    condition = serializers.CharField(max_length=200)
    due_on = serializers.DateField()
    amount = AmountField()


class ContractTermsIn(Body):
    """``asked_by`` is somebody of the using unit, whose paper the joint review is.

    The payments of the plan come to the amount when it is submitted.
    """

    title = serializers.CharField(max_length=120)
    amount = AmountField()
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(help_text="Inclusive.")
    using_unit = serializers.CharField(max_length=100)
    asked_by = IdField()
    summary = serializers.CharField(max_length=5000, required=False, allow_blank=True, default="")
    remind_days = serializers.IntegerField(
        min_value=0, max_value=MOST_REMIND_DAYS, required=False, default=30
    )
    plan = serializers.ListField(
        child=PlannedPaymentIn(), max_length=MOST_PAYMENTS, required=False, default=list
    )


class ContractIn(ContractTermsIn):
    """``project_id`` is left out for a contract of the whole company."""

    kind = serializers.ChoiceField(choices=ContractKind.choices)
    vendor_id = IdField()
    project_id = IdField(required=False, allow_null=True, default=None)
    award_id = IdField(required=False, allow_null=True, default=None)


class SignatureIn(Body):
    """Only the contract seal will do: ``CONTRACT``."""

    signed_on = serializers.DateField()
    seal = serializers.CharField(max_length=20)


class ArchiveIn(Body):
    place = serializers.CharField(max_length=100)


class CopyGivenIn(Body):
    department = serializers.CharField(max_length=100)
    copies = serializers.IntegerField(min_value=1, max_value=100)
    received_by = serializers.CharField(max_length=140)
    given_on = serializers.DateField()


class ContractEndIn(Body):
    ended_on = serializers.DateField()
    reason = serializers.CharField(max_length=300)


class ContractCancelIn(Body):
    reason = serializers.CharField(max_length=300)


class ContractOut(serializers.ModelSerializer[Contract]):
    project_id = IdField(read_only=True, allow_null=True)
    vendor_id = IdField(read_only=True)
    award_id = IdField(read_only=True, allow_null=True)
    vendor = serializers.CharField(source="vendor.name", read_only=True)
    amount = AmountField(read_only=True)
    seal = serializers.ChoiceField(choices=SealKind.choices, allow_blank=True, read_only=True)

    class Meta:
        model = Contract
        fields: ClassVar = [
            "id", "number", "title", "kind", "state", "vendor_id", "vendor", "project_id",
            "award_id", "amount", "valid_from", "valid_to", "remind_on", "using_unit", "asked_by",
            "signed_on", "signed_by_label", "seal", "archive_place", "ended_on", "end_reason",
        ]  # fmt: skip
        read_only_fields = fields


class PlanLineOut(serializers.ModelSerializer[PaymentPlanLine]):
    amount = AmountField(read_only=True)
    paid_amount = AmountField(read_only=True)

    class Meta:
        model = PaymentPlanLine
        fields: ClassVar = ["id", "position", "condition", "due_on", "amount", "paid_amount"]
        read_only_fields = fields


class ContractCopyOut(serializers.ModelSerializer[ContractCopy]):
    class Meta:
        model = ContractCopy
        fields: ClassVar = [
            "id", "department", "copies", "received_by_label", "given_by_label", "given_on",
        ]  # fmt: skip
        read_only_fields = fields


class ContractDetailOut(ContractOut):
    plan = PlanLineOut(many=True, read_only=True)
    copies = ContractCopyOut(many=True, read_only=True)
    summary = serializers.CharField(read_only=True)

    class Meta:
        model = Contract
        fields: ClassVar = [*ContractOut.Meta.fields, "summary", "plan", "copies"]
        read_only_fields = fields


class ContractFilter(FilterSet):
    state = filters.ChoiceFilter(choices=ContractState.choices)
    kind = filters.ChoiceFilter(choices=ContractKind.choices)
    project_id = IdFilter()
    vendor_id = IdFilter()
    ends_by = DayFilter(field_name="valid_to", lookup_expr="lte")

    class Meta:
        model = Contract
        fields: ClassVar = ["state", "kind", "project_id", "vendor_id", "ends_by"]


class Contracts(ListView):
    """The register of contracts, the newest first."""

    actions = {"GET": Action.CONTRACT_VIEW, "POST": Action.CONTRACT_DRAFT}
    model = Contract
    serializer_class = ContractOut
    filterset_class = ContractFilter

    def rows(self) -> QuerySet[Contract]:
        return queries.contracts(actor=self.actor)

    @extend_schema(request=ContractIn, responses={201: ContractDetailOut})
    def post(self, request: Request) -> Response:
        """Draft a contract with a vendor, on an approved award or free of one."""
        values = _read(ContractIn, request)
        named = {name: values.pop(name) for name in ("kind", "vendor_id", "project_id", "award_id")}
        made = operations.draft_contract(
            actor=self.actor, terms=_terms(values), now=self.now, today=self.today, **named
        )
        return Response(ContractDetailOut(made).data, status=201)


class ContractDetail(ApiView):
    actions = {"GET": Action.CONTRACT_VIEW, "PUT": Action.CONTRACT_DRAFT}

    @extend_schema(responses=ContractDetailOut)
    def get(self, request: Request, contract_id: int) -> Response:
        """Give one contract with its plan and who has copies."""
        found = queries.get_contract(actor=self.actor, contract_id=contract_id)
        return Response(ContractDetailOut(found).data)

    @extend_schema(request=ContractTermsIn, responses=ContractDetailOut)
    def put(self, request: Request, contract_id: int) -> Response:
        """Change what a draft says, its plan with it."""
        changed = operations.change_contract(
            actor=self.actor,
            contract_id=contract_id,
            terms=_terms(_read(ContractTermsIn, request)),
            now=self.now,
        )
        return Response(ContractDetailOut(changed).data)


class ContractHistory(HistoryView):
    """What was done to a contract and in its joint review, newest first."""

    actions = {"GET": Action.CONTRACT_VIEW}

    def rows(self) -> QuerySet[AuditEntry]:
        return queries.history(actor=self.actor, contract_id=self.kwargs["contract_id"])


class ContractSubmission(ApiView):
    actions = {"POST": Action.CONTRACT_DRAFT}

    @extend_schema(request=None, responses=ContractDetailOut)
    def post(self, request: Request, contract_id: int) -> Response:
        """Send a draft to its joint review."""
        sent = operations.submit_contract(actor=self.actor, contract_id=contract_id, now=self.now)
        return Response(ContractDetailOut(sent).data)


class ContractSignature(ApiView):
    actions = {"POST": Action.CONTRACT_SIGN}
    by_person = frozenset({"POST"})

    @extend_schema(request=SignatureIn, responses=ContractDetailOut)
    def post(self, request: Request, contract_id: int) -> Response:
        """Sign a permitted contract on behalf of the legal person."""
        signed = operations.sign_contract(
            actor=self.actor,
            contract_id=contract_id,
            now=self.now,
            today=self.today,
            **_read(SignatureIn, request),
        )
        return Response(ContractDetailOut(signed).data)


class ContractArchive(ApiView):
    actions = {"POST": Action.CONTRACT_ARCHIVE}

    @extend_schema(request=ArchiveIn, responses=ContractDetailOut)
    def post(self, request: Request, contract_id: int) -> Response:
        """Archive a signed contract; its scan hangs on it as a file."""
        kept = operations.archive_contract(
            actor=self.actor, contract_id=contract_id, now=self.now, **_read(ArchiveIn, request)
        )
        return Response(ContractDetailOut(kept).data)


class ContractCopies(ApiView):
    actions = {"POST": Action.CONTRACT_ARCHIVE}

    @extend_schema(request=CopyGivenIn, responses={201: ContractCopyOut})
    def post(self, request: Request, contract_id: int) -> Response:
        """Register that a department received copies."""
        given = operations.give_copy(
            actor=self.actor,
            contract_id=contract_id,
            now=self.now,
            today=self.today,
            **_read(CopyGivenIn, request),
        )
        return Response(ContractCopyOut(given).data, status=201)


class ContractEnd(ApiView):
    actions = {"POST": Action.CONTRACT_DRAFT}

    @extend_schema(request=ContractEndIn, responses=ContractDetailOut)
    def post(self, request: Request, contract_id: int) -> Response:
        """End a signed contract."""
        ended = operations.end_contract(
            actor=self.actor,
            contract_id=contract_id,
            now=self.now,
            today=self.today,
            **_read(ContractEndIn, request),
        )
        return Response(ContractDetailOut(ended).data)


class ContractCancellation(ApiView):
    actions = {"POST": Action.CONTRACT_DRAFT}

    @extend_schema(request=ContractCancelIn, responses=ContractDetailOut)
    def post(self, request: Request, contract_id: int) -> Response:
        """Give up a contract that is not signed."""
        gone = operations.cancel_contract(
            actor=self.actor,
            contract_id=contract_id,
            now=self.now,
            **_read(ContractCancelIn, request),
        )
        return Response(ContractDetailOut(gone).data)


def _read(kind: type[Body], request: Request) -> dict[str, Any]:
    body = kind(data=request.data)
    body.is_valid(raise_exception=True)
    values: dict[str, Any] = body.validated_data
    return values


def _terms(values: dict[str, Any]) -> Terms:
    plan = [PlannedPayment(**payment) for payment in values.pop("plan")]
    return Terms(plan=plan, **values)


_ONE = "contracts/<int:contract_id>/"
urlpatterns = [
    path("contracts/", Contracts.as_view()),
    path(_ONE, ContractDetail.as_view()),
    path(f"{_ONE}history/", ContractHistory.as_view()),
    path(f"{_ONE}submit/", ContractSubmission.as_view()),
    path(f"{_ONE}sign/", ContractSignature.as_view()),
    path(f"{_ONE}archive/", ContractArchive.as_view()),
    path(f"{_ONE}copies/", ContractCopies.as_view()),
    path(f"{_ONE}end/", ContractEnd.as_view()),
    path(f"{_ONE}cancel/", ContractCancellation.as_view()),
]
