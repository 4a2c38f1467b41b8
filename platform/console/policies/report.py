"""What was changed: projects that differ from their company, the company from the defaults."""

from typing import Any

from django.db.models import DateField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from console.lists import BuiltInView, ChoiceFilter, Column, ListView
from console.policies.rows import words_of, words_of_text
from kernel.access import Action
from kernel.policies import GROUPS, REGISTRY, queries
from kernel.policies.models import PolicyValue
from services.properties import queries as properties
from services.properties.models import Project

COMPANY, PROJECT = "company", "project"
_GROUP_OF = {setting.key: group for group in GROUPS for setting in group.settings}


def _inherited(row: Any) -> str:
    return words_of(REGISTRY[row.key], queries.inherited_by(row, today=row.today))


class Differing(ListView):
    action = Action.POLICY_VIEW
    page_key = "policies.differing"
    title = _("Changed settings")
    columns = (
        Column(
            key="name",
            label=_("Setting"),
            value=lambda row: str(REGISTRY[row.key].name),
            is_link=True,
            is_fixed=True,
            wraps=True,
            phone="title",
        ),
        Column(key="key", label=_("Key"), kind="code", sort="key", phone="sub"),
        Column(key="group", label=_("Group"), value=lambda row: str(_GROUP_OF[row.key].name)),
        Column(key="place", label=_("Where"), phone="end2"),
        Column(
            key="text",
            label=_("Value"),
            value=lambda row: words_of_text(REGISTRY[row.key], row.text),
            wraps=True,
            phone="end",
        ),
        Column(
            key="inherited",
            label=_("Instead of"),
            value=_inherited,
            wraps=True,
        ),
        Column(key="valid_from", label=_("Counts from"), kind="day", sort="valid_from"),
        Column(key="set_by_label", label=_("Changed by"), sort="set_by_label"),
        Column(key="set_at", label=_("Changed on"), kind="time", sort="set_at"),
    )
    filters = (
        ChoiceFilter(
            key="against",
            label=_("Differs from"),
            choices=[(PROJECT, _("the company")), (COMPANY, _("the default"))],
        ),
        ChoiceFilter(
            key="project",
            label=_("Project"),
            field="project_id",
            choices=lambda view: [
                (str(project.pk), project.name) for project in properties.projects(actor=view.actor)
            ],
        ),
    )
    built_in_views = (
        BuiltInView(
            key="company", label=_("Projects against the company"), query="against=project"
        ),
        BuiltInView(
            key="default", label=_("Company against the defaults"), query="against=company"
        ),
    )
    search_fields = ("key", "text", "set_by_label")
    search_label = _("Key, value or person")
    default_sort = "key"
    empty_title = _("Nothing differs")
    empty_text = _("Every setting counts as it is inherited.")

    def get_queryset(self) -> QuerySet[PolicyValue]:
        name = Project.objects.filter(pk=OuterRef("project_id")).values("name")
        rows = queries.differing(actor=self.actor, today=self.today).annotate(
            place=Coalesce(
                Subquery(name), Value(str(pgettext_lazy("where a setting counts", "Company")))
            ),
            today=Value(self.today, output_field=DateField()),
        )
        against = self.filter_value("against") or []
        if against == [PROJECT]:
            rows = rows.exclude(project_id=None)
        elif against == [COMPANY]:
            rows = rows.filter(project_id=None)
        return rows

    def row_url(self, row: PolicyValue) -> str:
        if row.project_id is None:
            return reverse("policies-setting", args=[row.key])
        return reverse("policies-project-setting", args=[row.project_id, row.key])

    def page_context(self) -> dict[str, Any]:
        return {"crumbs": [(_("System settings"), reverse("policies"))]}

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s setting", "%(count)s settings", count) % {"count": f"{count:,}"}
