"""Projects of the company, and the buildings of one."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from console.lists import (
    Column,
    ListView,
    title_column,
)
from console.properties.lists.common import (
    RegistryList,
    active_column,
    active_filter,
)
from kernel.access import Action
from services.properties import queries
from services.properties.models import (
    Building,
    Project,
)


class Projects(ListView):
    action = Action.COMPANY_CONFIGURE
    page_key = "registry.projects"
    template_name = "console/properties/list.html"
    title = _("Projects")
    columns = (
        Column(key="code", label=_("Code"), kind="code", sort="code", is_fixed=True, phone="end"),
        title_column("name", pgettext_lazy("of a thing", "Name"), sort="sort_key"),
        Column(key="city", label=_("City"), sort="city", phone="sub"),
        Column(key="hotline", label=_("Hotline"), kind="code"),
        Column(key="building_count", label=_("Buildings"), kind="number", sort="building_count"),
        Column(key="unit_count", label=_("Units"), kind="number", sort="unit_count", phone="end2"),
        Column(key="space_count", label=_("Parking spaces"), kind="number", sort="space_count"),
        active_column(_("Managed"), _("Given up")),
    )
    filters = (active_filter(_("Managed"), _("Given up")),)
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
        title_column("name", _("Building"), sort="sort_key"),
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
            label=_("Actions"),
            value=lambda row: None,
            template="console/properties/_edit_building.html",
        ),
    )
    search_fields = ("name", "code")
    default_sort = "name"
    empty_icon = "building"
    empty_title = _("No building yet")
    empty_text = _("Buildings come with the import of the ledger, or one by one.")

    def page_context(self) -> dict[str, Any]:
        overview = reverse("overview", args=[self.project_id])
        return super().page_context() | {"crumbs": [(_("About the project"), overview)]}

    def get_queryset(self) -> QuerySet[Building]:
        return queries.buildings_with_counts(actor=self.actor, project_id=self.project_id)

    def row_url(self, row: Building) -> str:
        return f"{reverse('units', args=[row.project_id])}?building={row.pk}"

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s building", "%(count)s buildings", count) % {"count": count}
