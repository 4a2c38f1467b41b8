"""A person's own sign-in: name, language, password, where he is signed in."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from console.accounts.forms import ChangePassword
from portal.vendors import forms, session
from portal.vendors.views import SignedInView
from tenants.vendors import operations, queries


class Account(SignedInView):
    def get(self, request: HttpRequest) -> HttpResponseBase:
        return self.show()

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = forms.Preferences(request.POST)
        if not form.is_valid():
            return self.show(preferences=form, status=422)
        operations.set_name(login_id=self.login.pk, name=form.cleaned_data["name"])
        operations.set_language(login_id=self.login.pk, language=form.cleaned_data["language"])
        return HttpResponseRedirect(f"{reverse('portal-account')}?done=saved")

    def show(
        self,
        *,
        preferences: forms.Preferences | None = None,
        password: ChangePassword | None = None,
        token: forms.NewToken | None = None,
        new_token: str = "",
        status: int = 200,
    ) -> HttpResponse:
        start = {"name": self.login.name, "language": self.login.language}
        return self.page(
            "account",
            title=_("My sign-in"),
            form=preferences or forms.Preferences(initial=start),
            password_form=password or ChangePassword(),
            token_form=token or forms.NewToken(login=self.login),
            tokens=queries.tokens_of(login=self.login),
            new_token=new_token,
            sessions=queries.sessions_of(login=self.login, now=self.now),
            this_session=self.session_id,
            done=self.request.GET.get("done", ""),
            status=status,
        )


class Password(Account):
    """Change one's own password: the own key goes on under the new one."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return HttpResponseRedirect(reverse("portal-account"))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = ChangePassword(request.POST)
        if form.is_valid():
            try:
                operations.change_password(
                    login_id=self.login.pk,
                    session_key=session.COOKIE.key_of(request),
                    current=form.cleaned_data["current"],
                    password=form.cleaned_data["password"],
                    now=self.now,
                )
            except (operations.PasswordWrong, operations.PasswordWeak) as error:
                form.add_error(error.field, str(error))
        if not form.is_valid():
            return self.show(password=form, status=422)
        return HttpResponseRedirect(f"{reverse('portal-account')}?done=password")


class EndSession(SignedInView):
    """End one of one's own sessions, on a device that one has not at hand."""

    def post(self, request: HttpRequest, session_id: int) -> HttpResponseBase:
        operations.end_session(login=self.login, session_id=session_id, now=self.now)
        return HttpResponseRedirect(reverse("portal-account"))


class Tokens(Account):
    """Make a token for a program, for one company; its text is shown only now."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return HttpResponseRedirect(reverse("portal-account"))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = forms.NewToken(request.POST, login=self.login)
        text = ""
        if form.is_valid():
            try:
                _token, text = operations.make_token(
                    login=self.login,
                    membership_id=int(form.cleaned_data["company"]),
                    name=form.cleaned_data["name"],
                    now=self.now,
                )
            except (operations.TokenRefused, operations.TooManyTokens) as error:
                form.add_error(error.field, str(error))
        if not text:
            return self.show(token=form, status=422)
        return self.show(new_token=text)


class RevokeToken(SignedInView):
    def post(self, request: HttpRequest, token_id: int) -> HttpResponseBase:
        operations.revoke_token(login=self.login, token_id=token_id, now=self.now)
        return HttpResponseRedirect(reverse("portal-account"))
