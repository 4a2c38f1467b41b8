"""What the company has told a vendor, newest first, with where it is looked at."""

from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from portal.vendors.views import VendorView
from services.procurement.news import News, news_of

# By what news are about: the page, the icon, and how the record stands in the address, if it does.
PAGES: Final[dict[str, tuple[str, str, str]]] = {
    "vendor": ("portal-company", "ok", ""),
    "account": ("portal-company", "bank", ""),
    "paper": ("portal-papers", "file-text", ""),
    "round": ("portal-rounds-round", "tag", "round_id"),
    "order": ("portal-orders-order", "cart", "order_id"),
    "receipt": ("portal-deliveries-receipt", "truck", "receipt_id"),
    "objection": ("portal-deliveries", "alert", ""),
    "invoice": ("portal-invoices-invoice", "receipt", "invoice_id"),
    "statement": ("portal-statement", "exchange", ""),
    "payment": ("portal-statement", "bank", ""),
}


class Messages(VendorView):
    def get(self, request: HttpRequest) -> HttpResponseBase:
        found = [(*self._place_of(news), news) for news in news_of(actor=self.actor)]
        return self.page("messages", title=_("Messages"), found=found)

    def _place_of(self, news: News) -> tuple[str, str]:
        """Return the address and the icon of what news are about."""
        route, icon, name = PAGES[news.about]
        return self.url(route, **({name: news.subject_id} if name else {})), icon
