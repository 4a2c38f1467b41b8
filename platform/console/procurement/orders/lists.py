"""采购订单: the orders within reach."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.utils.translation import pgettext_lazy as _p

from console.lists import (
    BuiltInView,
    ChoiceFilter,
    Column,
    DayFilter,
    ListView,
    NumberFilter,
    TextFilter,
    title_column,
)
from console.procurement.choices import projects_of
from kernel.access import Action
from services.procurement.orders import queries
from services.procurement.orders.models import Loss, OrderState, PurchaseOrder


class Orders(ListView):
    action = Action.PURCHASE_VIEW
    template_name = "console/procurement/orders/list.html"
    page_key = "procurement.orders"
    title = _("Purchase orders")
    columns = (
        title_column("number", _("Number"), sort="number"),
        Column(key="vendor.name", label=_("Vendor"), sort="vendor__name", phone="sub"),
        Column(
            key="project",
            label=_("Project"),
            value=lambda row: row.project.name if row.project is not None else _("The company"),
        ),
        Column(
            key="amount",
            label=_("Amount"),
            kind="money",
            sort="amount",
            total="amount",
            phone="end",
        ),
        Column(key="state", label=_("State"), kind="state", phone="end2"),
        Column(key="sent_at", label=_("Sent"), kind="time", sort="sent_at"),
        Column(key="deliver_by", label=_("Deliver by"), kind="day", sort="deliver_by"),
        Column(key="promised_on", label=_("Promised"), kind="day", sort="promised_on"),
        Column(key="created_by_label", label=_("Buyer"), is_shown=False),
        Column(key="version", label=_("Version"), kind="number", is_shown=False),
    )
    filters = (
        ChoiceFilter(key="state", label=_("State"), field="state", choices=OrderState.choices),
        ChoiceFilter(key="project", label=_("Project"), field="project_id", choices=projects_of),
        DayFilter(key="deliver_by", label=_("Deliver by"), field="deliver_by"),
        DayFilter(key="promised_on", label=_("Promised"), field="promised_on"),
    )
    built_in_views = (
        BuiltInView(key="drafts", label=_("To be sent"), query="state=DRAFT"),
        BuiltInView(key="waiting", label=_("Not confirmed"), query="state=SENT"),
        BuiltInView(
            key="coming", label=_("On the way"), query="state=ACKNOWLEDGED&state=DELIVERING"
        ),
    )
    search_fields = ("number", "vendor__name")
    search_label = _("Number or vendor")
    default_sort = "-number"
    empty_icon = "cart"
    empty_title = _("No orders yet")
    empty_text = _("Orders are made from awards, agreements and emergencies.")

    def get_queryset(self) -> QuerySet[PurchaseOrder]:
        return queries.orders(actor=self.actor)

    def row_url(self, row: PurchaseOrder) -> str:
        return reverse("purchase-orders-order", args=[row.pk])

    def page_context(self) -> dict[str, Any]:
        return {"may_buy": self.actor.may(Action.PURCHASE_BUY)}

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s order", "%(count)s orders", count) % {"count": count}


class Losses(ListView):
    """采购差错损失登记: what buyers' errors cost, withdrawn ones too (PR-82)."""

    action = Action.PURCHASE_VIEW
    page_key = "procurement.losses"
    title = _("Losses by buyers' errors")
    columns = (
        title_column("order.number", _("Order"), sort="order__number"),
        Column(key="order.vendor.name", label=_("Vendor"), sort="order__vendor__name"),
        Column(key="buyer_label", label=_("Buyer"), sort="buyer_label", phone="sub"),
        Column(key="cause", label=_("How it came about")),
        Column(key="amount", label=_("Amount"), kind="money", sort="amount", phone="end"),
        Column(key="recorded_by_label", label=_("Written down by")),
        Column(key="recorded_at", label=_("When"), kind="time", sort="recorded_at"),
        Column(
            key="withdrawn_at", label=_p("of a loss", "Withdrawn"), kind="time", sort="withdrawn_at"
        ),
        Column(key="withdraw_reason", label=_("Why withdrawn"), is_shown=False),
    )
    filters = (
        ChoiceFilter(
            key="project", label=_("Project"), field="order__project_id", choices=projects_of
        ),
        TextFilter(key="buyer", label=_("Buyer"), field="buyer_label"),
        NumberFilter(key="amount", label=_("Amount"), field="amount"),
    )
    search_fields = ("order__number", "order__vendor__name", "buyer_label", "cause")
    search_label = _("Order, vendor, buyer or cause")
    default_sort = "-recorded_at"
    empty_icon = "check"
    empty_title = _("No losses yet")
    empty_text = _("Finance writes a loss down on the page of its order.")

    def get_queryset(self) -> QuerySet[Loss]:
        return queries.losses(actor=self.actor)

    def row_url(self, row: Loss) -> str:
        return reverse("purchase-orders-order", args=[row.order_id])

    def page_context(self) -> dict[str, Any]:
        return {"crumbs": [(_("Purchase orders"), reverse("purchase-orders"))]}

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s loss", "%(count)s losses", count) % {"count": count}
