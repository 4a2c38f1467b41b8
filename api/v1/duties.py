"""Separation of duties: the pairs, where they meet today, exemptions; and the security log."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import path
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import Body, Query
from api.fields import IdField
from api.filters import DayFilter, FilterSet, IdFilter
from api.v1.staff_posts import LikenessOut
from api.views import ApiView, ListView
from kernel.access import Action
from kernel.duties import PAIRS, Basis, Level, exemptions, queries
from kernel.duties.models import Exemption, ExemptionState
from kernel.duties.operations import mode_of
from kernel.duties.pair import Mode, Pair, Side
from kernel.duties.queries import Conflict
from kernel.security import queries as security
from kernel.security.models import SecurityEvent, SecurityKind

RULES: list[tuple[str, str]] = [(rule, rule) for rule in PAIRS]


class SideOut(serializers.Serializer[Any]):
    """``steps`` are those on a record, ``posts`` those that carry the duty between posts."""

    duty = serializers.CharField()
    steps = serializers.ListField(child=serializers.CharField())
    posts = serializers.ListField(child=serializers.CharField())


class PairOut(serializers.Serializer[Any]):
    """``levels``: T on one record, R between posts. ``basis`` says how sure the pair is."""

    rule = serializers.CharField()
    a = SideOut()
    b = SideOut()
    levels = serializers.ListField(
        child=serializers.ChoiceField(choices=[(one.value, one.value) for one in Level])
    )
    source = serializers.CharField()  # type: ignore[assignment]
    basis = serializers.ChoiceField(choices=[(one.value, one.value) for one in Basis])
    message = serializers.CharField()


class PairsOut(serializers.Serializer[Any]):
    """``mode`` is the company's ``sod.mode``."""

    mode = serializers.ChoiceField(choices=[(one.value, one.value) for one in Mode])
    pairs = PairOut(many=True)


class HeldPostOut(serializers.Serializer[Any]):
    holding_id = serializers.IntegerField()
    post = serializers.CharField()
    project_id = serializers.IntegerField(allow_null=True)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True)


class ConflictOut(serializers.Serializer[Any]):
    """``project_id`` is where the two posts meet, null for the whole company."""

    user_id = serializers.IntegerField(source="user.pk")
    person = serializers.CharField(source="user.name")
    rule = serializers.CharField(source="meeting.pair.id")
    message = serializers.CharField(source="meeting.pair.message")
    project_id = serializers.IntegerField(source="meeting.project_id", allow_null=True)
    first = HeldPostOut(source="meeting.first")
    second = HeldPostOut(source="meeting.second")
    exemption_id = serializers.SerializerMethodField()

    def get_exemption_id(self, conflict: Conflict) -> int | None:
        return conflict.exemption.pk if conflict.exemption else None


class UnclearPostOut(serializers.Serializer[Any]):
    """A post that may pass by pairs: nobody has said as what it counts, or it is like others."""

    post = serializers.CharField(source="post.key")
    name = serializers.CharField(source="post.label")
    is_classified = serializers.BooleanField(source="post.is_classified")
    likenesses = LikenessOut(many=True)


class ExemptionOut(serializers.ModelSerializer[Exemption]):
    """``valid_to`` is the first day without it; an exemption ended early has ``ended_on``."""

    user_id = serializers.IntegerField()

    class Meta:
        model = Exemption
        fields: ClassVar = [
            "id",
            "rule",
            "user_id",
            "project_id",
            "reason",
            "valid_from",
            "valid_to",
            "state",
            "requested_by_label",
            "requested_at",
            "decided_by_label",
            "decided_at",
            "opinion",
            "ended_by_label",
            "ended_on",
            "end_reason",
        ]
        read_only_fields = fields


class ExemptionIn(Body):
    """Without ``project_id`` it is asked for the whole company. ``last_day`` is its last."""

    rule = serializers.ChoiceField(choices=RULES)
    user_id = IdField()
    project_id = IdField(required=False, allow_null=True, default=None)
    reason = serializers.CharField(max_length=exemptions.LONGEST_TEXT)
    valid_from = serializers.DateField()
    last_day = serializers.DateField()


