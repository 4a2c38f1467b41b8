"""What the lock-out counts by: the name as the data base compares it, and the client's address."""

import ipaddress
import unicodedata
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from kernel import visits

IPV6_PREFIX = 64


def counted_name(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str:
    """Return the user name in one spelling: ``Wang`` and ``wang`` share their five tries."""
    name = (credentials or {}).get("username") or request.POST.get("username", "")
    return unicodedata.normalize("NFKC", str(name)).strip().casefold()[:255]


def counted_address(request: HttpRequest) -> str | None:
    """Return the address that the outermost middleware has vouched for.

    Of IPv6 the network: whoever has one address there has 2**64 of them.
    """
    text = visits.client_address(request)
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if address.version == 4:
        return text
    return str(ipaddress.ip_network((text, IPV6_PREFIX), strict=False).network_address)
