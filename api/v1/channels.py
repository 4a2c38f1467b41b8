"""Group robots that repeat notices."""

from django.db.models import QuerySet
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import Body
from api.fields import IdField
from api.views import ApiView, ListView
from kernel.access import Action
from kernel.access.models import User
from kernel.notifications import channels, queries
from kernel.notifications.models import Channel, ChannelPost


class ChannelOut(serializers.ModelSerializer[Channel]):
    """``kinds`` are the notices that are repeated; the key is never told."""

    kinds = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Channel
        fields = (
            "id",
            "kind",
            "name",
            "language",
            "project_id",
            "kinds",
            "is_active",
            "created_at",
        )


class ChannelChangeIn(Body):
    name = serializers.CharField(max_length=channels.LONGEST_NAME)
    language = serializers.ChoiceField(choices=User.Language.choices)
    kinds = serializers.ListField(child=serializers.CharField(max_length=60), max_length=200)
    is_active = serializers.BooleanField()


class ChannelIn(Body):
    """``key`` is the robot's key or its whole address."""

    kind = serializers.ChoiceField(choices=Channel.Kind.choices)
    name = serializers.CharField(max_length=channels.LONGEST_NAME)
    key = serializers.CharField(max_length=300)
    secret = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    language = serializers.ChoiceField(choices=User.Language.choices)
    project_id = IdField(required=False, allow_null=True, default=None)
    kinds = serializers.ListField(child=serializers.CharField(max_length=60), max_length=200)


class PostOut(serializers.ModelSerializer[ChannelPost]):
    class Meta:
        model = ChannelPost
        fields = ("id", "kind", "text", "state", "attempts", "due_at", "finished_at", "error")


class Channels(ListView):
    """The company's robots."""

    actions = {"GET": Action.COMPANY_CONFIGURE, "POST": Action.COMPANY_CONFIGURE}
    proof = frozenset({"POST"})
    model = Channel
    serializer_class = ChannelOut

    def rows(self) -> QuerySet[Channel]:
        return queries.channels(actor=self.actor)

    @extend_schema(request=ChannelIn, responses={201: ChannelOut})
    def post(self, request: Request) -> Response:
        """Add a robot."""
        body = ChannelIn(data=request.data)
        body.is_valid(raise_exception=True)
        made = channels.add_channel(actor=self.actor, now=self.now, **body.validated_data)
        return Response(ChannelOut(made).data, status=201)


class OneChannel(ApiView):
    actions = {"GET": Action.COMPANY_CONFIGURE, "PUT": Action.COMPANY_CONFIGURE}

    @extend_schema(responses=ChannelOut)
    def get(self, request: Request, channel_id: int) -> Response:
        """Answer one robot."""
        found = queries.get_channel(actor=self.actor, channel_id=channel_id)
        return Response(ChannelOut(found).data)

    @extend_schema(request=ChannelChangeIn, responses=ChannelOut)
    def put(self, request: Request, channel_id: int) -> Response:
        """Change what a robot repeats, or switch it off."""
        body = ChannelChangeIn(data=request.data)
        body.is_valid(raise_exception=True)
        changed = channels.change_channel(
            actor=self.actor, channel_id=channel_id, now=self.now, **body.validated_data
        )
        return Response(ChannelOut(changed).data)


class Trial(ApiView):
    actions = {"POST": Action.COMPANY_CONFIGURE}

    @extend_schema(request=None, responses={202: PostOut})
    def post(self, request: Request, channel_id: int) -> Response:
        """Post a harmless message by one robot."""
        post = channels.try_channel(actor=self.actor, channel_id=channel_id, now=self.now)
        return Response(PostOut(post).data, status=202)


class Posts(ListView):
    """What a robot posted and what waits, newest first."""

    actions = {"GET": Action.COMPANY_CONFIGURE}
    model = ChannelPost
    serializer_class = PostOut

    def rows(self) -> QuerySet[ChannelPost]:
        return queries.posts_of(actor=self.actor, channel_id=self.kwargs["channel_id"])


_ONE = "notices/channels/<int:channel_id>/"
urlpatterns = [
    path("notices/channels/", Channels.as_view(), name="api-channels"),
    path(_ONE, OneChannel.as_view(), name="api-channel"),
    path(f"{_ONE}try/", Trial.as_view(), name="api-channel-trial"),
    path(f"{_ONE}posts/", Posts.as_view(), name="api-channel-posts"),
]