class ExemptionOpinionIn(Body):
    opinion = serializers.CharField(
        max_length=exemptions.LONGEST_TEXT, default="", allow_blank=True
    )


class ExemptionRefusalIn(Body):
    opinion = serializers.CharField(max_length=exemptions.LONGEST_TEXT)


class ExemptionEndIn(Body):
    reason = serializers.CharField(max_length=exemptions.LONGEST_TEXT)


class ExemptionFilter(FilterSet):
    rule = filters.ChoiceFilter(choices=RULES)
    state = filters.ChoiceFilter(choices=ExemptionState.choices)
    project_id = IdFilter()
    user_id = IdFilter()


class DaysQuery(Query):
    first_day = serializers.DateField()
    last_day = serializers.DateField()


class SecurityEventOut(serializers.ModelSerializer[SecurityEvent]):
    """``code`` is the refusal's, ``message`` what the person was told.

    The same refusal within ten minutes is one event: ``times`` counts, ``last_at`` is when it was
    refused last, null if it was once. Whoever has read an event later finds it counted on.
    """

    data = serializers.DictField()  # type: ignore[assignment]

    class Meta:
        model = SecurityEvent
        fields: ClassVar = [
            "id",
            "at",
            "kind",
            "user_id",
            "actor",
            "project_id",
            "code",
            "rule",
            "message",
            "path",
            "address",
            "request_id",
            "data",
            "times",
            "last_at",
        ]
        read_only_fields = fields


class SecurityEventFilter(FilterSet):
    kind = filters.ChoiceFilter(choices=SecurityKind.choices)
    rule = filters.ChoiceFilter(choices=RULES)
    user_id = IdFilter()
    project_id = IdFilter()
    first_day = DayFilter(field_name="at", lookup_expr="date__gte")
    last_day = DayFilter(field_name="at", lookup_expr="date__lte")


class Pairs(ApiView):
    actions = {"GET": Action.DUTIES_VIEW}

    @extend_schema(responses=PairsOut)
    def get(self, request: Request) -> Response:
        """Answer the pairs of duties that are kept apart, and how strictly."""
        found = {"mode": mode_of(None), "pairs": [_pair(pair) for pair in PAIRS.values()]}
        return Response(PairsOut(found).data)


class UnclearPosts(ApiView):
    actions = {"GET": Action.DUTIES_VIEW}

    @extend_schema(responses=UnclearPostOut(many=True))
    def get(self, request: Request) -> Response:
        """Answer the posts that may pass by pairs of duties which name posts."""
        found = queries.unclear_posts(actor=self.actor)
        return Response(UnclearPostOut(found, many=True).data)


class Conflicts(ApiView):
    actions = {"GET": Action.DUTIES_VIEW}

    @extend_schema(responses=ConflictOut(many=True))
    def get(self, request: Request) -> Response:
        """Answer every person who carries two duties of a pair today, exempt or not."""
        found = queries.conflicts(actor=self.actor, today=self.today)
        return Response(ConflictOut(found, many=True).data)


class Exemptions(ListView):
    """Exemptions from the separation of duties, newest first."""

    actions = {"GET": Action.DUTIES_VIEW, "POST": Action.USER_MANAGE}
    model = Exemption
    serializer_class = ExemptionOut
    filterset_class = ExemptionFilter

    def rows(self) -> QuerySet[Exemption]:
        return queries.exemptions(actor=self.actor).order_by("pk")

    @extend_schema(request=ExemptionIn, responses={201: ExemptionOut})
    def post(self, request: Request) -> Response:
        """Ask for an exemption; somebody else decides on it."""
        body = ExemptionIn(data=request.data)
        body.is_valid(raise_exception=True)
        exemption = exemptions.request_exemption(
            actor=self.actor, now=self.now, **body.validated_data
        )
        return Response(ExemptionOut(exemption).data, status=201)


