"""Fee items: what a company charges."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.v1.standards import filters
from api.v1.standards import serializers as shapes
from api.views import ApiView, ListView
from kernel.access import Action
from services.billing.standards import operations, queries
from services.billing.standards.models import FeeItem


class Items(ListView):
    """Fee items: what the company charges."""

    actions = {"GET": Action.FEE_STANDARD_VIEW, "POST": Action.FEE_STANDARD_DRAFT}
    model = FeeItem
    serializer_class = shapes.ItemOut
    filterset_class = filters.ItemFilter

    def rows(self) -> QuerySet[FeeItem]:
        return queries.items(actor=self.actor)

    @extend_schema(request=shapes.ItemIn, responses={201: shapes.ItemOut})
    def post(self, request: Request) -> Response:
        """Add a fee item for the whole company; only company-wide."""
        body = shapes.ItemIn(data=request.data)
        body.is_valid(raise_exception=True)
        item = operations.create_item(actor=self.actor, now=self.now, **body.validated_data)
        return Response(shapes.ItemOut(item).data, status=201)


class ItemDetail(ApiView):
    actions = {"GET": Action.FEE_STANDARD_VIEW, "PATCH": Action.FEE_STANDARD_DRAFT}

    @extend_schema(responses=shapes.ItemOut)
    def get(self, request: Request, item_id: int) -> Response:
        """Give one fee item."""
        return Response(shapes.ItemOut(queries.get_item(actor=self.actor, item_id=item_id)).data)

    @extend_schema(request=shapes.ItemChangesIn, responses=shapes.ItemOut)
    def patch(self, request: Request, item_id: int) -> Response:
        """Change the names, or the account that later bills are credited to."""
        body = shapes.ItemChangesIn(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        before = queries.get_item(actor=self.actor, item_id=item_id)
        changes = {
            "name": before.name,
            "name_en": before.name_en,
            "account_code": before.account.code,
            **body.validated_data,
        }
        item = operations.change_item(actor=self.actor, item_id=item_id, now=self.now, **changes)
        return Response(shapes.ItemOut(item).data)
