"""固定资产: the register, one asset, and what is done with it."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as _p

from console.histories import told
from console.lists import BuiltInView, ChoiceFilter, Column, DayFilter, ListView, title_column
from console.procurement.assets import forms
from console.procurement.choices import projects_of
from console.procurement.stock.choices import (
    COMPANY_OWN,
    categories_of,
    people,
    places,
)
from console.sheets import EditSheet
from console.views import ConsoleView
from kernel.access import Action
from services.procurement.catalogue.queries import below
from services.procurement.stock import operations, queries
from services.procurement.stock.models import Asset, AssetState

TONES = {
    AssetState.IN_USE: "ok",
    AssetState.IDLE: "info",
    AssetState.REPAIR: "warn",
    AssetState.SCRAPPED: "",
}


class Assets(ListView):
    action = Action.STOCK_VIEW
    template_name = "console/procurement/assets/list.html"
    page_key = "assets"
    title = _("Fixed assets")
    columns = (
        title_column("code", _("Number"), kind="code", sort="code"),
        Column(key="item.name", label=_("Article"), sort="item__name", phone="sub"),
        Column(key="item.spec", label=_("Specification"), is_shown=False),
        Column(
            key="project",
            label=_("Project"),
            value=lambda row: row.project.name if row.project else COMPANY_OWN,
            sort="project__name",
        ),
        Column(key="place", label=_("Place"), sort="place"),
        Column(key="holder_label", label=_p("of an asset", "Held by"), sort="holder_label"),
        Column(key="serial_number", label=_("Serial number"), kind="code", is_shown=False),
        Column(key="received_on", label=_("Received"), kind="day", sort="received_on"),
        Column(key="warranty_to", label=_("Warranty until"), kind="day", sort="warranty_to"),
        Column(
            key="cost", label=_("Cost (CNY)"), kind="money", sort="cost", total="cost", phone="end2"
        ),
        Column(
            key="state",
            label=_("State"),
            kind="state",
            sort="state",
            phone="end",
            tone=lambda row: TONES[row.state],
        ),
    )
    filters = (
        ChoiceFilter(key="state", label=_("State"), field="state", choices=AssetState.choices),
        ChoiceFilter(key="project", label=_("Project"), field="project_id", choices=projects_of),
        ChoiceFilter(key="category", label=_("Category"), choices=categories_of, is_multiple=False),
        DayFilter(key="warranty", label=_("Warranty until"), field="warranty_to"),
    )
    search_fields = ("code", "item__name", "item__code", "serial_number", "holder_label", "place")
    default_sort = "code"
    built_in_views = (
        BuiltInView(key="idle", label=_("Idle"), query="state=IDLE"),
        BuiltInView(key="repair", label=_("In repair"), query="state=REPAIR"),
    )
    empty_icon = "box"
    empty_title = _("No fixed assets yet")
    empty_text = _("They are entered with their receipt; those there already, by hand.")

    def get_queryset(self) -> QuerySet[Asset]:
        found = queries.assets(actor=self.actor)
        chosen = self.filter_value("category")
        if chosen:
            found = found.filter(item__category_id__in=below(int(chosen[0])))
        return found

    def row_url(self, row: Asset) -> str:
        return reverse("assets-asset", args=[row.pk])

    def page_context(self) -> dict[str, Any]:
        return {"may_keep": self.actor.may(Action.ASSET_KEEP)}


class AssetPage(ConsoleView):
    action = Action.STOCK_VIEW

    def get(self, request: HttpRequest, asset_id: int) -> HttpResponseBase:
        asset = queries.get_asset(actor=self.actor, asset_id=asset_id)
        if asset.project_id is None:
            may_keep = self.actor.may_everywhere(Action.ASSET_KEEP)
        else:
            may_keep = self.actor.may(Action.ASSET_KEEP, asset.project_id)
        context = {
            "title": asset.item.name,
            "crumbs": [(_("Fixed assets"), reverse("assets"))],
            "asset": asset,
            "tone": TONES[AssetState(asset.state)],
            "place": asset.project.name if asset.project else COMPANY_OWN,
            "may_keep": may_keep,
            "is_scrapped": asset.state == AssetState.SCRAPPED,
            "is_in_repair": asset.state == AssetState.REPAIR,
            "is_in_use": asset.state == AssetState.IN_USE,
            "history": told({Asset: [asset.pk]}),
        }
        return render(request, "console/procurement/assets/asset.html", context)


class AddAsset(EditSheet):
    action = Action.ASSET_KEEP
    form_class = forms.NewAsset
    title, button = _("Enter a fixed asset"), _("Enter it")
    lead = _("For what the company has already. What is bought is entered with its receipt.")

    def form_options(self) -> dict[str, Any]:
        return {"places": places(self, Action.ASSET_KEEP)}

    def save(self, values: dict[str, Any]) -> None:
        item = queries.find_item(values.pop("code"))
        if item is None:
            raise operations.AssetInvalid(
                _("There is no such article, or several begin like this."), field="code"
            )
        operations.add_asset(actor=self.actor, item_id=item.pk, now=self.now, **values)

    def back(self) -> str:
        return reverse("assets")


class AssetSheet(EditSheet):
    """Something done with one asset."""

    action = Action.ASSET_KEEP

    def form_options(self) -> dict[str, Any]:
        self.asset()
        return {}

    def asset(self) -> Asset:
        return queries.get_asset(
            actor=self.actor, asset_id=self.kwargs["asset_id"], action=Action.ASSET_KEEP
        )

    def back(self) -> str:
        return reverse("assets-asset", args=[self.kwargs["asset_id"]])

    @property
    def named(self) -> dict[str, Any]:
        return {"actor": self.actor, "asset_id": self.kwargs["asset_id"], "now": self.now}


class HandOver(AssetSheet):
    form_class = forms.HandOver
    title, button = _("Hand the asset over"), _("Hand it over")

    def form_options(self) -> dict[str, Any]:
        return {"people": people(), "initial": {"place": self.asset().place}}

    def save(self, values: dict[str, Any]) -> None:
        operations.hand_over(**self.named, **values)


class TakeBack(AssetSheet):
    form_class = forms.Place
    title, button = _("Take the asset back"), _("Take it back")
    lead = _("It stands idle then, and whoever asks for a new one is told of it.")

    def save(self, values: dict[str, Any]) -> None:
        operations.take_back(**self.named, **values)


class MoveAsset(AssetSheet):
    form_class = forms.Move
    title, button = _("Move the asset"), _("Move it")

    def form_options(self) -> dict[str, Any]:
        asset = self.asset()
        return {
            "places": places(self, Action.ASSET_KEEP),
            "initial": {"project_id": asset.project_id, "place": asset.place},
        }

    def save(self, values: dict[str, Any]) -> None:
        operations.move_asset(**self.named, **values)


class SendToRepair(AssetSheet):
    form_class = forms.Reason
    title, button = _("Send the asset to repair"), _("Send it to repair")

    def save(self, values: dict[str, Any]) -> None:
        operations.send_to_repair(**self.named, **values)


class EndRepair(AssetSheet):
    form_class = forms.Note
    title, button = _("Back from repair"), _("It is back")

    def save(self, values: dict[str, Any]) -> None:
        operations.end_repair(**self.named, **values)


class Scrap(AssetSheet):
    form_class = forms.Reason
    title, button = _("Scrap the asset"), _("Scrap it")
    lead = _("It stays on the list with its reason and is not used again.")

    def save(self, values: dict[str, Any]) -> None:
        operations.scrap(**self.named, **values)
