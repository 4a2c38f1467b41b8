"""Vendors: the register, who is fit, and what is decided about them."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.filters import DayFilter, FilterSet, FlagFilter, IdFilter
from api.history import HistoryView
from api.v1.procurement.vendors import serializers as shapes
from api.views import ApiView, ListView
from kernel.access import Action
from kernel.audit.models import AuditEntry
from services.procurement.catalogue.queries import below
from services.procurement.scorecards.queries import scorecard_of
from services.procurement.vendors import operations, queries
from services.procurement.vendors.models import SupplyRole, Vendor, VendorKind, VendorState
from services.procurement.vendors.operations import VendorFacts
from services.procurement.vendors.queries import standing_of


class VendorFilter(FilterSet):
    state = filters.ChoiceFilter(choices=VendorState.choices)
    kind = filters.ChoiceFilter(choices=VendorKind.choices)
    is_fit = FlagFilter()
    is_review_due = FlagFilter()
    paper_ends_to = DayFilter(field_name="paper_ends_on", lookup_expr="lte")
    category_id = IdFilter(method="of_category", label="Supplies it, or what lies below it.")
    role = filters.ChoiceFilter(choices=SupplyRole.choices, method="as_role")
    credit_code = filters.CharFilter(lookup_expr="iexact", max_length=18)

    class Meta:
        model = Vendor
        fields = ["state", "kind", "credit_code"]

    def of_category(self, rows: QuerySet[Vendor], _name: str, pk: int) -> QuerySet[Vendor]:
        return rows.filter(pk__in=queries.supplies_of(category_ids=below(int(pk))))

    def as_role(self, rows: QuerySet[Vendor], _name: str, role: str) -> QuerySet[Vendor]:
        return rows.filter(pk__in=queries.supplies_of(roles=[role]))


class Vendors(ListView):
    """Vendors of the register; phones are masked."""

    actions = {"GET": Action.VENDOR_VIEW, "POST": Action.VENDOR_MANAGE}
    model = Vendor
    serializer_class = shapes.VendorOut
    filterset_class = VendorFilter

    def rows(self) -> QuerySet[Vendor]:
        return queries.register(actor=self.actor, today=self.today)

    @extend_schema(request=shapes.VendorIn, responses={201: shapes.VendorOut})
    def post(self, request: Request) -> Response:
        """Put a vendor on the register."""
        body = shapes.VendorIn(data=request.data)
        body.is_valid(raise_exception=True)
        vendor = operations.create_vendor(
            actor=self.actor, facts=VendorFacts(**body.validated_data), now=self.now
        )
        return Response(shown(self, vendor.pk), status=201)


def shown(view: ApiView, vendor_id: int) -> Any:
    """Return a vendor as the list gives it. :raises NotFound: if there is none."""
    queries.get_vendor(actor=view.actor, vendor_id=vendor_id)
    row = queries.register(actor=view.actor, today=view.today).get(pk=vendor_id)
    return shapes.VendorOut(row).data


class VendorDetail(ApiView):
    actions = {"GET": Action.VENDOR_VIEW, "PATCH": Action.VENDOR_MANAGE}

    @extend_schema(responses=shapes.VendorOut)
    def get(self, request: Request, vendor_id: int) -> Response:
        """Give one vendor."""
        return Response(shown(self, vendor_id))

    @extend_schema(request=shapes.VendorIn, responses=shapes.VendorOut)
    def patch(self, request: Request, vendor_id: int) -> Response:
        """Change what is given of a vendor."""
        body = shapes.VendorIn(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        operations.change_vendor(
            actor=self.actor, vendor_id=vendor_id, changes=body.validated_data, now=self.now
        )
        return Response(shown(self, vendor_id))


class VendorHistory(HistoryView):
    """What was done to a vendor, newest first."""

    actions = {"GET": Action.VENDOR_VIEW}

    def rows(self) -> QuerySet[AuditEntry]:
        vendor = queries.get_vendor(actor=self.actor, vendor_id=self.kwargs["vendor_id"])
        return queries.history_of_vendor(actor=self.actor, vendor=vendor)


class VendorStanding(ApiView):
    actions = {"GET": Action.VENDOR_VIEW}

    @extend_schema(responses=shapes.VendorStandingOut)
    def get(self, request: Request, vendor_id: int) -> Response:
        """Tell whether quotes and orders may go to a vendor today, and what is in the way."""
        queries.get_vendor(actor=self.actor, vendor_id=vendor_id)
        standing = standing_of([vendor_id], today=self.today)[vendor_id]
        return Response(shapes.VendorStandingOut(standing).data)


class VendorScorecard(ApiView):
    actions = {"GET": Action.VENDOR_VIEW}

    @extend_schema(responses=shapes.VendorScorecardOut)
    def get(self, request: Request, vendor_id: int) -> Response:
        """Give a vendor's points of the last twelve months."""
        card = scorecard_of(actor=self.actor, vendor_id=vendor_id, today=self.today)
        return Response(shapes.VendorScorecardOut(card).data)


