"""Webhooks: which systems are told what happens, and what became of every event."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_htmx.http import HttpResponseClientRedirect

from console.lists import BuiltInView, ChoiceFilter, Column, ListView, title_column
from console.sheets import EditSheet
from console.views import ConsoleView
from console.webhooks import forms
from kernel.access import Action
from kernel.audit.queries import history_of
from kernel.errors import Invalid
from kernel.outbox import operations, queries, registry
from kernel.outbox.models import Endpoint, EventDelivery
from kernel.outgoing import OutgoingState

HISTORY_SHOWN = 20
EVENTS = {
    "outbox.endpoint.added": _("Webhook added"),
    "outbox.endpoint.changed": _("Webhook changed"),
    "outbox.endpoint.secret-renewed": _("Secret renewed"),
    "outbox.endpoint.tested": _("Trial sent"),
    "outbox.event.replayed": _("Event sent again"),
}
TONES = {OutgoingState.SENT: "ok", OutgoingState.FAILED: "bad"}


def wanted(endpoint: Endpoint) -> Any:
    """Return the events that an endpoint wants, in words."""
    if not endpoint.events:
        return _("All events")
    words = registry.events()
    return _(", ").join(str(words.get(name, name)) for name in endpoint.events)


class Endpoints(ListView):
    action = Action.COMPANY_CONFIGURE
    page_key = "webhooks"
    title = _("Webhooks")
    template_name = "console/webhooks/list.html"
    columns = (
        title_column("name", pgettext_lazy("of a thing", "Name"), sort="name"),
        Column(key="url", label=_("Address"), kind="code", phone="sub", wraps=True),
        Column(key="events", label=_("Events"), value=wanted, wraps=True),
        Column(
            key="is_active",
            label=_("State"),
            kind="state",
            phone="end",
            value=lambda row: _("On") if row.is_active else _("Off"),
            tone=lambda row: "ok" if row.is_active else "",
        ),
        Column(key="created_at", label=_("Added"), kind="time", sort="created_at"),
    )
    search_fields = ("name", "url")
    search_label = _("Name or address")
    default_sort = "name"
    empty_icon = "send"
    empty_title = _("No other system is told yet")
    empty_text = _("Add the address of an accounting or reporting system: it gets every event.")

    def get_queryset(self) -> QuerySet[Endpoint]:
        return queries.endpoints(actor=self.actor)

    def row_url(self, row: Endpoint) -> str:
        return reverse("webhooks-endpoint", args=[row.pk])


class Add(EditSheet):
    action = Action.COMPANY_CONFIGURE
    proof = "POST"  # what happens in the company is told there from now on
    title, button = _("Add a webhook"), _("Add it and show the secret")
    form_class = forms.EndpointFacts

    def back(self) -> str:
        return reverse("webhooks")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Add the endpoint and show its secret in this one answer; it is kept nowhere in clear."""
        form = self.form_class(request.POST)
        if form.is_valid():
            try:
                endpoint, secret = operations.add_endpoint(
                    actor=self.actor, now=self.now, **form.cleaned_data
                )
            except Invalid as error:
                self.take(form, error)
            else:
                return show_secret(self, endpoint, secret)
        return self._sheet(form, status=422)


class Edit(EditSheet):
    action = Action.COMPANY_CONFIGURE
    proof = "POST"
    title = _("Change the webhook")
    form_class = forms.EndpointChange

    def form_options(self) -> dict[str, Any]:
        endpoint = queries.get_endpoint(actor=self.actor, endpoint_id=self.kwargs["endpoint_id"])
        names = ("name", "url", "events", "is_active")
        return {"initial": {name: getattr(endpoint, name) for name in names}}

    def back(self) -> str:
        return reverse("webhooks-endpoint", args=[self.kwargs["endpoint_id"]])

    def save(self, values: dict[str, Any]) -> None:
        operations.change_endpoint(
            actor=self.actor, endpoint_id=self.kwargs["endpoint_id"], now=self.now, **values
        )


def event_in_words(delivery: EventDelivery) -> Any:
    if delivery.event.name == operations.TRIAL_EVENT:
        return _("Trial")
    return registry.events().get(delivery.event.name, delivery.event.name)


