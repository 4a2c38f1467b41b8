"""Lists of receiving: what comes, what was taken in, objections, returns, sealed samples."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.utils.translation import pgettext_lazy as _p

from console.lists import BuiltInView, ChoiceFilter, Column, DayFilter, ListView
from console.lists import title_column as titled
from console.procurement.columns import by_project, by_state, of_vendor, state, summed, whose
from kernel.access import Action
from services.procurement.orders.models import OrderState, PurchaseOrder
from services.procurement.receiving import queries
from services.procurement.receiving.models import (
    GoodsReceipt,
    GoodsReturn,
    Objection,
    ObjectionKind,
    ObjectionState,
    SealedSample,
    Settlement,
)


class Coming(ListView):
    """What is to come, for the keeper at the gate: a tap on an order takes it in."""

    action = Action.GOODS_RECEIVE
    page_key = "procurement.coming"
    title = _("Goods to take in")
    columns = (
        titled("number", _("Order"), kind="code", sort="number"),
        of_vendor(),
        whose(),
        Column(
            key="promised_on", label=_("Promised for"), kind="day", sort="promised_on", phone="end"
        ),
        Column(key="deliver_by", label=_("Deliver by"), kind="day", sort="deliver_by"),
        state(),
    )
    filters = (
        ChoiceFilter(
            key="state",
            label=_("State"),
            field="state",
            choices=[(state.value, OrderState(state).label) for state in queries.COMING],
        ),
        by_project(),
    )
    search_fields = ("number", "vendor__name")
    search_label = _("Order or vendor")
    default_sort = "promised_on"
    empty_icon = "box"
    empty_title = _("Nothing is to come")
    empty_text = _("Orders that were sent to vendors appear here until all of them is in.")

    def get_queryset(self) -> QuerySet[PurchaseOrder]:
        return queries.orders_to_receive(actor=self.actor)

    def row_url(self, row: PurchaseOrder) -> str:
        return reverse("goods-receipts-receive", args=[row.pk])

    def page_context(self) -> dict[str, Any]:
        return {"crumbs": [(_("Goods receipts"), reverse("goods-receipts"))]}

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s order", "%(count)s orders", count) % {"count": count}


class Receipts(ListView):
    action = Action.PURCHASE_VIEW
    template_name = "console/procurement/receiving/receipts.html"
    page_key = "procurement.receipts"
    title = _("Goods receipts")
    columns = (
        titled("number", _("Stock-in slip"), kind="code", sort="number"),
        Column(key="order.number", label=_("Order"), kind="code", sort="order__number"),
        of_vendor("order__vendor"),
        whose(lambda row: row.order.project),
        Column(
            key="received_on",
            label=_p("goods", "Received"),
            kind="day",
            sort="received_on",
            phone="end2",
        ),
        Column(key="received_by_label", label=_("Keeper")),
        Column(key="sales_slip", label=_("Sales slip"), kind="code", is_shown=False),
        summed("value", _("Value without tax")),
    )
    filters = (
        by_project("order__project_id"),
        DayFilter(key="received_on", label=_p("goods", "Received"), field="received_on"),
    )
    search_fields = ("number", "order__number", "order__vendor__name", "sales_slip")
    search_label = _("Slip, order or vendor")
    default_sort = "-number"
    empty_icon = "box"
    empty_title = _("No goods were taken in yet")
    empty_text = _("The keeper counts what arrives; what he accepts is on a stock-in slip.")

    def get_queryset(self) -> QuerySet[GoodsReceipt]:
        return queries.receipts(actor=self.actor)

    def row_url(self, row: GoodsReceipt) -> str:
        return reverse("goods-receipts-receipt", args=[row.pk])

    def page_context(self) -> dict[str, Any]:
        return {"may_receive": self.actor.may(Action.GOODS_RECEIVE)}

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s receipt", "%(count)s receipts", count) % {"count": count}


class Objections(ListView):
    action = Action.PURCHASE_VIEW
    page_key = "procurement.objections"
    title = _("Objections to goods")
    columns = (
        titled("number", _("Number"), kind="code", sort="number"),
        Column(key="order_line.name", label=_("Article"), sort="order_line__name", phone="sub"),
        Column(key="kind", label=_("Fault"), value=lambda row: row.get_kind_display()),
        Column(key="quantity", label=_("Quantity"), kind="number", sort="quantity", phone="end"),
        of_vendor("order_line__order__vendor", phone=""),
        whose(lambda row: row.order_line.order.project, is_shown=False),
        Column(key="raised_at", label=_("Raised"), kind="time", sort="raised_at"),
        state(),
        Column(
            key="settlement",
            label=_("Settlement"),
            value=lambda row: row.get_settlement_display() if row.settlement else "",
        ),
    )
    filters = (
        by_state(ObjectionState.choices),
        ChoiceFilter(key="kind", label=_("Fault"), field="kind", choices=ObjectionKind.choices),
        ChoiceFilter(
            key="settlement", label=_("Settlement"), field="settlement", choices=Settlement.choices
        ),
        by_project("order_line__order__project_id"),
    )
    built_in_views = (
        BuiltInView(key="open", label=_p("objection", "Open"), query="state=OPEN"),
        BuiltInView(key="talking", label=_("Buyer talks"), query="state=TALKING"),
    )
    search_fields = ("number", "order_line__name", "order_line__order__vendor__name")
    search_label = _("Number, article or vendor")
    default_sort = "-number"
    empty_icon = "flag"
    empty_title = _("No objections")
    empty_text = _("What is missing, damaged or unlike the sample is objected to on the spot.")

    def get_queryset(self) -> QuerySet[Objection]:
        return queries.objections(actor=self.actor)

    def row_url(self, row: Objection) -> str:
        return reverse("goods-objections-objection", args=[row.pk])

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s objection", "%(count)s objections", count) % {"count": count}


class Returns(ListView):
    action = Action.PURCHASE_VIEW
    page_key = "procurement.returns"
    title = _("Returns to vendors")
    columns = (
        titled("number", _("Number"), kind="code", sort="number"),
        Column(key="objection.order_line.name", label=_("Article"), phone="sub"),
        Column(key="objection.number", label=_("Objection"), kind="code"),
        Column(key="objection.order_line.order.vendor.name", label=_("Vendor")),
        Column(key="quantity", label=_("Quantity"), kind="number", sort="quantity", phone="end2"),
        summed("value", _("Value without tax")),
        Column(key="returned_on", label=_p("goods", "Returned"), kind="day", sort="returned_on"),
        Column(key="returned_by_label", label=_("Keeper")),
    )
    filters = (DayFilter(key="returned_on", label=_p("goods", "Returned"), field="returned_on"),)
    search_fields = ("number", "objection__number", "objection__order_line__name")
    search_label = _("Number or article")
    default_sort = "-number"
    empty_icon = "undo"
    empty_title = _("Nothing went back yet")
    empty_text = _("What was objected to in use goes back to its vendor from the objection.")

    def get_queryset(self) -> QuerySet[GoodsReturn]:
        return queries.returns(actor=self.actor)

    def row_url(self, row: GoodsReturn) -> str:
        return reverse("goods-objections-objection", args=[row.objection_id])

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s return", "%(count)s returns", count) % {"count": count}


class Samples(ListView):
    action = Action.PURCHASE_VIEW
    template_name = "console/procurement/receiving/samples.html"
    page_key = "procurement.samples"
    title = _("Sealed samples")
    columns = (
        titled("number", _("Number"), kind="code", sort="number"),
        Column(key="item.name", label=_("Article"), sort="item__name", phone="sub"),
        of_vendor(phone=""),
        Column(key="description", label=_("Description"), wraps=True),
        Column(key="place", label=_("Kept at")),
        Column(key="sealed_on", label=_("Sealed"), kind="day", sort="sealed_on", phone="end"),
        Column(key="sealed_by_label", label=_("Sealed by"), is_shown=False),
        Column(key="ended_on", label=_("In force until"), kind="day", sort="ended_on"),
    )
    filters = (DayFilter(key="sealed_on", label=_("Sealed"), field="sealed_on"),)
    search_fields = ("number", "item__name", "vendor__name")
    search_label = _("Number, article or vendor")
    default_sort = "-number"
    empty_icon = "tag"
    empty_title = _("No sample is sealed yet")
    empty_text = _("A sealed sample decides at the door whether goods are what was agreed.")

    def get_queryset(self) -> QuerySet[SealedSample]:
        return queries.samples(actor=self.actor)

    def row_url(self, row: SealedSample) -> str:
        return reverse("sealed-samples-sample", args=[row.pk])

    def page_context(self) -> dict[str, Any]:
        return {"may_seal": self.actor.may(Action.GOODS_RECEIVE)}

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s sample", "%(count)s samples", count) % {"count": count}
