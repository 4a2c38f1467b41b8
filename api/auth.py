"""Token and session authentication. A token exists in one company's schema and nowhere else."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import authentication, exceptions
from rest_framework.request import Request

from kernel import access
from kernel.access.models import ApiToken, User
from kernel.access.operations import note_token_use, token_digest
from kernel.access.queries import actor_for
from kernel.tenancy import company_time_zone


class TokenAuthentication(authentication.BaseAuthentication):
    """``Authorization: Bearer gj_…``."""

    keyword = "Bearer"

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != self.keyword.lower():
            return None
        token = (
            ApiToken.objects.select_related("user")
            .filter(digest=token_digest(text.strip()), revoked_at=None)
            .first()
        )
        if token is None or not token.user.is_active:
            raise exceptions.AuthenticationFailed(_("This token is not valid."))
        note_token_use(token=token, now=timezone.now())
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return f'{self.keyword} realm="guanjia"'


class SessionAuthentication(authentication.SessionAuthentication):
    """The console's session, with its CSRF check; for the docs page and scripts in the console."""


def get_actor(request: Any) -> access.Actor:
    """Return who acts in an authenticated API request; kept on the request."""
    actor: access.Actor | None = getattr(request, "_actor", None)
    if actor is None:
        actor = actor_for(
            user=request.user,
            today=timezone.localdate(timezone=company_time_zone()),
            request_id=getattr(request, "request_id", ""),
        )
        request._actor = actor
    return actor
