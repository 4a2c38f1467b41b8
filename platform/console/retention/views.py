"""Records whose time is over: the list of what is due, holds, lists of disposal."""

from typing import Any

from django import forms
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from console import formats
from console.histories import told_with_cases
from console.lists import ChoiceFilter, Column, ListView, title_column
from console.sheets import EditSheet
from console.views import ConsoleView
from kernel.access import Action
from kernel.approvals.telling import case_path
from kernel.errors import Conflict, Invalid, NotFound
from kernel.records import operations
from kernel.records.models import Disposal, DisposalState, LegalHold
from kernel.records.queries import retention
from kernel.records.retention import class_of, classes

_TONES = {"WAITING": "warn", "DONE": "ok", "REJECTED": "bad"}


class DueList(ConsoleView):
    action = Action.RETENTION_VIEW

    def get(self, request: HttpRequest, project_id: int) -> HttpResponseBase:
        return self._page(project_id)

    def post(self, request: HttpRequest, project_id: int) -> HttpResponseBase:
        """Put the ticked records on a list and send it to be approved."""
        try:
            disposal = operations.list_for_disposal(
                actor=self.actor,
                project_id=project_id,
                keys=request.POST.getlist("record"),
                note=request.POST.get("note", ""),
                now=self.now,
                today=self.today,
            )
        except (Invalid, Conflict) as error:
            return self._page(project_id, refusal=str(error), status=error.status)
        return HttpResponseRedirect(reverse("retention-disposal", args=[project_id, disposal.pk]))

    def _page(self, project_id: int, *, refusal: str = "", status: int = 200) -> HttpResponse:
        chosen = set(self.request.POST.getlist("record"))
        rows = retention.due(actor=self.actor, project_id=project_id, today=self.today)
        context = {
            "title": gettext("Records due for disposal"),
            "crumbs": [],
            "project_id": project_id,
            "rows": [(row, row.key in chosen) for row in rows],
            "rules": [(one, one.years(project_id)) for one in classes()],
            "note": self.request.POST.get("note", ""),
            "may_list": self.actor.may(Action.RECORD_DISPOSE, project_id),
            "may_hold": self.actor.may(Action.RECORD_HOLD, project_id),
            "refusal": refusal,
        }
        return render(self.request, "console/retention/due.html", context, status=status)


class Reason(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200)


class HoldReason(Reason):
    record = forms.CharField(widget=forms.HiddenInput, max_length=80)


class Hold(EditSheet):
    action = Action.RECORD_HOLD
    title, button = _("Hold a record back"), _("Hold it back")
    lead = _("It is on no list of disposal until the hold is lifted.")
    form_class = HoldReason

    def form_options(self) -> dict[str, Any]:
        return {"initial": {"record": self.request.GET.get("record", "")}}

    def save(self, values: dict[str, Any]) -> None:
        operations.place_hold(
            actor=self.actor,
            project_id=self.kwargs["project_id"],
            key=values["record"],
            reason=values["reason"],
            now=self.now,
            today=self.today,
        )

    def back(self) -> str:
        return reverse("retention", args=[self.kwargs["project_id"]])


class Lift(EditSheet):
    action = Action.RECORD_HOLD
    title, button = _("Lift the hold"), _("Lift the hold")
    form_class = Reason

    def words(self) -> dict[str, Any]:
        hold = LegalHold.objects.filter(
            pk=self.kwargs["hold_id"], project_id=self.kwargs["project_id"], lifted_at=None
        ).first()
        if hold is None:
            raise NotFound
        return {"lead": formats.spell_pair(hold.label, hold.reason)}

    def records(self) -> dict[Any, list[int]]:
        return {LegalHold: [self.kwargs["hold_id"]]}

    def save(self, values: dict[str, Any]) -> None:
        self.words()
        operations.lift_hold(
            actor=self.actor,
            hold_id=self.kwargs["hold_id"],
            reason=values["reason"],
            now=self.now,
        )

    def back(self) -> str:
        return reverse("retention", args=[self.kwargs["project_id"]])


class Disposals(ListView):
    action = Action.RETENTION_VIEW
    page_key = "retention.disposals"
    title = _("Lists of disposal")
    default_sort = "-asked_at"
    columns = (
        title_column("note", _("Note")),
        Column(key="count", label=_("Records"), kind="number", phone="sub"),
        Column(
            key="state",
            label=_("State"),
            kind="state",
            phone="end2",
            tone=lambda row: _TONES.get(row.state, ""),
        ),
        Column(key="asked_by_label", label=_("Listed by")),
        Column(key="asked_at", label=_("Listed"), kind="time", sort="asked_at", phone="end"),
        Column(key="done_by_label", label=_("Approved by")),
        Column(key="done_at", label=_("Disposed of"), kind="time", sort="done_at"),
    )
    filters = (
        ChoiceFilter(key="state", label=_("State"), field="state", choices=DisposalState.choices),
    )
    search_fields = ("note", "asked_by_label")
    empty_icon = "folder"
    empty_title = _("Nothing was listed for disposal yet")

    def get_queryset(self) -> QuerySet[Disposal]:
        found = retention.disposals(actor=self.actor).filter(project_id=self.project_id)
        return found.annotate(count=Count("items"))

    def row_url(self, row: Disposal) -> str:
        return reverse("retention-disposal", args=[self.project_id, row.pk])

    def page_context(self) -> dict[str, Any]:
        due = reverse("retention", args=[self.project_id])
        return {"crumbs": [(_("Records due for disposal"), due)]}


class DisposalPage(ConsoleView):
    """What was on a list and what became of it: the proof of the disposal."""

    action = Action.RETENTION_VIEW

    def get(self, request: HttpRequest, project_id: int, disposal_id: int) -> HttpResponseBase:
        disposal = retention.get_disposal(actor=self.actor, disposal_id=disposal_id)
        if disposal.project_id != project_id:
            raise NotFound
        lists = reverse("retention-disposals", args=[project_id])
        context = {
            "title": disposal.note,
            "crumbs": [(Disposals.title, lists)],
            "disposal": disposal,
            "tone": _TONES.get(disposal.state, ""),
            "items": [
                (item, class_of(item.record_class)) for item in disposal.items.order_by("pk")
            ],
            "case_url": case_path(disposal.case_id) if disposal.case_id else "",
            "history": told_with_cases({Disposal: [disposal.pk]}),
        }
        return render(request, "console/retention/disposal.html", context)
