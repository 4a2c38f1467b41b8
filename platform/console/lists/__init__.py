"""List pages, declared.

class Units(ListView):
    action = Action.REGISTRY_VIEW
    page_key = "registry.units"
    title = _("Units")
    columns = (Column(key="room", label=_("Room"), sort="room", is_link=True, phone="title"), …)
    filters = (ChoiceFilter(key="kind", label=_("Kind"), field="kind", choices=Kind.choices),)
    search_fields = ("room", "owner__name")

    def get_queryset(self):
        return queries.units(actor=self.actor, project_id=self.kwargs["project_id"])
"""

from console.lists.bulk import BulkAction
from console.lists.columns import Column, title_column
from console.lists.filters import (
    ChoiceFilter,
    DayFilter,
    Filter,
    FlagFilter,
    NumberFilter,
    TextFilter,
)
from console.lists.views import BuiltInView, ListView

__all__ = [
    "BuiltInView",
    "BulkAction",
    "ChoiceFilter",
    "Column",
    "DayFilter",
    "Filter",
    "FlagFilter",
    "ListView",
    "NumberFilter",
    "TextFilter",
    "title_column",
]
