"""Token and session authentication. A token exists in one company's schema and nowhere else."""

from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import authentication, exceptions
from rest_framework.request import Request

from kernel import access, visits
from kernel.access.models import ApiToken, User
from kernel.access.queries import actor_for
from kernel.access.tokens import actor_of_token, token_of, valid_token
from kernel.limits import Limit
from kernel.security import operations as security
from kernel.security.models import SecurityKind
from kernel.tenancy import company_time_zone

# Of one void token from one address.
NOTED_USES: Final = Limit("void-token-uses", 10, 3600)


class Program:
    """Stands for the user where an integration asks: signed in, and nobody."""

    is_authenticated = True
    is_anonymous = False
    is_active = True
    pk = None

    def __init__(self, token: ApiToken) -> None:
        self.throttle_key = f"i{token.integration_id}"


class TokenAuthentication(authentication.BaseAuthentication):
    """``Authorization: Bearer gj_…``."""

    keyword = "Bearer"

    def authenticate(self, request: Request) -> tuple[User | Program, ApiToken] | None:
        scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != self.keyword.lower():
            return None
        token = valid_token(text=text.strip(), now=timezone.now())
        if token is None:
            self._note_void(text.strip(), request)
            raise exceptions.AuthenticationFailed(_("This token is not valid."))
        return token.user or Program(token), token

    def _note_void(self, text: str, request: Request) -> None:
        """Write down that a token was tried that was one once; guesses are not worth a line.

        A program that nobody looks after tries it every second, for years.
        """
        void = token_of(text=text)
        address = visits.client_address(request)
        if void is None or not NOTED_USES.count(f"{void.pk}:{address}"):
            return
        security.note(
            kind=SecurityKind.TOKEN_REFUSED,
            actor=access.Actor(
                label=str(void), user_id=void.user_id, request_id=visits.request_id(request)
            ),
            path=f"{request.method} {request.path}",
            address=address,
            data={"token": void.pk},
            now=timezone.now(),
        )

    def authenticate_header(self, request: Request) -> str:
        return f'{self.keyword} realm="guanjia"'


class SessionAuthentication(authentication.SessionAuthentication):
    """The console's session, with its CSRF check; for the docs page and scripts in the console."""


def get_actor(request: Any) -> access.Actor:
    """Return who acts in an authenticated API request; kept on the request."""
    actor: access.Actor | None = getattr(request, "_actor", None)
    if actor is None:
        today = timezone.localdate(timezone=company_time_zone())
        came: dict[str, str] = {
            "request_id": visits.request_id(request),
            "address": visits.client_address(request),
        }
        if isinstance(request.auth, ApiToken):
            actor = actor_of_token(token=request.auth, today=today, **came)
        else:
            actor = actor_for(user=request.user, today=today, **came)
        request._actor = actor
    return actor
