"""The operators' own session: a cookie of its own, no relation to any company's."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from kernel import visits
from tenants.operators.operations import sign_out


def remember(response: HttpResponse, key: str) -> None:
    """Put the session's key into the browser."""
    response.set_cookie(
        settings.OPERATOR_COOKIE_NAME,
        key,
        max_age=settings.OPERATOR_SESSION_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def key_of(request: HttpRequest) -> str:
    return request.COOKIES.get(settings.OPERATOR_COOKIE_NAME, "")


def end(request: HttpRequest, response: HttpResponse) -> None:
    """End the session here and in the browser."""
    sign_out(key=key_of(request))
    response.delete_cookie(settings.OPERATOR_COOKIE_NAME, samesite="Strict")


def may_knock(request: HttpRequest) -> bool:
    """Tell whether the address is one from which operators work; without a list all are."""
    networks = settings.OPERATOR_NETWORKS
    if not networks:
        return True
    try:
        address = ipaddress.ip_address(visits.client_address(request))
    except ValueError:
        return False
    return any(address in ipaddress.ip_network(network) for network in networks)
