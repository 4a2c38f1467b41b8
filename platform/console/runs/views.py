"""A bill run: prepare it, watch it, look at it, check it, post it."""

from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_htmx.http import HttpResponseClientRedirect

from console import formats
from console.runs import forms, progress
from console.views import ConsoleView
from kernel import policies
from kernel.access import Action, Actor
from kernel.audit.queries import history_of
from kernel.errors import DomainError, NotFound
from services.billing.runs import operations, preview, queries, rules
from services.billing.runs.models import BillRun, RunState
from services.billing.standards.rules import shift_month

EVENTS = {
    "billing.run.prepared": (_("Prepared"), "plus", ""),
    "billing.run.recomputed": (_("Computed anew"), "refresh", ""),
    "billing.run.computed": (_("Draft computed"), "calc", "ok"),
    "billing.run.checked": (_("Checked"), "check", "ok"),
    "billing.run.posting-started": (_("Posting started"), "send", ""),
    "billing.run.posted": (_("Posted"), "ok", "ok"),
    "billing.run.interrupted": (_("Interrupted"), "alert", "bad"),
    "billing.run.stop-requested": (_("Stop asked for"), "ban", "warn"),
    "billing.run.cancelled": (_("Cancelled"), "x", ""),
}


def run_url(run: BillRun) -> str:
    return reverse("bill-runs-run", args=[run.project_id, run.pk])


def crumbs_of(project_id: int) -> list[tuple[object, str]]:
    return [(_("Bill runs"), reverse("bill-runs", args=[project_id]))]


def run_in(actor: Actor, project_id: int | None, run_id: int) -> BillRun:
    """Return the run if it is one of the project in the address.

    :raises NotFound: otherwise, or if it is out of reach.
    """
    run = queries.get_run(actor=actor, run_id=run_id)
    if run.project_id != project_id:
        raise NotFound
    return run


class PrepareRun(ConsoleView):
    """The form that opens a month; with a run of it under way, it leads there."""

    action = Action.BILL_RUN_PREPARE

    def get(self, request: HttpRequest, project_id: int) -> HttpResponseBase:
        return self._page(request, project_id, forms.Prepare(today=self.today))

    def post(self, request: HttpRequest, project_id: int) -> HttpResponseBase:
        form = forms.Prepare(request.POST, today=self.today)
        if form.is_valid():
            try:
                run = operations.prepare_run(
                    actor=self.actor,
                    project_id=project_id,
                    period=form.cleaned_data["period"],
                    now=self.now,
                    today=self.today,
                )
            except operations.RunOpen as error:
                open_id = error.details["run_id"]
                return HttpResponseRedirect(reverse("bill-runs-run", args=[project_id, open_id]))
            except rules.PeriodInvalid as error:
                form.add_error("period", str(error))
            else:
                return HttpResponseRedirect(run_url(run))
        return self._page(request, project_id, form, status=422)

    def _page(
        self, request: HttpRequest, project_id: int, form: Form, status: int = 200
    ) -> HttpResponse:
        context = {
            "title": _("Prepare a month"),
            "crumbs": crumbs_of(project_id),
            "form": form,
            "project_id": project_id,
            "opens_on": policies.get("billing.open_day", int, project_id=project_id),
        }
        return render(request, "console/runs/prepare.html", context, status=status)


