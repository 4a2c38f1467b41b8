"""Answers where no view has answered: a problem document under ``/api/``, a page elsewhere."""

import re
import uuid

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

# A company's API, and on the vendors' host each company's.
API = re.compile(r"(/v/[^/]+)?/api/")
PROBLEM = "application/problem+json"
OWN_PAGES = frozenset({400, 403, 404, 500})


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer what Django itself refuses: too many fields, a body too large, odd headers."""
    return _answer(request, 400, "invalid-input", _("The request is not valid."))


def too_large(request: HttpRequest) -> HttpResponse:
    """Answer a body over the limit, unread."""
    most = settings.MAX_BODY_BYTES // 1024 // 1024
    detail = _("This is too large. A file may have %(most)s MB at most.") % {"most": most}
    return _answer(request, 413, "too-large", detail)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer an address that leads nowhere."""
    return _answer(request, 404, "not-found", _("Not found."))


def denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer what is not allowed."""
    return _answer(request, 403, "denied", _("You may not do this."))


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a bug, with the number under which it is found in the log."""
    return _answer(request, 500, "internal", _("Something went wrong on our side."))


def _answer(request: HttpRequest, status: int, code: str, detail: str) -> HttpResponse:
    request_id = getattr(request, "request_id", "") or uuid.uuid4().hex
    if API.match(request.path):
        body = {
            "type": f"urn:guanjia:problem:{code}",
            "status": status,
            "code": code,
            "detail": detail,
            "request_id": request_id,
        }
        return JsonResponse(body, status=status, content_type=PROBLEM)
    context = {"code": request_id[:8].upper(), "title": detail}
    template = f"{status}.html" if status in OWN_PAGES else "console/error.html"
    return render(request, template, context, status=status)
