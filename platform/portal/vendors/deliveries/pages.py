"""送货: what is on its way, what was taken in of it, what the company objects to."""

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import pgettext_lazy

from portal.vendors.views import VendorView
from services.procurement.orders import queries as orders
from services.procurement.receiving import queries

PER_PAGE = 50
MOST_OBJECTIONS = 50


class Deliveries(VendorView):
    def get(self, request: HttpRequest) -> HttpResponseBase:
        pages = Paginator(queries.own_receipts(actor=self.actor), PER_PAGE)
        coming = orders.own_deliveries(actor=self.actor).filter(
            cancelled_at__isnull=True, receipts=None
        )
        return self.page(
            "deliveries/list",
            title=pgettext_lazy("of a vendor", "Deliveries"),
            coming=coming,
            objections=queries.own_objections(actor=self.actor)[:MOST_OBJECTIONS],
            receipts=pages.get_page(request.GET.get("page")),
        )


class ReceiptPage(VendorView):
    """What arrived of an order on a day, what was accepted of it and what was not."""

    def get(self, request: HttpRequest, receipt_id: int) -> HttpResponseBase:
        receipt = queries.get_own_receipt(actor=self.actor, receipt_id=receipt_id)
        return self.page(
            "deliveries/receipt",
            title=receipt.number,
            receipt=receipt,
            lines=queries.lines_of(receipt),
            objections=queries.own_objections(actor=self.actor).filter(
                receipt_line__receipt=receipt
            ),
        )
