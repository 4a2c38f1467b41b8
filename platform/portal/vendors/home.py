"""Choosing a company, and its start page: what waits there for this vendor."""

from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from portal.vendors import papers
from portal.vendors.invoices import waiting as invoices
from portal.vendors.orders import waiting as orders
from portal.vendors.rounds import waiting as rounds
from portal.vendors.statement import waiting as statement
from portal.vendors.views import SignedInView, VendorView
from portal.vendors.waiting import WaitingSource
from tenants.vendors import queries

# What waits for a vendor: each part of the portal tells, in this order.
SOURCES: Final[tuple[WaitingSource, ...]] = (
    orders.waiting,
    rounds.waiting,
    statement.waiting,
    papers.waiting,
    invoices.waiting,
)


class Choose(SignedInView):
    """The companies that this person may go to. Nothing of them is shown but their names."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        found = queries.places(login=self.login)
        return self.page("choose", title=_("Choose a company"), places=found)


class Home(VendorView):
    def get(self, request: HttpRequest) -> HttpResponseBase:
        waiting = [each for source in SOURCES for each in source(self)]
        return self.page("home", title=_("Start page"), waiting=waiting)
