"""What is done to a request in the side sheet."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from console.procurement.requests import forms
from console.sheets import EditSheet
from console.views import ConsoleView
from kernel.access import Action
from kernel.tenancy import company_time_zone
from services.procurement.requests import operations, queries
from services.procurement.requests.models import PurchaseRequest


class RequestSheet(EditSheet):
    """A sheet about the request of the address, which it leads back to."""

    action = Action.PURCHASE_REQUEST
    record: PurchaseRequest

    def check_access(self, project_id: int | None) -> None:
        super().check_access(project_id)
        self.record = queries.get_request(actor=self.actor, request_id=self.kwargs["request_id"])

    def back(self) -> str:
        return reverse("purchase-requests-request", args=[self.record.pk])


class SubmitRequest(RequestSheet):
    title, button = _("Submit the request"), _("Submit")
    lead = _("It goes to the property manager, then to the company's general manager.")
    form_class = forms.SubmitForm

    def form_options(self) -> dict[str, Any]:
        return {"initial": {"budget_reason": self.record.budget_reason}}

    def save(self, values: dict[str, Any]) -> None:
        operations.submit_request(
            actor=self.actor,
            request_id=self.record.pk,
            budget_reason=values["budget_reason"],
            now=self.now,
        )


class LogConsent(RequestSheet):
    title, button = _("Log a verbal consent"), _("Log the consent")
    lead = _(
        "An emergency may be bought once a leader has consented by word. He is told, and can "
        "object. The paper is to be approved within the working days that the company allows; "
        "without it nothing is reimbursed."
    )
    form_class = forms.ConsentForm

    def form_options(self) -> dict[str, Any]:
        local = timezone.localtime(self.now, company_time_zone())
        return {
            "people": queries.consenters(actor=self.actor, request_id=self.record.pk, now=self.now),
            "initial": {"day": local.date(), "at": local.time()},
        }

    def save(self, values: dict[str, Any]) -> None:
        operations.log_consent(
            actor=self.actor,
            request_id=self.record.pk,
            consenter_id=int(values["consenter"]),
            consented_at=forms.moment_of(values),
            means=values["means"],
            text=values["text"],
            budget_reason=values["budget_reason"],
            now=self.now,
        )


class NoteReallocation(RequestSheet):
    action = Action.PURCHASE_VIEW
    title, button = _("Existing goods"), _("Write it down")
    lead = _("First look whether existing goods can be moved, or the company can arrange it.")
    form_class = forms.ReallocationForm

    def form_options(self) -> dict[str, Any]:
        return {"initial": {"note": self.record.reallocation_note}}

    def save(self, values: dict[str, Any]) -> None:
        operations.note_reallocation(
            actor=self.actor, request_id=self.record.pk, note=values["note"], now=self.now
        )


class CancelRequest(RequestSheet):
    title, button = _("Cancel the request"), _("Cancel it for good")
    form_class = forms.ReasonForm

    def save(self, values: dict[str, Any]) -> None:
        operations.cancel_request(
            actor=self.actor, request_id=self.record.pk, reason=values["reason"], now=self.now
        )


class ReportObstacle(EditSheet):
    """The buyer says that goods cannot be had (PR-34)."""

    action = Action.PURCHASE_BUY
    title, button = _("It cannot be had as asked for"), _("Tell whoever asked")
    form_class = forms.ReasonForm

    def check_access(self, project_id: int | None) -> None:
        super().check_access(project_id)
        self.line = queries.get_line(actor=self.actor, line_id=self.kwargs["request_line_id"])

    def words(self) -> dict[str, Any]:
        left = f"{self.line.rest.normalize():f} {self.line.unit}"
        return {"lead": f"{self.line.request.number} {self.line.name} {left}"}

    def save(self, values: dict[str, Any]) -> None:
        operations.report_obstacle(
            actor=self.actor, line_id=self.line.pk, reason=values["reason"], now=self.now
        )

    def back(self) -> str:
        return reverse("purchase-requests-request", args=[self.line.request_id])


class GiveUpRest(RequestSheet):
    title, button = _("Do without the rest"), _("Do without it")
    lead = _(
        "What is not bought yet is not bought any more, and its budget is free again. What you "
        "need in its place is another request."
    )
    form_class = forms.GiveUpForm

    def form_options(self) -> dict[str, Any]:
        return {
            "lines": [line for line in queries.lines_of(self.record) if line.rest],
        }

    def save(self, values: dict[str, Any]) -> None:
        operations.give_up_rest(actor=self.actor, request_id=self.record.pk, now=self.now, **values)


class TakeBack(ConsoleView):
    action = Action.PURCHASE_REQUEST

    def post(self, request: HttpRequest, request_id: int) -> HttpResponseBase:
        operations.take_back(actor=self.actor, request_id=request_id, now=self.now)
        return redirect("purchase-requests-request", request_id)


class CopyRequest(ConsoleView):
    action = Action.PURCHASE_REQUEST

    def post(self, request: HttpRequest, request_id: int) -> HttpResponseBase:
        made = operations.copy_request(
            actor=self.actor, request_id=request_id, now=self.now, today=self.today
        )
        return redirect("purchase-requests-edit", made.pk)
