"""People and their vehicles."""

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from console.lists import (
    ChoiceFilter,
    Column,
    FlagFilter,
    title_column,
)
from console.properties.lists.common import (
    RegistryList,
    active_column,
    active_filter,
    household_url,
    payer_column,
    payer_phone_column,
)
from console.properties.words import in_words
from services.properties import queries
from services.properties.models import (
    Party,
    PartyKind,
    Vehicle,
)


class Parties(RegistryList):
    page_key = "registry.parties"
    title = _("Owners and residents")
    columns = (
        title_column("name", _("Name"), sort="sort_key"),
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


class Vehicles(RegistryList):
    page_key = "registry.vehicles"
    title = _("Vehicles")
    columns = (
        title_column("plate", _("Plate"), sort="plate", kind="code"),
        Column(
            key="household.label",
            label=_("Household"),
            sort="household.sort_key",
            phone="sub",
            css="room",
        ),
        payer_column(),
        payer_phone_column(),
        Column(
            key="space.label", label=_("Space"), kind="code", sort="space.sort_key", phone="end"
        ),
        active_column(_("Registered"), _("Signed off"), phone="end2"),
    )
    filters = (
        active_filter(_("Registered"), _("Signed off")),
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
        return household_url(row.project_id, row.household_id, tab="people")

    def count_words(self, count: int) -> str:
        words = ngettext("%(count)s vehicle", "%(count)s vehicles", count)
        return words % {"count": f"{count:,}"}
