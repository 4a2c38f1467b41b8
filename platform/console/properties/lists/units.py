"""What is charged: units and parking spaces; and the meters in them."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from console.choices import buildings_of
from console.lists import (
    BuiltInView,
    ChoiceFilter,
    Column,
    DayFilter,
    FlagFilter,
    NumberFilter,
    title_column,
)
from console.properties.lists.common import (
    RegistryList,
    active_column,
    active_filter,
    household_url,
    note_column,
    payer_column,
    payer_phone_column,
)
from console.properties.words import in_words
from services.properties import queries
from services.properties.models import (
    Meter,
    MeterKind,
    Unit,
    UnitKind,
    UnitState,
)

HOMES = "kind=RESIDENCE&kind=SHOP&kind=OFFICE"


class Units(RegistryList):
    page_key = "registry.units"
    title = _("Units and residents")
    new_route, new_label = "units-new", _("New unit")
    columns = (
        title_column("label", _("Room"), sort="sort_key", css="room"),
        Column(key="kind", label=_("Kind"), value=lambda row: row.get_kind_display(), sort="kind"),
        Column(key="state", label=_("State"), kind="state", sort="state", phone="end2"),
        payer_column(phone="sub"),
        payer_phone_column(),
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
        note_column(),
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
        return household_url(row.project_id, row.household_id)

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s unit", "%(count)s units", count) % {"count": f"{count:,}"}


class Spaces(RegistryList):
    page_key = "registry.spaces"
    title = _("Parking spaces")
    new_route, new_label = "spaces-new", _("New parking space")
    columns = (
        title_column("label", _("Space"), sort="sort_key", kind="code"),
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
        payer_column(),
        Column(
            key="plates",
            label=_("Vehicles"),
            value=lambda row: in_words(vehicle.plate for vehicle in row.vehicles_now),
            phone="end",
            css="num",
        ),
        note_column(),
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
        return household_url(row.project_id, row.household_id)

    def count_words(self, count: int) -> str:
        words = ngettext("%(count)s parking space", "%(count)s parking spaces", count)
        return words % {"count": f"{count:,}"}


class Meters(RegistryList):
    page_key = "registry.meters"
    title = pgettext_lazy("things in a unit", "Meters")
    columns = (
        title_column("code", _("Meter number"), sort="code", kind="code"),
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
        active_column(
            pgettext_lazy("meter", "In use"), pgettext_lazy("meter", "Taken out"), phone="end2"
        ),
    )
    filters = (
        ChoiceFilter(
            key="kind",
            label=pgettext_lazy("of a meter", "Kind"),
            field="kind",
            choices=MeterKind.choices,
        ),
        active_filter(
            pgettext_lazy("meter", "In use"),
            pgettext_lazy("meter", "Taken out"),
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
        return household_url(row.project_id, row.unit.household_id, tab="meters")

    def count_words(self, count: int) -> str:
        words = ngettext("%(count)s meter", "%(count)s meters", count)
        return words % {"count": f"{count:,}"}
