"""A company's posts: what there is, what each may do, as what it counts."""

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import Body
from api.fields import IdField
from api.filters import FilterSet, FlagFilter
from api.v1.organisation import ActiveIn
from api.views import ApiView, ListView
from kernel.access import Action, allowing, classes, lines, organisation, posts
from kernel.access.models import Post
from kernel.duties.queries import unclear_among

COUNTABLE = [(key, key) for key in sorted(classes.COUNTABLE)]


class StaffPostIn(Body):
    """``reports_to`` names the post above by its key, from ``reports_from`` or today on."""

    name = serializers.CharField(max_length=60)
    name_en = serializers.CharField(max_length=60, allow_blank=True, required=False, default="")
    place = serializers.ChoiceField(choices=Post.Place.choices)
    reports_to = serializers.CharField(max_length=40, allow_null=True, required=False, default=None)
    reports_from = serializers.DateField(allow_null=True, required=False, default=None)
    department_id = IdField(allow_null=True, required=False, default=None)


class NewStaffPostIn(StaffPostIn):
    """``copied_from`` names a post by its key: what is left out is taken from that post."""

    copied_from = serializers.CharField(
        max_length=40, allow_null=True, required=False, default=None
    )
    actions = serializers.ListField(
        child=serializers.ChoiceField(choices=Action.choices),
        max_length=200,
        allow_null=True,
        required=False,
        default=None,
    )
    counts_as = serializers.ListField(
        child=serializers.ChoiceField(choices=COUNTABLE),
        max_length=60,
        allow_null=True,
        required=False,
        default=None,
        help_text="Posts of the catalogue as which it counts; null: nobody has said.",
    )
    stands_in = serializers.BooleanField(required=False, default=False)


class StaffPostCountsIn(Body):
    """As which posts of the catalogue the post counts from now on; none: an empty list.

    ``stands_in``: its holders sign where a chain names one of these posts.
    """

    counts_as = serializers.ListField(
        child=serializers.ChoiceField(choices=COUNTABLE), max_length=60
    )
    stands_in = serializers.BooleanField(required=False, default=False)


class StaffPostActionsIn(Body):
    """All that the post may do from now on."""

    actions = serializers.ListField(
        child=serializers.ChoiceField(choices=Action.choices), max_length=200
    )


class StaffPostOut(serializers.ModelSerializer[Post]):
    """``key`` never changes; ``source`` is the rule that asks for the post.

    ``reports_to`` is the post above it today.
    """

    reports_to = serializers.CharField(source="above_key", allow_null=True)

    class Meta:
        model = Post
        fields = (
            "id",
            "key",
            "name",
            "name_en",
            "place",
            "reports_to",
            "department_id",
            "source",
            "is_active",
        )


class LikenessOut(serializers.Serializer[Any]):
    """A post of the catalogue whose work the post may do, and the pairs so passed by."""

    post = serializers.CharField()
    rules = serializers.ListField(child=serializers.CharField())


class LineOut(serializers.Serializer[Any]):
    """No first day: since ever. No last day: until it is changed."""

    reports_to = serializers.CharField(source="reports_to_id")
    valid_from = serializers.DateField(allow_null=True)
    last_day = serializers.DateField(allow_null=True)


class StaffPostDetailOut(StaffPostOut):
    """``never`` is what the handbook says the post must not do, ``always`` what it must keep.

    ``is_classified`` tells whether somebody has said as what it counts. ``likenesses`` are posts
    of the catalogue whose work it may do and as which it does not count. ``lines`` are the posts
    above it by days, the latest first.
    """

    lines = serializers.SerializerMethodField()
    counts_as = serializers.SerializerMethodField()
    likenesses = serializers.SerializerMethodField()
    actions = serializers.SerializerMethodField()
    never = serializers.SerializerMethodField()
    always = serializers.SerializerMethodField()

    class Meta(StaffPostOut.Meta):
        fields = (  # type: ignore[assignment]
            *StaffPostOut.Meta.fields,
            "actions",
            "never",
            "always",
            "is_classified",
            "counts_as",
            "stands_in",
            "likenesses",
            "lines",
        )

    @extend_schema_field(LineOut(many=True))
    def get_lines(self, post: Post) -> Any:
        return LineOut(lines.lines_of(post.key), many=True).data

    def get_counts_as(self, post: Post) -> list[str]:
        return sorted(classes.counts_of(post.key))

    @extend_schema_field(LikenessOut(many=True))
    def get_likenesses(self, post: Post) -> list[dict[str, Any]]:
        return [
            {"post": like.post, "rules": list(like.rules)}
            for one in unclear_among([post])
            for like in one.likenesses
        ]

    def get_actions(self, post: Post) -> list[str]:
        return sorted(allowing.actions_of(post.key))

    def get_never(self, post: Post) -> list[str]:
        return sorted(allowing.never_of(post.key))

    def get_always(self, post: Post) -> list[str]:
        return sorted(allowing.always_of(post.key))


