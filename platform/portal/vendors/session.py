"""The vendors' own session: a cookie of the vendors' host, with no relation to any company's."""

from datetime import datetime
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from console.cookies import SessionCookie
from tenants.vendors.operations import keep_seen, sign_out
from tenants.vendors.queries import SignedIn, signed_in

# Lax: an invitation comes by mail, and its page says who is signed in.
COOKIE: Final = SessionCookie("VENDOR_COOKIE_NAME", "VENDOR_SESSION_AGE", "Lax")


def person_of(request: HttpRequest, now: datetime) -> SignedIn | None:
    """Return who has signed in with this browser, and speak his language from here on.

    The middleware around the view puts back what was spoken before.
    """
    key = COOKIE.key_of(request)
    found = signed_in(key=key, now=now) if key else None
    if found is not None:
        keep_seen(session_id=found.session_id, now=now)
        if found.login.language in dict(settings.LANGUAGES):
            translation.activate(found.login.language)
            request.LANGUAGE_CODE = found.login.language
    return found


def end(request: HttpRequest, response: HttpResponse) -> None:
    """End the session here and in the browser."""
    sign_out(key=COOKIE.key_of(request))
    COOKIE.forget(response)
