"""The holders' register of a document, and the copies in one's own hands."""

from typing import Any

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from console.manuals import forms
from console.sheets import EditSheet
from console.views import ConsoleView
from kernel.access import Action
from kernel.documents.manuals import copies, queries
from kernel.documents.models import ManualCopy


class Copies(ConsoleView):
    """Who holds which copy, whether the pages are in, and what was given outside."""

    action = Action.MANUAL_KEEP

    def get(self, request: HttpRequest, manual_id: int) -> HttpResponseBase:
        manual = queries.get_manual(actor=self.actor, manual_id=manual_id)
        register = list(queries.copies(actor=self.actor, manual=manual))
        context = {
            "title": _("Holders"),
            "crumbs": [
                (_("Controlled documents"), reverse("manuals")),
                (manual.title, reverse("manuals-manual", args=[manual.pk])),
            ],
            "manual": manual,
            "facts": [manual.number, manual.title],
            "held": [copy for copy in register if copy.returned_at is None],
            "returned": [copy for copy in register if copy.returned_at is not None],
            "releases": queries.releases(actor=self.actor, manual=manual),
            "in_force": queries.revisions(actor=self.actor, manual=manual)
            .filter(state="IN_FORCE")
            .first(),
        }
        return render(request, "console/manuals/copies.html", context)


class IssueCopy(EditSheet):
    action = Action.MANUAL_KEEP
    form_class = forms.IssueCopy
    title = _("Issue a copy")
    button = _("Issue the copy")

    def form_options(self) -> dict[str, Any]:
        manual = queries.get_manual(actor=self.actor, manual_id=self.kwargs["manual_id"])
        people = queries.possible_holders(actor=self.actor, manual=manual, today=self.today)
        return {"people": [(person.pk, person.label) for person in people]}

    def save(self, values: dict[str, Any]) -> None:
        copies.issue_copy(
            actor=self.actor, manual_id=self.kwargs["manual_id"], now=self.now, **values
        )

    def back(self) -> str:
        return reverse("manuals-copies", args=[self.kwargs["manual_id"]])


class ReturnCopy(EditSheet):
    action = Action.MANUAL_KEEP
    form_class = forms.ReturnCopy
    button = _("Register the return")

    def words(self) -> dict[str, Any]:
        copy = self._copy()
        return {
            "title": gettext("Copy no. %(number)d comes back") % {"number": copy.number},
            "lead": copy.holder_label,
        }

    def records(self) -> dict[Any, list[int]]:
        return {ManualCopy: [self._copy().pk]}

    def save(self, values: dict[str, Any]) -> None:
        copies.return_copy(
            actor=self.actor, copy_id=self.kwargs["copy_id"], note=values["note"], now=self.now
        )

    def back(self) -> str:
        return reverse("manuals-copies", args=[self._copy().manual_id])

    def _copy(self) -> ManualCopy:
        return queries.get_copy(actor=self.actor, copy_id=self.kwargs["copy_id"])


class MyManuals(ConsoleView):
    """The copies in one's own hands, and the pages to put into them."""

    action = Action.MANUAL_VIEW

    def get(self, request: HttpRequest) -> HttpResponseBase:
        context = {
            "title": _("My controlled documents"),
            "crumbs": [(_("Controlled documents"), reverse("manuals"))],
            "held": queries.my_copies(actor=self.actor),
        }
        return render(request, "console/manuals/mine.html", context)


class Acknowledge(ConsoleView):
    """The holder says that the new pages are in."""

    action = Action.MANUAL_VIEW

    def post(self, request: HttpRequest, copy_id: int) -> HttpResponseBase:
        copies.acknowledge(actor=self.actor, copy_id=copy_id, now=self.now)
        return HttpResponseRedirect(reverse("manuals-mine"))