class RunView(ConsoleView):
    """The base of everything about one run; a run of another project is not found."""

    action = Action.BILL_VIEW
    run: BillRun

    def check_access(self, project_id: int | None) -> None:
        super().check_access(project_id)
        self.run = run_in(self.actor, project_id, self.kwargs["run_id"])

    def page(
        self,
        request: HttpRequest,
        *,
        status: int = 200,
        refusal: DomainError | None = None,
        check_form: Form | None = None,
    ) -> HttpResponse:
        """Return the run's page, with why something was refused."""
        run = self.run
        totals = preview.item_totals(run)
        amount, last_amount = preview.sum_of(totals)
        opens_on = rules.opens_on(
            run.period, policies.get("billing.open_day", int, project_id=run.project_id)
        )
        context: dict[str, Any] = {
            "title": _("Bills of %(month)s") % {"month": formats.spell_month(run.period)},
            "crumbs": crumbs_of(run.project_id),
            "run": run,
            "project_id": run.project_id,
            "facts": self._facts(),
            "totals": totals,
            "amount": amount,
            "last_amount": last_amount,
            "change": amount - last_amount,
            "last_month": shift_month(run.period, -1),
            "skips": preview.skip_counts(run),
            "changes": [] if run.state in progress.WORKING else preview.biggest_changes(run),
            "history": self._history(),
            "refusal": refusal,
            "check_form": check_form or self._check_form(),
            "cancel_form": forms.Cancel(),
            "is_working": run.state in progress.WORKING,
            "has_draft": run.state in {RunState.PREVIEW, RunState.CHECKED},
            "is_preparer": self.actor.user_id == run.prepared_by,
            "own_readings": self._own_readings(),
            "opens_on": opens_on,
            "is_open": self.today >= opens_on,
            **self._may(),
        }
        if run.state in progress.WORKING:
            context |= progress.context_of(run, actor=self.actor, now=self.now)
        return render(request, "console/runs/run.html", context, status=status)

    def _may(self) -> dict[str, bool]:
        run, may = self.run, self.actor.may
        resumes = run.state == RunState.FAILED and run.checked_by is not None
        restarts = run.state == RunState.FAILED and run.checked_by is None
        may_prepare = may(Action.BILL_RUN_PREPARE, run.project_id)
        may_check = may(Action.BILL_RUN_CHECK, run.project_id)
        may_post = may(Action.BILL_RUN_POST, run.project_id)
        is_over = run.state in {RunState.POSTED, RunState.CANCELLED, RunState.POSTING}
        return {
            "may_check": may_check and run.state == RunState.PREVIEW,
            "may_post": may_post and (run.state == RunState.CHECKED or resumes),
            "may_recompute": may_prepare and (run.state == RunState.PREVIEW or restarts),
            "may_cancel": (may_prepare or may_check) and not is_over and not queries.has_bills(run),
            "may_stop": may_post if run.state == RunState.POSTING else may_prepare,
            "resumes": resumes,
        }

    def _facts(self) -> list[str]:
        run = self.run
        facts = [str(run.project), str(_("Prepared by %(name)s") % {"name": run.prepared_by_label})]
        if run.issued_on:
            facts.append(str(_("Issued %(day)s") % {"day": formats.spell_day(run.issued_on)}))
        facts.append(str(_("Due %(day)s") % {"day": formats.spell_day(run.due_on)}))
        return facts

    def _history(self) -> list[tuple[Any, str, str, Any]]:
        return [
            (*EVENTS[entry.event], entry)
            for entry in history_of(self.run)[:20]
            if entry.event in EVENTS
        ]

    def _own_readings(self) -> int:
        if self.actor.user_id is None or self.run.state != RunState.PREVIEW:
            return 0
        return queries.draft_readings_recorded_by(self.run, self.actor.user_id)

    def _check_form(self) -> forms.Check:
        return forms.Check(
            initial={
                "expected_lines": self.run.draft_lines,
                "expected_amount": self.run.draft_amount,
            }
        )


class RunPage(RunView):
    def get(self, request: HttpRequest, project_id: int, run_id: int) -> HttpResponseBase:
        return self.page(request)


class RunWork(RunView):
    """What the card of the work asks for every two seconds; when it is over, the page anew."""

    def get(self, request: HttpRequest, project_id: int, run_id: int) -> HttpResponseBase:
        if self.run.state not in progress.WORKING:
            return HttpResponseClientRedirect(run_url(self.run))
        context = {
            **progress.context_of(self.run, actor=self.actor, now=self.now),
            **self._may(),
            "project_id": project_id,
        }
        return render(request, "console/runs/_work.html", context)


class RunStep(RunView):
    """A button of the run's page: one operation, then the page; refused, the page with why."""

    def post(self, request: HttpRequest, project_id: int, run_id: int) -> HttpResponseBase:
        try:
            self.do(request)
        except NotFound:
            raise
        except DomainError as error:
            self.note_refusal(error)
            self.run.refresh_from_db()
            return self.page(request, status=error.status, refusal=error)
        return HttpResponseRedirect(run_url(self.run))

    def do(self, request: HttpRequest) -> None:
        """Call the operation. :raises DomainError: if it refuses."""
        raise NotImplementedError


class CheckRun(RunStep):
    action = Action.BILL_RUN_CHECK

    def post(self, request: HttpRequest, project_id: int, run_id: int) -> HttpResponseBase:
        self.form = forms.Check(request.POST)
        if not self.form.is_valid():
            return self.page(request, status=422, check_form=self.form)
        return super().post(request, project_id, run_id)

    def do(self, request: HttpRequest) -> None:
        operations.check_run(
            actor=self.actor, run_id=self.run.pk, now=self.now, **self.form.cleaned_data
        )


class PostRun(RunStep):
    action = Action.BILL_RUN_POST

    def do(self, request: HttpRequest) -> None:
        operations.post_run(actor=self.actor, run_id=self.run.pk, now=self.now, today=self.today)


class RecomputeRun(RunStep):
    action = Action.BILL_RUN_PREPARE

    def do(self, request: HttpRequest) -> None:
        operations.recompute_run(actor=self.actor, run_id=self.run.pk, now=self.now)


class StopRun(RunStep):
    def do(self, request: HttpRequest) -> None:
        operations.stop_run(actor=self.actor, run_id=self.run.pk, now=self.now)


class CancelRun(RunStep):
    def do(self, request: HttpRequest) -> None:
        form = forms.Cancel(request.POST)
        reason = form.cleaned_data["reason"] if form.is_valid() else ""
        operations.cancel_run(actor=self.actor, run_id=self.run.pk, reason=reason, now=self.now)
