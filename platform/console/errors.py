"""Answers to requests that did not get as far as a view."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from console.accounts.views import note_failure, too_often
from kernel.security.models import SecurityKind


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Return the page for a form whose token is missing or of another session."""
    return render(request, "403_csrf.html", status=403)


def locked_out(request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
    """Return the sign-in page's answer after too many failures (called by django-axes)."""
    note_failure(request, SecurityKind.LOCKED_OUT)
    return too_often(request)
