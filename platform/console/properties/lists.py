"""The lists of the registry."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from console.lists import (
    BuiltInView,
    ChoiceFilter,
    Column,
    DayFilter,
    FlagFilter,
    ListView,
    NumberFilter,
)
from console.properties.words import in_words
from kernel.access import Action
from services.properties import queries
from services.properties.models import (
    Building,
    Meter,
    MeterKind,
    Party,
    PartyKind,
    Project,
    Unit,
    UnitKind,
    UnitState,
    Vehicle,
)

HOMES = "kind=RESIDENCE&kind=SHOP&kind=OFFICE"


def buildings_of(view: ListView) -> Iterable[tuple[int, str]]:
    """Return the buildings of the address's project, for a filter."""
    rows = queries.buildings(actor=view.actor, project_id=view.project_id)
    return [(building.pk, building.name) for building in rows]


class RegistryList(ListView):
    """A list of one project, with the buttons of those who may change it."""

    action = Action.REGISTRY_VIEW
    template_name = "console/properties/list.html"
    new_route = ""
    new_label: Any = ""

    def page_context(self) -> dict[str, Any]:
        may_change = self.actor.may(Action.REGISTRY_CHANGE, self.project_id)
        new_url = reverse(self.new_route, args=[self.project_id]) if self.new_route else ""
        return {"new_url": new_url if may_change else "", "new_label": self.new_label}


class Projects(ListView):
    action = Action.COMPANY_CONFIGURE
    page_key = "registry.projects"
    template_name = "console/properties/list.html"
    title = _("Projects")
    columns = (
        Column(key="code", label=_("Code"), kind="code", sort="code", is_fixed=True, phone="end"),
        Column(
            key="name",
            label=_("Name"),
            sort="sort_key",
            is_link=True,
            is_fixed=True,
            phone="title",
        ),
        Column(key="city", label=_("City"), sort="city", phone="sub"),
        Column(key="hotline", label=_("Hotline"), kind="code"),
        Column(key="building_count", label=_("Buildings"), kind="number", sort="building_count"),
        Column(key="unit_count", label=_("Units"), kind="number", sort="unit_count", phone="end2"),
        Column(key="space_count", label=_("Parking spaces"), kind="number", sort="space_count"),
        Column(
            key="is_active",
            label=_("State"),
            kind="state",
            sort="is_active",
            value=lambda row: _("Managed") if row.is_active else _("Given up"),
            tone=lambda row: "ok" if row.is_active else "",
        ),
    )
    filters = (
        FlagFilter(
            key="active", label=_("State"), field="is_active", yes=_("Managed"), no=_("Given up")
        ),
    )
    search_fields = ("name", "code", "city")
    search_label = _("Name, code or city")
    default_sort = "name"
    empty_icon = "community"
    empty_title = _("No project yet")
    empty_text = _("A project is a community or building that you manage.")
    empty_template = "console/properties/_no_projects.html"

    def get_queryset(self) -> QuerySet[Project]:
        return queries.projects_with_counts(actor=self.actor)

    def row_url(self, row: Project) -> str:
        return reverse("overview", args=[row.pk])

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s project", "%(count)s projects", count) % {"count": count}

    def page_context(self) -> dict[str, Any]:
        return {"new_url": reverse("projects-new"), "new_label": _("New project")}


class Buildings(RegistryList):
    page_key = "registry.buildings"
    title = _("Buildings")
    new_route, new_label = "buildings-new", _("New building")
    columns = (
        Column(
            key="name",
            label=_("Building"),
            sort="sort_key",
            is_link=True,
            is_fixed=True,
            phone="title",
        ),
        Column(
            key="code",
            label=_("Typed as"),
            kind="code",
            value=lambda row: f"{row.code}-…",
            phone="sub",
        ),
        Column(key="unit_count", label=_("Units"), kind="number", sort="unit_count", phone="end"),
        Column(
            key="vacant_count",
            label=_("Vacant"),
            kind="number",
            sort="vacant_count",
            phone="end2",
        ),
        Column(
            key="edit",
            label=_("Change"),
            value=lambda row: None,
            template="console/properties/_edit_building.html",
        ),
    )
    search_fields = ("name", "code")
    default_sort = "name"
    empty_icon = "building"
    empty_title = _("No building yet")
    empty_text = _("Buildings come with the import of the ledger, or one by one.")

    def get_queryset(self) -> QuerySet[Building]:
        return queries.buildings_with_counts(actor=self.actor, project_id=self.project_id)

    def row_url(self, row: Building) -> str:
        return f"{reverse('units', args=[row.project_id])}?building={row.pk}"

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s building", "%(count)s buildings", count) % {"count": count}


