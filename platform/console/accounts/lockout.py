"""What the lock-out counts by: the name as the data base compares it, and the client's address."""

import unicodedata
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest


def counted_name(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str:
    """Return the user name in one spelling: ``Wang`` and ``wang`` share their five tries."""
    name = (credentials or {}).get("username") or request.POST.get("username", "")
    return unicodedata.normalize("NFKC", str(name)).strip().casefold()[:255]


def counted_address(request: HttpRequest) -> str | None:
    """Return the address that the outermost middleware has vouched for."""
    return request.META.get("REMOTE_ADDR") or None
