"""Tokens, sessions, company items, leavers, and the programs a company lets in."""

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
from api.views import ApiView, ListView, PersonalView
from kernel.access import Action, tokens
from kernel.access import queries as people
from kernel.access.models import ApiToken, Integration
from kernel.identity import queries
from kernel.identity.models import Departure, HeldItem, HeldItemEvent, ItemKind, SignIn
from kernel.identity.operations import departures, holdings, sessions


class TokenOut(serializers.ModelSerializer[ApiToken]):
    """``actions`` and ``project_ids`` are null where the token may whatever its owner may."""

    class Meta:
        model = ApiToken
        fields = (
            "id",
            "name",
            "prefix",
            "actions",
            "project_ids",
            "created_at",
            "expires_at",
            "last_used_at",
            "revoked_at",
        )


class SessionOut(serializers.ModelSerializer[SignIn]):
    class Meta:
        model = SignIn
        fields = ("id", "device", "address", "method", "signed_in_at", "last_seen_at")


class HeldItemOut(serializers.ModelSerializer[HeldItem]):
    """``holder_id`` is null while nobody has it; ``since`` is when that began."""

    holder = serializers.CharField(source="holder.label", default=None, allow_null=True)
    holder_id = serializers.IntegerField(allow_null=True)

    class Meta:
        model = HeldItem
        fields = (
            "id",
            "kind",
            "number",
            "project_id",
            "amount",
            "holder_id",
            "holder",
            "since",
            "note",
        )


class HeldItemEventOut(serializers.ModelSerializer[HeldItemEvent]):
    from_user_id = serializers.IntegerField(allow_null=True)
    to_user_id = serializers.IntegerField(allow_null=True)

    class Meta:
        model = HeldItemEvent
        fields = ("id", "kind", "from_user_id", "to_user_id", "by_label", "counted", "note", "at")


class IssueIn(Body):
    """``amount`` is of a cash float or a loan only. Without a project: the whole company's."""

    kind = serializers.ChoiceField(choices=ItemKind.choices)
    number = serializers.CharField(max_length=60)
    holder_id = serializers.IntegerField(min_value=1)
    project_id = serializers.IntegerField(min_value=1, allow_null=True, default=None)
    amount = serializers.DecimalField(
        max_digits=14, decimal_places=2, allow_null=True, default=None
    )
    note = serializers.CharField(max_length=200, allow_blank=True, default="")


class HandOverIn(Body):
    to_user_id = serializers.IntegerField(min_value=1)
    note = serializers.CharField(max_length=200, allow_blank=True, default="")


class TakeBackIn(Body):
    """``counted`` is of money only, and must be what was issued."""

    counted = serializers.DecimalField(
        max_digits=14, decimal_places=2, allow_null=True, default=None
    )
    note = serializers.CharField(max_length=200, allow_blank=True, default="")


class LostIn(Body):
    note = serializers.CharField(max_length=200)


class ItemFilter(FilterSet):
    kind = filters.ChoiceFilter(choices=ItemKind.choices)
    holder_id = IdFilter()


class IntegrationOut(serializers.ModelSerializer[Integration]):
    """An empty list of projects means all of them."""

    actions = serializers.ListField(child=serializers.CharField())
    project_ids = serializers.ListField(child=serializers.IntegerField())
    keeper_id = serializers.IntegerField()

    class Meta:
        model = Integration
        fields = (
            "id",
            "name",
            "purpose",
            "actions",
            "project_ids",
            "keeper_id",
            "created_at",
            "ended_at",
        )


class DepartureOut(serializers.ModelSerializer[Departure]):
    user_id = serializers.IntegerField()

    class Meta:
        model = Departure
        fields = ("id", "user_id", "last_day", "begun_at", "closed_at", "taken_back_at")


class HeldOut(serializers.Serializer[Any]):
    """``blocks``: the account stays open until this is settled in one of ``ways``."""

    check = serializers.CharField()
    ref = serializers.CharField()
    what = serializers.CharField()
    reason = serializers.CharField()
    ways = serializers.ListField(child=serializers.CharField())
    blocks = serializers.BooleanField()


class SettleIn(Body):
    """``check`` and ``ref`` as the list of what is held names them."""

    check_key = serializers.CharField(max_length=60)
    ref = serializers.CharField(max_length=100)
    way = serializers.CharField(max_length=10)
    to_user_id = serializers.IntegerField(min_value=1, allow_null=True, default=None)
    counted = serializers.CharField(max_length=20, allow_blank=True, default="")
    note = serializers.CharField(max_length=200, allow_blank=True, default="")


class BeginIn(Body):
    user_id = serializers.IntegerField(min_value=1)
    last_day = serializers.DateField()


# ---- one's own ----------------------------------------------------------------------------------