class Units(RegistryList):
    page_key = "registry.units"
    title = _("Units and residents")
    new_route, new_label = "units-new", _("New unit")
    columns = (
        Column(
            key="label",
            label=_("Room"),
            sort="sort_key",
            is_link=True,
            is_fixed=True,
            phone="title",
            css="room",
        ),
        Column(key="kind", label=_("Kind"), value=lambda row: row.get_kind_display(), sort="kind"),
        Column(key="state", label=_("State"), kind="state", sort="state", phone="end2"),
        Column(
            key="payer",
            label=_("Payer"),
            value=lambda row: row.household.payer.name if row.household.payer else "",
            sort="household.payer.sort_key",
            phone="sub",
        ),
        Column(
            key="phone",
            label=_("Phone"),
            kind="code",
            value=lambda row: row.household.payer.phone_masked if row.household.payer else "",
        ),
        Column(
            key="built_area",
            label=_("Built area (m²)"),
            kind="number",
            places=2,
            sort="built_area",
            total="built_area",
            phone="end",
        ),
        Column(
            key="inner_area",
            label=_("Inner area (m²)"),
            kind="number",
            places=2,
            sort="inner_area",
            is_shown=False,
        ),
        Column(key="handed_over_on", label=_("Handed over on"), kind="day", sort="handed_over_on"),
        Column(
            key="account",
            label=_("Account"),
            value=lambda row: row.household.label if row.household.code != row.code else "",
            is_shown=False,
        ),
        Column(key="note", label=_("Note"), is_shown=False, wraps=True),
    )
    filters = (
        ChoiceFilter(key="kind", label=_("Kind"), field="kind", choices=UnitKind.choices),
        ChoiceFilter(key="state", label=_("State"), field="state", choices=UnitState.choices),
        ChoiceFilter(
            key="building", label=_("Building"), field="building_id", choices=buildings_of
        ),
        NumberFilter(key="area", label=_("Built area"), field="built_area"),
        DayFilter(key="handover", label=_("Handed over on"), field="handed_over_on"),
        FlagFilter(
            key="unpaid",
            label=_("Payer"),
            field="household__payer__isnull",
            yes=_("Nobody"),
            no=_("Known"),
        ),
        FlagFilter(
            key="active", label=_("In use"), field="is_active", yes=_("Yes"), no=_("Out of use")
        ),
    )
    search_fields = ("code",)
    search_label = _("Room, name, initials, phone end or plate")
    default_sort = "label"
    built_in_views = (
        BuiltInView(key="homes", label=_("Homes and shops"), query=HOMES),
        BuiltInView(key="vacant", label=_("Vacant"), query=f"{HOMES}&state=VACANT"),
        BuiltInView(key="unsold", label=_("Unsold"), query=f"{HOMES}&state=UNSOLD&state=SOLD"),
        BuiltInView(key="leased", label=_("Leased"), query=f"{HOMES}&state=LEASED"),
    )
    empty_icon = "door"
    empty_title = _("No unit yet")
    empty_text = _("Import the ledger of rooms and owners, or add units one by one.")

    def get_queryset(self) -> QuerySet[Unit]:
        return queries.units(actor=self.actor, project_id=self.project_id)

    def search(self, text: str) -> Q:
        return queries.units_fitting(text)

    def row_url(self, row: Unit) -> str:
        return reverse("household", args=[row.project_id, row.household_id])

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s unit", "%(count)s units", count) % {"count": f"{count:,}"}


