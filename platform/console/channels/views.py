"""通知渠道: the group robots of 企业微信, 钉钉 and 飞书 that repeat notices."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from console import navigation
from console.channels import forms
from console.lists import ChoiceFilter, Column, ListView, title_column
from console.sheets import EditSheet
from console.views import ConsoleView
from kernel.access import Action
from kernel.audit.queries import history_of
from kernel.notifications import channels, queries
from kernel.notifications.models import Channel, ChannelPost
from kernel.outgoing import OutgoingState
from services.properties.models import Project

HISTORY_SHOWN = 20
EVENTS = {
    "notifications.channel.added": _("Channel added"),
    "notifications.channel.changed": _("Channel changed"),
    "notifications.channel.tried": _("Trial sent"),
}
TONES = {OutgoingState.SENT: "ok", OutgoingState.FAILED: "bad"}


class Channels(ListView):
    action = Action.COMPANY_CONFIGURE
    page_key = "channels"
    title = _("Notice channels")
    template_name = "console/channels/list.html"
    columns = (
        title_column("name", pgettext_lazy("of a thing", "Name"), sort="name"),
        Column(key="kind", label=_("Kind"), value=lambda row: row.get_kind_display()),
        Column(
            key="project_name",
            label=_("Project"),
            value=lambda row: row.project_name or _("All projects"),
            phone="sub",
        ),
        Column(key="kinds", label=_("Notices"), kind="number", value=lambda row: len(row.kinds)),
        Column(
            key="is_active",
            label=_("State"),
            kind="state",
            phone="end",
            value=lambda row: _("On") if row.is_active else _("Off"),
            tone=lambda row: "ok" if row.is_active else "",
        ),
    )
    filters = (
        ChoiceFilter(key="kind", label=_("Kind"), field="kind", choices=Channel.Kind.choices),
    )
    search_fields = ("name",)
    search_label = pgettext_lazy("of a thing", "Name")
    default_sort = "name"
    empty_icon = "message"
    empty_title = _("No group reads along yet")
    empty_text = _("A robot of WeCom, DingTalk or Feishu repeats notices where a team talks.")

    def get_queryset(self) -> QuerySet[Channel]:
        names = Project.objects.filter(pk=OuterRef("project_id")).values("name")[:1]
        return queries.channels(actor=self.actor).annotate(project_name=Subquery(names))

    def row_url(self, row: Channel) -> str:
        return reverse("channels-channel", args=[row.pk])


class Add(EditSheet):
    action = Action.COMPANY_CONFIGURE
    proof = "POST"  # notices are repeated there from now on
    title, button = _("Add a channel"), _("Add the channel")
    form_class = forms.NewChannel

    def form_options(self) -> dict[str, Any]:
        return {"projects": navigation.projects_of(self.request, self.actor)}

    def back(self) -> str:
        return reverse("channels")

    def save(self, values: dict[str, Any]) -> None:
        channels.add_channel(actor=self.actor, now=self.now, **values)


class Edit(EditSheet):
    action = Action.COMPANY_CONFIGURE
    title = _("Change the channel")
    form_class = forms.ChannelChange

    def form_options(self) -> dict[str, Any]:
        channel = queries.get_channel(actor=self.actor, channel_id=self.kwargs["channel_id"])
        names = ("name", "language", "kinds", "is_active")
        return {"initial": {name: getattr(channel, name) for name in names}}

    def back(self) -> str:
        return reverse("channels-channel", args=[self.kwargs["channel_id"]])

    def save(self, values: dict[str, Any]) -> None:
        channels.change_channel(
            actor=self.actor, channel_id=self.kwargs["channel_id"], now=self.now, **values
        )


class ChannelPage(ListView):
    """One channel: what it repeats, and every post."""

    action = Action.COMPANY_CONFIGURE
    page_key = "channels.posts"
    title = _("Notice channel")
    template_name = "console/channels/channel.html"
    is_log = True
    columns = (
        title_column("text", _("Text")),
        Column(
            key="state",
            label=_("State"),
            kind="state",
            phone="end",
            tone=lambda row: TONES.get(row.state, "warn"),
        ),
        Column(key="attempts", label=_("Attempts"), kind="number"),
        Column(key="finished_at", label=_("Finished"), kind="time", phone="end2"),
        Column(key="error", label=_("Last error"), wraps=True, phone="sub"),
    )
    filters = (
        ChoiceFilter(key="state", label=_("State"), field="state", choices=OutgoingState.choices),
    )
    search_fields = ("text",)
    empty_icon = "message"
    empty_title = _("Nothing was posted there yet")

    def get_queryset(self) -> QuerySet[ChannelPost]:
        return queries.posts_of(actor=self.actor, channel_id=self.kwargs["channel_id"])

    def page_context(self) -> dict[str, Any]:
        channel = queries.get_channel(actor=self.actor, channel_id=self.kwargs["channel_id"])
        words = dict(forms.kinds())
        return {
            "title": channel.name,
            "crumbs": [(_("Notice channels"), reverse("channels"))],
            "channel": channel,
            "repeated": [words.get(kind, kind) for kind in channel.kinds],
            "history": [
                (EVENTS.get(entry.event, entry.event), entry)
                for entry in history_of(channel)[:HISTORY_SHOWN]
            ],
        }


class Try(ConsoleView):
    action = Action.COMPANY_CONFIGURE

    def post(self, request: HttpRequest, channel_id: int) -> HttpResponseBase:
        channels.try_channel(actor=self.actor, channel_id=channel_id, now=self.now)
        return HttpResponseRedirect(reverse("channels-channel", args=[channel_id]))
