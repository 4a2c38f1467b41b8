"""Objections to goods, what goes back to vendors, and the samples that goods are compared with."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.history import HistoryView
from api.v1.procurement.receiving import filters
from api.v1.procurement.receiving import serializers as shapes
from api.v1.procurement.requests import read
from api.views import ApiView, ListView
from kernel.access import Action
from kernel.audit.models import AuditEntry
from kernel.audit.queries import history_of, history_of_all
from services.procurement.receiving import operations, queries
from services.procurement.receiving.models import GoodsReturn, Objection, SealedSample


class Objections(ListView):
    """Objections to goods, raised at the door or in use."""

    actions = {"GET": Action.PURCHASE_VIEW}
    model = Objection
    serializer_class = shapes.GoodsObjectionOut
    filterset_class = filters.ObjectionFilter

    def rows(self) -> QuerySet[Objection]:
        return queries.objections(actor=self.actor)


class LineObjections(ApiView):
    actions = {"POST": Action.GOODS_RECEIVE}

    @extend_schema(request=shapes.GoodsObjectionIn, responses={201: shapes.GoodsObjectionDetailOut})
    def post(self, request: Request, receipt_line_id: int) -> Response:
        """Object to goods that were found bad in use, and set aside what still lies in stock."""
        objection = operations.object_in_use(
            actor=self.actor,
            receipt_line_id=receipt_line_id,
            now=self.now,
            today=self.today,
            **read(shapes.GoodsObjectionIn, request),
        )
        return Response(shapes.GoodsObjectionDetailOut(objection).data, status=201)


class ObjectionDetail(ApiView):
    actions = {"GET": Action.PURCHASE_VIEW}

    @extend_schema(responses=shapes.GoodsObjectionDetailOut)
    def get(self, request: Request, objection_id: int) -> Response:
        """Give one objection with what went back of it."""
        objection = queries.get_objection(actor=self.actor, objection_id=objection_id)
        return Response(shapes.GoodsObjectionDetailOut(objection).data)


class ObjectionHistory(HistoryView):
    """What was done to an objection and with its goods, newest first."""

    actions = {"GET": Action.PURCHASE_VIEW}

    def rows(self) -> QuerySet[AuditEntry]:
        objection = queries.get_objection(
            actor=self.actor, objection_id=self.kwargs["objection_id"]
        )
        backs = objection.returns.order_by().values_list("pk", flat=True)
        return history_of_all({Objection: [objection.pk], GoodsReturn: list(backs)})


class ObjectionTakeUp(ApiView):
    actions = {"POST": Action.PURCHASE_BUY}

    @extend_schema(request=None, responses=shapes.GoodsObjectionDetailOut)
    def post(self, request: Request, objection_id: int) -> Response:
        """Note that the buyer talks with the vendor."""
        objection = operations.take_up_objection(
            actor=self.actor, objection_id=objection_id, now=self.now
        )
        return Response(shapes.GoodsObjectionDetailOut(objection).data)


class ObjectionSettlement(ApiView):
    actions = {"POST": Action.PURCHASE_BUY}

    @extend_schema(request=shapes.ObjectionSettlementIn, responses=shapes.GoodsObjectionDetailOut)
    def post(self, request: Request, objection_id: int) -> Response:
        """Write down what buyer and vendor agreed on; the end of the objection."""
        objection = operations.settle_objection(
            actor=self.actor,
            objection_id=objection_id,
            now=self.now,
            **read(shapes.ObjectionSettlementIn, request),
        )
        return Response(shapes.GoodsObjectionDetailOut(objection).data)


class ObjectionPutBack(ApiView):
    actions = {"POST": Action.GOODS_RECEIVE}

    @extend_schema(request=None, responses=shapes.GoodsObjectionDetailOut)
    def post(self, request: Request, objection_id: int) -> Response:
        """Move goods that are kept after all out of quarantine, back where they lay."""
        objection = operations.put_back(
            actor=self.actor, objection_id=objection_id, now=self.now, today=self.today
        )
        return Response(shapes.GoodsObjectionDetailOut(objection).data)


class ObjectionReturns(ApiView):
    actions = {"POST": Action.GOODS_RECEIVE}

    @extend_schema(request=shapes.SentBackIn, responses={201: shapes.SentBackOut})
    def post(self, request: Request, objection_id: int) -> Response:
        """Send goods back to the vendor; what they cost is owed no longer."""
        back = operations.return_goods(
            actor=self.actor,
            objection_id=objection_id,
            now=self.now,
            today=self.today,
            **read(shapes.SentBackIn, request),
        )
        return Response(shapes.SentBackOut(back).data, status=201)


class Returns(ListView):
    """Goods that went back to vendors."""

    actions = {"GET": Action.PURCHASE_VIEW}
    model = GoodsReturn
    serializer_class = shapes.SentBackOut
    filterset_class = filters.ReturnFilter

    def rows(self) -> QuerySet[GoodsReturn]:
        return queries.returns(actor=self.actor)


class Samples(ListView):
    """Sealed samples, those out of force among them."""

    actions = {"GET": Action.PURCHASE_VIEW, "POST": Action.GOODS_RECEIVE}
    model = SealedSample
    serializer_class = shapes.SealedSampleOut
    filterset_class = filters.SampleFilter

    def rows(self) -> QuerySet[SealedSample]:
        return queries.samples(actor=self.actor)

    @extend_schema(request=shapes.SealedSampleIn, responses={201: shapes.SealedSampleOut})
    def post(self, request: Request) -> Response:
        """Seal a sample of a vendor's article; goods must agree with it from now on."""
        sample = operations.seal_sample(
            actor=self.actor,
            now=self.now,
            today=self.today,
            **read(shapes.SealedSampleIn, request),
        )
        return Response(shapes.SealedSampleOut(sample).data, status=201)


class SampleDetail(ApiView):
    actions = {"GET": Action.PURCHASE_VIEW}

    @extend_schema(responses=shapes.SealedSampleOut)
    def get(self, request: Request, sample_id: int) -> Response:
        """Give one sealed sample."""
        sample = queries.get_sample(actor=self.actor, sample_id=sample_id)
        return Response(shapes.SealedSampleOut(sample).data)


class SampleHistory(HistoryView):
    """What was done to a sealed sample, newest first."""

    actions = {"GET": Action.PURCHASE_VIEW}

    def rows(self) -> QuerySet[AuditEntry]:
        return history_of(queries.get_sample(actor=self.actor, sample_id=self.kwargs["sample_id"]))


class SampleEnd(ApiView):
    actions = {"POST": Action.GOODS_RECEIVE}

    @extend_schema(request=None, responses=shapes.SealedSampleOut)
    def post(self, request: Request, sample_id: int) -> Response:
        """Take a sample out of force; deliveries are compared with it no longer."""
        sample = operations.end_sample(
            actor=self.actor, sample_id=sample_id, now=self.now, today=self.today
        )
        return Response(shapes.SealedSampleOut(sample).data)
