"""Lists: 库存, 批次效期, 仓库, 领料单, 调拨单, 盘点单."""

from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy
from django.utils.translation import pgettext_lazy as _p

from console.lists import (
    BuiltInView,
    ChoiceFilter,
    Column,
    DayFilter,
    FlagFilter,
    ListView,
    title_column,
)
from console.procurement.choices import projects_of
from console.procurement.stock.choices import (
    COMPANY_OWN,
    categories_of,
    warehouses_of,
)
from kernel.access import Action
from services.procurement.catalogue.queries import below
from services.procurement.stock import queries
from services.procurement.stock.models import (
    CountState,
    Issue,
    Lot,
    StockBalance,
    StockCount,
    Transfer,
    Warehouse,
    WarehouseKind,
)

SOON = timedelta(days=60)  # what expires until then is worth a look


def _project(row: Any) -> Any:
    return row.project.name if row.project_id is not None else COMPANY_OWN


class StockList(ListView):
    """What lies where, what runs short, what expires."""

    action = Action.STOCK_VIEW
    template_name = "console/procurement/stock/list.html"
    page_key = "stock"
    title = _("Stock")
    columns = (
        title_column("item.name", _("Article"), sort="item__name"),
        Column(key="item.code", label=_("Code"), kind="code", sort="item__code", phone="sub"),
        Column(key="item.spec", label=_("Specification"), is_shown=False),
        Column(key="warehouse.name", label=_("Warehouse"), sort="warehouse__code", phone="end2"),
        Column(
            key="quantity",
            label=_("Quantity"),
            kind="number",
            sort="quantity",
            phone="end",
            tone=lambda row: "bad" if row.is_low else "",
        ),
        Column(key="item.unit", label=_("Unit of measure")),
        Column(key="minimum", label=_("Minimum"), kind="number", sort="minimum"),
        Column(
            key="average",
            label=_("Average price"),
            kind="money",
            value=lambda row: row.value / row.quantity if row.quantity else None,
        ),
        Column(key="value", label=_("Value (CNY)"), kind="money", sort="value", total="value"),
        Column(key="next_expiry", label=_("Expires first"), kind="day", sort="next_expiry"),
        Column(key="counted_on", label=_("Counted on"), kind="day", is_shown=False),
    )
    filters = (
        ChoiceFilter(
            key="warehouse", label=_("Warehouse"), field="warehouse_id", choices=warehouses_of
        ),
        ChoiceFilter(
            key="project", label=_("Project"), field="warehouse__project_id", choices=projects_of
        ),
        ChoiceFilter(key="category", label=_("Category"), choices=categories_of, is_multiple=False),
        FlagFilter(key="low", label=_("Below its minimum"), field="is_low"),
        DayFilter(key="expires", label=_("Expires"), field="next_expiry"),
    )
    search_fields = ("item__name", "item__code", "item__barcode", "item__initials", "item__spec")
    default_sort = "item.code"
    built_in_views = (BuiltInView(key="low", label=_("Below minimum"), query="low=1"),)
    empty_icon = "box"
    empty_title = _("Nothing lies in the warehouses")
    empty_text = _("Goods come in with a receipt, or are entered as opening stock.")

    def get_queryset(self) -> QuerySet[StockBalance]:
        found = queries.balances(actor=self.actor)
        chosen = self.filter_value("category")
        if chosen:
            found = found.filter(item__category_id__in=below(int(chosen[0])))
        return found

    def row_url(self, row: StockBalance) -> str:
        return reverse("stock-card", args=[row.pk])

    def page_context(self) -> dict[str, Any]:
        return {
            "may_keep": self.actor.may(Action.STOCK_KEEP),
            "due": queries.counts_due(actor=self.actor, today=self.today),
        }

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s article", "%(count)s articles", count) % {"count": count}