class Spaces(RegistryList):
    page_key = "registry.spaces"
    title = _("Parking spaces")
    new_route, new_label = "spaces-new", _("New parking space")
    columns = (
        Column(
            key="label",
            label=_("Space"),
            kind="code",
            sort="sort_key",
            is_link=True,
            is_fixed=True,
            phone="title",
        ),
        Column(key="kind", label=_("Kind"), value=lambda row: row.get_kind_display(), sort="kind"),
        Column(key="state", label=_("State"), kind="state", sort="state", phone="end2"),
        Column(
            key="household",
            label=_("Household"),
            value=lambda row: row.household.label if row.household.code != row.code else "",
            sort="household.sort_key",
            phone="sub",
            css="room",
        ),
        Column(
            key="payer",
            label=_("Payer"),
            value=lambda row: row.household.payer.name if row.household.payer else "",
            sort="household.payer.sort_key",
        ),
        Column(
            key="plates",
            label=_("Vehicles"),
            value=lambda row: in_words(vehicle.plate for vehicle in row.vehicles_now),
            phone="end",
            css="num",
        ),
        Column(key="note", label=_("Note"), is_shown=False, wraps=True),
    )
    filters = (
        ChoiceFilter(
            key="kind",
            label=_("Kind"),
            field="kind",
            choices=[(kind.value, kind.label) for kind in (UnitKind.PARKING, UnitKind.GARAGE)],
        ),
        ChoiceFilter(key="state", label=_("State"), field="state", choices=UnitState.choices),
        FlagFilter(
            key="free",
            label=_("Payer"),
            field="household__payer__isnull",
            yes=_("Nobody"),
            no=_("Known"),
        ),
    )
    search_fields = ("code",)
    search_label = _("Space, plate, name or phone end")
    default_sort = "label"
    built_in_views = (
        BuiltInView(key="taken", label=_("Taken"), query="free=0"),
        BuiltInView(key="free", label=_("Free"), query="free=1"),
    )
    empty_icon = "parking"
    empty_title = _("No parking space yet")
    empty_text = _("Parking spaces come with the import of the ledger, or one by one.")

    def get_queryset(self) -> QuerySet[Unit]:
        return queries.spaces(actor=self.actor, project_id=self.project_id)

    def search(self, text: str) -> Q:
        return queries.units_fitting(text)

    def row_url(self, row: Unit) -> str:
        return reverse("household", args=[row.project_id, row.household_id])

    def count_words(self, count: int) -> str:
        words = ngettext("%(count)s parking space", "%(count)s parking spaces", count)
        return words % {"count": f"{count:,}"}


class Vehicles(RegistryList):
    page_key = "registry.vehicles"
    title = _("Vehicles")
    columns = (
        Column(
            key="plate",
            label=_("Plate"),
            kind="code",
            sort="plate",
            is_link=True,
            is_fixed=True,
            phone="title",
        ),
        Column(
            key="household.label",
            label=_("Household"),
            sort="household.sort_key",
            phone="sub",
            css="room",
        ),
        Column(key="household.payer.name", label=_("Payer"), sort="household.payer.sort_key"),
        Column(
            key="phone",
            label=_("Phone"),
            kind="code",
            value=lambda row: row.household.payer.phone_masked if row.household.payer else "",
        ),
        Column(
            key="space.label", label=_("Space"), kind="code", sort="space.sort_key", phone="end"
        ),
        Column(
            key="is_active",
            label=_("State"),
            kind="state",
            sort="is_active",
            value=lambda row: _("Registered") if row.is_active else _("Signed off"),
            tone=lambda row: "ok" if row.is_active else "",
            phone="end2",
        ),
    )
    filters = (
        FlagFilter(
            key="active",
            label=_("State"),
            field="is_active",
            yes=_("Registered"),
            no=_("Signed off"),
        ),
        FlagFilter(
            key="spaceless",
            label=_("Space"),
            field="space__isnull",
            yes=_("None"),
            no=_("Has one"),
        ),
    )
    search_fields = ("plate", "household__label", "household__payer__name", "space__code")
    search_label = _("Plate, room, name or space")
    default_sort = "plate"
    empty_icon = "car"
    empty_title = _("No vehicle yet")
    empty_text = _("Vehicles are registered on the page of their household.")

    def get_queryset(self) -> QuerySet[Vehicle]:
        return queries.vehicles(actor=self.actor, project_id=self.project_id)

    def row_url(self, row: Vehicle) -> str:
        household = reverse("household", args=[row.project_id, row.household_id])
        return f"{household}?tab=people"

    def count_words(self, count: int) -> str:
        words = ngettext("%(count)s vehicle", "%(count)s vehicles", count)
        return words % {"count": f"{count:,}"}


