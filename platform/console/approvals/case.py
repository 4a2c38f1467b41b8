"""The page of one case: its path, its submissions, its history; and on paper."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_htmx.http import trigger_client_event

from console.approvals import acts, cases
from console.approvals.catalogue import Lookup
from console.approvals.history import event_words
from console.views import PersonalView
from kernel.approvals import queries
from kernel.approvals.models import Case
from kernel.audit import queries as audit
from kernel.errors import Conflict, Denied, Invalid

TABS = {"path": _("Path"), "rounds": _("Submissions"), "history": _("History")}


class CasePage(PersonalView):
    """Whoever may see the case sees its page; the acts on it are the visitor's own."""

    def get(self, request: HttpRequest, case_id: int) -> HttpResponseBase:
        return self._show(self._load(case_id))

    def post(self, request: HttpRequest, case_id: int) -> HttpResponseBase:
        case = self._load(case_id)
        try:
            told = acts.sign(actor=self.actor, case_id=case.pk, data=request.POST, now=self.now)
        except (Conflict, Invalid, Denied) as error:
            self.note_refusal(error)
            status = 409 if isinstance(error, Denied) else error.status
            return self._show(
                self._load(case_id),
                refusal=str(error),
                opinion=request.POST.get("opinion", ""),
                status=status,
            )
        if request.headers.get("HX-Request") != "true":
            return redirect("approvals-case", case.pk)
        response = self._show(self._load(case_id))
        trigger_client_event(response, "approvals:counted", {})
        return trigger_client_event(response, "toast", {"text": told})

    def _load(self, case_id: int) -> Case:
        return queries.get_case(actor=self.actor, case_id=case_id, now=self.now)

    def _show(
        self, case: Case, *, refusal: str = "", opinion: str = "", status: int = 200
    ) -> HttpResponse:
        asked = self.request.GET.get("tab", "path")
        tab = asked if asked in TABS else "path"
        address = reverse("approvals-case", args=[case.pk])
        place = acts.place_of(self.actor, case, self.now)
        view = cases.load(
            case, actor=self.actor, lookup=Lookup(self.actor, self.today), now=self.now, place=place
        )
        context: dict[str, Any] = {
            "title": view.number,
            "crumbs": [(_("Approvals"), reverse("approvals"))],
            "case": view,
            "act_url": address,
            "address": self.request.get_full_path(),
            "target": "#case-page",
            "refusal": refusal,
            "opinion": opinion,
            "tab": tab,
            "tabs": [
                {"url": f"{address}?tab={key}", "label": label, "current": key == tab}
                for key, label in TABS.items()
            ],
            "history": [(event_words(entry), entry) for entry in audit.history_of(case)[:100]]
            if tab == "history"
            else [],
        }
        is_partial = self.request.headers.get("HX-Request") == "true"
        name = "_case_page.html" if is_partial else "case.html"
        return render(self.request, f"console/approvals/{name}", context, status=status)


class CasePrint(PersonalView):
    """The case with every signature, to file it."""

    def get(self, request: HttpRequest, case_id: int) -> HttpResponseBase:
        case = queries.get_case(actor=self.actor, case_id=case_id, now=self.now)
        view = cases.load(
            case, actor=self.actor, lookup=Lookup(self.actor, self.today), now=self.now
        )
        context = {
            "title": f"{view.kind_label} {view.number}",
            "back_url": view.url,
            "case": view,
            "printed_at": self.now,
            "printed_by": self.actor.label,
        }
        return render(request, "console/approvals/print.html", context)
