"""What lies of one article in one warehouse: its moves, its lots, its minimum."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from console.histories import told
from console.inputs import plain
from console.lists import ChoiceFilter, Column, DayFilter, ListView, title_column
from console.procurement.stock import forms
from console.sheets import EditSheet
from kernel.access import Action
from services.procurement.stock import operations, queries
from services.procurement.stock.models import MoveKind, StockBalance, StockMove


class Card(ListView):
    """Every move, newest first, and what each left."""

    action = Action.STOCK_VIEW
    template_name = "console/procurement/stock/card.html"
    page_key = "stock.moves"
    title = _("Article in stock")
    is_log = True
    columns = (
        title_column("kind", _("Move"), value=lambda row: row.get_kind_display()),
        Column(key="moved_on", label=_("Day"), kind="day", phone="end2"),
        Column(key="quantity", label=_("Quantity"), kind="number", phone="end"),
        Column(key="value", label=_("Value (CNY)"), kind="money"),
        Column(key="quantity_after", label=_("Then here"), kind="number", css="b"),
        Column(key="value_after", label=_("Then worth"), kind="money"),
        Column(key="lot.number", label=_("Lot number"), kind="code"),
        Column(key="moved_by_label", label=_("By"), phone="sub"),
    )
    filters = (
        ChoiceFilter(key="kind", label=_("Move"), field="kind", choices=MoveKind.choices),
        DayFilter(key="day", label=_("Day"), field="moved_on"),
    )
    empty_icon = "box"
    empty_title = _("Nothing has moved here yet")

    def get_queryset(self) -> QuerySet[StockMove]:
        return queries.moves_of(actor=self.actor, balance_id=self.kwargs["balance_id"])

    def page_context(self) -> dict[str, Any]:
        balance_id = self.kwargs["balance_id"]
        balance = queries.get_balance(actor=self.actor, balance_id=balance_id)
        return {
            "title": balance.item.name,
            "crumbs": [(_("Stock"), reverse("stock"))],
            "balance": balance,
            "average": balance.value / balance.quantity if balance.quantity else None,
            "is_low": balance.minimum is not None and balance.quantity < balance.minimum,
            "lots": list(queries.lots_of(actor=self.actor, balance_id=balance_id)),
            "today": self.today,
            "may_keep": self.actor.may(Action.STOCK_KEEP, balance.warehouse.project_id)
            if balance.warehouse.project_id is not None
            else self.actor.may_everywhere(Action.STOCK_KEEP),
            "history": told({StockBalance: [balance.pk]}),
        }


class SetMinimum(EditSheet):
    action = Action.STOCK_KEEP
    form_class = forms.Minimum
    title = _("Minimum of the article")

    def _balance(self) -> StockBalance:
        return queries.get_balance(actor=self.actor, balance_id=self.kwargs["balance_id"])

    def form_options(self) -> dict[str, Any]:
        return {"initial": {"minimum": plain(self._balance().minimum)}}

    def save(self, values: dict[str, Any]) -> None:
        balance = self._balance()
        operations.set_minimum(
            actor=self.actor,
            warehouse_id=balance.warehouse_id,
            item_id=balance.item_id,
            now=self.now,
            **values,
        )

    def back(self) -> str:
        return reverse("stock-card", args=[self.kwargs["balance_id"]])
