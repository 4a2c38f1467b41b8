"""The OpenAPI document and the page that shows it."""

from functools import cache
from typing import Any

from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response


class Document(SpectacularJSONAPIView):
    """The same for everybody and every company: what one may do is not in it."""

    def _get_schema_response(self, request: Request) -> Response:
        return Response(_document())


class DocumentPage(SpectacularSwaggerSplitView):
    """Its script comes by itself, for the content policy forbids what is inline."""

    url_name = "api-schema"
    template_name = "api/docs.html"
    title = "Guanjia API"


@cache
def _document() -> Any:
    """Return the document in English, worked out once in a process: it takes a second."""
    with translation.override("en"):
        return SchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]
