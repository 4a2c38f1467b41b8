"""What the company has told a vendor, newest first. Each part of the portal tells its own."""

from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from portal.vendors import company, papers
from portal.vendors.rounds import waiting as rounds
from portal.vendors.views import VendorView
from portal.vendors.waiting import MessageSource

SOURCES: Final[tuple[MessageSource, ...]] = (
    rounds.messages,
    papers.messages,
    company.messages,
)
MOST: Final = 100


class Messages(VendorView):
    def get(self, request: HttpRequest) -> HttpResponseBase:
        found = [message for source in SOURCES for message in source(self)]
        found.sort(key=lambda message: message.at, reverse=True)
        return self.page("messages", title=_("Messages"), found=found[:MOST])
