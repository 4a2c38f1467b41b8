"""People who leave: what each still holds, how it was settled, and closing the account."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from console.histories import told
from console.identity import forms
from console.lists import Column, ListView, title_column
from console.sheets import EditSheet
from console.views import ConsoleView
from kernel.access import Action
from kernel.access.models import User
from kernel.errors import DomainError, NotFound
from kernel.identity import queries
from kernel.identity.leaving import Group
from kernel.identity.models import Departure, Way
from kernel.identity.operations import departures

WORDS = {
    Way.TAKE_BACK: pgettext_lazy("a thing", "Take back"),
    Way.HAND_OVER: _("Hand over"),
    Way.END: _("End"),
}


def state_of(departure: Departure) -> tuple[object, str]:
    """Return the state in words, and its tone."""
    if departure.closed_at is not None:
        return _("Account closed"), "ok"
    if departure.taken_back_at is not None:
        return _("Taken back"), ""
    return _("Being settled"), "warn"


class Departures(ListView):
    action = Action.USER_MANAGE
    page_key = "departures"
    title = _("Leavers")
    template_name = "console/identity/departures.html"
    columns = (
        title_column("user", _("Name"), sort="user__name", value=lambda row: row.user.name),
        Column(
            key="username",
            label=_("User name"),
            kind="code",
            value=lambda row: row.user.username,
            phone="sub",
        ),
        Column(key="last_day", label=_("Last day"), kind="day", sort="last_day", phone="end2"),
        Column(key="begun_by_label", label=_("Begun by")),
        Column(key="closed_at", label=_("Closed"), kind="time", sort="closed_at"),
        Column(
            key="state",
            label=_("State"),
            kind="state",
            value=lambda row: state_of(row)[0],
            tone=lambda row: state_of(row)[1],
            phone="end",
        ),
    )
    search_fields = ("user__name", "user__username")
    search_label = _("Name or user name")
    default_sort = "-last_day"
    empty_title = _("Nobody is leaving")
    empty_text = _(
        "When somebody leaves, begin here: the page lists what he still holds and keeps the "
        "account open until everything is settled."
    )

    def get_queryset(self) -> QuerySet[Departure]:
        return queries.departures(actor=self.actor)

    def row_url(self, row: Departure) -> str:
        return reverse("departures-departure", args=[row.pk])

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s leaver", "%(count)s leavers", count) % {"count": f"{count:,}"}


class BeginDeparture(EditSheet):
    action = Action.USER_MANAGE
    title = _("Begin a leaving")
    button = _("Begin")
    lead = _("From now on the person is issued nothing more. Signing in goes on until you close.")
    form_class = forms.Begin

    def form_options(self) -> dict[str, Any]:
        wanted = self.request.GET.get("user", "")
        return {"initial": {"last_day": self.today, "user": wanted}}

    def save(self, values: dict[str, Any]) -> None:
        self.departure = departures.begin(
            actor=self.actor,
            user_id=values["user"],
            last_day=values["last_day"],
            now=self.now,
        )

    def back(self) -> str:
        return reverse("departures")

    def done(self) -> str:
        return reverse("departures-departure", args=[self.departure.pk])


class DeparturePage(ConsoleView):
    """One leaving: all that is held, each with the ways it can go, and the closing."""

    action = Action.USER_MANAGE

    def get(self, request: HttpRequest, departure_id: int) -> HttpResponseBase:
        return self.page(request, departure_id)

    def page(
        self, request: HttpRequest, departure_id: int, *, status: int = 200, **given: Any
    ) -> HttpResponse:
        departure = queries.get_departure(actor=self.actor, departure_id=departure_id)
        groups: list[Group] = (
            departures.left_of(departure, today=self.today) if departure.is_open else []
        )
        word, tone = state_of(departure)
        context = {
            "title": departure.user.name,
            "crumbs": [(_("Leavers"), reverse("departures"))],
            "departure": departure,
            "state_word": word,
            "state_tone": tone,
            "groups": [group for group in groups if group.blocking],
            "ending": [group for group in groups if not group.blocking],
            "left": sum(len(group.blocking) for group in groups),
            "steps": departure.steps.order_by("pk"),
            "people": forms.people(without=departure.user_id) if departure.is_open else [],
            "words": WORDS,
            "history": [
                (words, entry)
                for words, entry in told({User: [departure.user_id]})
                if entry.event.startswith("identity.departure.")
            ],
            "refusal": "",
            **given,
        }
        return render(request, "console/identity/departure.html", context, status=status)


class DepartureStep(DeparturePage):
    """One thing done to a leaving; a refusal is told on its page."""

    def get(self, request: HttpRequest, departure_id: int) -> HttpResponseBase:
        return HttpResponseRedirect(reverse("departures-departure", args=[departure_id]))

    def post(self, request: HttpRequest, departure_id: int) -> HttpResponseBase:
        try:
            self.carry_out(request, departure_id)
        except NotFound as error:
            if not isinstance(error, departures.NothingThere):
                raise
            return self.page(request, departure_id, status=409, refusal=str(error))
        except DomainError as error:
            self.note_refusal(error)
            return self.page(request, departure_id, status=error.status, refusal=str(error))
        return self.get(request, departure_id)

    def carry_out(self, request: HttpRequest, departure_id: int) -> None:
        raise NotImplementedError


class SettleThing(DepartureStep):
    def carry_out(self, request: HttpRequest, departure_id: int) -> None:
        form = forms.Settle(request.POST)
        if not form.is_valid():
            raise departures.WayClosed(" ".join(form.errors.as_text().split()))
        given = form.cleaned_data
        departures.settle(
            actor=self.actor,
            departure_id=departure_id,
            check=given["check"],
            ref=given["ref"],
            way=given["way"],
            to_user_id=given["to_user"],
            counted="" if given["counted"] is None else str(given["counted"]),
            note=given["note"],
            now=self.now,
        )


class CloseAccount(DepartureStep):
    proof = "POST"

    def carry_out(self, request: HttpRequest, departure_id: int) -> None:
        departures.close(actor=self.actor, departure_id=departure_id, now=self.now)


class TakeDepartureBack(DepartureStep):
    def carry_out(self, request: HttpRequest, departure_id: int) -> None:
        departures.take_back(actor=self.actor, departure_id=departure_id, now=self.now)


class Sheet(ConsoleView):
    """The handover sheet to sign, on paper."""

    action = Action.USER_MANAGE

    def get(self, request: HttpRequest, departure_id: int) -> HttpResponseBase:
        departure = queries.get_departure(actor=self.actor, departure_id=departure_id)
        groups = departures.left_of(departure, today=self.today) if departure.is_open else []
        context = {
            "title": _("Handover sheet"),
            "back_url": reverse("departures-departure", args=[departure_id]),
            "departure": departure,
            "steps": departure.steps.order_by("pk"),
            "open_things": [(group, thing) for group in groups for thing in group.blocking],
            "today": self.today,
        }
        return render(request, "console/identity/sheet.html", context)
