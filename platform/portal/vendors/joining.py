"""Taking up a mailed invitation, with a sign-in that one has or a new one."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from console.accounts.lockout import counted_address
from console.views import OpenView
from portal.vendors import forms, session
from portal.vendors.signing_in import (
    FAILURES_OF_ADDRESS,
    link_void,
    second_step,
    too_often,
)
from services.procurement.vendors import door
from tenants.vendors import operations, queries


class Invitation(OpenView):
    """Where the mailed link leads. It proves the mailbox, so its page may say what is there.

    Looking at it does not use it up. Whoever makes a new sign-in goes on to set up his app.
    """

    def get(self, request: HttpRequest, key: str) -> HttpResponseBase:
        return self._show(request, key, forms.NewLogin())

    def post(self, request: HttpRequest, key: str) -> HttpResponseBase:
        if FAILURES_OF_ADDRESS.is_reached(counted_address(request) or ""):
            return too_often(request)
        person = session.person_of(request, self.now)
        try:
            if person is not None:
                door.take_up(key=key, login=person.login, now=self.now)
                return HttpResponseRedirect(reverse("portal-choose"))
            return self._new(request, key)
        except operations.LinkInvalid as error:
            FAILURES_OF_ADDRESS.count(counted_address(request) or "")
            return link_void(request, error)
        except operations.OtherAddress:
            return self._show(request, key, forms.NewLogin(), status=409)

    def _new(self, request: HttpRequest, key: str) -> HttpResponseBase:
        form = forms.NewLogin(request.POST)
        if not form.is_valid():
            return self._show(request, key, form, status=422)
        typed = form.cleaned_data
        try:
            login = door.take_up_new(
                key=key,
                name=typed["name"],
                password=typed["password"],
                language=translation.get_language() or "",
                now=self.now,
            )
        except (operations.PasswordWeak, operations.NameMissing) as error:
            form.add_error(error.field, str(error))
            return self._show(request, key, form, status=422)
        known = operations.check_password(
            email=login.email,
            password=typed["password"],
            address=counted_address(request) or "",
            now=self.now,
        )
        return second_step(request, known, self.now)

    def _show(
        self, request: HttpRequest, key: str, form: forms.NewLogin, status: int = 200
    ) -> HttpResponse:
        try:
            invitation = operations.read_invitation(key=key, now=self.now)
        except operations.LinkInvalid as error:
            return link_void(request, error)
        person = session.person_of(request, self.now)
        context = {
            "title": _("Work with %(company)s") % {"company": invitation.company.name},
            "form": form,
            "invitation": invitation,
            "vendor_name": door.invited_by(invitation),
            "login": person.login if person is not None else None,
            "is_his": person is not None and person.login.email == invitation.email,
            "is_known": queries.is_known(email=invitation.email),
            "next": request.path,
        }
        return render(request, "portal/vendors/invitation.html", context, status=status)
