"""The handbook's five ladders: what each would change, and choosing one."""

from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import Body, Query
from api.views import ApiView
from kernel.access import Action, ladders
from kernel.access.catalogue import LADDERS


class PlanQuery(Query):
    """``first_day`` is today if missing; ``keeps_own`` leaves what the company changed itself."""

    first_day = serializers.DateField(required=False)
    keeps_own = serializers.BooleanField(required=False, default=True)


class LadderIn(Body):
    """``seen`` is the digest of the plan that was looked at: another plan is refused."""

    first_day = serializers.DateField(allow_null=True, required=False, default=None)
    keeps_own = serializers.BooleanField(required=False, default=True)
    seen = serializers.CharField(max_length=16, allow_null=True, required=False, default=None)


class LadderOut(serializers.Serializer[Any]):
    """``rungs`` are keys of posts from the top; those of one rung stand together."""

    key = serializers.CharField()
    name = serializers.CharField()
    name_en = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    rungs = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))
    is_in_force = serializers.SerializerMethodField()

    def get_is_in_force(self, ladder: Any) -> bool:
        return bool(ladder.key == self.context["in_force"])


class RenamedOut(serializers.Serializer[Any]):
    """What the post would be called."""

    post = serializers.CharField(source="key")
    name = serializers.SerializerMethodField()
    name_en = serializers.SerializerMethodField()

    def get_name(self, change: ladders.Change) -> str:
        return str(change.after[0])

    def get_name_en(self, change: ladders.Change) -> str:
        return str(change.after[1])


class MovedOut(serializers.Serializer[Any]):
    post = serializers.CharField(source="key")
    before = serializers.CharField(allow_null=True)
    after = serializers.CharField(allow_null=True)


class PlanOut(serializers.Serializer[Any]):
    """``kept`` are posts that the company named or hung otherwise itself, and that stay so."""

    ladder = serializers.CharField(source="ladder.key")
    first_day = serializers.DateField()
    added = serializers.ListField(child=serializers.CharField())
    renamed = RenamedOut(many=True)
    moved = MovedOut(many=True)
    kept = serializers.ListField(child=serializers.CharField())
    is_circle = serializers.BooleanField()
    digest = serializers.CharField()


class Ladders(ApiView):
    actions = {"GET": Action.USER_MANAGE}

    @extend_schema(responses=LadderOut(many=True))
    def get(self, request: Request) -> Response:
        """Answer the ladders of the handbook, and which one the company follows."""
        context = {"in_force": ladders.in_force().key}
        return Response(LadderOut(list(LADDERS.values()), many=True, context=context).data)


class LadderPlan(ApiView):
    actions = {"GET": Action.USER_MANAGE}
    query_class = PlanQuery

    @extend_schema(responses=PlanOut)
    def get(self, request: Request, ladder_key: str) -> Response:
        """Answer what choosing the ladder would change."""
        found = ladders.plan(
            actor=self.actor,
            key=ladder_key,
            first_day=self.asked.get("first_day") or self.today,
            keeps_own=self.asked["keeps_own"],
        )
        return Response(PlanOut(found).data)


class LadderChoice(ApiView):
    actions = {"PUT": Action.USER_MANAGE}
    proof = frozenset({"PUT"})

    @extend_schema(request=LadderIn, responses=PlanOut)
    def put(self, request: Request, ladder_key: str) -> Response:
        """Let the company follow the ladder; answer what was changed."""
        body = LadderIn(data=request.data)
        body.is_valid(raise_exception=True)
        done = ladders.choose_ladder(
            actor=self.actor, key=ladder_key, now=self.now, **body.validated_data
        )
        return Response(PlanOut(done).data)


_LADDER = "organisation/ladders/<str:ladder_key>/"
urlpatterns = [
    path("organisation/ladders/", Ladders.as_view()),
    path(f"{_LADDER}plan/", LadderPlan.as_view()),
    path(f"{_LADDER}choice/", LadderChoice.as_view()),
]
