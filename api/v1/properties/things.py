"""Vehicles and meters."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.v1.properties import filters
from api.v1.properties import serializers as shapes
from api.views import ApiView, ListView
from kernel.access import Action
from services.properties import operations, queries
from services.properties.models import Meter, Vehicle


class Vehicles(ListView):
    """Vehicles."""

    actions = {"GET": Action.REGISTRY_VIEW, "POST": Action.REGISTRY_CHANGE}
    model = Vehicle
    serializer_class = shapes.VehicleOut
    filterset_class = filters.VehicleFilter

    def rows(self) -> QuerySet[Vehicle]:
        return queries.vehicles(actor=self.actor)

    @extend_schema(request=shapes.VehicleIn, responses={201: shapes.VehicleOut})
    def post(self, request: Request) -> Response:
        """Register a vehicle of a household."""
        body = shapes.VehicleIn(data=request.data)
        body.is_valid(raise_exception=True)
        vehicle = operations.add_vehicle(actor=self.actor, now=self.now, **body.validated_data)
        return Response(shapes.VehicleOut(vehicle).data, status=201)


class VehicleDetail(ApiView):
    actions = {"GET": Action.REGISTRY_VIEW, "PATCH": Action.REGISTRY_CHANGE}

    @extend_schema(responses=shapes.VehicleOut)
    def get(self, request: Request, vehicle_id: int) -> Response:
        """Give one vehicle."""
        vehicle = queries.get_vehicle(actor=self.actor, vehicle_id=vehicle_id)
        return Response(shapes.VehicleOut(vehicle).data)

    @extend_schema(request=shapes.VehicleChangesIn, responses=shapes.VehicleOut)
    def patch(self, request: Request, vehicle_id: int) -> Response:
        """Correct a plate, or change the space that the vehicle uses."""
        body = shapes.VehicleChangesIn(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        vehicle = operations.update_vehicle(
            actor=self.actor, vehicle_id=vehicle_id, changes=body.validated_data, now=self.now
        )
        return Response(shapes.VehicleOut(vehicle).data)


class VehicleRemoval(ApiView):
    actions = {"POST": Action.REGISTRY_CHANGE}

    @extend_schema(request=None, responses=shapes.VehicleOut)
    def post(self, request: Request, vehicle_id: int) -> Response:
        """Sign a vehicle off; its plate is free again."""
        vehicle = operations.remove_vehicle(actor=self.actor, vehicle_id=vehicle_id, now=self.now)
        return Response(shapes.VehicleOut(vehicle).data)


class Meters(ListView):
    """Meters."""

    actions = {"GET": Action.REGISTRY_VIEW, "POST": Action.REGISTRY_CHANGE}
    model = Meter
    serializer_class = shapes.MeterOut
    filterset_class = filters.MeterFilter

    def rows(self) -> QuerySet[Meter]:
        return queries.meters(actor=self.actor)

    @extend_schema(request=shapes.MeterIn, responses={201: shapes.MeterOut})
    def post(self, request: Request) -> Response:
        """Put a meter into a unit."""
        body = shapes.MeterIn(data=request.data)
        body.is_valid(raise_exception=True)
        meter = operations.create_meter(actor=self.actor, now=self.now, **body.validated_data)
        return Response(shapes.MeterOut(meter).data, status=201)


class MeterDetail(ApiView):
    actions = {"GET": Action.REGISTRY_VIEW, "PATCH": Action.REGISTRY_CHANGE}

    @extend_schema(responses=shapes.MeterOut)
    def get(self, request: Request, meter_id: int) -> Response:
        """Give one meter."""
        meter = queries.get_meter(actor=self.actor, meter_id=meter_id)
        return Response(shapes.MeterOut(meter).data)

    @extend_schema(request=shapes.MeterChangesIn, responses=shapes.MeterOut)
    def patch(self, request: Request, meter_id: int) -> Response:
        """Correct what is known of a meter."""
        body = shapes.MeterChangesIn(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        meter = operations.update_meter(
            actor=self.actor, meter_id=meter_id, changes=body.validated_data, now=self.now
        )
        return Response(shapes.MeterOut(meter).data)


class MeterReplacement(ApiView):
    actions = {"POST": Action.REGISTRY_CHANGE}

    @extend_schema(request=shapes.MeterReplacementIn, responses={201: shapes.MeterOut})
    def post(self, request: Request, meter_id: int) -> Response:
        """Take the meter out and put another in its place; answers the new one."""
        body = shapes.MeterReplacementIn(data=request.data)
        body.is_valid(raise_exception=True)
        meter = operations.replace_meter(
            actor=self.actor, meter_id=meter_id, now=self.now, **body.validated_data
        )
        return Response(shapes.MeterOut(meter).data, status=201)


class MeterRemoval(ApiView):
    actions = {"POST": Action.REGISTRY_CHANGE}

    @extend_schema(request=shapes.MeterRemovalIn, responses=shapes.MeterOut)
    def post(self, request: Request, meter_id: int) -> Response:
        """Take the meter out; it is not read any more."""
        body = shapes.MeterRemovalIn(data=request.data)
        body.is_valid(raise_exception=True)
        meter = operations.deactivate_meter(
            actor=self.actor, meter_id=meter_id, now=self.now, **body.validated_data
        )
        return Response(shapes.MeterOut(meter).data)
