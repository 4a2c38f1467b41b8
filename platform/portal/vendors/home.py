"""Choosing a company, and its start page: what waits there for this vendor."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from portal.vendors.views import SignedInView, VendorView
from tenants.vendors import queries


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits for the vendor, most urgent first by ``due`` (a day or moment)."""

    label: Any
    url: str
    icon: str
    due: Any = None
    tone: str = ""  # of the word beside it: "warn", "bad"
    word: Any = ""


# Each tells what waits in its part of the portal, asked with the page that shows it.
SOURCES: Final[list[Callable[[VendorView], list[Waiting]]]] = []


class Choose(SignedInView):
    """The companies that this person may go to. Nothing of them is shown but their names."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        found = queries.places(login=self.login)
        return self.page("choose", title=_("Choose a company"), places=found)


class Home(VendorView):
    def get(self, request: HttpRequest) -> HttpResponseBase:
        waiting = [each for source in SOURCES for each in source(self)]
        return self.page("home", title=_("Start page"), waiting=waiting)
