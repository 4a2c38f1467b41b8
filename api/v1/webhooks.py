"""Endpoints of other systems, and the events on their way there."""

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import Body
from api.filters import FilterSet, IdFilter
from api.views import ApiView, ListView
from kernel.access import Action
from kernel.outbox import operations, queries, registry
from kernel.outbox.models import Endpoint, EventDelivery
from kernel.outgoing import OutgoingState


class EventOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    words = serializers.CharField()


class EndpointOut(serializers.ModelSerializer[Endpoint]):
    """``events`` are the names of those that are sent there; without any, all are."""

    events = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Endpoint
        fields = ("id", "name", "url", "events", "is_active", "created_at")


class EndpointWithSecretOut(EndpointOut):
    """``secret`` signs every request; it is told this once."""

    secret = serializers.CharField()

    class Meta(EndpointOut.Meta):
        fields = (*EndpointOut.Meta.fields, "secret")  # type: ignore[assignment]


class SecretOut(serializers.Serializer[Any]):
    secret = serializers.CharField()


class EndpointIn(Body):
    """``url`` begins with https:// and leads to a public address."""

    name = serializers.CharField(max_length=operations.LONGEST_NAME)
    url = serializers.CharField(max_length=500)
    events = serializers.ListField(
        child=serializers.CharField(max_length=80), max_length=100, default=list
    )


class EndpointChangeIn(EndpointIn):
    is_active = serializers.BooleanField()


class DeliveryOut(serializers.ModelSerializer[EventDelivery]):
    """``status`` is HTTP's, of the last attempt; ``uid`` is the same in every repeat."""

    uid = serializers.UUIDField(source="event.uid")
    event = serializers.CharField(source="event.name")
    happened_at = serializers.DateTimeField(source="event.at")
    endpoint_id = serializers.IntegerField()

    class Meta:
        model = EventDelivery
        fields = (
            "id",
            "uid",
            "event",
            "happened_at",
            "endpoint_id",
            "state",
            "status",
            "attempts",
            "due_at",
            "finished_at",
            "error",
            "replays",
        )


class DeliveryFilter(FilterSet):
    endpoint_id = IdFilter()
    state = filters.ChoiceFilter(choices=OutgoingState.choices)


class Events(ApiView):
    actions = {"GET": Action.COMPANY_CONFIGURE}

    @extend_schema(responses=EventOut(many=True))
    def get(self, request: Request) -> Response:
        """Answer every event there is."""
        found = [{"name": name, "words": words} for name, words in registry.events().items()]
        return Response(EventOut(found, many=True).data)


class Webhooks(ListView):
    """The company's endpoints by name."""

    actions = {"GET": Action.COMPANY_CONFIGURE, "POST": Action.COMPANY_CONFIGURE}
    proof = frozenset({"POST"})
    model = Endpoint
    serializer_class = EndpointOut

    def rows(self) -> QuerySet[Endpoint]:
        return queries.endpoints(actor=self.actor)

    @extend_schema(request=EndpointIn, responses={201: EndpointWithSecretOut})
    def post(self, request: Request) -> Response:
        """Add an endpoint."""
        body = EndpointIn(data=request.data)
        body.is_valid(raise_exception=True)
        endpoint, secret = operations.add_endpoint(
            actor=self.actor, now=self.now, **body.validated_data
        )
        found: Any = endpoint
        found.secret = secret
        return Response(EndpointWithSecretOut(found).data, status=201)


class Webhook(ApiView):
    actions = {"GET": Action.COMPANY_CONFIGURE, "PUT": Action.COMPANY_CONFIGURE}
    proof = frozenset({"PUT"})

    @extend_schema(responses=EndpointOut)
    def get(self, request: Request, endpoint_id: int) -> Response:
        """Answer one endpoint."""
        endpoint = queries.get_endpoint(actor=self.actor, endpoint_id=endpoint_id)
        return Response(EndpointOut(endpoint).data)

    @extend_schema(request=EndpointChangeIn, responses=EndpointOut)
    def put(self, request: Request, endpoint_id: int) -> Response:
        """Change an endpoint or switch it off."""
        body = EndpointChangeIn(data=request.data)
        body.is_valid(raise_exception=True)
        endpoint = operations.change_endpoint(
            actor=self.actor, endpoint_id=endpoint_id, now=self.now, **body.validated_data
        )
        return Response(EndpointOut(endpoint).data)


class Secret(ApiView):
    actions = {"POST": Action.COMPANY_CONFIGURE}
    proof = frozenset({"POST"})

    @extend_schema(request=None, responses=SecretOut)
    def post(self, request: Request, endpoint_id: int) -> Response:
        """Give an endpoint another secret; the old one signs nothing any more."""
        secret = operations.renew_secret(actor=self.actor, endpoint_id=endpoint_id, now=self.now)
        return Response(SecretOut({"secret": secret}).data)


class Trial(ApiView):
    actions = {"POST": Action.COMPANY_CONFIGURE}

    @extend_schema(request=None, responses={202: DeliveryOut})
    def post(self, request: Request, endpoint_id: int) -> Response:
        """Send a harmless event to one endpoint."""
        delivery = operations.try_endpoint(actor=self.actor, endpoint_id=endpoint_id, now=self.now)
        return Response(DeliveryOut(delivery).data, status=202)


class Deliveries(ListView):
    """Events that were sent or wait to be, newest first."""

    actions = {"GET": Action.COMPANY_CONFIGURE}
    model = EventDelivery
    serializer_class = DeliveryOut
    filterset_class = DeliveryFilter

    def rows(self) -> QuerySet[EventDelivery]:
        return queries.deliveries(actor=self.actor)


class Replay(ApiView):
    actions = {"POST": Action.COMPANY_CONFIGURE}

    @extend_schema(request=None, responses={202: DeliveryOut})
    def post(self, request: Request, delivery_id: int) -> Response:
        """Send an event once more, under the same ``uid``."""
        delivery = operations.replay(actor=self.actor, delivery_id=delivery_id, now=self.now)
        return Response(DeliveryOut(delivery).data, status=202)


_ONE = "webhooks/<int:endpoint_id>/"
urlpatterns = [
    path("webhooks/", Webhooks.as_view(), name="api-webhooks"),
    path("webhooks/events/", Events.as_view(), name="api-webhook-events"),
    path("webhooks/deliveries/", Deliveries.as_view(), name="api-webhook-deliveries"),
    path(
        "webhooks/deliveries/<int:delivery_id>/replay/",
        Replay.as_view(),
        name="api-webhook-replay",
    ),
    path(_ONE, Webhook.as_view(), name="api-webhook"),
    path(f"{_ONE}secret/", Secret.as_view(), name="api-webhook-secret"),
    path(f"{_ONE}try/", Trial.as_view(), name="api-webhook-trial"),
]