class Lots(ListView):
    """What expires, the next day first."""

    action = Action.STOCK_VIEW
    page_key = "stock.lots"
    title = _("Lots and days of expiry")
    columns = (
        title_column("item.name", _("Article"), sort="item__name"),
        Column(key="item.code", label=_("Code"), kind="code", sort="item__code", phone="sub"),
        Column(key="warehouse.name", label=_("Warehouse"), sort="warehouse__code", phone="end2"),
        Column(key="number", label=_("Lot number"), kind="code", sort="number"),
        Column(key="quantity", label=_("Quantity"), kind="number", sort="quantity", phone="end"),
        Column(key="received_on", label=_("Received"), kind="day", sort="received_on"),
        Column(key="expires_on", label=_("Keeps until"), kind="day", sort="expires_on"),
    )
    filters = (
        ChoiceFilter(
            key="warehouse", label=_("Warehouse"), field="warehouse_id", choices=warehouses_of
        ),
        DayFilter(key="expires", label=_("Keeps until"), field="expires_on"),
        FlagFilter(key="soon", label=_("Expires within 60 days")),
        FlagFilter(key="expired", label=_("Expired")),
    )
    search_fields = ("item__name", "item__code", "number")
    default_sort = "expires_on"
    built_in_views = (
        BuiltInView(key="soon", label=_("Expires soon"), query="soon=1"),
        BuiltInView(key="expired", label=_("Expired"), query="expired=1"),
    )
    empty_icon = "calendar"
    empty_title = _("No lots in stock")
    empty_text = _("Goods that expire, or that are traced, come in with their lot.")

    def get_queryset(self) -> QuerySet[Lot]:
        found = queries.lots(actor=self.actor)
        for key, condition in (
            ("soon", Q(expires_on__lte=self.today + SOON)),
            ("expired", Q(expires_on__lt=self.today)),
        ):
            wanted = self.filter_value(key)
            if wanted is not None:
                found = found.filter(condition) if wanted else found.exclude(condition)
        return found

    def row_url(self, row: Lot) -> str:
        return f"{reverse('stock')}?warehouse={row.warehouse_id}&q={row.item.code}"

    def page_context(self) -> dict[str, Any]:
        return {"crumbs": [(_("Stock"), reverse("stock"))]}


class Warehouses(ListView):
    action = Action.STOCK_VIEW
    template_name = "console/procurement/stock/warehouses.html"
    page_key = "stock.warehouses"
    title = _("Warehouses")
    columns = (
        title_column("name", pgettext_lazy("of a thing", "Name"), sort="name"),
        Column(key="code", label=_("Code"), kind="code", sort="code", phone="sub"),
        Column(key="project", label=_("Project"), value=_project, sort="project__name"),
        Column(key="kind", label=_("Kind"), value=lambda row: row.get_kind_display()),
        Column(key="articles", label=_("Articles"), kind="number", sort="articles", phone="end2"),
        Column(key="worth", label=_("Value (CNY)"), kind="money", sort="worth", phone="end"),
        Column(
            key="is_active",
            label=_("State"),
            kind="state",
            value=lambda row: _("In use") if row.is_active else _("Closed"),
            tone=lambda row: "ok" if row.is_active else "",
        ),
    )
    filters = (
        ChoiceFilter(key="project", label=_("Project"), field="project_id", choices=projects_of),
        ChoiceFilter(key="kind", label=_("Kind"), field="kind", choices=WarehouseKind.choices),
        FlagFilter(key="active", label=_("In use"), field="is_active"),
    )
    search_fields = ("name", "code")
    default_sort = "code"
    empty_icon = "box"
    empty_title = _("No warehouses yet")
    empty_text = _("Open one for the company or for a project, then enter what lies in it.")

    def get_queryset(self) -> QuerySet[Warehouse]:
        return queries.warehouses(actor=self.actor)

    def row_url(self, row: Warehouse) -> str:
        return reverse("stock-warehouses-warehouse", args=[row.pk])

    def page_context(self) -> dict[str, Any]:
        return {
            "crumbs": [(_("Stock"), reverse("stock"))],
            "may_keep": self.actor.may(Action.STOCK_KEEP),
        }


