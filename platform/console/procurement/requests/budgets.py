"""采购预算: what may be spent in a year, what is bound of it, what is spent."""

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from console.lists import ChoiceFilter, Column, ListView, NumberFilter, title_column
from console.procurement.choices import projects_of
from console.procurement.requests import forms
from console.sheets import EditSheet
from kernel.access import Action
from services.procurement.catalogue import queries as catalogue
from services.procurement.requests import operations, queries
from services.procurement.requests.models import Budget


class Budgets(ListView):
    action = Action.PURCHASE_VIEW
    template_name = "console/procurement/requests/budgets.html"
    page_key = "procurement.budgets"
    title = _("Purchasing budgets")
    columns = (
        title_column("category", _("Category"), sort="category__code"),
        Column(key="place_name", label=_("For"), sort="project__name", phone="sub"),
        Column(key="year", label=_("Year"), kind="code", sort="year", phone="end2"),
        Column(key="amount", label=_("Budget"), kind="money", sort="amount", total="amount"),
        Column(key="committed", label=_("Bound"), kind="money", sort="committed"),
        Column(key="spent", label=_("Spent"), kind="money", sort="spent"),
        Column(key="left", label=_("Left"), kind="money", sort="left", phone="end"),
        Column(key="set_by_label", label=_("Set by"), is_shown=False),
        Column(key="set_at", label=_("Set at"), kind="time", sort="set_at", is_shown=False),
    )
    filters = (
        ChoiceFilter(key="project", label=_("Project"), field="project_id", choices=projects_of),
        ChoiceFilter(
            key="category",
            label=_("Category"),
            field="category_id",
            choices=lambda _view: [(one.category.pk, one.path) for one in catalogue.tree()],
        ),
        NumberFilter(key="year", label=_("Year"), field="year"),
        NumberFilter(key="left", label=_("Left"), field="left"),
    )
    search_fields = ("category__name", "category__code", "project__name")
    search_label = _("Category or project")
    default_sort = "-year"
    empty_icon = "wallet"
    empty_title = _("No budgets yet")
    empty_text = _("Without a budget nothing is held against one; requests are approved as ever.")

    def get_queryset(self) -> QuerySet[Budget]:
        return queries.budgets(actor=self.actor)

    def row_url(self, row: Budget) -> str:
        return reverse("purchase-requests-budget", args=[row.pk]) if self._may_set() else ""

    def page_context(self) -> dict[str, Any]:
        return {
            "may_set": self._may_set(),
            "crumbs": [(_("Purchase requests"), reverse("purchase-requests"))],
        }

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s budget", "%(count)s budgets", count) % {"count": f"{count:,}"}

    def _may_set(self) -> bool:
        return self.actor.may(Action.BUDGET_SET)


class BudgetSheet(EditSheet):
    """Set a new budget, or another amount for one that there is."""

    action = Action.BUDGET_SET
    title, button = _("Purchasing budget"), _("Set the budget")
    form_class = forms.BudgetForm
    record: Budget | None = None

    def check_access(self, project_id: int | None) -> None:
        super().check_access(project_id)
        if "budget_id" in self.kwargs:
            self.record = queries.get_budget(actor=self.actor, budget_id=self.kwargs["budget_id"])

    def form_options(self) -> dict[str, Any]:
        if self.record is not None:
            return {"is_new": False, "initial": {"amount": self.record.amount}}
        return {
            "projects": projects_of(self),
            "is_company_wide": self.actor.may_everywhere(Action.BUDGET_SET),
            "initial": {"year": self.today.year},
        }

    def words(self) -> dict[str, Any]:
        if self.record is None:
            return {}
        return {"lead": f"{self.record.place_name} {self.record.category} {self.record.year}"}

    def records(self) -> dict[type[Any], list[int]]:
        return {Budget: [self.record.pk]} if self.record is not None else {}

    def save(self, values: dict[str, Any]) -> None:
        record = self.record
        seen: Decimal | None = record.amount if record is not None else None
        chosen = values.get("project")
        operations.set_budget(
            actor=self.actor,
            project_id=record.project_id if record is not None else int(chosen or 0) or None,
            category_id=record.category_id if record is not None else int(values["category"]),
            year=record.year if record is not None else values["year"],
            amount=values["amount"],
            seen=seen,
            now=self.now,
        )

    def back(self) -> str:
        return reverse("purchase-requests-budgets")
