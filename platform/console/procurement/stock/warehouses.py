"""仓库: one warehouse, a new one, and what lay in it at the beginning."""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from console.histories import told
from console.procurement.stock import forms
from console.procurement.stock.choices import COMPANY_OWN, kept_warehouses, people, places
from console.sheets import EditSheet, values_of
from console.views import ConsoleView
from kernel.access import Action
from services.procurement.stock import operations, queries
from services.procurement.stock.models import StockBalance, Warehouse


class WarehousePage(ConsoleView):
    action = Action.STOCK_VIEW

    def get(self, request: HttpRequest, warehouse_id: int) -> HttpResponseBase:
        warehouse = queries.get_warehouse(actor=self.actor, warehouse_id=warehouse_id)
        balances = list(queries.balances(actor=self.actor).filter(warehouse=warehouse))
        context = {
            "title": warehouse.name,
            "crumbs": [
                (_("Stock"), reverse("stock")),
                (_("Warehouses"), reverse("stock-warehouses")),
            ],
            "warehouse": warehouse,
            "place": warehouse.project.name if warehouse.project else COMPANY_OWN,
            "articles": sum(1 for row in balances if row.quantity),
            "low": sum(1 for row in balances if row.minimum and row.quantity < row.minimum),
            "worth": sum((row.value for row in balances), Decimal(0)),
            "counts": queries.counts(actor=self.actor).filter(warehouse=warehouse)[:5],
            "may_keep": may_keep(self, warehouse),
            "history": told({Warehouse: [warehouse.pk]}),
        }
        return render(request, "console/procurement/stock/warehouse.html", context)


def may_keep(view: ConsoleView, warehouse: Warehouse) -> bool:
    """Tell whether the visitor keeps a warehouse."""
    if warehouse.project_id is None:
        return view.actor.may_everywhere(Action.STOCK_KEEP)
    return view.actor.may(Action.STOCK_KEEP, warehouse.project_id)


class AddWarehouse(EditSheet):
    action = Action.STOCK_KEEP
    form_class = forms.NewWarehouse
    title, button = _("Open a warehouse"), _("Open the warehouse")

    def form_options(self) -> dict[str, Any]:
        return {"places": places(self, Action.STOCK_KEEP), "people": people()}

    def save(self, values: dict[str, Any]) -> None:
        operations.create_warehouse(actor=self.actor, now=self.now, **values)

    def back(self) -> str:
        return reverse("stock-warehouses")


class EditWarehouse(EditSheet):
    action = Action.STOCK_KEEP
    form_class = forms.WarehouseChange
    title = _("Change the warehouse")

    def form_options(self) -> dict[str, Any]:
        warehouse = queries.get_warehouse(
            actor=self.actor, warehouse_id=self.kwargs["warehouse_id"], action=Action.STOCK_KEEP
        )
        return {"initial": values_of(warehouse, forms.WarehouseChange)}

    def save(self, values: dict[str, Any]) -> None:
        operations.change_warehouse(
            actor=self.actor, warehouse_id=self.kwargs["warehouse_id"], now=self.now, **values
        )

    def back(self) -> str:
        return reverse("stock-warehouses-warehouse", args=[self.kwargs["warehouse_id"]])


class EnterOpening(EditSheet):
    """What lay there before the books began."""

    action = Action.STOCK_KEEP
    form_class = forms.Opening
    title, button = _("Enter opening stock"), _("Enter it")
    lead = _("Once for each article. Later differences are booked by a count.")
    made: StockBalance | None = None

    def form_options(self) -> dict[str, Any]:
        options: dict[str, Any] = {"warehouses": kept_warehouses(self)}
        if self.request.method == "GET":
            options["initial"] = {"warehouse_id": self.request.GET.get("warehouse", "")}
        return options

    def save(self, values: dict[str, Any]) -> None:
        item = queries.find_item(values.pop("code"))
        if item is None:
            raise operations.LinesInvalid(
                _("There is no such article, or several begin like this."), field="code"
            )
        operations.enter_opening(
            actor=self.actor, item_id=item.pk, today=self.today, now=self.now, **values
        )

    def back(self) -> str:
        return reverse("stock")
