"""The OpenAPI document: what every endpoint may answer besides what it says itself."""

from typing import Any, Literal

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers

from api.errors import MEDIA_TYPE

# Not valid, not signed in, not allowed, not there, not in this state, refused, too often.
PROBLEM_STATUSES = ("400", "401", "403", "404", "409", "422", "429")


class Problem(serializers.Serializer[Any]):
    """A failure (RFC 9457). ``code`` is stable; ``errors`` names the fields at fault."""

    type = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    errors = serializers.DictField(required=False)  # type: ignore[assignment]
    details = serializers.DictField(required=False)


class ApiSchema(AutoSchema):
    """Adds the problem documents that ``api.errors`` makes of failures."""

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> Any:
        responses = super()._get_response_bodies(direction)
        for status in PROBLEM_STATUSES:
            if status not in responses:
                responses[status] = self._get_response_for_code(  # type: ignore[no-untyped-call]
                    Problem, status, media_types=[MEDIA_TYPE], direction=direction
                )
        return responses


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
