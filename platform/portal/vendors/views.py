"""The base of every page for vendors: somebody who has signed in, at a company that let him in."""

import http.client
from contextlib import ExitStack
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.views.generic import View

from console.views import error_page
from kernel import access, visits
from kernel.errors import DomainError, NotFound
from kernel.sealing import KeyPair
from kernel.security import operations as security
from kernel.tenancy import company_time_zone
from portal.vendors import navigation, session
from services.procurement.vendors.door import Visitor, entered, told
from services.procurement.vendors.models import Contact, Vendor
from tenants.vendors.models import VendorLogin


class SignedInView(View):
    """A page for whoever has signed in; it is about himself, no company is in force."""

    login: VendorLogin
    keys: KeyPair  # his own, for what is sealed to him
    session_id: int
    now: datetime

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.now = timezone.now()
        person = session.person_of(request, self.now)
        if person is None:
            response: HttpResponseBase = to_sign_in(request)
        else:
            self.login, self.keys, self.session_id = person.login, person.keys, person.session_id
            try:
                response = self.answer(request, *args, **kwargs)
            except DomainError as error:
                response = error_page(request, error)
            response.headers["Content-Language"] = translation.get_language() or ""
        patch_vary_headers(response, ["HX-Request", "Cookie"])
        response.headers.setdefault("Cache-Control", "private, no-store")
        response.headers["Guanjia-Release"] = settings.RELEASE
        return response

    def answer(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer somebody who is known by now."""
        return super().dispatch(request, *args, **kwargs)

    def page(self, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
        """Return a page of the portal in its frame."""
        given = {"login": self.login, **context}
        return render(self.request, f"portal/vendors/{template}.html", given, status=status)


class VendorView(SignedInView):
    """A page of one company for one of its vendors' contacts. Every address begins with the place.

    The company is in force while the page is answered, and no other's rows are in reach. Whoever
    is no contact there, was one, or whose vendor is closed gets the same 404 as for a company that
    there is not. ``actor`` holds no grants: operations of the staff refuse him, and those of
    vendors ask for ``actor.vendor_id``.
    """

    place: str  # how the address names company and contact: "qinghe", "qinghe.12"
    visitor: Visitor
    actor: access.Actor
    today: date

    @property
    def contact(self) -> Contact:
        return self.visitor.contact

    @property
    def vendor(self) -> Vendor:
        return self.visitor.contact.vendor

    def answer(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.place = kwargs.pop("place")
        with ExitStack() as company:
            try:
                self.visitor = company.enter_context(
                    entered(
                        login=self.login,
                        place=self.place,
                        request_id=visits.request_id(request),
                        address=visits.client_address(request),
                    )
                )
            except NotFound:
                raise Http404 from None
            self.actor = self.visitor.actor
            self.today = timezone.localdate(self.now, company_time_zone())
            request.tenant = self.visitor.company  # type: ignore[attr-defined]
            try:
                return super().answer(request, *args, **kwargs)
            except DomainError as error:
                self._note_refusal(error)
                return error_page(request, told(error))

    def _note_refusal(self, error: DomainError) -> None:
        """Write a refusal into the company's security log; what was refused is rolled back."""
        security.note_refusal(
            error,
            self.actor,
            f"{self.request.method} {self.request.path}",
            self.now,
            address=visits.client_address(self.request),
        )

    def url(self, name: str, **values: Any) -> str:
        """Return the address of another page of this company."""
        return reverse(name, kwargs={"place": self.place, **values})

    def page(self, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
        match = self.request.resolver_match
        given = {
            "place": self.place,
            "contact": self.contact,
            "vendor": self.vendor,
            "entries": navigation.menu(self.visitor, self.place, (match and match.view_name) or ""),
            **context,
        }
        return super().page(template, status=status, **given)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Lead a stranger to the door, and from there back; a fragment is refused instead."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=http.client.UNAUTHORIZED)
    target = request.get_full_path() if request.method == "GET" else ""
    query = f"?{urlencode({'next': target})}" if target not in {"", "/"} else ""
    return HttpResponseRedirect(f"{reverse('login')}{query}")
