"""Requests per minute of one person in one company."""

from typing import TYPE_CHECKING

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from kernel.tenancy import current_schema

if TYPE_CHECKING:
    # rest_framework.views imports this module while it is being imported itself.
    from rest_framework.views import APIView


class ActorThrottle(SimpleRateThrottle):
    """Counts by company and person or program; anonymous requests by company and address."""

    scope = "actor"

    def get_cache_key(self, request: Request, view: "APIView") -> str:
        user_id = getattr(request.user, "pk", None)
        program = getattr(request.user, "throttle_key", "")
        who = f"u{user_id}" if user_id else program or f"a{self.get_ident(request)}"
        return f"throttle:{current_schema()}:{self.scope}:{who}"