class OwnTokens(PersonalView, ListView):
    """One's own tokens, the newest first. A token makes no tokens: that takes a person's page."""

    actions = {"GET": None}
    model = ApiToken
    serializer_class = TokenOut

    def rows(self) -> QuerySet[ApiToken]:
        return people.tokens_of(user_id=self.actor.require_person())


class RevokeToken(PersonalView):
    actions = {"POST": None}

    @extend_schema(request=None, responses=TokenOut)
    def post(self, request: Request, token_id: int) -> Response:
        """Make one of one's own tokens void at once."""
        people.get_token_of(user_id=self.actor.require_person(), token_id=token_id)
        token = tokens.revoke_token(actor=self.actor, token_id=token_id, now=self.now)
        return Response(TokenOut(token).data)


class OwnSessions(PersonalView, ListView):
    """The browsers in which one is signed in, the one seen last first."""

    actions = {"GET": None}
    model = SignIn
    serializer_class = SessionOut

    def rows(self) -> QuerySet[SignIn]:
        return queries.sessions_of(user_id=self.actor.require_person(), now=self.now)


class EndSession(PersonalView):
    actions = {"POST": None}

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, sign_in_id: int) -> Response:
        """Sign one of one's own browsers out."""
        sessions.end_one(
            user_id=self.actor.require_person(),
            sign_in_id=sign_in_id,
            request_id=self.actor.request_id,
            now=self.now,
        )
        return Response(status=204)


class OwnItems(PersonalView, ListView):
    """What one has of the company's."""

    actions = {"GET": None}
    model = HeldItem
    serializer_class = HeldItemOut

    def rows(self) -> QuerySet[HeldItem]:
        held = queries.items_held_by(user_id=self.actor.require_person())
        return held.select_related("holder")


# ---- company items ------------------------------------------------------------------------------


class Items(ListView):
    """Company items in sight, those that moved last first."""

    actions = {"GET": Action.ITEM_MANAGE, "POST": Action.ITEM_MANAGE}
    model = HeldItem
    serializer_class = HeldItemOut
    filterset_class = ItemFilter

    def rows(self) -> QuerySet[HeldItem]:
        return queries.items(actor=self.actor)

    @extend_schema(request=IssueIn, responses={201: HeldItemOut})
    def post(self, request: Request) -> Response:
        """Issue an item: a new one, or one that had come back."""
        body = IssueIn(data=request.data)
        body.is_valid(raise_exception=True)
        item = holdings.issue(actor=self.actor, now=self.now, **body.validated_data)
        return Response(HeldItemOut(item).data, status=201)


class Item(ApiView):
    actions = {"GET": Action.ITEM_MANAGE}

    @extend_schema(responses=HeldItemOut)
    def get(self, request: Request, thing_id: int) -> Response:
        """Answer one item."""
        return Response(HeldItemOut(queries.get_item(actor=self.actor, item_id=thing_id)).data)


class ItemEvents(ListView):
    """Through whose hands an item went, the latest first."""

    actions = {"GET": Action.ITEM_MANAGE}
    model = HeldItemEvent
    serializer_class = HeldItemEventOut

    def rows(self) -> QuerySet[HeldItemEvent]:
        return queries.events_of_item(actor=self.actor, item_id=self.kwargs["thing_id"])


class HandOver(ApiView):
    actions = {"POST": Action.ITEM_MANAGE}

    @extend_schema(request=HandOverIn, responses=HeldItemOut)
    def post(self, request: Request, thing_id: int) -> Response:
        """Pass an item on to another person."""
        body = HandOverIn(data=request.data)
        body.is_valid(raise_exception=True)
        item = holdings.hand_over(
            actor=self.actor, item_id=thing_id, now=self.now, **body.validated_data
        )
        return Response(HeldItemOut(item).data)


class TakeBack(ApiView):
    actions = {"POST": Action.ITEM_MANAGE}

    @extend_schema(request=TakeBackIn, responses=HeldItemOut)
    def post(self, request: Request, thing_id: int) -> Response:
        """Take an item back; whoever confirms it cannot be who had it."""
        body = TakeBackIn(data=request.data)
        body.is_valid(raise_exception=True)
        item = holdings.take_back(
            actor=self.actor, item_id=thing_id, now=self.now, **body.validated_data
        )
        return Response(HeldItemOut(item).data)


class Lost(ApiView):
    actions = {"POST": Action.ITEM_MANAGE}

    @extend_schema(request=LostIn, responses=HeldItemOut)
    def post(self, request: Request, thing_id: int) -> Response:
        """Enter that an item is lost."""
        body = LostIn(data=request.data)
        body.is_valid(raise_exception=True)
        item = holdings.report_lost(
            actor=self.actor, item_id=thing_id, now=self.now, **body.validated_data
        )
        return Response(HeldItemOut(item).data)


# ---- leavers ------------------------------------------------------------------------------------


