"""The OpenAPI document and the page that shows it."""

from functools import cache
from typing import Any

from django.conf import settings
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response


class Document(SpectacularJSONAPIView):
    """The same for everybody and every company: what one may do is not in it."""

    def _get_schema_response(self, request: Request) -> Response:
        return Response(document_of(settings.ROOT_URLCONF))


class DocumentPage(SpectacularSwaggerSplitView):
    """Its script comes by itself, for the content policy forbids what is inline."""

    url_name = "api-schema"
    template_name = "api/docs.html"
    title = "Guanjia API"


@cache
def document_of(urlconf: str) -> Any:
    """Return the document in English, worked out once in a process: it takes a second."""
    with translation.override("en"):
        generator = SchemaGenerator(urlconf=urlconf)  # type: ignore[no-untyped-call]
        return generator.get_schema(public=True)  # type: ignore[no-untyped-call]
