"""Signing in outside of companies: the password, then a code of the app, which is set up once.

Both steps are at one address. Between them nothing is kept here: the ticket says for ten minutes
whose password was right.
"""

from typing import Any, ClassVar, Generic, TypeVar

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from console.accounts.app_setup import picture_of
from console.accounts.lockout import counted_address
from console.views import OpenView
from kernel import crypto
from kernel.identity import totp
from kernel.limits import Limit
from tenants.attempts import CodeWrong, SignInRefused

K = TypeVar("K")  # whose password was right, as the operations know him


class CodeForm(forms.Form):
    code = forms.CharField(label=_("Code that the app shows"), max_length=20)


class TwoSteps(OpenView, Generic[K]):
    """The door; who knocks there and what he is let into is said by the subclass."""

    title: ClassVar["str | Promise"]
    form_class: ClassVar[type[forms.Form]]
    template: ClassVar[str]
    code_template: ClassVar[str]
    refusal: ClassVar["str | Promise"]

    def limit(self) -> Limit:
        """Return how often one address may fail, whoever it says to be."""
        raise NotImplementedError

    def check_password(self, *, address: str, **typed: Any) -> K:
        raise NotImplementedError

    def ticket_of(self, known: K) -> str:
        raise NotImplementedError

    def read_ticket(self, ticket: str) -> K:
        raise NotImplementedError

    def open_session(self, known: K, *, code: str, new_secret: str, address: str) -> str:
        """Return the key of a new session. :raises CodeWrong: if it is not to be."""
        raise NotImplementedError

    def has_app(self, known: K) -> bool:
        raise NotImplementedError

    def account_of(self, known: K) -> str:
        """Return the name under which the app is to show its codes."""
        raise NotImplementedError

    def let_in(self, request: HttpRequest, key: str) -> HttpResponse:
        raise NotImplementedError

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return self.page(request, self.form_class())

    def post(self, request: HttpRequest) -> HttpResponseBase:
        return self._second(request) if "ticket" in request.POST else self._first(request)

    def page(self, request: HttpRequest, form: forms.Form, status: int = 200) -> HttpResponse:
        context = {"title": self.title, "form": form}
        return render(request, self.template, context | self.more(request), status=status)

    def more(self, request: HttpRequest) -> dict[str, Any]:
        """Return what the templates need besides."""
        return {}

    def code_page(
        self,
        request: HttpRequest,
        known: K,
        form: CodeForm | None = None,
        secret: str = "",
        status: int = 200,
    ) -> HttpResponse:
        """Return the second step; with an app to set up for whoever has none."""
        context: dict[str, Any] = {
            "title": self.title,
            "form": form or CodeForm(),
            "ticket": self.ticket_of(known),
        }
        if not self.has_app(known):
            secret = secret or totp.new_secret()
            context |= picture_of(secret, account=self.account_of(known), issuer="Guanjia")
            context["secret"] = crypto.encrypt(secret)
        return render(request, self.code_template, context | self.more(request), status=status)

    def _first(self, request: HttpRequest) -> HttpResponseBase:
        form = self.form_class(request.POST)
        address = counted_address(request) or ""
        if form.is_valid() and not self.limit().is_reached(address):
            try:
                known = self.check_password(address=address, **form.cleaned_data)
            except SignInRefused:
                self.limit().count(address)
            else:
                return self.code_page(request, known)
        form.add_error(None, str(self.refusal))
        return self.page(request, form, status=422)

    def _second(self, request: HttpRequest) -> HttpResponseBase:
        form = CodeForm(request.POST)
        address = counted_address(request) or ""
        try:
            known = self.read_ticket(request.POST["ticket"])
            secret = crypto.decrypt(request.POST.get("secret", ""))
        except (SignInRefused, crypto.NotReadable):
            return HttpResponseRedirect(request.path)
        if form.is_valid() and not self.limit().is_reached(address):
            try:
                key = self.open_session(
                    known, code=form.cleaned_data["code"], new_secret=secret, address=address
                )
            except CodeWrong as error:
                self.limit().count(address)
                form.add_error("code", str(error))
            else:
                return self.let_in(request, key)
        return self.code_page(request, known, form, secret, status=422)
