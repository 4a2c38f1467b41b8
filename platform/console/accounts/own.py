"""One's own pages: where to begin, one's password and API tokens."""

from typing import Any

from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from console import navigation
from console.accounts import door, forms, proof
from console.people.reads import with_project_names
from console.views import PersonalView
from kernel.access import Action, operations, passwords, queries, tokens
from kernel.access.models import User
from kernel.access.passwords import PasswordWeak, PasswordWrong
from kernel.identity import queries as identity
from kernel.sessions import PROVED_AT

DONE = {
    "password": _("Your password is changed. Your other sessions have ended."),
    "saved": _("Saved."),
    "app-removed": _("The authenticator app is removed."),
    "passkey-removed": _("The passkey is removed."),
    "renamed": _("The passkey has its new name."),
    "session-ended": _("That browser is signed out."),
    "sessions-ended": _("All other browsers are signed out."),
}


class Home(PersonalView):
    """Lead to the first page that the visitor may see: in a new company, to its first project."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        project = navigation.current_project(request, self.actor)
        if project is None and self.actor.may(Action.COMPANY_CONFIGURE):
            return HttpResponseRedirect(reverse("projects"))
        if self.actor.grants:  # without a post there are one's own pages only: say what is missing
            return HttpResponseRedirect(navigation.menu(self.actor, project, "")[0].url)
        return render(request, "console/accounts/no_page.html", {"title": _("Welcome")})


class Account(PersonalView):
    """Name, posts, password and tokens of the person who is signed in."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return self.page(request)

    def page(self, request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
        person = person_of(request)
        given = {
            "title": _("My account"),
            "person": person,
            "holdings": with_project_names(
                queries.holdings_of(user_id=person.pk, today=self.today)
            ),
            "tokens": queries.tokens_of(user_id=person.pk),
            "password_form": forms.ChangePassword(),
            "token_form": forms.NewToken(
                actor=self.actor, initial={"expires_on": self.today + tokens.DEFAULT_LIFE}
            ),
            "new_token": "",
            "done": DONE.get(request.GET.get("done", "")),
            "refusal": "",
            "app": identity.app_of(user_id=person.pk),
            "passkeys": identity.passkeys_of(user_id=person.pk),
            "codes_left": identity.recovery_codes_left(user_id=person.pk),
            "must_have_factor": identity.must_have_factor(user_id=person.pk, today=self.today),
            "sessions": identity.sessions_of(user_id=person.pk, now=self.now),
            "this_session": request.session.get(door.SIGN_IN),
            "items": identity.items_held_by(user_id=person.pk),
            "preferences_form": forms.Preferences(
                initial={
                    "language": person.language,
                    "theme": person.theme,
                    "density": person.density,
                }
            ),
        }
        return render(request, "console/accounts/account.html", given | context, status=status)


class ChangePassword(Account):
    def get(self, request: HttpRequest) -> HttpResponseBase:
        return HttpResponseRedirect(reverse("account"))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = forms.ChangePassword(request.POST)
        if form.is_valid() and self._may_try(request, form):
            proved_at = request.session.get(PROVED_AT)
            try:
                user = passwords.change(
                    user_id=person_of(request).pk,
                    current=form.cleaned_data["current"],
                    password=form.cleaned_data["password"],
                    request_id=self.actor.request_id,
                    address=self.actor.address,
                    now=self.now,
                )
            except (PasswordWeak, PasswordWrong) as error:
                form.add_error(error.field, str(error))
            else:
                proof.TRIES.forget(str(user.pk))
                update_session_auth_hash(request, user)  # the others end, this one goes on
                if identity.has_factor(user_id=user.pk):  # then a password proves nothing
                    door.keep_proof(request, proved_at)
                door.carry_over(request)
                return HttpResponseRedirect(f"{reverse('account')}?done=password")
        return self.page(request, status=422, password_form=form)

    def _may_try(self, request: HttpRequest, form: forms.ChangePassword) -> bool:
        """Count a try of the present password together with those of proofs."""
        if proof.TRIES.count(str(person_of(request).pk)):
            return True
        error = proof.TooManyTries(proof.TOO_MANY_TRIES)
        self.note_refusal(error)
        form.add_error("current", str(error))
        return False


class CreateToken(Account):
    proof = "POST"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return HttpResponseRedirect(reverse("account"))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Show the token in this one answer; it is kept nowhere."""
        form = forms.NewToken(request.POST, actor=self.actor)
        if form.is_valid():
            try:
                _row, text = tokens.create_token(
                    actor=self.actor,
                    user_id=person_of(request).pk,
                    now=self.now,
                    **form.scope(),
                )
            except (tokens.TokenInvalid, tokens.TokenTooWide) as error:
                form.add_error(error.field if error.field in form.fields else None, str(error))
            else:
                return self.page(request, new_token=text)
        return self.page(request, status=422, token_form=form)


class Preferences(Account):
    """Language, appearance and row height."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return HttpResponseRedirect(reverse("account"))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = forms.Preferences(request.POST)
        if not form.is_valid():
            return self.page(request, status=422, preferences_form=form)
        operations.set_preferences(user_id=person_of(request).pk, **form.cleaned_data)
        return HttpResponseRedirect(f"{reverse('account')}?done=saved")


class RevokeToken(PersonalView):
    """Revoke one's own token; another's is not found."""

    def post(self, request: HttpRequest, token_id: int) -> HttpResponseBase:
        queries.get_token_of(user_id=person_of(request).pk, token_id=token_id)
        tokens.revoke_token(actor=self.actor, token_id=token_id, now=self.now)
        return HttpResponseRedirect(reverse("account"))


def person_of(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # a PersonalView has let him in
    return request.user
