"""The operators' own session, and from where they may come at all."""

import ipaddress
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from console.cookies import SessionCookie
from kernel import visits
from tenants.operators.operations import sign_out

COOKIE: Final = SessionCookie("OPERATOR_COOKIE_NAME", "OPERATOR_SESSION_AGE", "Strict")


def end(request: HttpRequest, response: HttpResponse) -> None:
    """End the session here and in the browser."""
    sign_out(key=COOKIE.key_of(request))
    COOKIE.forget(response)


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
