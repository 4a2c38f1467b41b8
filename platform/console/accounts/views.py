"""Signing in and out, and setting a password: the pages of those who are not signed in."""

from django.conf import settings
from django.contrib.auth import authenticate, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from console import language
from console.accounts import door, forms
from console.accounts.lockout import counted_address, counted_name
from console.actor import ANONYMOUS
from console.redirects import safe_target
from console.views import OpenView
from kernel import access, visits
from kernel.access import passwords
from kernel.access.models import User, is_named
from kernel.access.passwords import LinkInvalid, PasswordWeak
from kernel.identity.models import Method
from kernel.identity.operations import sessions
from kernel.limits import Limit
from kernel.security import operations as security
from kernel.security.models import SecurityKind

# One address may belong to a whole office; these bounds only stop machines.
FAILURES_OF_ADDRESS = Limit("sign-in-failures", 100, 15 * 60)
LINKS_OF_ADDRESS = Limit("links-of-address", 20, 3600)
LINKS_OF_LOGIN = Limit("links-of-login", 3, 3600)


class SignIn(OpenView):
    """The door to a company. It tells nobody whether a user name exists."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            return HttpResponseRedirect(self._target(request))
        return self._page(request, forms.SignIn())

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = forms.SignIn(request.POST)
        if not form.is_valid():
            return self._page(request, form, status=422)
        if FAILURES_OF_ADDRESS.is_reached(address_of(request)):
            return too_often(request)
        user = authenticate(request, **form.cleaned_data)
        if not isinstance(user, User):
            FAILURES_OF_ADDRESS.count(address_of(request))
            if not getattr(request, "axes_locked_out", False):  # that is written down as such
                note_failure(request, SecurityKind.SIGN_IN_FAILED)
            form.add_error(None, _("The user name or the password is not right."))
            return self._page(request, form, status=422)
        if user.first_password_until is not None and user.first_password_until < self.now:
            form.add_error(None, _("This first password has run out. Ask for a new one."))
            return self._page(request, form, status=422)
        step = door.next_step(user, self.now)
        if step:
            door.remember(request, user, self._target(request), self.now)
            return HttpResponseRedirect(reverse(step))
        door.let_in(request, user, Method.PASSWORD, self.now)
        return HttpResponseRedirect(self._target(request))

    def _target(self, request: HttpRequest) -> str:
        return safe_target(request, request.POST.get("next") or request.GET.get("next", ""))

    def _page(self, request: HttpRequest, form: forms.SignIn, status: int = 200) -> HttpResponse:
        context = {
            "title": _("Sign in"),
            "form": form,
            "next": request.POST.get("next") or request.GET.get("next", ""),
            "password_is_set": request.GET.get("password") == "set",
        }
        return render(request, "console/accounts/sign_in.html", context, status=status)


class SignOut(OpenView):
    """End the session, and what the browser has kept of it."""

    def post(self, request: HttpRequest) -> HttpResponseBase:
        if request.session.session_key:
            sessions.end_of_key(session_key=request.session.session_key, now=self.now)
        logout(request)
        response = redirect("login")
        # Not "cookies": browsers clear them for the whole registered domain, other companies too.
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
        if not LINKS_OF_ADDRESS.count(address_of(request)):
            return too_often(request)
        asked = form.cleaned_data["login"]
        # Over the limit of one name nothing is sent and nothing is said: else it would tell that
        # somebody asks for this person.
        if LINKS_OF_LOGIN.count(counted_name(request, {"username": asked})):
            passwords.request_link(actor=ANONYMOUS, login=asked, now=self.now)
        context = {"title": _("Look into your mail")}
        return render(request, "console/accounts/link_sent.html", context)

    def _page(
        self, request: HttpRequest, form: forms.AskForLink, status: int = 200
    ) -> HttpResponse:
        context = {"title": _("Forgotten password"), "form": form}
        return render(request, "console/accounts/ask_for_link.html", context, status=status)


class SetPassword(OpenView):
    """Where the link leads: choose a password. Looking at the page does not use the link up."""

    def get(self, request: HttpRequest, token: str) -> HttpResponseBase:
        try:
            user = passwords.read_link_token(token)
        except LinkInvalid as error:
            return self._void(request, error)
        return self._page(request, user, forms.ChoosePassword())

    def post(self, request: HttpRequest, token: str) -> HttpResponseBase:
        form = forms.ChoosePassword(request.POST)
        try:
            if form.is_valid() and self._is_set(form, token):
                logout(request)  # this browser may have been somebody else's
                return HttpResponseRedirect(f"{reverse('login')}?password=set")
            return self._page(request, passwords.read_link_token(token), form, status=422)
        except LinkInvalid as error:
            return self._void(request, error)

    def _is_set(self, form: forms.ChoosePassword, token: str) -> bool:
        try:
            passwords.set_by_link(
                token=token,
                password=form.cleaned_data["password"],
                request_id=self.request_id,
                address=self.address,
                now=self.now,
            )
        except PasswordWeak as error:
            form.add_error("password", str(error))
        return form.is_valid()

    def _page(
        self, request: HttpRequest, user: User, form: forms.ChoosePassword, status: int = 200
    ) -> HttpResponse:
        context = {"title": _("Choose your password"), "form": form, "person": user}
        return render(request, "console/accounts/set_password.html", context, status=status)

    def _void(self, request: HttpRequest, error: LinkInvalid) -> HttpResponse:
        context = {"title": _("This link is void"), "text": str(error)}
        return render(request, "console/accounts/link_void.html", context, status=error.status)


class Language(OpenView):
    """Choose the language before signing in."""

    def post(self, request: HttpRequest) -> HttpResponseBase:
        response = HttpResponseRedirect(safe_target(request, request.POST.get("next", "")))
        chosen = request.POST.get("language", "")
        if chosen in dict(settings.LANGUAGES):
            language.remember(response, chosen)
        return response


def address_of(request: HttpRequest) -> str:
    """Return what tries are counted by, beside the name."""
    return counted_address(request) or ""


def note_failure(request: HttpRequest, kind: SecurityKind, user: User | None = None) -> None:
    """Write a failed sign-in into the security log; ``user`` if it is known whose.

    Of a name that nobody has nothing is kept: it may be a password typed into the wrong field.
    """
    if user is None:
        user = User.objects.filter(is_named(request.POST.get("username", "").strip())).first()
    request_id = visits.request_id(request)
    security.note(
        kind=kind,
        actor=access.Actor(label=user.label, user_id=user.pk, request_id=request_id)
        if user
        else access.Actor(label="", request_id=request_id),
        path=f"{request.method} {request.path}",
        address=visits.client_address(request),
        now=timezone.now(),
    )


def too_often(request: HttpRequest) -> HttpResponse:
    """Return the answer to too many tries, of one person or of one address."""
    context = {"title": _("Too many tries")}
    return render(request, "console/accounts/locked_out.html", context, status=429)
