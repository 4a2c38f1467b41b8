"""Departments, people and who holds which post."""

from django.db.models import QuerySet
from django.urls import path
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import Body
from api.fields import IdField
from api.filters import FilterSet, FlagFilter, IdFilter
from api.views import ApiView, ListView
from kernel.access import Action, departments, operations, organisation, queries
from kernel.access.models import Department, DepartmentHead, PostHolding, User

# ---- what is taken and given --------------------------------------------------------------------


class DepartmentIn(Body):
    name = serializers.CharField(max_length=60)
    name_en = serializers.CharField(max_length=60, allow_blank=True, required=False, default="")
    parent_id = IdField(allow_null=True, required=False, default=None)


class NewDepartmentIn(DepartmentIn):
    key = serializers.CharField(max_length=20, help_text="Letters and digits; it stays.")


class HeadIn(Body):
    """No project: the whole company. No user: nobody leads it there."""

    project_id = IdField(allow_null=True)
    user_id = IdField(allow_null=True)


class HeadOut(serializers.ModelSerializer[DepartmentHead]):
    class Meta:
        model = DepartmentHead
        fields = ("project_id", "user_id")


class DepartmentOut(serializers.ModelSerializer[Department]):
    heads = HeadOut(many=True)

    class Meta:
        model = Department
        fields = ("id", "key", "name", "name_en", "parent_id", "is_active", "heads")


class PersonIn(Body):
    name = serializers.CharField(max_length=60)
    email = serializers.EmailField(max_length=254)


class NewPersonIn(PersonIn):
    username = serializers.CharField(max_length=60)


class PersonOut(serializers.ModelSerializer[User]):
    class Meta:
        model = User
        fields = ("id", "username", "name", "email", "department_id", "is_active", "created_at")


class MembershipIn(Body):
    department_id = IdField(allow_null=True)


class ActiveIn(Body):
    is_active = serializers.BooleanField()


class HoldingIn(Body):
    """No project: in the whole company. No last day: until it is ended."""

    user_id = IdField()
    post = serializers.CharField(max_length=40, help_text="The post's key.")
    project_id = IdField(allow_null=True)
    valid_from = serializers.DateField()
    last_day = serializers.DateField(allow_null=True, required=False, default=None)


class HoldingEndIn(Body):
    last_day = serializers.DateField(help_text="The last day on which the post counts.")


class HoldingOut(serializers.ModelSerializer[PostHolding]):
    post = serializers.CharField(source="post_id")
    last_day = serializers.DateField(allow_null=True)

    class Meta:
        model = PostHolding
        fields = ("id", "user_id", "post", "project_id", "valid_from", "last_day")


class StaffOut(serializers.Serializer[PostHolding]):
    """Who holds what in a project; no project: in the whole company, which counts there too."""

    id = serializers.IntegerField()
    user_id = serializers.IntegerField()
    name = serializers.CharField(source="user.name")
    post = serializers.CharField(source="post_id")
    post_name = serializers.CharField(source="post.label")
    project_id = serializers.IntegerField(allow_null=True)
    valid_from = serializers.DateField()
    last_day = serializers.DateField(allow_null=True)


class PersonFilter(FilterSet):
    department_id = IdFilter()
    is_active = FlagFilter()

    class Meta:
        model = User
        fields = ["department_id", "is_active"]


class HoldingFilter(FilterSet):
    user_id = IdFilter()
    project_id = IdFilter()
    post = filters.CharFilter(field_name="post__key", max_length=40)

    class Meta:
        model = PostHolding
        fields = ["user_id", "project_id", "post"]


_MANAGES = {"GET": Action.USER_MANAGE, "POST": Action.USER_MANAGE}


# ---- departments --------------------------------------------------------------------------------


class Departments(ListView):
    """The company's departments with their heads, retired ones too."""

    actions = _MANAGES
    model = Department
    serializer_class = DepartmentOut

    def rows(self) -> QuerySet[Department]:
        return organisation.departments(actor=self.actor).prefetch_related("heads")

    @extend_schema(request=NewDepartmentIn, responses={201: DepartmentOut})
    def post(self, request: Request) -> Response:
        """Add a department."""
        body = NewDepartmentIn(data=request.data)
        body.is_valid(raise_exception=True)
        made = departments.add_department(actor=self.actor, now=self.now, **body.validated_data)
        return Response(DepartmentOut(made).data, status=201)


class DepartmentDetail(ApiView):
    actions = {"PUT": Action.USER_MANAGE}

    @extend_schema(request=DepartmentIn, responses=DepartmentOut)
    def put(self, request: Request, department_id: int) -> Response:
        """Change a department's names or the department above it."""
        body = DepartmentIn(data=request.data)
        body.is_valid(raise_exception=True)
        changed = departments.change_department(
            actor=self.actor, department_id=department_id, now=self.now, **body.validated_data
        )
        return Response(DepartmentOut(changed).data)


class DepartmentState(ApiView):
    actions = {"PUT": Action.USER_MANAGE}

    @extend_schema(request=ActiveIn, responses=DepartmentOut)
    def put(self, request: Request, department_id: int) -> Response:
        """Take a department out of use, or bring it back."""
        body = ActiveIn(data=request.data)
        body.is_valid(raise_exception=True)
        changed = departments.set_department_active(
            actor=self.actor, department_id=department_id, now=self.now, **body.validated_data
        )
        return Response(DepartmentOut(changed).data)


