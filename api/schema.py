"""The OpenAPI document: what every endpoint may answer besides what it says itself."""

from typing import Any, Literal

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin

from api.bodies import Body
from api.errors import MEDIA_TYPE

# Not valid, not signed in, not allowed, not there, refused for what it means, too often.
READ_PROBLEMS = ("400", "401", "403", "404", "422", "429")
# Besides those: not in this state, too large, no JSON.
WRITE_PROBLEMS = (*READ_PROBLEMS, "409", "413", "415")


class Problem(serializers.Serializer[Any]):
    """A failure (RFC 9457). ``code`` is stable; ``errors`` names the fields at fault."""

    type = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    errors = serializers.DictField(required=False)  # type: ignore[assignment]
    details = serializers.DictField(required=False)


_HEADERS = {
    "401": {
        "WWW-Authenticate": {
            "schema": {"type": "string"},
            "description": "How to sign in.",
            "required": True,
        }
    },
    "429": {
        "Retry-After": {
            "schema": {"type": "integer", "minimum": 1},
            "description": "Seconds to wait.",
            "required": True,
        }
    },
}


class ApiSchema(AutoSchema):
    """Adds the problem documents that ``api.errors`` makes of failures, and closes bodies."""

    def get_operation_id(self) -> str:
        """Name what is done (``bill_runs_check``), not that something is created by doing it."""
        found: str = super().get_operation_id()
        # What is made has a list; what is done to something has only the address for it.
        if self.method == "POST" and not isinstance(self.view, ListModelMixin):
            return found.removesuffix("_create")
        return found

    def get_override_parameters(self) -> list[Any]:
        """Describe the parameters that the view asks for."""
        query_class = getattr(self.view, "query_class", None)
        return [query_class] if query_class is not None and self.method == "GET" else []

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> Any:
        responses = super()._get_response_bodies(direction)
        for status in READ_PROBLEMS if self.method == "GET" else WRITE_PROBLEMS:
            if status not in responses:
                responses[status] = self._get_response_for_code(  # type: ignore[no-untyped-call]
                    Problem, status, media_types=[MEDIA_TYPE], direction=direction
                )
                if status in _HEADERS:
                    responses[status]["headers"] = _HEADERS[status]
        return responses

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> Any:
        found = super()._map_basic_serializer(  # type: ignore[no-untyped-call]
            serializer, direction
        )
        if isinstance(serializer, Body) or (
            isinstance(serializer, type) and issubclass(serializer, Body)
        ):
            found["additionalProperties"] = False
        return found


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """A token of ``guanjia token create``, or made on one's own page."""

    target_class = "api.auth.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer"}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The console's session; writes carry its CSRF token."""

    target_class = "api.auth.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}