class EndpointPage(ListView):
    """One endpoint: what it wants, and every event on its way there."""

    action = Action.COMPANY_CONFIGURE
    page_key = "webhooks.deliveries"
    title = _("Webhook")
    template_name = "console/webhooks/endpoint.html"
    is_log = True
    columns = (
        title_column("event", _("Event"), value=event_in_words),
        Column(key="event.uid", label=_("Number"), kind="code", is_shown=False),
        Column(key="event.at", label=_("Happened"), kind="time", phone="sub"),
        Column(
            key="state",
            label=_("State"),
            kind="state",
            phone="end",
            tone=lambda row: TONES.get(row.state, "warn"),
        ),
        Column(key="status", label=_("Answer"), kind="number", phone="end2"),
        Column(key="attempts", label=_("Attempts"), kind="number"),
        Column(key="finished_at", label=_("Finished"), kind="time"),
        Column(key="error", label=_("Last error"), wraps=True),
        Column(
            key="again",
            label=_("Send again"),
            value=lambda row: "",
            template="console/webhooks/_replay.html",
        ),
    )
    filters = (
        ChoiceFilter(key="state", label=_("State"), field="state", choices=OutgoingState.choices),
        ChoiceFilter(
            key="event", label=_("Event"), field="event__name", choices=lambda _view: forms.events()
        ),
    )
    built_in_views = (BuiltInView(key="failed", label=_("Given up"), query="state=failed"),)
    empty_icon = "send"
    empty_title = _("Nothing was sent there yet")

    def search(self, text: str) -> Q:
        return Q(event__name__icontains=text)

    def get_queryset(self) -> QuerySet[EventDelivery]:
        return queries.deliveries(actor=self.actor).filter(endpoint_id=self.endpoint.pk)

    @property
    def endpoint(self) -> Endpoint:
        found: Endpoint | None = getattr(self, "_endpoint", None)
        if found is None:
            found = queries.get_endpoint(actor=self.actor, endpoint_id=self.kwargs["endpoint_id"])
            self._endpoint = found
        return found

    def page_context(self) -> dict[str, Any]:
        endpoint = self.endpoint
        return {
            "title": endpoint.name,
            "crumbs": [(_("Webhooks"), reverse("webhooks"))],
            "endpoint": endpoint,
            "wanted": wanted(endpoint),
            "history": [
                (EVENTS.get(entry.event, entry.event), entry)
                for entry in history_of(endpoint)[:HISTORY_SHOWN]
            ],
        }


class RenewSecret(ConsoleView):
    action = Action.COMPANY_CONFIGURE
    proof = "POST"

    def post(self, request: HttpRequest, endpoint_id: int) -> HttpResponseBase:
        endpoint = queries.get_endpoint(actor=self.actor, endpoint_id=endpoint_id)
        secret = operations.renew_secret(actor=self.actor, endpoint_id=endpoint_id, now=self.now)
        return show_secret(self, endpoint, secret)


class Try(ConsoleView):
    action = Action.COMPANY_CONFIGURE

    def post(self, request: HttpRequest, endpoint_id: int) -> HttpResponseBase:
        operations.try_endpoint(actor=self.actor, endpoint_id=endpoint_id, now=self.now)
        return HttpResponseRedirect(reverse("webhooks-endpoint", args=[endpoint_id]))


class Replay(ConsoleView):
    action = Action.COMPANY_CONFIGURE

    def post(self, request: HttpRequest, delivery_id: int) -> HttpResponseBase:
        delivery = operations.replay(actor=self.actor, delivery_id=delivery_id, now=self.now)
        address = reverse("webhooks-endpoint", args=[delivery.endpoint_id])
        if request.headers.get("HX-Request") == "true":
            return HttpResponseClientRedirect(address)
        return HttpResponseRedirect(address)


def show_secret(view: ConsoleView, endpoint: Endpoint, secret: str) -> HttpResponse:
    """Return the page that shows a secret this once."""
    context = {
        "title": endpoint.name,
        "crumbs": [(_("Webhooks"), reverse("webhooks"))],
        "endpoint": endpoint,
        "secret": secret,
    }
    return render(view.request, "console/webhooks/secret.html", context)