class Departures(ListView):
    """Who is leaving and has left, the latest first."""

    actions = {"GET": Action.USER_MANAGE, "POST": Action.USER_MANAGE}
    model = Departure
    serializer_class = DepartureOut

    def rows(self) -> QuerySet[Departure]:
        return queries.departures(actor=self.actor)

    @extend_schema(request=BeginIn, responses={201: DepartureOut})
    def post(self, request: Request) -> Response:
        """Begin somebody's leaving; from now on he is issued nothing more."""
        body = BeginIn(data=request.data)
        body.is_valid(raise_exception=True)
        departure = departures.begin(actor=self.actor, now=self.now, **body.validated_data)
        return Response(DepartureOut(departure).data, status=201)


class StillHeld(ApiView):
    actions = {"GET": Action.USER_MANAGE}

    @extend_schema(responses=HeldOut(many=True))
    def get(self, request: Request, departure_id: int) -> Response:
        """Answer everything that a leaver holds now."""
        departure = queries.get_departure(actor=self.actor, departure_id=departure_id)
        groups = departures.left_of(departure, today=self.today)
        found = [
            {
                "check": group.check.key,
                "ref": thing.ref,
                "what": thing.what,
                "reason": str(thing.reason),
                "ways": [way.value for way in thing.ways],
                "blocks": not thing.ends_by_itself,
            }
            for group in groups
            for thing in group.things
        ]
        return Response(HeldOut(found, many=True).data)


class Settle(ApiView):
    actions = {"POST": Action.USER_MANAGE}

    @extend_schema(request=SettleIn, responses={204: None})
    def post(self, request: Request, departure_id: int) -> Response:
        """Settle one thing that a leaver holds."""
        body = SettleIn(data=request.data)
        body.is_valid(raise_exception=True)
        given = dict(body.validated_data)
        departures.settle(
            actor=self.actor,
            departure_id=departure_id,
            check=given.pop("check_key"),
            now=self.now,
            **given,
        )
        return Response(status=204)


class Close(ApiView):
    actions = {"POST": Action.USER_MANAGE}
    proof = frozenset({"POST"})

    @extend_schema(request=None, responses=DepartureOut)
    def post(self, request: Request, departure_id: int) -> Response:
        """Close a leaver's account; refused while anything is left."""
        departure = departures.close(actor=self.actor, departure_id=departure_id, now=self.now)
        return Response(DepartureOut(departure).data)


# ---- programs -----------------------------------------------------------------------------------


class Integrations(ListView):
    """The programs that the company has let in, the newest first."""

    actions = {"GET": Action.TOKEN_MANAGE}
    model = Integration
    serializer_class = IntegrationOut

    def rows(self) -> QuerySet[Integration]:
        return people.integrations(actor=self.actor)


class EndIntegration(ApiView):
    actions = {"POST": Action.TOKEN_MANAGE}

    @extend_schema(request=None, responses=IntegrationOut)
    def post(self, request: Request, integration_id: int) -> Response:
        """End a program; its tokens are void at once."""
        row = tokens.end_integration(actor=self.actor, integration_id=integration_id, now=self.now)
        return Response(IntegrationOut(row).data)


_THING = "held-items/<int:thing_id>/"
_DEPARTURE = "departures/<int:departure_id>/"
urlpatterns = [
    path("me/tokens/", OwnTokens.as_view(), name="api-own-tokens"),
    path("me/tokens/<int:token_id>/revoke/", RevokeToken.as_view(), name="api-own-token-revoke"),
    path("me/sessions/", OwnSessions.as_view(), name="api-own-sessions"),
    path("me/sessions/<int:sign_in_id>/end/", EndSession.as_view(), name="api-own-session-end"),
    path("me/held-items/", OwnItems.as_view(), name="api-own-items"),
    path("held-items/", Items.as_view(), name="api-items"),
    path(_THING, Item.as_view(), name="api-item"),
    path(f"{_THING}events/", ItemEvents.as_view(), name="api-item-events"),
    path(f"{_THING}hand-over/", HandOver.as_view(), name="api-item-hand-over"),
    path(f"{_THING}take-back/", TakeBack.as_view(), name="api-item-take-back"),
    path(f"{_THING}lost/", Lost.as_view(), name="api-item-lost"),
    path("departures/", Departures.as_view(), name="api-departures"),
    path(f"{_DEPARTURE}held/", StillHeld.as_view(), name="api-departure-held"),
    path(f"{_DEPARTURE}settle/", Settle.as_view(), name="api-departure-settle"),
    path(f"{_DEPARTURE}close/", Close.as_view(), name="api-departure-close"),
    path("integrations/", Integrations.as_view(), name="api-integrations"),
    path(
        "integrations/<int:integration_id>/end/",
        EndIntegration.as_view(),
        name="api-integration-end",
    ),
]