class ExemptionsOfDays(ApiView):
    actions = {"GET": Action.DUTIES_VIEW}
    query_class = DaysQuery

    @extend_schema(responses=ExemptionOut(many=True))
    def get(self, request: Request) -> Response:
        """Answer the exemptions that counted on any of these days, for the quarter's accounts."""
        found = queries.exemptions_of_days(actor=self.actor, **self.asked)
        return Response(ExemptionOut(found, many=True).data)


class OneExemption(ApiView):
    actions = {"GET": Action.DUTIES_VIEW}

    @extend_schema(responses=ExemptionOut)
    def get(self, request: Request, exemption_id: int) -> Response:
        """Answer one exemption."""
        found = queries.get_exemption(actor=self.actor, exemption_id=exemption_id)
        return Response(ExemptionOut(found).data)


class ApproveExemption(ApiView):
    actions = {"POST": Action.DUTIES_EXEMPT}
    by_person = frozenset({"POST"})

    @extend_schema(request=ExemptionOpinionIn, responses=ExemptionOut)
    def post(self, request: Request, exemption_id: int) -> Response:
        """Approve an exemption; not by the person, nor by whoever asked."""
        body = ExemptionOpinionIn(data=request.data)
        body.is_valid(raise_exception=True)
        exemption = exemptions.approve_exemption(
            actor=self.actor, exemption_id=exemption_id, now=self.now, **body.validated_data
        )
        return Response(ExemptionOut(exemption).data)


class RejectExemption(ApiView):
    actions = {"POST": Action.DUTIES_EXEMPT}
    by_person = frozenset({"POST"})

    @extend_schema(request=ExemptionRefusalIn, responses=ExemptionOut)
    def post(self, request: Request, exemption_id: int) -> Response:
        """Turn an exemption down."""
        body = ExemptionRefusalIn(data=request.data)
        body.is_valid(raise_exception=True)
        exemption = exemptions.reject_exemption(
            actor=self.actor, exemption_id=exemption_id, now=self.now, **body.validated_data
        )
        return Response(ExemptionOut(exemption).data)


class EndExemption(ApiView):
    actions = {"POST": Action.DUTIES_VIEW}

    @extend_schema(request=ExemptionEndIn, responses=ExemptionOut)
    def post(self, request: Request, exemption_id: int) -> Response:
        """End an exemption today; by an administrator or whoever approves them."""
        body = ExemptionEndIn(data=request.data)
        body.is_valid(raise_exception=True)
        exemption = exemptions.end_exemption(
            actor=self.actor, exemption_id=exemption_id, now=self.now, **body.validated_data
        )
        return Response(ExemptionOut(exemption).data)


class SecurityEvents(ListView):
    """What was refused, tried or looked at."""

    actions = {"GET": Action.SECURITY_VIEW}
    model = SecurityEvent
    serializer_class = SecurityEventOut
    filterset_class = SecurityEventFilter

    def rows(self) -> QuerySet[SecurityEvent]:
        return security.events(actor=self.actor).order_by("pk")


def _pair(pair: Pair) -> dict[str, Any]:
    return {
        "rule": pair.id,
        "a": _side(pair.a),
        "b": _side(pair.b),
        "levels": sorted(pair.levels),
        "source": pair.source,
        "basis": pair.basis,
        "message": pair.message,
    }


def _side(side: Side) -> dict[str, Any]:
    return {"duty": side.duty, "steps": sorted(side.steps), "posts": sorted(side.posts)}


_ONE = "duties/exemptions/<int:exemption_id>/"

urlpatterns = [
    path("duties/pairs/", Pairs.as_view()),
    path("duties/conflicts/", Conflicts.as_view()),
    path("duties/posts/", UnclearPosts.as_view()),
    path("duties/exemptions/", Exemptions.as_view()),
    path("duties/exemptions/of-days/", ExemptionsOfDays.as_view()),
    path(_ONE, OneExemption.as_view()),
    path(f"{_ONE}approve/", ApproveExemption.as_view()),
    path(f"{_ONE}reject/", RejectExemption.as_view()),
    path(f"{_ONE}end/", EndExemption.as_view()),
    path("security-events/", SecurityEvents.as_view()),
]
