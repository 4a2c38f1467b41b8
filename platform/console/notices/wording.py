"""通知模板 and 发送记录: the company's own words, and what became of every mail."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from console.lists import ChoiceFilter, Column, ListView, title_column
from console.notices import forms
from console.sheets import EditSheet
from console.views import ConsoleView
from kernel.access import Action
from kernel.access.models import User
from kernel.audit.queries import history_of
from kernel.errors import NotFound
from kernel.notifications import operations, queries, rules
from kernel.notifications.models import Delivery, Wording
from kernel.notifications.registry import Notice, notices
from kernel.outgoing import OutgoingState

HISTORY_SHOWN = 10
EVENTS = {
    "notifications.wording.changed": _("Words changed"),
}


class Words(ConsoleView):
    """Every kind of notice with its words in one language, as a sample reads."""

    action = Action.COMPANY_CONFIGURE

    def get(self, request: HttpRequest) -> HttpResponseBase:
        language = language_of(request)
        rows = [
            {"words": words, **sample_of(words.notice, language, words.own)}
            for words in queries.wordings(actor=self.actor, language=language)
        ]
        context = {
            "title": _("Notice templates"),
            "rows": rows,
            "language": language,
            "languages": User.Language.choices,
        }
        return render(request, "console/notices/words.html", context)


class EditWords(EditSheet):
    """The words of one kind in one language, with the fields there are."""

    action = Action.COMPANY_CONFIGURE
    button = _("Save the words")
    form_class = forms.Words
    sheet_template = "console/notices/_edit.html"

    def words(self) -> dict[str, Any]:
        notice, own = self._notice()
        language = self.kwargs["language"]
        entries = history_of(own)[:HISTORY_SHOWN] if own else []
        with translation.override(language):
            fields = [(f"%({name})s", str(sample)) for name, sample in notice.fields.items()]
        return {
            "title": notice.name,
            "fields": fields,
            "restore": reverse("notice-words-restore", args=[language, notice.key]) if own else "",
            "history": [(EVENTS.get(entry.event, entry.event), entry) for entry in entries],
        }

    def form_options(self) -> dict[str, Any]:
        notice, own = self._notice()
        subject, text = queries.words_of(notice, own, self.kwargs["language"])
        return {"initial": {"subject": subject, "text": text}}

    def back(self) -> str:
        return f"{reverse('notice-words')}?language={self.kwargs['language']}"

    def save(self, values: dict[str, Any]) -> None:
        operations.reword(
            actor=self.actor,
            kind=self.kwargs["notice"],
            language=self.kwargs["language"],
            now=self.now,
            **values,
        )

    def _notice(self) -> tuple[Notice, Wording | None]:
        language, kind = self.kwargs["language"], self.kwargs["notice"]
        if language not in User.Language.values:
            raise NotFound
        for each in queries.wordings(actor=self.actor, language=language):
            if each.notice.key == kind:
                return each.notice, each.own
        raise NotFound


class RestoreWords(ConsoleView):
    action = Action.COMPANY_CONFIGURE

    def post(self, request: HttpRequest, language: str, notice: str) -> HttpResponseBase:
        operations.restore_wording(actor=self.actor, kind=notice, language=language, now=self.now)
        return HttpResponseRedirect(
            f"{reverse('notice-words')}?{urlencode({'language': language})}"
        )


def kinds() -> list[tuple[str, Any]]:
    return [(notice.key, notice.name) for notice in notices()]


def kind_in_words(delivery: Delivery) -> Any:
    """Return the name of a delivery's kind, also where a kind of former days has none."""
    return dict(kinds()).get(delivery.notification.kind, delivery.notification.kind)


class Log(ListView):
    """Every mail there was or will be, with its attempts."""

    action = Action.COMPANY_CONFIGURE
    page_key = "notices.log"
    title = _("Sent notices")
    is_log = True
    columns = (
        title_column("notification.subject", _("Subject")),
        Column(key="notification.user.name", label=_("To"), phone="sub"),
        Column(key="kind", label=_("Kind"), value=kind_in_words),
        Column(
            key="state",
            label=_("State"),
            kind="state",
            phone="end",
            tone=lambda row: {"sent": "ok", "failed": "bad"}.get(row.state, "warn"),
        ),
        Column(key="address", label=_("E-mail"), is_shown=False),
        Column(key="attempts", label=_("Attempts"), kind="number"),
        Column(key="due_at", label=_("Due"), kind="time", is_shown=False),
        Column(key="finished_at", label=_("Finished"), kind="time", phone="end2"),
        Column(key="error", label=_("Last error"), wraps=True),
    )
    filters = (
        ChoiceFilter(key="state", label=_("State"), field="state", choices=OutgoingState.choices),
        ChoiceFilter(
            key="kind", label=_("Kind"), field="notification__kind", choices=lambda _view: kinds()
        ),
    )
    search_fields = ("notification__subject", "notification__user__name")
    search_label = _("Subject or name")
    empty_icon = "mail"
    empty_title = _("No mail was sent yet")

    def get_queryset(self) -> QuerySet[Delivery]:
        return queries.deliveries(actor=self.actor)


def language_of(request: HttpRequest) -> str:
    """Return the language that the address asks for, else the visitor's own."""
    asked = request.GET.get("language", "")
    return asked if asked in User.Language.values else translation.get_language() or "zh-hans"


def sample_of(notice: Notice, language: str, own: Wording | None) -> dict[str, str]:
    """Return subject and text of a kind filled with its examples."""
    subject, text = queries.words_of(notice, own, language)
    with translation.override(language):
        values = {name: str(sample) for name, sample in notice.fields.items()}
    return {"subject": rules.fill(subject, values), "text": rules.fill(text, values)}