class StaffPostFilter(FilterSet):
    place = filters.ChoiceFilter(choices=Post.Place.choices)
    is_active = FlagFilter()

    class Meta:
        model = Post
        fields = ["place", "is_active"]


class StaffPosts(ListView):
    """The company's posts, retired ones too."""

    actions = {"GET": Action.USER_MANAGE, "POST": Action.USER_MANAGE}
    proof = frozenset({"POST"})
    model = Post
    serializer_class = StaffPostOut
    filterset_class = StaffPostFilter

    def rows(self) -> QuerySet[Post]:
        return organisation.posts(actor=self.actor, today=self.today)

    @extend_schema(request=NewStaffPostIn, responses={201: StaffPostDetailOut})
    def post(self, request: Request) -> Response:
        """Add a post of the company's own; its key is made here."""
        body = NewStaffPostIn(data=request.data)
        body.is_valid(raise_exception=True)
        values = dict(body.validated_data)
        rest = {
            name: values.pop(name) for name in ("copied_from", "actions", "counts_as", "stands_in")
        }
        made = posts.add_post(
            actor=self.actor, facts=posts.PostFacts(**values), now=self.now, **rest
        )
        found = organisation.get_post(actor=self.actor, post_id=made.pk, today=self.today)
        return Response(StaffPostDetailOut(found).data, status=201)


class OnePost(ApiView):
    """What is done to one post, which is answered as it is then."""

    def one(self, post_id: int) -> Post:
        return organisation.get_post(actor=self.actor, post_id=post_id, today=self.today)

    def answer(self, post_id: int) -> Response:
        return Response(StaffPostDetailOut(self.one(post_id)).data)


class StaffPostDetail(OnePost):
    actions = {"GET": Action.USER_MANAGE, "PUT": Action.USER_MANAGE}

    @extend_schema(responses=StaffPostDetailOut)
    def get(self, request: Request, post_id: int) -> Response:
        """Answer one post with what it may do."""
        return self.answer(post_id)

    @extend_schema(request=StaffPostIn, responses=StaffPostDetailOut)
    def put(self, request: Request, post_id: int) -> Response:
        """Change a post's names, place, department and to whom it reports."""
        body = StaffPostIn(data=request.data)
        body.is_valid(raise_exception=True)
        posts.change_post(
            actor=self.actor,
            key=self.one(post_id).key,
            facts=posts.PostFacts(**body.validated_data),
            now=self.now,
        )
        return self.answer(post_id)


class StaffPostActions(OnePost):
    actions = {"PUT": Action.USER_MANAGE}
    proof = frozenset({"PUT"})

    @extend_schema(request=StaffPostActionsIn, responses=StaffPostDetailOut)
    def put(self, request: Request, post_id: int) -> Response:
        """Say all that the post may do."""
        body = StaffPostActionsIn(data=request.data)
        body.is_valid(raise_exception=True)
        key = self.one(post_id).key
        posts.set_actions(actor=self.actor, key=key, now=self.now, **body.validated_data)
        return self.answer(post_id)


class StaffPostCounts(OnePost):
    actions = {"PUT": Action.USER_MANAGE}
    proof = frozenset({"PUT"})

    @extend_schema(request=StaffPostCountsIn, responses=StaffPostDetailOut)
    def put(self, request: Request, post_id: int) -> Response:
        """Say as which posts of the catalogue the post counts."""
        body = StaffPostCountsIn(data=request.data)
        body.is_valid(raise_exception=True)
        key = self.one(post_id).key
        posts.classify_post(actor=self.actor, key=key, now=self.now, **body.validated_data)
        return self.answer(post_id)


class StaffPostState(OnePost):
    actions = {"PUT": Action.USER_MANAGE}

    @extend_schema(request=ActiveIn, responses=StaffPostDetailOut)
    def put(self, request: Request, post_id: int) -> Response:
        """Take a post out of use, or bring it back."""
        body = ActiveIn(data=request.data)
        body.is_valid(raise_exception=True)
        change = posts.restore_post if body.validated_data["is_active"] else posts.retire_post
        change(actor=self.actor, key=self.one(post_id).key, now=self.now)
        return self.answer(post_id)


_POST = "posts/<int:post_id>/"
urlpatterns = [
    path("posts/", StaffPosts.as_view()),
    path(_POST, StaffPostDetail.as_view()),
    path(f"{_POST}actions/", StaffPostActions.as_view()),
    path(f"{_POST}counts/", StaffPostCounts.as_view()),
    path(f"{_POST}active/", StaffPostState.as_view()),
]
