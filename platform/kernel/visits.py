"""Where a request came from: read here alone, by console and API alike."""

from typing import Any


def request_id(request: Any) -> str:
    """Return the number of a request, Django's or the API's; empty outside the middleware."""
    return str(getattr(request, "request_id", ""))


def client_address(request: Any) -> str:
    """Return the visitor's address, which the outermost middleware has vouched for."""
    return str(request.META.get("REMOTE_ADDR", ""))
