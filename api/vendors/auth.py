"""Who asks on the vendors' host: a session of its pages, or a token for one company."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from rest_framework import authentication
from rest_framework.request import Request

from kernel.sealing import KeyPair
from tenants.vendors import queries
from tenants.vendors.models import Membership, VendorLogin, VendorToken
from tenants.vendors.operations.signing_in import keep_seen
from tenants.vendors.operations.tokens import keep_used

BEARER = "Bearer"


@dataclass(frozen=True, slots=True)
class Caller:
    """A vendor's person; by a token he has no key of his own, and one company alone."""

    login: VendorLogin
    keys: KeyPair | None = None
    token: VendorToken | None = None

    is_authenticated = True
    is_anonymous = False
    is_active = True
    pk = None  # no user of any company

    @property
    def language(self) -> str:
        return self.login.language

    @property
    def throttle_key(self) -> str:
        return f"v{self.login.pk}"

    def places(self) -> list[tuple[str, Membership]]:
        """Return where he may go: with a token only to the company for which it is."""
        found = queries.places(login=self.login)
        if self.token is None:
            return found
        return [each for each in found if each[1].pk == self.token.membership_id]


def caller_of(request: HttpRequest, now: datetime) -> Caller | None:
    """Return who asks; a token that is given counts alone, void or not. In the public schema."""
    scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == BEARER.lower():
        token = queries.member_of_token(text=text.strip(), now=now)
        if token is None:
            return None
        keep_used(token_id=token.pk, now=now)
        return Caller(token.membership.login, token=token)
    key = request.COOKIES.get(settings.VENDOR_COOKIE_NAME, "")
    person = queries.signed_in(key=key, now=now) if key else None
    if person is None:
        return None
    keep_seen(session_id=person.session_id, now=now)
    return Caller(person.login, keys=person.keys)


def _found(request: Request) -> Caller | None:
    caller: Caller | None = getattr(request._request, "vendor_caller", None)  # noqa: SLF001
    return caller


class VendorTokenAuthentication(authentication.BaseAuthentication):
    """``Authorization: Bearer gv_…``; the view has looked it up in the public schema."""

    def authenticate(self, request: Request) -> tuple[Any, VendorToken] | None:
        caller = _found(request)
        if caller is None or caller.token is None:
            return None
        return caller, caller.token

    def authenticate_header(self, request: Request) -> str:
        return f'{BEARER} realm="guanjia vendors"'


class VendorSessionAuthentication(authentication.SessionAuthentication):
    """The session of the vendors' pages, with its CSRF check."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        caller = _found(request)
        if caller is None or caller.token is not None:
            return None
        self.enforce_csrf(request)
        return caller, None
