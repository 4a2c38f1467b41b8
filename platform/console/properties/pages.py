"""The overview of a project and the page of a person."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from console.properties.events import event_of
from console.views import ConsoleView
from kernel.access import Action
from kernel.audit.queries import history_of
from services.properties import queries
from services.properties.models import UnitState

HISTORY_SHOWN = 50


class Overview(ConsoleView):
    """What the project is, and how much of it is lived in (SH-09, SH-13)."""

    action = Action.REGISTRY_VIEW

    def get(self, request: HttpRequest, project_id: int) -> HttpResponse:
        project = queries.get_project(actor=self.actor, project_id=project_id)
        figures = queries.occupancy_figures(actor=self.actor, project_id=project_id, on=self.today)
        units = reverse("units", args=[project_id])
        context = {
            "title": project.name,
            "project": project,
            "figures": figures,
            "states": [
                {
                    "label": state.label,
                    "code": state.value,
                    "count": figures.by_state.get(state.value, 0),
                    "url": f"{units}?kind=RESIDENCE&kind=SHOP&kind=OFFICE&state={state.value}",
                }
                for state in UnitState
            ],
            "buildings": queries.buildings_with_counts(actor=self.actor, project_id=project_id),
            "spaces": queries.space_counts(actor=self.actor, project_id=project_id),
            "may_configure": self.actor.may(Action.COMPANY_CONFIGURE, project_id),
            "log": [event_of(entry, {}) for entry in history_of(project)[:HISTORY_SHOWN]],
        }
        return render(request, "console/properties/overview.html", context)


class PartyPage(ConsoleView):
    """One person or organisation: of which units, and what was entered."""

    action = Action.REGISTRY_VIEW

    def get(self, request: HttpRequest, project_id: int, party_id: int) -> HttpResponse:
        party = queries.get_party(actor=self.actor, party_id=party_id, project_id=project_id)
        occupancies = queries.occupancies(actor=self.actor).filter(party=party)
        entries = queries.history_of_party(actor=self.actor, party=party)
        context = {
            "title": party.name,
            "crumbs": [(_("Owners and residents"), reverse("parties", args=[project_id]))],
            "project_id": project_id,
            "party": party,
            "occupancies": occupancies.select_related("unit__project", "party"),
            "today": self.today,
            "log": [event_of(entry, {}) for entry in entries[:HISTORY_SHOWN]],
            "may_change": self.actor.may(Action.REGISTRY_CHANGE, project_id),
            "may_reveal": self.actor.may(Action.PERSONAL_DATA_REVEAL, project_id),
        }
        return render(request, "console/properties/party.html", context)
