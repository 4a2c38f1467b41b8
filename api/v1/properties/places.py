"""Projects, buildings and units."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import Query
from api.v1.properties import filters
from api.v1.properties import serializers as shapes
from api.views import ApiView, ListView
from kernel.access import Action
from services.properties import operations, queries
from services.properties.models import Building, Project, Unit, UnitStateChange


class Projects(ListView):
    """Projects that one sees."""

    actions = {"GET": Action.REGISTRY_VIEW, "POST": Action.COMPANY_CONFIGURE}
    model = Project
    serializer_class = shapes.ProjectOut
    filterset_class = filters.ProjectFilter

    def rows(self) -> QuerySet[Project]:
        return queries.projects(actor=self.actor)

    @extend_schema(request=shapes.ProjectIn, responses={201: shapes.ProjectOut})
    def post(self, request: Request) -> Response:
        """Create a project; only company-wide."""
        body = shapes.ProjectIn(data=request.data)
        body.is_valid(raise_exception=True)
        project = operations.create_project(actor=self.actor, now=self.now, **body.validated_data)
        return Response(shapes.ProjectOut(project).data, status=201)


class ProjectDetail(ApiView):
    actions = {"GET": Action.REGISTRY_VIEW, "PATCH": Action.COMPANY_CONFIGURE}

    @extend_schema(responses=shapes.ProjectOut)
    def get(self, request: Request, project_id: int) -> Response:
        """Give one project."""
        project = queries.get_project(actor=self.actor, project_id=project_id)
        return Response(shapes.ProjectOut(project).data)

    @extend_schema(request=shapes.ProjectChangesIn, responses=shapes.ProjectOut)
    def patch(self, request: Request, project_id: int) -> Response:
        """Change what is known of a project; only company-wide."""
        body = shapes.ProjectChangesIn(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        project = operations.update_project(
            actor=self.actor, project_id=project_id, changes=body.validated_data, now=self.now
        )
        return Response(shapes.ProjectOut(project).data)


class DayQuery(Query):
    on = serializers.DateField(required=False, help_text="A day; today without it.")


class OccupancyFigures(ApiView):
    actions = {"GET": Action.REGISTRY_VIEW}
    query_class = DayQuery

    @extend_schema(
        responses=shapes.OccupancyFiguresOut,
    )
    def get(self, request: Request, project_id: int) -> Response:
        """Count what is handed over, lived in, let and empty on a day."""
        figures = queries.occupancy_figures(
            actor=self.actor,
            project_id=project_id,
            on=self.asked.get("on", self.today),
        )
        return Response(shapes.OccupancyFiguresOut(figures).data)


class Buildings(ListView):
    """Buildings."""

    actions = {"GET": Action.REGISTRY_VIEW, "POST": Action.REGISTRY_CHANGE}
    model = Building
    serializer_class = shapes.BuildingOut
    filterset_class = filters.BuildingFilter

    def rows(self) -> QuerySet[Building]:
        return queries.buildings(actor=self.actor)

    @extend_schema(request=shapes.BuildingIn, responses={201: shapes.BuildingOut})
    def post(self, request: Request) -> Response:
        """Create a building."""
        body = shapes.BuildingIn(data=request.data)
        body.is_valid(raise_exception=True)
        building = operations.create_building(actor=self.actor, now=self.now, **body.validated_data)
        return Response(shapes.BuildingOut(building).data, status=201)


class BuildingDetail(ApiView):
    actions = {"GET": Action.REGISTRY_VIEW, "PATCH": Action.REGISTRY_CHANGE}

    @extend_schema(responses=shapes.BuildingOut)
    def get(self, request: Request, building_id: int) -> Response:
        """Give one building."""
        building = queries.get_building(actor=self.actor, building_id=building_id)
        return Response(shapes.BuildingOut(building).data)

    @extend_schema(request=shapes.BuildingNameIn, responses=shapes.BuildingOut)
    def patch(self, request: Request, building_id: int) -> Response:
        """Rename a building, and with it its rooms."""
        body = shapes.BuildingNameIn(data=request.data)
        body.is_valid(raise_exception=True)
        building = operations.rename_building(
            actor=self.actor, building_id=building_id, now=self.now, **body.validated_data
        )
        return Response(shapes.BuildingOut(building).data)


class Units(ListView):
    """Units: dwellings, shops, parking spaces, storage rooms."""

    actions = {"GET": Action.REGISTRY_VIEW, "POST": Action.REGISTRY_CHANGE}
    model = Unit
    serializer_class = shapes.UnitOut
    filterset_class = filters.UnitFilter

    def rows(self) -> QuerySet[Unit]:
        return queries.units(actor=self.actor)

    @extend_schema(request=shapes.UnitIn, responses={201: shapes.UnitOut})
    def post(self, request: Request) -> Response:
        """Create a unit, in an account of its own unless ``household_id`` names one."""
        body = shapes.UnitIn(data=request.data)
        body.is_valid(raise_exception=True)
        unit = operations.create_unit(actor=self.actor, now=self.now, **body.validated_data)
        return Response(shapes.UnitOut(unit).data, status=201)


class UnitDetail(ApiView):
    actions = {"GET": Action.REGISTRY_VIEW, "PATCH": Action.REGISTRY_CHANGE}

    @extend_schema(responses=shapes.UnitOut)
    def get(self, request: Request, unit_id: int) -> Response:
        """Give one unit."""
        unit = queries.get_unit(actor=self.actor, unit_id=unit_id)
        return Response(shapes.UnitOut(unit).data)

    @extend_schema(request=shapes.UnitChangesIn, responses=shapes.UnitOut)
    def patch(self, request: Request, unit_id: int) -> Response:
        """Change what is known of a unit; its state changes from a day on."""
        body = shapes.UnitChangesIn(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        unit = operations.update_unit(
            actor=self.actor, unit_id=unit_id, changes=body.validated_data, now=self.now
        )
        return Response(shapes.UnitOut(unit).data)


class StateChanges(ListView):
    """The states that a unit was in."""

    actions = {"GET": Action.REGISTRY_VIEW, "POST": Action.REGISTRY_CHANGE}
    model = UnitStateChange
    serializer_class = shapes.StateChangeOut
    filter_backends = ()

    def rows(self) -> QuerySet[UnitStateChange]:
        return queries.state_changes(actor=self.actor, unit_id=self.kwargs["unit_id"])

    @extend_schema(request=shapes.StateChangeIn, responses={201: shapes.UnitOut})
    def post(self, request: Request, unit_id: int) -> Response:
        """Put the unit into another state from a day on."""
        body = shapes.StateChangeIn(data=request.data)
        body.is_valid(raise_exception=True)
        unit = operations.change_unit_state(
            actor=self.actor, unit_id=unit_id, now=self.now, **body.validated_data
        )
        return Response(shapes.UnitOut(unit).data, status=201)


class UnitMove(ApiView):
    actions = {"POST": Action.REGISTRY_CHANGE}

    @extend_schema(request=shapes.MoveIn, responses=shapes.UnitOut)
    def post(self, request: Request, unit_id: int) -> Response:
        """Move the unit into another account; refused while bills of it are open."""
        body = shapes.MoveIn(data=request.data)
        body.is_valid(raise_exception=True)
        unit = operations.move_unit_to_household(
            actor=self.actor, unit_id=unit_id, now=self.now, **body.validated_data
        )
        return Response(shapes.UnitOut(unit).data)


class SpaceAssignment(ApiView):
    actions = {"POST": Action.REGISTRY_CHANGE}

    @extend_schema(request=shapes.SpaceAssignmentIn, responses=shapes.UnitOut)
    def post(self, request: Request, unit_id: int) -> Response:
        """Give a free parking space to a household."""
        body = shapes.SpaceAssignmentIn(data=request.data)
        body.is_valid(raise_exception=True)
        space = operations.assign_space(
            actor=self.actor, space_id=unit_id, now=self.now, **body.validated_data
        )
        return Response(shapes.UnitOut(space).data)


class SpaceRelease(ApiView):
    actions = {"POST": Action.REGISTRY_CHANGE}

    @extend_schema(request=shapes.SpaceReleaseIn, responses=shapes.UnitOut)
    def post(self, request: Request, unit_id: int) -> Response:
        """Take a parking space out of a household's account."""
        body = shapes.SpaceReleaseIn(data=request.data)
        body.is_valid(raise_exception=True)
        space = operations.release_space(
            actor=self.actor, space_id=unit_id, now=self.now, **body.validated_data
        )
        return Response(shapes.UnitOut(space).data)
