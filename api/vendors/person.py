"""A vendor's person, and the companies that he may go to."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.v1.document import document_of
from api.vendors.views import PersonApiView


class PersonOut(serializers.Serializer[Any]):
    email = serializers.EmailField()
    name = serializers.CharField()
    language = serializers.ChoiceField(choices=settings.LANGUAGES)


class CompanyOut(serializers.Serializer[Any]):
    """``place`` stands in the addresses of everything that is of this company."""

    place = serializers.CharField()
    name = serializers.CharField()
    joined_at = serializers.DateTimeField()


class Me(PersonApiView):
    """Return who is signed in."""

    actions = {"GET": None}

    @extend_schema(responses=PersonOut)
    def get(self, request: Request) -> Response:
        return Response(PersonOut(self.caller.login).data)


class Companies(PersonApiView):
    """List the companies that have let this person in; with a token only the one it is for."""

    actions = {"GET": None}

    @extend_schema(responses=CompanyOut(many=True))
    def get(self, request: Request) -> Response:
        rows = [
            {"place": place, "name": each.company.name, "joined_at": each.joined_at}
            for place, each in self.caller.places()
        ]
        return Response(CompanyOut(rows, many=True).data)


@extend_schema(exclude=True)
class Document(PersonApiView):
    """Return the document: the same for everybody and every company."""

    actions = {"GET": None}

    def get(self, request: Request) -> Response:
        return Response(
            document_of(settings.VENDOR_URLCONF),
            content_type="application/vnd.oai.openapi+json",
        )
