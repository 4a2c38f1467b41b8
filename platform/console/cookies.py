"""Session cookies beside Django's: each on hosts of its own, with no relation to any company's."""

from dataclasses import dataclass
from typing import Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponse


@dataclass(frozen=True, slots=True)
class SessionCookie:
    """A cookie that holds the key of a session; name and life are settings.

    :param samesite: Lax where a mailed link leads to a page that wants to know who is signed in.
    """

    name_setting: str
    age_setting: str
    samesite: Literal["Lax", "Strict"]

    def remember(self, response: HttpResponse, key: str) -> None:
        """Put the session's key into the browser."""
        response.set_cookie(
            getattr(settings, self.name_setting),
            key,
            max_age=getattr(settings, self.age_setting),
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite=self.samesite,
        )

    def key_of(self, request: HttpRequest) -> str:
        """Return the key that the browser brought, ``""`` for none."""
        return request.COOKIES.get(getattr(settings, self.name_setting), "")

    def forget(self, response: HttpResponse) -> None:
        """Take the key out of the browser."""
        response.delete_cookie(getattr(settings, self.name_setting), samesite=self.samesite)
