"""One's own second factors and sessions."""

from typing import Any

from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from console.accounts import door, forms, proof
from console.accounts.app_setup import forget_secret, keep_codes, offer_of, secret_of, take_codes
from console.accounts.entry import STATE, answer_and_state
from console.accounts.own import Account, person_of
from console.redirects import safe_target
from console.views import PersonalView
from kernel.access.models import User
from kernel.errors import DomainError, NotFound
from kernel.identity.operations import factors, passkeys, sessions
from kernel.sessions import PROVED_AT


class AppSetup(PersonalView):
    """Set up an authenticator app."""

    proof = "ALL"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return self._page(request, forms.AppCode())

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = forms.AppCode(request.POST)
        if form.is_valid():
            try:
                codes = factors.enrol_app(
                    user_id=person_of(request).pk,
                    secret=secret_of(request),
                    code=form.cleaned_data["code"],
                    request_id=self.actor.request_id,
                    address=self.actor.address,
                    now=self.now,
                )
            except DomainError as error:
                self.note_refusal(error)
                form.add_error("code", str(error))
            else:
                forget_secret(request)
                return show_codes(request, codes, reverse("account"))
        return self._page(request, form, status=422)

    def _page(self, request: HttpRequest, form: forms.AppCode, status: int = 200) -> HttpResponse:
        context = {
            "title": _("Set up an authenticator app"),
            "crumbs": _crumbs(),
            "form": form,
            **offer_of(request, person_of(request)),
        }
        return render(request, "console/accounts/app_setup.html", context, status=status)


class OwnStep(Account):
    """One thing done to one's own account; a refusal is shown on its page."""

    def get(self, request: HttpRequest, **_kwargs: int) -> HttpResponseBase:
        return HttpResponseRedirect(reverse("account"))

    def post(self, request: HttpRequest, **kwargs: int) -> HttpResponseBase:
        try:
            return self.carry_out(request, **kwargs)
        except NotFound:
            raise
        except DomainError as error:
            self.note_refusal(error)
            return self.page(request, status=error.status, refusal=str(error))

    def carry_out(self, request: HttpRequest, **kwargs: int) -> HttpResponseBase:
        """Do it; return where it leads."""
        raise NotImplementedError

    def given(self, request: HttpRequest) -> dict[str, Any]:
        """Return what every operation on oneself takes."""
        return {
            "user_id": person_of(request).pk,
            "request_id": self.actor.request_id,
            "now": self.now,
        }


class RemoveApp(OwnStep):
    proof = "POST"

    def carry_out(self, request: HttpRequest, **kwargs: int) -> HttpResponseBase:
        factors.remove_app(address=self.actor.address, **self.given(request))
        return back("app-removed")


class RenewCodes(OwnStep):
    proof = "POST"

    def carry_out(self, request: HttpRequest, **kwargs: int) -> HttpResponseBase:
        codes = factors.renew_recovery_codes(address=self.actor.address, **self.given(request))
        return show_codes(request, codes, reverse("account"))


