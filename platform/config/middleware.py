"""Which company a request is for, and how its user wants to see it."""

import zoneinfo
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.urls import set_urlconf
from django.utils import timezone, translation
from django_tenants.utils import get_tenant_domain_model

from kernel.tenancy import tenant_connection

Handler = Callable[[HttpRequest], HttpResponse]


class CompanyMiddleware:
    """Put the company of the host name in force for one request. Outermost.

    Unknown hosts and companies not (any more) at work get one and the same plain 404. Whatever
    happens inside, the connection is left in the public schema.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        tenant_connection.set_schema_to_public()
        try:
            try:
                host = request.get_host().rsplit(":", 1)[0]
            except DisallowedHost:
                return nothing_here()
            if host in public_hosts():
                request.tenant = None  # type: ignore[attr-defined]
                request.urlconf = settings.PUBLIC_SCHEMA_URLCONF
                set_urlconf(settings.PUBLIC_SCHEMA_URLCONF)
                return self.get_response(request)
            domain = (
                get_tenant_domain_model()
                .objects.select_related("tenant")
                .filter(domain=host)
                .first()
            )
            if domain is None or not domain.tenant.accepts_work:
                return nothing_here()
            request.tenant = domain.tenant  # type: ignore[attr-defined]
            set_urlconf(None)
            tenant_connection.set_tenant(domain.tenant)
            with timezone.override(zoneinfo.ZoneInfo(domain.tenant.time_zone)):
                return self.get_response(request)
        finally:
            set_urlconf(None)
            tenant_connection.set_schema_to_public()


class PreferencesMiddleware:
    """Speak the language the signed-in user has chosen; others get the cookie's or Chinese."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = getattr(request.user, "language", None)
        if language is None:
            language = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, settings.LANGUAGE_CODE)
        if language not in dict(settings.LANGUAGES):
            language = settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
        return response


def public_hosts() -> frozenset[str]:
    """Return the host names of the platform's own site."""
    return frozenset({settings.BASE_DOMAIN, f"www.{settings.BASE_DOMAIN}", "127.0.0.1", "[::1]"})


def nothing_here() -> HttpResponse:
    """Return the answer to an unknown host: it tells nothing, not even what is asked."""
    return HttpResponseNotFound("Not Found", content_type="text/plain; charset=utf-8")
