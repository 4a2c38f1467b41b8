"""Company items: who has which key, card, book or float, and through whose hands it went."""

from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from console.histories import told
from console.identity import forms
from console.lists import ChoiceFilter, Column, FlagFilter, ListView, title_column
from console.sheets import EditSheet
from console.views import ConsoleView
from kernel.access import Action
from kernel.identity import queries
from kernel.identity.models import HeldItem, ItemKind
from kernel.identity.operations import holdings


class Items(ListView):
    action = Action.ITEM_MANAGE
    page_key = "items"
    title = _("Company items")
    template_name = "console/identity/items.html"
    columns = (
        title_column("number", _("Number"), sort="number"),
        Column(key="kind", label=_("Kind"), value=lambda row: row.get_kind_display(), phone="sub"),
        Column(
            key="holder",
            label=_("With"),
            sort="holder__name",
            value=lambda row: row.holder.name if row.holder else "",
            phone="end",
        ),
        Column(key="amount", label=_("Amount"), kind="money", sort="amount"),
        Column(key="since", label=_("Since"), kind="time", sort="since", phone="end2"),
        Column(key="note", label=_("Note")),
    )
    filters = (
        ChoiceFilter(key="kind", label=_("Kind"), field="kind", choices=ItemKind.choices),
        FlagFilter(
            key="out",
            label=_("With somebody"),
            field="is_out",
            yes=_("With somebody"),
            no=_("Come back"),
        ),
    )
    search_fields = ("number", "note", "holder__name", "holder__username")
    search_label = _("Number, note or person")
    default_sort = "-since"
    empty_title = _("No company items yet")
    empty_text = _(
        "Enter every key, card, manual, receipt book and cash float when you issue it: on the day "
        "somebody leaves this list says what must come back."
    )

    def get_queryset(self) -> QuerySet[HeldItem]:
        has_holder = ExpressionWrapper(Q(holder__isnull=False), output_field=BooleanField())
        return queries.items(actor=self.actor).annotate(is_out=has_holder)

    def row_url(self, row: HeldItem) -> str:
        return reverse("items-item", args=[row.pk])

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s item", "%(count)s items", count) % {"count": f"{count:,}"}


class Item(ConsoleView):
    action = Action.ITEM_MANAGE

    def get(self, request: HttpRequest, thing_id: int) -> HttpResponseBase:
        item = queries.get_item(actor=self.actor, item_id=thing_id)
        context = {
            "title": str(item),
            "crumbs": [(_("Company items"), reverse("items"))],
            "item": item,
            "events": queries.events_of_item(actor=self.actor, item_id=thing_id),
            "history": told({HeldItem: [item.pk]}),
            "goes_back": item.kind in holdings.BACK_TO_FINANCE,
        }
        return render(request, "console/identity/item.html", context)


class IssueItem(EditSheet):
    action = Action.ITEM_MANAGE
    title = _("Issue an item")
    button = _("Issue")
    form_class = forms.Issue

    def form_options(self) -> dict[str, Any]:
        return {"actor": self.actor, "today": self.today}

    def save(self, values: dict[str, Any]) -> None:
        holdings.issue(
            actor=self.actor,
            kind=values["kind"],
            number=values["number"],
            holder_id=values["holder"],
            project_id=values["place"],
            amount=values["amount"],
            note=values["note"],
            now=self.now,
        )

    def back(self) -> str:
        return reverse("items")


class ItemStep(EditSheet):
    """A change of hands of one item."""

    action = Action.ITEM_MANAGE

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        queries.get_item(actor=self.actor, item_id=kwargs["thing_id"])
        return super().get(request, *args, **kwargs)

    def back(self) -> str:
        return reverse("items-item", args=[self.kwargs["thing_id"]])

    def words(self) -> dict[str, Any]:
        item = queries.get_item(actor=self.actor, item_id=self.kwargs["thing_id"])
        holder = item.holder.name if item.holder else "—"
        return {"lead": f"{item} · {holder}"}


class HandOverItem(ItemStep):
    title = _("Hand over to somebody else")
    button = _("Hand over")
    form_class = forms.HandOver

    def form_options(self) -> dict[str, Any]:
        return {"actor": self.actor, "today": self.today}

    def save(self, values: dict[str, Any]) -> None:
        holdings.hand_over(
            actor=self.actor,
            item_id=self.kwargs["thing_id"],
            to_user_id=values["to_user"],
            note=values["note"],
            now=self.now,
        )


class TakeItemBack(ItemStep):
    title = pgettext_lazy("a thing", "Take back")
    button = pgettext_lazy("a thing", "Take back")
    form_class = forms.TakeBack

    def save(self, values: dict[str, Any]) -> None:
        holdings.take_back(
            actor=self.actor,
            item_id=self.kwargs["thing_id"],
            counted=values["counted"],
            note=values["note"],
            now=self.now,
        )


class LoseItem(ItemStep):
    title = _("Report lost")
    button = _("Report lost")
    form_class = forms.Lost

    def save(self, values: dict[str, Any]) -> None:
        holdings.report_lost(
            actor=self.actor, item_id=self.kwargs["thing_id"], note=values["note"], now=self.now
        )
