"""Papers as PDF: what the document says of them, and how they are answered."""

from typing import Any, Final

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes

PDF: Final[Any] = {(200, "application/pdf"): OpenApiTypes.BINARY}


def pdf_answer(content: bytes, name: str = "") -> HttpResponse:
    """Return a PDF, to be saved under ``name``."""
    response = HttpResponse(content, content_type="application/pdf")
    if name:
        disposition = content_disposition_header(as_attachment=True, filename=name)
        response.headers["Content-Disposition"] = disposition or "attachment"
    return response