class Codes(PersonalView):
    """New recovery codes, shown in this one answer."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        codes = take_codes(request)
        target = safe_target(request, request.GET.get("next", ""), reverse("account"))
        if not codes:
            return HttpResponseRedirect(target)
        context = {"title": _("Your recovery codes"), "codes": codes, "target": target}
        return render(request, "console/accounts/codes.html", context)


class NewPasskey(PersonalView):
    proof = "ALL"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        context = {
            "title": _("Add a passkey"),
            "crumbs": _crumbs(),
            "form": forms.PasskeyName(initial={"name": door.device_of(request)}),
        }
        return render(request, "console/accounts/passkey_new.html", context)


class BeginPasskey(PersonalView):
    """Ask the browser to make a passkey."""

    proof = "POST"

    def post(self, request: HttpRequest) -> HttpResponseBase:
        options, state = passkeys.begin_registration(
            user=person_of(request), place=door.place_of(request)
        )
        request.session[STATE] = {"state": dict(state), "at": self.now.timestamp()}
        return JsonResponse(options)


class FinishPasskey(PersonalView):
    """Keep the passkey that the browser has made."""

    proof = "POST"

    def post(self, request: HttpRequest) -> HttpResponseBase:
        try:
            answer, state = answer_and_state(request, self.now.timestamp())
            _passkey, codes = passkeys.finish_registration(
                user_id=person_of(request).pk,
                place=door.place_of(request),
                name=request.GET.get("name", ""),
                state=state,
                answer=answer,
                request_id=self.actor.request_id,
                address=self.actor.address,
                now=self.now,
            )
        except DomainError as error:
            self.note_refusal(error)
            return JsonResponse({"error": str(error)}, status=error.status)
        keep_codes(request, codes)
        return JsonResponse({"target": reverse("account-codes")})


class RenamePasskey(OwnStep):
    def carry_out(self, request: HttpRequest, **kwargs: int) -> HttpResponseBase:
        passkeys.rename(
            passkey_id=kwargs["passkey_id"],
            name=request.POST.get("name", "").replace("\x00", ""),
            **self.given(request),
        )
        return back("renamed")


class RemovePasskey(OwnStep):
    proof = "POST"

    def carry_out(self, request: HttpRequest, **kwargs: int) -> HttpResponseBase:
        passkeys.remove(
            passkey_id=kwargs["passkey_id"], address=self.actor.address, **self.given(request)
        )
        return back("passkey-removed")


class EndSession(OwnStep):
    def carry_out(self, request: HttpRequest, **kwargs: int) -> HttpResponseBase:
        sessions.end_one(sign_in_id=kwargs["sign_in_id"], **self.given(request))
        return back("session-ended")


class EndOtherSessions(OwnStep):
    def carry_out(self, request: HttpRequest, **kwargs: int) -> HttpResponseBase:
        sessions.end_all_own(**self.given(request))
        keep_this_session(request)
        return back("sessions-ended")


class Proof(PersonalView):
    """Prove again who one is, then go back to where it was asked for."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return self._page(request, "")

    def post(self, request: HttpRequest) -> HttpResponseBase:
        # A passkey has proved it already; its script sends the form without a secret.
        error = "" if self._is_by_passkey(request) else proof.attempt(request, self.now)
        if error:
            return self._page(request, error)
        return HttpResponseRedirect(_next(request))

    def _is_by_passkey(self, request: HttpRequest) -> bool:
        return not request.POST.get(proof.FIELD) and door.is_proved(request, self.now)

    def _page(self, request: HttpRequest, error: str) -> HttpResponse:
        response = proof.page(
            request,
            address=reverse("account-proof"),
            kept=[("next", _next(request))],
            error=error,
            leads_on=True,
        )
        response.status_code = 422 if error else 200
        return response


class BeginProof(PersonalView):
    """Ask the browser for one of the person's own passkeys."""

    def post(self, request: HttpRequest) -> HttpResponseBase:
        options, state = passkeys.begin_sign_in(
            place=door.place_of(request), user=person_of(request)
        )
        request.session[STATE] = {"state": dict(state), "at": self.now.timestamp()}
        return JsonResponse(options)


class FinishProof(PersonalView):
    def post(self, request: HttpRequest) -> HttpResponseBase:
        try:
            answer, state = answer_and_state(request, self.now.timestamp())
            passkeys.finish_sign_in(
                place=door.place_of(request),
                state=state,
                answer=answer,
                user_id=person_of(request).pk,
                now=self.now,
            )
        except passkeys.PasskeyRefused as error:
            proof.note_failure(request, error, self.now)
            return JsonResponse({"error": str(error)}, status=422)
        door.prove(request, self.now)
        return JsonResponse({"submit": True})


def keep_this_session(request: HttpRequest) -> None:
    """Let the session that asks live on after all of its person's have ended; no proof is in it."""
    user = User.objects.get(pk=person_of(request).pk)
    proved_at = request.session.get(PROVED_AT)
    update_session_auth_hash(request, user)
    door.keep_proof(request, proved_at)
    door.carry_over(request)


def show_codes(request: HttpRequest, codes: list[str], target: str) -> HttpResponse:
    """Lead to the page that shows recovery codes once; to ``target`` if there are none."""
    keep_codes(request, codes)
    return HttpResponseRedirect(reverse("account-codes") if codes else target)


def back(done: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('account')}?done={done}")


def _next(request: HttpRequest) -> str:
    asked = request.POST.get("next") or request.GET.get("next", "")
    return safe_target(request, asked, reverse("account"))


def _crumbs() -> list[tuple[object, str]]:
    return [(_("My account"), reverse("account"))]
