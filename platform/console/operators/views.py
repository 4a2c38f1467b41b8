"""The operators' pages: companies, their set-up, suspending them. No company's data is in reach."""

from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from console.operators import forms, session
from console.two_steps import TwoSteps
from console.views import OpenView, error_page
from kernel.errors import DomainError
from kernel.limits import Limit
from tenants.companies import queries as companies
from tenants.companies.models import Company, CompanyStatus, SetupStage
from tenants.operators import operations as operators
from tenants.operators import queries
from tenants.operators.models import Operator, OperatorAction
from tenants.provisioning import operations

PAGE_SIZE = 50
STAGES = (SetupStage.WAITING, SetupStage.SCHEMA, SetupStage.CONTENT)
FAILURES_OF_ADDRESS = Limit("operator-sign-in-failures", 20, 15 * 60)

DONE = {
    "suspended": _("The company is suspended: its site and its tasks stand still."),
    "resumed": _("The company works again."),
    "invited": _("The link is on its way to the first administrator."),
}

EVENTS = {
    "company.created": _("Company created"),
    "company.setup-retried": _("Set-up tried again"),
    "company.suspended": _("Company suspended"),
    "company.resumed": _("Company resumed"),
    "company.administrator-invited": _("Administrator invited again"),
    "operator.added": _("Operator added"),
    "operator.signed-in": _("Signed in"),
    "operator.locked": _("Locked after too many failures"),
    "operator.slowed": _("Slowed down after five failures from one address"),
    "operator.app-set-up": _("Authenticator app set up"),
    "operator.app-reset": _("Authenticator app taken away"),
    "operator.password-set": _("Password set"),
    "operator.activated": _("Operator let in again"),
    "operator.deactivated": _("Operator shut out"),
}