class Parties(RegistryList):
    page_key = "registry.parties"
    title = _("Owners and residents")
    columns = (
        Column(
            key="name",
            label=_("Name"),
            sort="sort_key",
            is_link=True,
            is_fixed=True,
            phone="title",
        ),
        Column(
            key="kind",
            label=pgettext_lazy("of a party", "Kind"),
            value=lambda row: row.get_kind_display(),
            sort="kind",
        ),
        Column(
            key="units",
            label=_("Units"),
            value=lambda row: in_words(
                now_("%(room)s (%(role)s)")
                % {"room": occupancy.unit.label, "role": occupancy.get_role_display()}
                for occupancy in row.occupancies_now
            ),
            wraps=True,
            phone="sub",
        ),
        Column(key="phone_masked", label=_("Phone"), kind="code", phone="end"),
        Column(
            key="id_number_masked",
            label=_("ID number"),
            kind="code",
            sort="id_number_tail",
            is_shown=False,
        ),
    )
    filters = (
        ChoiceFilter(
            key="kind",
            label=pgettext_lazy("of a party", "Kind"),
            field="kind",
            choices=PartyKind.choices,
        ),
        FlagFilter(
            key="phoneless",
            label=_("Phone"),
            field="phone_missing",
            yes=_("Missing"),
            no=_("Known"),
        ),
    )
    search_fields = ("name",)
    search_label = _("Name, initials or phone end")
    default_sort = "name"
    empty_icon = "users"
    empty_title = _("Nobody yet")
    empty_text = _("People come with the import of the ledger, or on the page of their household.")

    def get_queryset(self) -> QuerySet[Party]:
        return queries.parties_with_units(
            actor=self.actor, project_id=self.project_id, today=self.today
        )

    def search(self, text: str) -> Q:
        return queries.parties_fitting(text)

    def row_url(self, row: Party) -> str:
        return reverse("parties-party", args=[self.project_id, row.pk])

    def count_words(self, count: int) -> str:
        words = ngettext("%(count)s person", "%(count)s people", count)
        return words % {"count": f"{count:,}"}


class Meters(RegistryList):
    page_key = "registry.meters"
    title = pgettext_lazy("things in a unit", "Meters")
    columns = (
        Column(
            key="code",
            label=_("Meter number"),
            kind="code",
            sort="code",
            is_link=True,
            is_fixed=True,
            phone="title",
        ),
        Column(
            key="kind",
            label=pgettext_lazy("of a meter", "Kind"),
            value=lambda row: row.get_kind_display(),
            sort="kind",
        ),
        Column(key="unit.label", label=_("Room"), sort="unit.sort_key", phone="sub", css="room"),
        Column(key="multiplier", label=_("Multiplier"), kind="number", places=2, sort="multiplier"),
        Column(
            key="opening_reading",
            label=_("Opening reading"),
            kind="number",
            places=2,
            is_shown=False,
        ),
        Column(key="installed_on", label=_("Put in on"), kind="day", sort="installed_on"),
        Column(key="removed_on", label=_("Taken out on"), kind="day", sort="removed_on"),
        Column(
            key="is_active",
            label=_("State"),
            kind="state",
            sort="is_active",
            value=lambda row: (
                pgettext_lazy("meter", "In use")
                if row.is_active
                else pgettext_lazy("meter", "Taken out")
            ),
            tone=lambda row: "ok" if row.is_active else "",
            phone="end2",
        ),
    )
    filters = (
        ChoiceFilter(
            key="kind",
            label=pgettext_lazy("of a meter", "Kind"),
            field="kind",
            choices=MeterKind.choices,
        ),
        FlagFilter(
            key="active",
            label=_("State"),
            field="is_active",
            yes=pgettext_lazy("meter", "In use"),
            no=pgettext_lazy("meter", "Taken out"),
        ),
        ChoiceFilter(
            key="building", label=_("Building"), field="unit__building_id", choices=buildings_of
        ),
    )
    search_fields = ("code", "unit__code", "unit__label")
    search_label = _("Meter number or room")
    default_sort = "unit.label"
    empty_icon = "gauge"
    empty_title = _("No meter yet")
    empty_text = _("Meters come with the import of readings, or on the page of their household.")

    def get_queryset(self) -> QuerySet[Meter]:
        return queries.meters(actor=self.actor, project_id=self.project_id).select_related(
            "unit__household"
        )

    def row_url(self, row: Meter) -> str:
        household = reverse("household", args=[row.project_id, row.unit.household_id])
        return f"{household}?tab=meters"

    def count_words(self, count: int) -> str:
        words = ngettext("%(count)s meter", "%(count)s meters", count)
        return words % {"count": f"{count:,}"}
