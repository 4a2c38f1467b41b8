"""The base of the vendors' endpoints: of a person, and of a person at one company."""

from contextlib import ExitStack
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import note_refusal
from api.vendors.auth import (
    Caller,
    VendorSessionAuthentication,
    VendorTokenAuthentication,
    caller_of,
)
from api.views import ApiView, ListView, by_person_only
from kernel import access, visits
from kernel.errors import DomainError, NotFound
from kernel.tenancy import company_time_zone
from services.procurement.vendors.door import Visitor, entered, told
from tenants.vendors import queries


class PersonApiView(ApiView):
    """An endpoint of a vendor's person; no company is in force.

    ``actions`` map each method that there is to ``None``: what is a person's own takes no action.
    """

    authentication_classes = (VendorTokenAuthentication, VendorSessionAuthentication)
    caller: Caller

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.vendor_caller = caller_of(request, timezone.now())  # type: ignore[attr-defined]
        return super().dispatch(request, *args, **kwargs)

    def identify(self, request: Request) -> None:
        self.caller = request.user  # type: ignore[assignment]

    def check_access(self, action: access.Action | None) -> None:
        """Let everybody in who is signed in: operations ask for the vendor."""

    def _check_credential(self, request: Request, method: str) -> None:
        if self.caller.token is not None and method in self.by_person:
            raise by_person_only()


class VendorApiView(PersonApiView):
    """An endpoint of one company for one of its vendors' contacts, under ``/v/<place>/api/v1/``.

    The company is in force from before the endpoint is asked until its answer is written. Whoever
    is no contact there gets the same 404 as for a company that there is not. ``actor`` holds no
    grants: operations of the staff refuse him, and those of vendors ask for ``actor.vendor_id``.
    """

    visitor: Visitor | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        place = kwargs.pop("place")
        caller = caller_of(request, timezone.now())
        with ExitStack() as company:
            if caller is not None:
                self.visitor = self._enter(company, caller, place, request)
            request.vendor_caller = caller  # type: ignore[attr-defined]
            # Past the person's own dispatch: he is known.
            response = super(PersonApiView, self).dispatch(request, *args, **kwargs)
            if isinstance(response, Response):
                response.render()  # as long as the company is in force
        return response

    def identify(self, request: Request) -> None:
        super().identify(request)
        if self.visitor is None:
            raise NotFound
        self.actor = self.visitor.actor
        self.today = timezone.localdate(self.now, company_time_zone())

    def handle_exception(self, exc: Exception) -> Response:
        """Note a refusal as it is, and tell the vendor what he is to be told of it."""
        if isinstance(exc, DomainError) and told(exc) is not exc:
            note_refusal(exc, self.get_exception_handler_context())
            exc = exceptions.NotFound()  # which is not noted once more
        return super().handle_exception(exc)

    def _enter(
        self, company: ExitStack, caller: Caller, place: str, request: HttpRequest
    ) -> Visitor | None:
        membership = queries.membership_at(login=caller.login, place=place)
        token = caller.token
        if membership is None or (token is not None and token.membership_id != membership.pk):
            return None
        try:
            visitor = company.enter_context(
                entered(
                    login=caller.login,
                    place=place,
                    request_id=visits.request_id(request),
                    address=visits.client_address(request),
                )
            )
        except NotFound:
            return None
        request.tenant = visitor.company  # type: ignore[attr-defined]
        return visitor


class VendorListView(VendorApiView, ListView):
    """GET answers a page of ``rows()``, as :class:`api.views.ListView` does."""
