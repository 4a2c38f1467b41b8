"""Signing in and out, and the forgotten password: the pages of those who are not signed in."""

from datetime import datetime
from typing import Any, Final

from django import forms as django_forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from console import language
from console.accounts import forms as account_forms
from console.accounts.lockout import counted_address
from console.redirects import safe_target
from console.two_steps import TwoSteps
from console.views import OpenView
from kernel.limits import Limit
from portal.vendors import forms, session
from services.procurement.vendors import door
from tenants.vendors import operations
from tenants.vendors.models import VendorLogin
from tenants.vendors.operations import Known

# One address may belong to a whole office; these bounds only stop machines.
FAILURES_OF_ADDRESS: Final = Limit("vendor-sign-in-failures", 100, 15 * 60)
LINKS_OF_ADDRESS: Final = Limit("vendor-links-of-address", 20, 3600)
LINKS_OF_EMAIL: Final = Limit("vendor-links-of-email", 3, 3600)


class SignIn(TwoSteps[Known]):
    """The vendors' door. It tells nobody whether an address is known."""

    title = _("Sign in for vendors")
    form_class = forms.SignIn
    template = "portal/vendors/sign_in.html"
    code_template = "portal/vendors/code.html"
    refusal = _("The e-mail address or the password is not right.")

    def limit(self) -> Limit:
        return FAILURES_OF_ADDRESS

    def check_password(self, *, address: str, **typed: Any) -> Known:
        return operations.check_password(address=address, now=self.now, **typed)

    def ticket_of(self, known: Known) -> str:
        return operations.ticket_of(known)

    def read_ticket(self, ticket: str) -> Known:
        return operations.read_ticket(ticket)

    def open_session(self, known: Known, *, code: str, new_secret: str, address: str) -> str:
        return operations.sign_in(
            known=known,
            code=code,
            new_secret=new_secret,
            address=address,
            device=self.request.headers.get("User-Agent", ""),
            now=self.now,
        )

    def has_app(self, known: Known) -> bool:
        return bool(known.login.app_secret_encrypted)

    def account_of(self, known: Known) -> str:
        return known.login.email

    def let_in(self, request: HttpRequest, key: str) -> HttpResponse:
        response = HttpResponseRedirect(safe_target(request, request.POST.get("next", "")))
        session.COOKIE.remember(response, key)
        return response

    def more(self, request: HttpRequest) -> dict[str, Any]:
        return {
            "next": request.POST.get("next") or request.GET.get("next", ""),
            "password_is_set": request.GET.get("password") == "set",
        }

    def page(
        self, request: HttpRequest, form: django_forms.Form, status: int = 200
    ) -> HttpResponse:
        if status == 200 and session.person_of(request, self.now) is not None:
            return HttpResponseRedirect(safe_target(request, request.GET.get("next", "")))
        return super().page(request, form, status)


class SignOut(OpenView):
    def post(self, request: HttpRequest) -> HttpResponseBase:
        target = safe_target(request, request.POST.get("next", ""), reverse("login"))
        response = HttpResponseRedirect(target)
        session.end(request, response)
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response


class AskForLink(OpenView):
    """Ask for the link to set a new password. The answer is the same whoever asks."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return self._page(request, forms.AskForLink())

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = forms.AskForLink(request.POST)
        if not form.is_valid():
            return self._page(request, form, status=422)
        if not LINKS_OF_ADDRESS.count(counted_address(request) or ""):
            return too_often(request)
        email = operations.address_of(form.cleaned_data["email"])
        # Over the limit of one mailbox nothing is sent and nothing is said.
        if LINKS_OF_EMAIL.count(email):
            operations.ask_for_link(email=email)
        context = {"title": _("Look into your mail")}
        return render(request, "portal/vendors/link_sent.html", context)

    def _page(
        self, request: HttpRequest, form: forms.AskForLink, status: int = 200
    ) -> HttpResponse:
        context = {"title": _("Forgotten password"), "form": form}
        return render(request, "portal/vendors/ask_for_link.html", context, status=status)


class SetPassword(OpenView):
    """Where the link leads: choose a password. Looking at the page does not use the link up."""

    def get(self, request: HttpRequest, token: str) -> HttpResponseBase:
        try:
            login = operations.read_reset_token(token)
        except operations.LinkInvalid as error:
            return link_void(request, error)
        return self._page(request, login, account_forms.ChoosePassword())

    def post(self, request: HttpRequest, token: str) -> HttpResponseBase:
        form = account_forms.ChoosePassword(request.POST)
        try:
            if form.is_valid() and self._is_set(form, token):
                response = HttpResponseRedirect(f"{reverse('login')}?password=set")
                session.end(request, response)  # this browser may have been somebody else's
                return response
            return self._page(request, operations.read_reset_token(token), form, status=422)
        except operations.LinkInvalid as error:
            return link_void(request, error)

    def _is_set(self, form: account_forms.ChoosePassword, token: str) -> bool:
        try:
            door.reset_password(token=token, password=form.cleaned_data["password"], now=self.now)
        except operations.PasswordWeak as error:
            form.add_error("password", str(error))
        return form.is_valid()

    def _page(
        self,
        request: HttpRequest,
        login: VendorLogin,
        form: account_forms.ChoosePassword,
        status: int = 200,
    ) -> HttpResponse:
        context = {"title": _("Choose your password"), "form": form, "login": login}
        return render(request, "portal/vendors/set_password.html", context, status=status)


class Language(OpenView):
    """Choose the language: of this browser, and of the person if one has signed in."""

    def post(self, request: HttpRequest) -> HttpResponseBase:
        response = HttpResponseRedirect(safe_target(request, request.POST.get("next", "")))
        chosen = request.POST.get("language", "")
        if chosen in dict(settings.LANGUAGES):
            language.remember(response, chosen)
            person = session.person_of(request, self.now)
            if person is not None:
                operations.set_language(login_id=person.login.pk, language=chosen)
        return response


def second_step(request: HttpRequest, known: Known, now: datetime) -> HttpResponse:
    """Return the page for a code, for somebody whose password was right on another page."""
    view = SignIn()
    view.setup(request)
    view.now = now
    return view.code_page(request, known)


def link_void(request: HttpRequest, error: operations.LinkInvalid) -> HttpResponse:
    """Return the answer to a link that stands no more, whoever made it."""
    context = {"title": _("This link is void"), "text": str(error)}
    return render(request, "portal/vendors/link_void.html", context, status=error.status)


def too_often(request: HttpRequest) -> HttpResponse:
    context = {"title": _("Too many tries")}
    return render(request, "console/accounts/locked_out.html", context, status=429)