class DepartmentHeadView(ApiView):
    actions = {"PUT": Action.USER_MANAGE}

    @extend_schema(request=HeadIn, responses=DepartmentOut)
    def put(self, request: Request, department_id: int) -> Response:
        """Let a person lead the department in a project or in the company, or nobody."""
        body = HeadIn(data=request.data)
        body.is_valid(raise_exception=True)
        departments.name_head(
            actor=self.actor, department_id=department_id, now=self.now, **body.validated_data
        )
        found = organisation.get_department(actor=self.actor, department_id=department_id)
        return Response(DepartmentOut(found).data)


# ---- people and what they hold ------------------------------------------------------------------


class People(ListView):
    """The company's people."""

    actions = _MANAGES
    model = User
    serializer_class = PersonOut
    filterset_class = PersonFilter

    def rows(self) -> QuerySet[User]:
        return queries.users(actor=self.actor).order_by("pk")

    @extend_schema(request=NewPersonIn, responses={201: PersonOut})
    def post(self, request: Request) -> Response:
        """Add a person, who gets a mail with the link to choose a password."""
        body = NewPersonIn(data=request.data)
        body.is_valid(raise_exception=True)
        user = operations.invite_user(actor=self.actor, now=self.now, **body.validated_data)
        return Response(PersonOut(user).data, status=201)


class PersonDetail(ApiView):
    actions = {"GET": Action.USER_MANAGE, "PUT": Action.USER_MANAGE}
    proof = frozenset({"PUT"})  # the address is where the link goes that sets the password

    @extend_schema(responses=PersonOut)
    def get(self, request: Request, user_id: int) -> Response:
        """Answer one person."""
        return Response(PersonOut(queries.get_person(actor=self.actor, user_id=user_id)).data)

    @extend_schema(request=PersonIn, responses=PersonOut)
    def put(self, request: Request, user_id: int) -> Response:
        """Correct a person's name or address."""
        body = PersonIn(data=request.data)
        body.is_valid(raise_exception=True)
        user = operations.change_user(
            actor=self.actor, user_id=user_id, now=self.now, **body.validated_data
        )
        return Response(PersonOut(user).data)


class PersonDepartment(ApiView):
    actions = {"PUT": Action.USER_MANAGE}

    @extend_schema(request=MembershipIn, responses=PersonOut)
    def put(self, request: Request, user_id: int) -> Response:
        """Let a person belong to a department, or to none."""
        body = MembershipIn(data=request.data)
        body.is_valid(raise_exception=True)
        user = departments.move_person(
            actor=self.actor, user_id=user_id, now=self.now, **body.validated_data
        )
        return Response(PersonOut(user).data)


class PersonState(ApiView):
    actions = {"PUT": Action.USER_MANAGE}

    @extend_schema(request=ActiveIn, responses=PersonOut)
    def put(self, request: Request, user_id: int) -> Response:
        """Shut a person out at once, or let him in again."""
        body = ActiveIn(data=request.data)
        body.is_valid(raise_exception=True)
        user = operations.set_active(
            actor=self.actor, user_id=user_id, now=self.now, **body.validated_data
        )
        return Response(PersonOut(user).data)


class Holdings(ListView):
    """Who holds, held or will hold which post."""

    actions = _MANAGES
    proof = frozenset({"POST"})
    model = PostHolding
    serializer_class = HoldingOut
    filterset_class = HoldingFilter

    def rows(self) -> QuerySet[PostHolding]:
        return organisation.holdings(actor=self.actor)

    @extend_schema(request=HoldingIn, responses={201: HoldingOut})
    def post(self, request: Request) -> Response:
        """Give a person a post."""
        body = HoldingIn(data=request.data)
        body.is_valid(raise_exception=True)
        holding = operations.give_post(actor=self.actor, now=self.now, **body.validated_data)
        return Response(HoldingOut(holding).data, status=201)


class HoldingEnd(ApiView):
    actions = {"POST": Action.USER_MANAGE}

    @extend_schema(request=HoldingEndIn, responses={200: HoldingOut, 204: None})
    def post(self, request: Request, holding_id: int) -> Response:
        """End a post after a day; one that has not begun is taken back by an earlier day (204)."""
        body = HoldingEndIn(data=request.data)
        body.is_valid(raise_exception=True)
        holding = operations.end_post(
            actor=self.actor, holding_id=holding_id, now=self.now, **body.validated_data
        )
        if holding.pk is None:
            return Response(status=204)
        return Response(HoldingOut(holding).data)


class Staff(ListView):
    """Who holds what in a project today; the whole company's posts count there too."""

    actions = {"GET": Action.STAFF_VIEW}
    model = PostHolding
    serializer_class = StaffOut

    def rows(self) -> QuerySet[PostHolding]:
        return organisation.staff(
            actor=self.actor, project_id=self.kwargs["project_id"], today=self.today
        ).order_by("pk")


_DEPARTMENT, _PERSON = "departments/<int:department_id>/", "people/<int:user_id>/"
urlpatterns = [
    path("departments/", Departments.as_view()),
    path(_DEPARTMENT, DepartmentDetail.as_view()),
    path(f"{_DEPARTMENT}active/", DepartmentState.as_view()),
    path(f"{_DEPARTMENT}head/", DepartmentHeadView.as_view()),
    path("people/", People.as_view()),
    path(_PERSON, PersonDetail.as_view()),
    path(f"{_PERSON}department/", PersonDepartment.as_view()),
    path(f"{_PERSON}active/", PersonState.as_view()),
    path("holdings/", Holdings.as_view()),
    path("holdings/<int:holding_id>/end/", HoldingEnd.as_view()),
    path("projects/<int:project_id>/staff/", Staff.as_view()),
]
