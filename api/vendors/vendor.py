"""The vendor itself, as the company keeps it."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.vendors.views import VendorApiView
from services.procurement.vendors.models import VendorState


class VendorOut(serializers.Serializer[Any]):
    """``contact`` is the person who asks, by the name that the company gave him."""

    code = serializers.CharField(source="vendor.code")
    name = serializers.CharField(source="vendor.name")
    state = serializers.ChoiceField(source="vendor.state", choices=VendorState.choices)
    credit_code = serializers.CharField(source="vendor.credit_code")
    contact = serializers.CharField(source="name")


class OwnVendor(VendorApiView):
    """Return the vendor for whom this person works at the company."""

    actions = {"GET": None}

    @extend_schema(responses=VendorOut)
    def get(self, request: Request) -> Response:
        assert self.visitor is not None
        return Response(VendorOut(self.visitor.contact).data)
