"""Which company a request is for, from whom it comes, and how its user wants to see it."""

import ipaddress
import zoneinfo
from collections.abc import Callable, Iterator
from typing import cast

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseNotFound
from django.http.request import split_domain_port
from django.http.response import HttpResponseBase, StreamingHttpResponse
from django.urls import set_urlconf
from django.utils import timezone, translation
from django_tenants.utils import get_tenant_domain_model, tenant_context

from config import errors
from config.uploads import InMemory
from kernel import policies
from kernel.tenancy import tenant_connection, vendor_host
from tenants.companies.models import Company

Handler = Callable[[HttpRequest], HttpResponse]

# What no page of ours needs; said once for all of them.
PERMISSIONS_POLICY = (
    "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"
)


class ClientAddressMiddleware:
    """Put the address of the client, not that of our proxy, into ``REMOTE_ADDR``.

    ``PROXY_COUNT`` proxies of our own stand before us; each has appended to ``X-Forwarded-For``
    whom it saw. What lies further to the left was written by the client and is not believed, and
    what is no address (a proxy's ``unknown``) leaves the proxy's own in place.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        count = settings.PROXY_COUNT
        seen = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        address = address_in(seen[-count]) if count and len(seen) >= count else ""
        if address:
            request.META["REMOTE_ADDR"] = address
        return self.get_response(request)


class CompanyMiddleware:
    """Put the company of the host name in force for one request.

    Unknown hosts and companies not (any more) at work get one and the same plain 404. Whatever
    happens inside, the connection is left in the public schema.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        tenant_connection.set_schema_to_public()
        try:
            host = host_of(request)
            keep_own_cookies(request, host)
            urlconf = outside_of_companies(host)
            if urlconf:
                request.tenant = None  # type: ignore[attr-defined]
                request.urlconf = urlconf
                if host == vendor_host():
                    # What comes with a quote is sealed before anything of it is written.
                    request.upload_handlers = [InMemory(request)]
                set_urlconf(urlconf)
                with timezone.override(zoneinfo.ZoneInfo(settings.OPERATOR_TIME_ZONE)):
                    response = self.get_response(request)
                # The vendors' pages name the company that they were answered in.
                if request.tenant is not None:  # type: ignore[attr-defined]
                    keep_company_while_streaming(response, request.tenant)  # type: ignore[attr-defined]
                return response
            company = company_of(host)
            if company is None or not company.accepts_work:
                return nothing_here()
            request.tenant = company  # type: ignore[attr-defined]
            set_urlconf(None)
            tenant_connection.set_tenant(company)
            zone = zoneinfo.ZoneInfo(company.time_zone)
            with timezone.override(zone), policies.reading_once():
                response = self.get_response(request)
            keep_company_while_streaming(response, company)
            return response
        finally:
            set_urlconf(None)
            tenant_connection.set_schema_to_public()


class BodyLimitMiddleware:
    """Refuse a body larger than any form or file of ours before a byte of it is read."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) > settings.MAX_BODY_BYTES:
            return errors.too_large(request)
        return self.get_response(request)


class PolicyHeadersMiddleware:
    """Add the security headers that neither Django nor django-csp sets.

    Nothing is kept by browser or proxy unless the answer says so itself, as static files do: pages,
    the API's answers and refusals alike hold what only this visitor may see.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


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


def address_in(text: str) -> str:
    """Return the address in one part of ``X-Forwarded-For``, without a port; ``""`` if none is."""
    bare = text.removeprefix("[").partition("]")[0] if text.startswith("[") else text
    if bare.count(":") == 1:  # an IPv4 address and a port
        bare = bare.partition(":")[0]
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        return ""
    return str(getattr(address, "ipv4_mapped", None) or address)


def host_of(request: HttpRequest) -> str:
    """Return the host name asked for, in lower case and without port; ``""`` for an odd one."""
    try:
        host = request.get_host()
    except DisallowedHost:
        return ""
    domain, port = split_domain_port(host)
    # split_domain_port takes off a final dot; a browser keeps other cookies for such a name.
    has_dot = host.removesuffix(f":{port}").endswith(".")
    return "" if has_dot else domain


def company_of(host: str) -> Company | None:
    """Return the company of a host name, whatever its state."""
    domain = (
        get_tenant_domain_model().objects.select_related("tenant").filter(domain=host).first()
        if host
        else None
    )
    return cast("Company", domain.tenant) if domain is not None else None


def keep_company_while_streaming(response: HttpResponseBase, company: Company) -> None:
    """Let a stream's rows be read in its company: they are read after the request has ended.

    The company is in force for each piece and not between them, so that a stream that nobody
    finishes leaves nothing behind.
    """
    if isinstance(response, FileResponse) or not isinstance(response, StreamingHttpResponse):
        return
    pieces = iter(cast("Iterator[bytes]", response.streaming_content))

    def in_company() -> Iterator[bytes]:
        while True:
            with tenant_context(company), timezone.override(zoneinfo.ZoneInfo(company.time_zone)):
                piece = next(pieces, None)
            if piece is None:
                return
            yield piece

    response.streaming_content = in_company()


def keep_own_cookies(request: HttpRequest, host: str) -> None:
    """Take away the sessions of other kinds of hosts: here they mean nothing.

    Browsers send none of them here; whoever does so by hand gets no other answer than without.
    """
    own = {
        "operators": host in public_hosts(),
        "vendors": host == vendor_host(),
        "staff": host not in public_hosts() and host != vendor_host(),
    }
    names = {
        "operators": settings.OPERATOR_COOKIE_NAME,
        "vendors": settings.VENDOR_COOKIE_NAME,
        "staff": settings.SESSION_COOKIE_NAME,
    }
    for kind, name in names.items():
        if not own[kind]:
            request.COOKIES.pop(name, None)


def outside_of_companies(host: str) -> str:
    """Return the addresses of a host that is no company's; ``""`` for all others."""
    if host == vendor_host():
        return str(settings.VENDOR_URLCONF)
    return str(settings.PUBLIC_SCHEMA_URLCONF) if host in public_hosts() else ""


def public_hosts() -> frozenset[str]:
    """Return the host names of the platform's own site."""
    return frozenset({settings.BASE_DOMAIN, f"www.{settings.BASE_DOMAIN}", "127.0.0.1", "[::1]"})


def nothing_here() -> HttpResponse:
    """Return the answer to an unknown host: it tells nothing, not even what is asked."""
    return HttpResponseNotFound("Not Found", content_type="text/plain; charset=utf-8")