class Issues(ListView):
    action = Action.STOCK_VIEW
    template_name = "console/procurement/stock/issues.html"
    page_key = "stock.issues"
    title = _("Issues of goods")
    columns = (
        title_column("number", _("Number"), kind="code", sort="number"),
        Column(key="issued_on", label=_("Day"), kind="day", sort="issued_on", phone="end2"),
        Column(key="warehouse.name", label=_("Warehouse"), sort="warehouse__code"),
        Column(key="project", label=_("Used for"), value=_project, sort="project__name"),
        Column(key="unit", label=_("Unit that uses it"), sort="unit", phone="sub"),
        Column(key="person_label", label=_p("of goods", "Taken by"), sort="person_label"),
        Column(key="purpose", label=_("What for"), wraps=True),
        Column(key="total", label=_("Value (CNY)"), kind="money", sort="total", phone="end"),
    )
    filters = (
        ChoiceFilter(
            key="warehouse", label=_("Warehouse"), field="warehouse_id", choices=warehouses_of
        ),
        ChoiceFilter(key="project", label=_("Used for"), field="project_id", choices=projects_of),
        DayFilter(key="day", label=_("Day"), field="issued_on"),
    )
    search_fields = ("number", "unit", "person_label", "purpose")
    default_sort = "-issued_on"
    empty_icon = "box"
    empty_title = _("Nothing was issued yet")
    empty_text = _("Every issue names the unit, the person and the purpose.")

    def get_queryset(self) -> QuerySet[Issue]:
        return queries.issues(actor=self.actor)

    def row_url(self, row: Issue) -> str:
        return reverse("stock-issues-issue", args=[row.pk])

    def page_context(self) -> dict[str, Any]:
        return {
            "crumbs": [(_("Stock"), reverse("stock"))],
            "may_keep": self.actor.may(Action.STOCK_KEEP),
        }


class Transfers(ListView):
    action = Action.STOCK_VIEW
    template_name = "console/procurement/stock/transfers.html"
    page_key = "stock.transfers"
    title = _("Transfers")
    columns = (
        title_column("number", _("Number"), kind="code", sort="number"),
        Column(key="moved_on", label=_("Day"), kind="day", sort="moved_on", phone="end2"),
        Column(key="source.name", label=_p("of goods", "From"), sort="source__code", phone="sub"),
        Column(key="target.name", label=_p("of goods", "To"), sort="target__code"),
        Column(key="reason", label=_("Reason"), wraps=True),
        Column(key="total", label=_("Value (CNY)"), kind="money", sort="total", phone="end"),
    )
    filters = (
        ChoiceFilter(
            key="source", label=_p("of goods", "From"), field="source_id", choices=warehouses_of
        ),
        ChoiceFilter(
            key="target", label=_p("of goods", "To"), field="target_id", choices=warehouses_of
        ),
        DayFilter(key="day", label=_("Day"), field="moved_on"),
    )
    search_fields = ("number", "reason")
    default_sort = "-moved_on"
    empty_icon = "truck"
    empty_title = _("Nothing was transferred yet")

    def get_queryset(self) -> QuerySet[Transfer]:
        return queries.transfers(actor=self.actor)

    def row_url(self, row: Transfer) -> str:
        return reverse("stock-transfers-transfer", args=[row.pk])

    def page_context(self) -> dict[str, Any]:
        return {
            "crumbs": [(_("Stock"), reverse("stock"))],
            "may_keep": self.actor.may(Action.STOCK_KEEP),
        }


class Counts(ListView):
    action = Action.STOCK_VIEW
    template_name = "console/procurement/stock/counts.html"
    page_key = "stock.counts"
    title = _("Stock counts")
    columns = (
        title_column("number", _("Number"), kind="code", sort="number"),
        Column(key="warehouse.name", label=_("Warehouse"), sort="warehouse__code", phone="sub"),
        Column(key="started_at", label=_("Begun"), kind="time", sort="started_at", phone="end2"),
        Column(key="started_by_label", label=_("Counted by"), sort="started_by_label"),
        Column(
            key="progress",
            label=_("Counted"),
            kind="code",
            value=lambda row: f"{row.counted_count} / {row.line_count}",
        ),
        Column(key="state", label=_("State"), kind="state", sort="state", phone="end"),
    )
    filters = (
        ChoiceFilter(
            key="warehouse", label=_("Warehouse"), field="warehouse_id", choices=warehouses_of
        ),
        ChoiceFilter(key="state", label=_("State"), field="state", choices=CountState.choices),
    )
    search_fields = ("number",)
    default_sort = "-started_at"
    empty_icon = "check"
    empty_title = _("Nothing was counted yet")
    empty_text = _("A count is blind: what the books say is shown when all is counted.")

    def get_queryset(self) -> QuerySet[StockCount]:
        return queries.counts(actor=self.actor)

    def row_url(self, row: StockCount) -> str:
        return reverse("stock-counts-count", args=[row.pk])

    def page_context(self) -> dict[str, Any]:
        return {
            "crumbs": [(_("Stock"), reverse("stock"))],
            "may_keep": self.actor.may(Action.STOCK_KEEP),
            "due": queries.counts_due(actor=self.actor, today=self.today),
        }
