"""Taking up a mailed invitation, with a sign-in that one has or a new one; applying for one."""

from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from console.accounts.lockout import counted_address
from console.views import OpenView
from kernel.limits import Limit
from portal.vendors import forms, session
from portal.vendors.signing_in import (
    FAILURES_OF_ADDRESS,
    link_void,
    second_step,
    too_often,
)
from services.procurement.vendors import door
from tenants.vendors import operations, queries

APPLICATIONS_OF_ADDRESS: Final = Limit("vendor-applications-of-address", 10, 3600)
APPLICATIONS_OF_EMAIL: Final = Limit("vendor-applications-of-email", 3, 24 * 3600)


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
            "vendor_name": door.invited_for(invitation),
            "login": person.login if person is not None else None,
            "is_his": person is not None and person.login.email == invitation.email,
            "is_known": queries.is_known(email=invitation.email),
            "next": request.path,
        }
        return render(request, "portal/vendors/invitation.html", context, status=status)


class Apply(OpenView):
    """Ask a company to be taken on its register. The same answer whatever company is named.

    Nothing is looked up here: whether there is such a company and takes applications shows in
    whether a mail comes, to the mailbox that the applicant names.
    """

    def get(self, request: HttpRequest, slug: str) -> HttpResponseBase:
        return self._page(request, slug, forms.Application())

    def post(self, request: HttpRequest, slug: str) -> HttpResponseBase:
        form = forms.Application(request.POST)
        if not form.is_valid():
            return self._page(request, slug, form, status=422)
        if not APPLICATIONS_OF_ADDRESS.count(counted_address(request) or ""):
            return too_often(request)
        answers = dict(form.cleaned_data)
        email = operations.address_of(answers["email"])
        # Over the limit of one mailbox nothing is sent and nothing is said.
        if APPLICATIONS_OF_EMAIL.count(email):
            operations.ask_to_join(slug=slug, email=email, answers=answers)
        context = {"title": _("Look into your mail"), "email": email}
        return render(request, "portal/vendors/application_sent.html", context)

    def _page(
        self, request: HttpRequest, slug: str, form: forms.Application, status: int = 200
    ) -> HttpResponse:
        context = {"title": _("Become a vendor"), "form": form, "slug": slug}
        return render(request, "portal/vendors/apply.html", context, status=status)
