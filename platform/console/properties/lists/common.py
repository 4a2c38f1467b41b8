"""What the lists of the registry share: their buttons and the columns that recur."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from console.lists import Column, FlagFilter, ListView
from console.lists.columns import Phone, Text
from kernel.access import Action


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


def household_url(project_id: int, household_id: int, *, tab: str = "") -> str:
    """Return the page of a household, where most rows of the registry lead."""
    page = reverse("household", args=[project_id, household_id])
    return f"{page}?tab={tab}" if tab else page


def payer_column(*, phone: Phone = "") -> Column:
    return Column(
        key="payer",
        label=_("Payer"),
        value=lambda row: row.household.payer.name if row.household.payer else "",
        sort="household.payer.sort_key",
        phone=phone,
    )


def payer_phone_column() -> Column:
    return Column(
        key="phone",
        label=_("Phone"),
        kind="code",
        value=lambda row: row.household.payer.phone_masked if row.household.payer else "",
    )


def note_column() -> Column:
    return Column(key="note", label=_("Note"), is_shown=False, wraps=True)


def active_column(yes: Text, no: Text, *, phone: Phone = "") -> Column:
    """Return the state of what is either in use or not any more."""
    return Column(
        key="is_active",
        label=_("State"),
        kind="state",
        sort="is_active",
        value=lambda row: yes if row.is_active else no,
        tone=lambda row: "ok" if row.is_active else "",
        phone=phone,
    )


def active_filter(yes: Text, no: Text) -> FlagFilter:
    return FlagFilter(key="active", label=_("State"), field="is_active", yes=yes, no=no)