class VendorDecision(ApiView):
    actions = {"POST": Action.VENDOR_CHECK}

    @extend_schema(request=shapes.VendorDecisionIn, responses=shapes.VendorOut)
    def post(self, request: Request, vendor_id: int) -> Response:
        """Accept or refuse the application of a vendor who registered himself."""
        body = shapes.VendorDecisionIn(data=request.data)
        body.is_valid(raise_exception=True)
        operations.decide_application(
            actor=self.actor, vendor_id=vendor_id, now=self.now, **body.validated_data
        )
        return Response(shown(self, vendor_id))


class VendorClosing(ApiView):
    actions = {"POST": Action.VENDOR_MANAGE}

    @extend_schema(request=shapes.VendorReasonIn, responses=shapes.VendorOut)
    def post(self, request: Request, vendor_id: int) -> Response:
        """Take a vendor off the register; his people lose access."""
        body = shapes.VendorReasonIn(data=request.data)
        body.is_valid(raise_exception=True)
        operations.close_vendor(
            actor=self.actor, vendor_id=vendor_id, now=self.now, **body.validated_data
        )
        return Response(shown(self, vendor_id))


class VendorReopening(ApiView):
    actions = {"POST": Action.VENDOR_CHECK}

    @extend_schema(request=shapes.VendorReasonIn, responses=shapes.VendorOut)
    def post(self, request: Request, vendor_id: int) -> Response:
        """Take a vendor on the register again."""
        body = shapes.VendorReasonIn(data=request.data)
        body.is_valid(raise_exception=True)
        operations.reopen_vendor(
            actor=self.actor, vendor_id=vendor_id, now=self.now, **body.validated_data
        )
        return Response(shown(self, vendor_id))


class VendorPhone(ApiView):
    actions = {"POST": Action.VENDOR_VIEW}

    @extend_schema(request=shapes.VendorRevealIn, responses=shapes.VendorRevealOut)
    def post(self, request: Request, vendor_id: int) -> Response:
        """Give a vendor's phone in full, to who keeps or checks the register; it is recorded."""
        body = shapes.VendorRevealIn(data=request.data)
        body.is_valid(raise_exception=True)
        value = operations.reveal_phone(
            actor=self.actor, vendor_id=vendor_id, now=self.now, **body.validated_data
        )
        return Response(shapes.VendorRevealOut({"value": value}).data)


class CoverageList(ApiView):
    actions = {"GET": Action.VENDOR_VIEW}

    @extend_schema(responses=shapes.VendorCoverageOut(many=True))
    def get(self, request: Request) -> Response:
        """Tell for each category who supplies it and how many backups it lacks."""
        return Response(
            shapes.VendorCoverageOut(queries.coverage(actor=self.actor), many=True).data
        )