class OperatorView(View):
    """A page for a signed-in operator."""

    operator: Operator
    now: datetime

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not session.may_knock(request):
            raise Http404
        self.now = timezone.now()
        operator = queries.operator_of_session(key=session.COOKIE.key_of(request), now=self.now)
        if operator is None:
            return HttpResponseRedirect(reverse("operators-sign-in"))
        self.operator = operator
        try:
            response = super().dispatch(request, *args, **kwargs)
        except DomainError as error:
            response = error_page(request, error)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def page(self, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
        given = {"operator": self.operator, **context}
        return render(self.request, f"console/operators/{template}.html", given, status=status)


class SignIn(TwoSteps[Operator]):
    title = _("Operators")
    form_class = forms.SignIn
    template = "console/operators/sign_in.html"
    code_template = "console/operators/code.html"
    refusal = _("The user name or the password is not right.")

    def led_away(self, request: HttpRequest) -> HttpResponseBase | None:
        if not session.may_knock(request):
            raise Http404
        return None

    def limit(self) -> Limit:
        return FAILURES_OF_ADDRESS

    def check_password(self, *, address: str, **typed: Any) -> Operator:
        return operators.check_password(address=address, now=self.now, **typed)

    def ticket_of(self, known: Operator) -> str:
        return operators.ticket_of(known)

    def read_ticket(self, ticket: str) -> Operator:
        return operators.operator_of_ticket(ticket)

    def open_session(self, known: Operator, *, code: str, new_secret: str, address: str) -> str:
        return operators.sign_in(
            operator_id=known.pk, code=code, new_secret=new_secret, address=address, now=self.now
        )

    def has_app(self, known: Operator) -> bool:
        return bool(known.app_secret_encrypted)

    def account_of(self, known: Operator) -> str:
        return known.username

    def let_in(self, request: HttpRequest, key: str) -> HttpResponse:
        response = HttpResponseRedirect(reverse("operators"))
        session.COOKIE.remember(response, key)
        return response


class SignOut(OpenView):
    def post(self, request: HttpRequest) -> HttpResponseBase:
        response = HttpResponseRedirect(reverse("operators-sign-in"))
        session.end(request, response)
        return response


class Companies(OperatorView):
    def get(self, request: HttpRequest) -> HttpResponseBase:
        text, status = request.GET.get("q", "").strip()[:100], request.GET.get("status", "")
        found = companies.search(text=text.replace("\x00", ""), status=status)
        return self.page(
            "companies",
            title=_("Companies"),
            found=Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
            text=text,
            state=status,
            statuses=CompanyStatus.choices,
        )


class NewCompany(OperatorView):
    def get(self, request: HttpRequest) -> HttpResponseBase:
        return self.page("new", title=_("New company"), form=forms.NewCompany())

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = forms.NewCompany(request.POST)
        if form.is_valid():
            try:
                company = operations.create_company(
                    by=self.operator.username, now=self.now, **form.cleaned_data
                )
            except DomainError as error:
                form.add_error(error.field if error.field in form.fields else None, str(error))
            else:
                return HttpResponseRedirect(reverse("operators-company", args=[company.pk]))
        return self.page("new", status=422, title=_("New company"), form=form)


class CompanyPage(OperatorView):
    """One company: how far its set-up is, its state, what operators did to it."""

    def get(self, request: HttpRequest, company_id: int) -> HttpResponseBase:
        return self.show(company_id)

    def show(self, company_id: int, *, status: int = 200, **context: Any) -> HttpResponse:
        company = companies.get_company_by_id(company_id=company_id)
        given = {
            "title": company.name,
            "company_shown": company,
            "host": companies.primary_domain(company_id=company.pk),
            "stages": stages_of(company),
            "rows": [
                (action, words_of(action), "")
                for action in queries.actions(company_id=company.pk)[:PAGE_SIZE]
            ],
            "suspend_form": forms.Suspend(),
            "invite_form": forms.InviteAgain(),
            "done": DONE.get(self.request.GET.get("done", "")),
        }
        return self.page("company", status=status, **given | context)


class Progress(OperatorView):
    """The part of the company's page that asks again while the set-up runs."""

    def get(self, request: HttpRequest, company_id: int) -> HttpResponseBase:
        company = companies.get_company_by_id(company_id=company_id)
        return self.page("_progress", company_shown=company, stages=stages_of(company))


class Step(CompanyPage):
    """One thing done to a company; a refusal is told on its page."""

    def get(self, request: HttpRequest, company_id: int) -> HttpResponseBase:
        return HttpResponseRedirect(reverse("operators-company", args=[company_id]))

    def back(self, company_id: int, done: str = "") -> HttpResponse:
        url = reverse("operators-company", args=[company_id])
        return HttpResponseRedirect(f"{url}?done={done}" if done else url)


class Suspend(Step):
    def post(self, request: HttpRequest, company_id: int) -> HttpResponseBase:
        form = forms.Suspend(request.POST)
        if not form.is_valid():
            return self.show(company_id, status=422, suspend_form=form)
        operations.suspend_company(
            by=self.operator.username,
            company_id=company_id,
            reason=form.cleaned_data["reason"],
            now=self.now,
        )
        return self.back(company_id, "suspended")


class Resume(Step):
    def post(self, request: HttpRequest, company_id: int) -> HttpResponseBase:
        operations.resume_company(by=self.operator.username, company_id=company_id, now=self.now)
        return self.back(company_id, "resumed")


class Retry(Step):
    def post(self, request: HttpRequest, company_id: int) -> HttpResponseBase:
        operations.retry_setup(by=self.operator.username, company_id=company_id, now=self.now)
        return self.back(company_id)


class InviteAgain(Step):
    def post(self, request: HttpRequest, company_id: int) -> HttpResponseBase:
        form = forms.InviteAgain(request.POST)
        if form.is_valid():
            try:
                operations.invite_administrator_again(
                    by=self.operator.username,
                    company_id=company_id,
                    email=form.cleaned_data["email"],
                    now=self.now,
                )
            except operations.AdministratorSettled as error:
                form.add_error(None, str(error))
            else:
                return self.back(company_id, "invited")
        return self.show(company_id, status=422, invite_form=form)


class Log(OperatorView):
    def get(self, request: HttpRequest) -> HttpResponseBase:
        actions = Paginator(queries.actions(), PAGE_SIZE).get_page(request.GET.get("page"))
        names = companies.names_of({action.company_id for action in actions if action.company_id})
        return self.page(
            "log",
            title=_("Log"),
            page=actions,
            rows=[
                (action, words_of(action), names.get(action.company_id or 0, ""))
                for action in actions
            ],
        )


def words_of(action: OperatorAction) -> str:
    """Return what was done, in the reader's language."""
    return str(EVENTS.get(action.event, action.event))


def stages_of(company: Company) -> list[tuple[str, str]]:
    """Return each stage of the set-up with ``done``, ``current``, ``failed`` or ``waiting``."""
    if company.status not in {CompanyStatus.PROVISIONING, CompanyStatus.FAILED}:
        return []
    reached = STAGES.index(SetupStage(company.stage))
    at_it = "failed" if company.status == CompanyStatus.FAILED else "current"
    states = ["done"] * reached + [at_it] + ["waiting"] * (len(STAGES) - reached - 1)
    return [(str(stage.label), state) for stage, state in zip(STAGES, states, strict=True)]
