"""The second half of signing in: a first password to replace, the second factor, setting one up."""

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from console.accounts import door, forms, proof
from console.accounts.app_setup import forget_secret, keep_codes, offer_of, secret_of
from console.accounts.views import FAILURES_OF_ADDRESS, address_of, note_failure, too_often
from console.redirects import safe_target
from console.views import OpenView
from kernel.access import passwords
from kernel.access.models import User
from kernel.errors import DomainError
from kernel.identity import queries
from kernel.identity.models import Method
from kernel.identity.operations import factors, passkeys
from kernel.limits import Limit
from kernel.security.models import SecurityKind

STATE = "passkey_state"
ASKED_OF_ADDRESS = Limit("passkeys-of-address", 300, 15 * 60)


class HalfSignedIn(OpenView):
    """A step that only somebody may take whose password was right a moment ago."""

    step: str
    person: User

    def led_away(self, request: HttpRequest) -> HttpResponseBase | None:
        person = door.pending_user(request, self.now)
        if person is None or door.next_step(person, self.now) != self.step:
            return HttpResponseRedirect(reverse("login"))
        self.person = person
        return None

    def go_on(self, request: HttpRequest, method: Method) -> HttpResponse:
        """Sign in, or lead to the step that is still left."""
        step = door.next_step(self.person, self.now)
        if step and step != self.step:
            return HttpResponseRedirect(reverse(step))
        return HttpResponseRedirect(door.let_in(request, self.person, method, self.now))


class FirstPassword(HalfSignedIn):
    """Replace the password that the product made by one of one's own."""

    step = "sign-in-password"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return self._page(request, forms.ChoosePassword())

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = forms.ChoosePassword(request.POST)
        if form.is_valid():
            try:
                self.person = passwords.replace_first(
                    user_id=self.person.pk,
                    password=form.cleaned_data["password"],
                    request_id=self.request_id,
                    address=self.address,
                    now=self.now,
                )
            except passwords.PasswordWeak as error:
                form.add_error("password", str(error))
            else:
                target = str(request.session[door.PENDING]["target"])
                door.remember(request, self.person, target, self.now)
                return self.go_on(request, Method.PASSWORD)
        return self._page(request, form, status=422)

    def _page(
        self, request: HttpRequest, form: forms.ChoosePassword, status: int = 200
    ) -> HttpResponse:
        context = {
            "title": _("Choose your own password"),
            "form": form,
            "person": self.person,
            "is_first": True,
        }
        return render(request, "console/accounts/set_password.html", context, status=status)


class Factor(HalfSignedIn):
    """Show the second factor: a code of the app, a recovery code or a passkey."""

    step = "sign-in-factor"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return self._page(request, forms.Secret())

    def post(self, request: HttpRequest) -> HttpResponseBase:
        if FAILURES_OF_ADDRESS.is_reached(address_of(request)):
            return too_often(request)
        form = forms.Secret(request.POST)
        if form.is_valid():
            try:
                was_recovery = proof.check_code(
                    self.person, form.cleaned_data["code"], self.now, address=self.address
                )
            except factors.TooManyCodes:
                FAILURES_OF_ADDRESS.count(address_of(request))
                note_failure(request, SecurityKind.LOCKED_OUT, self.person)
                return too_often(request)
            except DomainError as error:
                FAILURES_OF_ADDRESS.count(address_of(request))
                note_failure(request, SecurityKind.SIGN_IN_FAILED, self.person)
                form.add_error("code", str(error))
            else:
                method = Method.RECOVERY if was_recovery else Method.CODE
                return HttpResponseRedirect(door.let_in(request, self.person, method, self.now))
        return self._page(request, form, status=422)

    def _page(self, request: HttpRequest, form: forms.Secret, status: int = 200) -> HttpResponse:
        host = door.place_of(request).host
        context = {
            "title": _("Second factor"),
            "form": form,
            "person": self.person,
            "has_app": queries.app_of(user_id=self.person.pk) is not None,
            "has_passkey": queries.passkeys_of(user_id=self.person.pk).filter(host=host).exists(),
        }
        return render(request, "console/accounts/factor.html", context, status=status)


class Enrol(HalfSignedIn):
    """Set up the second factor that a post asks for, before the first page is shown."""

    step = "sign-in-enrol"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return self._page(request, forms.AppCode())

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = forms.AppCode(request.POST)
        if form.is_valid():
            try:
                codes = factors.enrol_app(
                    user_id=self.person.pk,
                    secret=secret_of(request),
                    code=form.cleaned_data["code"],
                    request_id=self.request_id,
                    address=self.address,
                    now=self.now,
                )
            except factors.TooManyCodes:
                return too_often(request)
            except DomainError as error:
                form.add_error("code", str(error))
            else:
                forget_secret(request)
                target = door.let_in(request, self.person, Method.CODE, self.now)
                keep_codes(request, codes)
                query = urlencode({"next": target})
                return HttpResponseRedirect(f"{reverse('account-codes')}?{query}")
        return self._page(request, form, status=422)

    def _page(self, request: HttpRequest, form: forms.AppCode, status: int = 200) -> HttpResponse:
        context = {
            "title": _("Set up your second factor"),
            "form": form,
            "person": self.person,
            **offer_of(request, self.person),
        }
        return render(request, "console/accounts/enrol.html", context, status=status)


class BeginPasskey(OpenView):
    """Ask the browser for a passkey: of the person who is half signed in, or any it has."""

    def post(self, request: HttpRequest) -> HttpResponseBase:
        # Each visitor without a session gets one: a row that stays until the night after its end.
        if not request.session.session_key and not ASKED_OF_ADDRESS.count(address_of(request)):
            return too_often(request)
        person = door.pending_user(request, self.now)
        options, state = passkeys.begin_sign_in(place=door.place_of(request), user=person)
        request.session[STATE] = {"state": dict(state), "at": self.now.timestamp()}
        return JsonResponse(options)


class FinishPasskey(OpenView):
    """Take the browser's answer and sign in with it."""

    def post(self, request: HttpRequest) -> HttpResponseBase:
        if FAILURES_OF_ADDRESS.is_reached(address_of(request)):
            return too_often(request)
        person = door.pending_user(request, self.now)
        try:
            answer, state = answer_and_state(request, self.now.timestamp())
            user = passkeys.finish_sign_in(
                place=door.place_of(request),
                state=state,
                answer=answer,
                user_id=person.pk if person is not None else None,
                now=self.now,
            )
        except passkeys.PasskeyRefused as error:
            FAILURES_OF_ADDRESS.count(address_of(request))
            note_failure(request, SecurityKind.SIGN_IN_FAILED, person)
            return JsonResponse({"error": str(error)}, status=422)
        wanted = safe_target(request, str(request.GET.get("next", "")))
        if user.first_password_until is not None:  # somebody else knows it until it is replaced
            door.remember(request, user, wanted, self.now)
            return JsonResponse({"target": reverse("sign-in-password")})
        target = door.let_in(
            request, user, Method.STICK if person is not None else Method.PASSKEY, self.now
        )
        return JsonResponse({"target": target if person is not None else wanted})


def answer_and_state(
    request: HttpRequest, now: float
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return what the browser answered and what was kept for it; the latter is used up.

    :raises passkeys.PasskeyRefused: if one of them is missing, odd or too old.
    """
    kept = request.session.pop(STATE, None)
    refused = passkeys.PasskeyRefused(_("That took too long. Try again."))
    if not isinstance(kept, dict) or now - kept["at"] > door.PENDING_SECONDS:
        raise refused
    try:
        answer = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise refused from error
    if not isinstance(answer, dict):
        raise refused
    return answer, kept["state"]
