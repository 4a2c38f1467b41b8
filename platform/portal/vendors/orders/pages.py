"""The vendor's orders, one of them, and what he does with it."""

from typing import Any

from django import forms as django_forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from kernel.errors import Conflict, Invalid, NotFound
from portal.vendors.orders import forms
from portal.vendors.views import VendorView
from services.procurement.orders import operations, queries
from services.procurement.orders.models import ChangeState, OrderState, PurchaseOrder
from services.procurement.receiving import queries as receiving

PER_PAGE = 50


class Orders(VendorView):
    def get(self, request: HttpRequest) -> HttpResponseBase:
        pages = Paginator(queries.own_orders(actor=self.actor), PER_PAGE)
        found = pages.get_page(request.GET.get("page"))
        return self.page("orders/list", title=_("Orders"), orders=found)


class OrderPage(VendorView):
    """One order. What is done with it goes to addresses below, and comes back here if refused."""

    def get(self, request: HttpRequest, order_id: int) -> HttpResponseBase:
        return self.show(queries.get_own_order(actor=self.actor, order_id=order_id))

    def show(
        self, order: PurchaseOrder, form: django_forms.Form | None = None, *, status: int = 200
    ) -> HttpResponse:
        lines = list(queries.lines_of(order))
        change = queries.open_change_of(order)
        is_running = order.state in queries.RUNNING

        def form_of(kind: type[Any], **values: Any) -> Any:
            return form if isinstance(form, kind) else kind(**values)

        return self.page(
            "orders/order",
            title=order.number,
            order=order,
            lines=lines,
            changes=queries.own_changes_of(order),
            deliveries=queries.deliveries_of(order),
            receipts=receiving.own_receipts(actor=self.actor).filter(order=order),
            objections=receiving.own_objections(actor=self.actor).filter(order_line__order=order),
            promise=form_of(
                forms.Promise,
                initial={"promised_on": order.promised_on or order.deliver_by},
                prefix="promise",
            )
            if is_running
            else None,
            announce=form_of(forms.Announce, lines=lines, prefix="announce")
            if order.state in {OrderState.ACKNOWLEDGED, OrderState.DELIVERING}
            else None,
            propose=form_of(forms.Propose, lines=lines, prefix="propose")
            if is_running and change is None
            else None,
            to_answer=change if change and change.state == ChangeState.APPROVED else None,
            status=status,
        )


class _Act(OrderPage):
    """Something that is done with an order."""

    http_method_names = ("post",)
    form_class: type[django_forms.Form]
    prefix: str

    def post(self, request: HttpRequest, order_id: int) -> HttpResponseBase:
        order = queries.get_own_order(actor=self.actor, order_id=order_id)
        form = self.form(order)
        if form.is_valid():
            try:
                self.act(order_id, form.cleaned_data)
            except (Invalid, Conflict) as error:
                self._note_refusal(error)
                form.add_error(error.field if error.field in form.fields else None, str(error))
            else:
                return HttpResponseRedirect(self.url("portal-orders-order", order_id=order_id))
        return self.show(order, form, status=422)

    def form(self, order: PurchaseOrder) -> django_forms.Form:
        """Return the form as it was sent."""
        return self.form_class(self.request.POST, prefix=self.prefix)

    def act(self, order_id: int, values: dict[str, Any]) -> None:
        """Call the operation."""
        raise NotImplementedError


class Acknowledge(_Act):
    form_class, prefix = forms.Promise, "promise"

    def act(self, order_id: int, values: dict[str, Any]) -> None:
        operations.acknowledge(
            actor=self.actor, order_id=order_id, now=self.now, today=self.today, **values
        )


class Announce(_Act):
    prefix = "announce"

    def form(self, order: PurchaseOrder) -> django_forms.Form:
        lines = queries.lines_of(order)
        return forms.Announce(self.request.POST, lines=lines, prefix=self.prefix)

    def act(self, order_id: int, values: dict[str, Any]) -> None:
        operations.announce(
            actor=self.actor, order_id=order_id, now=self.now, today=self.today, **values
        )


class Propose(_Act):
    prefix = "propose"

    def form(self, order: PurchaseOrder) -> django_forms.Form:
        lines = queries.lines_of(order)
        return forms.Propose(self.request.POST, lines=lines, prefix=self.prefix)

    def act(self, order_id: int, values: dict[str, Any]) -> None:
        operations.propose_as_vendor(
            actor=self.actor, order_id=order_id, now=self.now, today=self.today, **values
        )


class Answer(VendorView):
    """Agree to the company's change, or refuse it."""

    def post(self, request: HttpRequest, order_id: int) -> HttpResponseBase:
        agrees = request.POST.get("answer") == "agree"
        operations.answer_change(actor=self.actor, order_id=order_id, agrees=agrees, now=self.now)
        return HttpResponseRedirect(self.url("portal-orders-order", order_id=order_id))


class CancelDelivery(VendorView):
    """Take back an announced delivery."""

    def post(self, request: HttpRequest, order_id: int, delivery_id: int) -> HttpResponseBase:
        order = queries.get_own_order(actor=self.actor, order_id=order_id)
        if not queries.deliveries_of(order).filter(pk=delivery_id).exists():
            raise NotFound
        operations.cancel_delivery(actor=self.actor, delivery_id=delivery_id, now=self.now)
        return HttpResponseRedirect(self.url("portal-orders-order", order_id=order_id))
