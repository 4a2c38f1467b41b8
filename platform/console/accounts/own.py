"""One's own pages: where to begin, one's password and API tokens."""

from typing import Any

from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from console import navigation
from console.accounts import forms
from console.people.reads import with_project_names
from console.views import PersonalView
from kernel.access import Action, passwords, queries, tokens
from kernel.access.models import User
from kernel.access.passwords import PasswordWeak, PasswordWrong


class Home(PersonalView):
    """Lead to the first page that the visitor may see: in a new company, to its first project."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        project = navigation.current_project(request, self.actor)
        if project is None and self.actor.may(Action.COMPANY_CONFIGURE):
            return HttpResponseRedirect(reverse("projects"))
        for item in navigation.menu(self.actor, project, ""):
            return HttpResponseRedirect(item.url)
        return render(request, "console/accounts/no_page.html", {"title": _("Welcome")})


class Account(PersonalView):
    """Name, posts, password and tokens of the person who is signed in."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return self.page(request)

    def page(self, request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
        person = _person(request)
        given = {
            "title": _("My account"),
            "person": person,
            "holdings": with_project_names(
                queries.holdings_of(user_id=person.pk, today=self.today)
            ),
            "tokens": queries.tokens_of(user_id=person.pk),
            "password_form": forms.ChangePassword(),
            "token_form": forms.NewToken(),
            "new_token": "",
            "password_is_changed": request.GET.get("password") == "changed",
        }
        return render(request, "console/accounts/account.html", given | context, status=status)


class ChangePassword(Account):
    def get(self, request: HttpRequest) -> HttpResponseBase:
        return HttpResponseRedirect(reverse("account"))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = forms.ChangePassword(request.POST)
        if form.is_valid():
            try:
                user = passwords.change(
                    user_id=_person(request).pk,
                    current=form.cleaned_data["current"],
                    password=form.cleaned_data["password"],
                    request_id=self.actor.request_id,
                    now=self.now,
                )
            except (PasswordWeak, PasswordWrong) as error:
                form.add_error(error.field, str(error))
            else:
                update_session_auth_hash(request, user)  # the others end, this one goes on
                return HttpResponseRedirect(f"{reverse('account')}?password=changed")
        return self.page(request, status=422, password_form=form)


class CreateToken(Account):
    def get(self, request: HttpRequest) -> HttpResponseBase:
        return HttpResponseRedirect(reverse("account"))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Show the token in this one answer; it is kept nowhere."""
        form = forms.NewToken(request.POST)
        if not form.is_valid():
            return self.page(request, status=422, token_form=form)
        _row, text = tokens.create_token(
            actor=self.actor,
            user_id=_person(request).pk,
            name=form.cleaned_data["name"],
            now=self.now,
        )
        return self.page(request, new_token=text)


class RevokeToken(PersonalView):
    """Revoke one's own token; another's is not found."""

    def post(self, request: HttpRequest, token_id: int) -> HttpResponseBase:
        queries.get_token_of(user_id=_person(request).pk, token_id=token_id)
        tokens.revoke_token(actor=self.actor, token_id=token_id, now=self.now)
        return HttpResponseRedirect(reverse("account"))


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # a PersonalView has let him in
    return request.user
