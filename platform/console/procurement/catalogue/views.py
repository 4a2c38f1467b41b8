"""The catalogue: the articles, and the tree of their categories."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy
from django.utils.translation import pgettext_lazy as _p
from django_htmx.http import HttpResponseClientRedirect

from console.lists import BuiltInView, ChoiceFilter, Column, FlagFilter, ListView, title_column
from console.procurement.catalogue import forms
from console.sheets import EditSheet, values_of
from console.views import ConsoleView
from kernel.access import Action
from services.procurement.catalogue import operations, queries
from services.procurement.catalogue.models import Category, Item


class Items(ListView):
    action = Action.PURCHASE_VIEW
    page_key = "procurement.catalogue"
    title = _("Catalogue of goods")
    template_name = "console/procurement/catalogue.html"
    columns = (
        Column(key="code", label=_("Code"), kind="code", sort="code", phone="end"),
        title_column("name", pgettext_lazy("of a thing", "Name"), sort="name"),
        Column(key="spec", label=_("Specification"), phone="sub", wraps=True),
        Column(key="unit", label=pgettext_lazy("of measure", "Unit")),
        Column(key="brand", label=_("Brand"), sort="brand"),
        Column(key="category.label", label=_("Category"), sort="category__code"),
        Column(
            key="reference_price",
            label=_("Reference price (CNY)"),
            kind="number",
            sort="reference_price",
            phone="end2",
        ),
        Column(key="barcode", label=_("Barcode"), kind="code", is_shown=False),
        Column(key="is_fixed_asset", label=_("Fixed asset"), kind="flag"),
        Column(key="is_sampled", label=_("A sample is sealed"), kind="flag", is_shown=False),
        Column(
            key="state",
            label=_("State"),
            kind="state",
            value=lambda row: _("In use") if row.is_active else _("Out of use"),
            tone=lambda row: "ok" if row.is_active else "",
        ),
    )
    filters = (
        ChoiceFilter(
            key="category",
            label=_("Category"),
            choices=lambda _view: forms.category_choices(),
            is_multiple=False,
        ),
        FlagFilter(key="active", label=_("In use"), field="is_active"),
        FlagFilter(key="asset", label=_("Fixed asset"), field="is_fixed_asset"),
        FlagFilter(key="sampled", label=_("A sample is sealed"), field="is_sampled"),
    )
    search_fields = ("code", "name", "spec", "initials", "barcode", "brand")
    search_label = _("Name, specification, code or barcode")
    default_sort = "code"
    built_in_views = (BuiltInView(key="active", label=_("In use"), query="active=1"),)
    empty_icon = "box"
    empty_title = _("No articles yet")
    empty_text = _("Articles are asked for, ordered and kept by their code and unit.")

    def get_queryset(self) -> QuerySet[Item]:
        found = queries.items(actor=self.actor)
        category = self.filter_value("category")
        if category:
            chosen = category[0] if isinstance(category, (list, tuple)) else category
            found = found.filter(category__in=queries.below(int(chosen)))
        return found

    def row_url(self, row: Item) -> str:
        if not self.actor.may_everywhere(Action.PURCHASE_BUY):
            return ""
        return reverse("catalogue-item", args=[row.pk])

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s article", "%(count)s articles", count) % {"count": count}

    def page_context(self) -> dict[str, Any]:
        return {"may_keep": self.actor.may_everywhere(Action.PURCHASE_BUY)}


class ItemSheet(EditSheet):
    action = Action.PURCHASE_BUY

    def back(self) -> str:
        return reverse("catalogue")


class NewItem(ItemSheet):
    title, button = _("New article"), _("Enter the article")
    form_class = forms.ItemFacts

    def form_options(self) -> dict[str, Any]:
        return {"choices": {"category_id": [("", _("Choose")), *forms.category_choices()]}}

    def save(self, values: dict[str, Any]) -> None:
        operations.create_item(actor=self.actor, facts=operations.ItemFacts(**values), now=self.now)


class EditItem(ItemSheet):
    title = _("Change the article")
    form_class = forms.ItemChanges
    sheet_template = "console/procurement/_item_sheet.html"

    @cached_property
    def item(self) -> Item:
        return queries.get_item(actor=self.actor, item_id=self.kwargs["article_id"])

    def form_options(self) -> dict[str, Any]:
        choices = forms.category_choices(keep=self.item.category_id)
        return {
            "initial": values_of(self.item, forms.ItemChanges),
            "choices": {"category_id": choices},
        }

    def records(self) -> dict[Any, list[int]]:
        return {Item: [self.item.pk]}

    def words(self) -> dict[str, Any]:
        return {"title": self.item.name, "item": self.item}

    def save(self, values: dict[str, Any]) -> None:
        operations.change_item(
            actor=self.actor,
            item_id=self.item.pk,
            changes=values,  # type: ignore[arg-type]  # the form's fields are the operation's
            now=self.now,
        )


class UseItem(ConsoleView):
    """Take an article out of use, or take it up again."""

    action = Action.PURCHASE_BUY

    def post(self, request: HttpRequest, article_id: int) -> HttpResponseBase:
        item = queries.get_item(actor=self.actor, item_id=article_id)
        operations.retire_item(
            actor=self.actor,
            item_id=item.pk,
            is_active=request.POST.get("is_active") == "1",
            now=self.now,
        )
        address = reverse("catalogue")
        if request.headers.get("HX-Request") == "true":
            return HttpResponseClientRedirect(address)
        return HttpResponseRedirect(address)


class Categories(ListView):
    action = Action.PURCHASE_VIEW
    page_key = "procurement.categories"
    title = _("Categories of goods")
    template_name = "console/procurement/categories.html"
    columns = (
        Column(key="code", label=_("Code"), kind="code", sort="code", phone="end"),
        title_column("label", pgettext_lazy("of a thing", "Name"), sort="name"),
        Column(
            key="parent.label",
            label=_p("category", "Belongs to"),
            sort=("parent__code", "code"),
            phone="sub",
        ),
        Column(key="item_count", label=_("Articles in use"), kind="number", sort="item_count"),
        Column(
            key="state",
            label=_("State"),
            kind="state",
            phone="end2",
            value=lambda row: _("In use") if row.is_active else _("Out of use"),
            tone=lambda row: "ok" if row.is_active else "",
        ),
    )
    filters = (FlagFilter(key="active", label=_("In use"), field="is_active"),)
    search_fields = ("code", "name", "name_en")
    default_sort = "code"
    empty_icon = "layers"
    empty_title = _("No categories yet")
    empty_text = _("Articles, vendors and budgets go by categories.")

    def get_queryset(self) -> QuerySet[Category]:
        return queries.categories(actor=self.actor)

    def row_url(self, row: Category) -> str:
        if not self.actor.may_everywhere(Action.PURCHASE_BUY):
            return ""
        return reverse("catalogue-categories-category", args=[row.pk])

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s category", "%(count)s categories", count) % {"count": count}

    def page_context(self) -> dict[str, Any]:
        return {
            "crumbs": [(_("Catalogue of goods"), reverse("catalogue"))],
            "may_keep": self.actor.may_everywhere(Action.PURCHASE_BUY),
        }


class CategorySheet(EditSheet):
    action = Action.PURCHASE_BUY

    def back(self) -> str:
        return reverse("catalogue-categories")


class NewCategory(CategorySheet):
    title, button = _("New category"), _("Enter the category")
    form_class = forms.CategoryFacts

    def form_options(self) -> dict[str, Any]:
        return {"choices": {"parent_id": [("", _("None")), *forms.category_choices()]}}

    def save(self, values: dict[str, Any]) -> None:
        operations.create_category(actor=self.actor, now=self.now, **values)


class EditCategory(CategorySheet):
    title = _("Change the category")
    form_class = forms.CategoryChanges

    @cached_property
    def category(self) -> Category:
        return queries.get_category(actor=self.actor, category_id=self.kwargs["category_id"])

    def form_options(self) -> dict[str, Any]:
        row = self.category
        choices = forms.category_choices(keep=row.parent_id, without=row.pk)
        return {
            "initial": values_of(row, forms.CategoryChanges),
            "choices": {"parent_id": [("", _("None")), *choices]},
        }

    def records(self) -> dict[Any, list[int]]:
        return {Category: [self.category.pk]}

    def save(self, values: dict[str, Any]) -> None:
        operations.change_category(
            actor=self.actor,
            category_id=self.category.pk,
            changes=values,  # type: ignore[arg-type]  # the form's fields are the operation's
            now=self.now,
        )
