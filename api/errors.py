"""Every failure as ``application/problem+json`` (RFC 9457) with a stable ``code``."""

import logging
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import ProtectedError
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from kernel import visits
from kernel.errors import DomainError
from kernel.security import operations as security

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer a failure; return ``None`` for a bug, which then rises to the 500 handler.

    Numbers too large, input nested too deep, and deletes of what others need are the client's
    failures and answered as such.
    """
    response = _answer(error)
    if response is not None:
        set_rollback()
        if isinstance(error, DomainError):
            note_refusal(error, context)
        response.content_type = MEDIA_TYPE
    return response


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    errors: dict[str, Any] | None = None,
    details: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """Build one problem document."""
    body: dict[str, Any] = {
        "type": f"urn:guanjia:problem:{code}",
        "status": status,
        "code": code,
        "detail": detail,
    }
    if errors:
        body["errors"] = errors
    if details:
        body["details"] = details
    return Response(body, status=status, headers=headers, content_type=MEDIA_TYPE)


def note_refusal(error: DomainError, context: dict[str, Any]) -> None:
    """Write a refusal into the security log; what was refused is rolled back by now.

    An endpoint that answers for several things calls it for each that was refused.
    """
    view, request = context.get("view"), context.get("request")
    actor = getattr(view, "actor", None)
    if request is None or actor is None:  # nobody is known yet
        return
    security.note_refusal(
        error,
        actor,
        f"{request.method} {request.path}",
        timezone.now(),
        project_id=context.get("kwargs", {}).get("project_id"),
        address=visits.client_address(request),
    )


def _answer(error: Exception) -> Response | None:
    if isinstance(error, DomainError):
        errors = {error.field: [str(error)]} if error.field else None
        return problem(error.status, error.code, str(error), errors=errors, details=error.details)
    if isinstance(error, exceptions.ValidationError):
        return problem(
            400, "invalid-input", _("The request is not valid."), errors=_as_object(error.detail)
        )
    if isinstance(error, (Http404, exceptions.NotFound)):
        return problem(404, "not-found", _("Not found."))
    if isinstance(error, (PermissionDenied, exceptions.PermissionDenied)):
        return problem(403, "denied", str(error) or _("You may not do this."))
    if isinstance(error, exceptions.APIException):
        headers = {}
        auth_header = getattr(error, "auth_header", None)
        if auth_header:
            headers["WWW-Authenticate"] = auth_header
        wait = getattr(error, "wait", None)
        if wait is not None:
            headers["Retry-After"] = str(int(wait) + 1)
        code = str(error.get_codes()) if isinstance(error.get_codes(), str) else error.default_code
        return problem(
            error.status_code, code.replace("_", "-"), str(error.detail), headers=headers
        )
    if isinstance(error, ProtectedError):
        return problem(409, "in-use", _("Other records need this one."))
    if isinstance(error, (OverflowError, RecursionError)):
        return problem(400, "invalid-input", _("The request is not valid."))
    return None


def _as_object(detail: Any) -> dict[str, Any]:
    return dict(detail) if isinstance(detail, dict) else {"non_field_errors": detail}
