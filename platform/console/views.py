"""The base of every console view: signed in, with the action it names."""

from datetime import date, datetime
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.generic import View

from console import navigation
from console.accounts import door, proof
from console.actor import get_actor
from kernel import access, visits
from kernel.duties import operations as duties
from kernel.errors import Denied, DomainError, NotFound
from kernel.security import operations as security
from kernel.tenancy import company_time_zone


class OpenView(View):
    """A page for people who have not signed in. A test lists all that there may be."""

    now: datetime
    request_id: str
    address: str

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.now = timezone.now()
        self.request_id = visits.request_id(request)
        self.address = visits.client_address(request)
        response = self.led_away(request) or super().dispatch(request, *args, **kwargs)
        patch_vary_headers(response, ["Cookie"])
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def led_away(self, request: HttpRequest) -> HttpResponseBase | None:
        """Return where to send whoever has no business here; ``None`` for the page itself."""
        return None


class ConsoleView(View):
    """A page or fragment of the console.

    ``action`` is what the visitor must hold, in the project of the address if there is one. A
    project out of his reach does not exist for him (404); an action he lacks in a project that
    he can see is refused with the way out (403).
    """

    action: ClassVar[access.Action]
    # What the visitor must have proved again lately: "" nothing, "POST" for what he sends, "ALL".
    proof: ClassVar[str] = ""
    actor: access.Actor
    now: datetime
    today: date

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        self.actor = get_actor(request)
        self.now = timezone.now()
        self.today = timezone.localdate(self.now, company_time_zone())
        try:
            self.check_access(kwargs.get("project_id"))
            door.keep_seen(request, self.now)
            asked = self.proof in {"ALL", request.method}
            response = (proof.demand(request, self.now) if asked else None) or super().dispatch(
                request, *args, **kwargs
            )
        except DomainError as error:
            self.note_refusal(error)
            response = error_page(request, error)
        patch_vary_headers(response, ["HX-Request", "Cookie"])
        response.headers.setdefault("Cache-Control", "private, no-store")
        response.headers["Guanjia-Release"] = settings.RELEASE
        return response

    def note_refusal(self, error: DomainError) -> None:
        """Write a refusal into the security log; what was refused is rolled back by now.

        Whoever takes a refusal to show it himself calls this as well; other errors are passed over.
        """
        security.note_refusal(
            error,
            self.actor,
            f"{self.request.method} {self.request.path}",
            self.now,
            project_id=self.kwargs.get("project_id"),
            address=visits.client_address(self.request),
        )

    def check_access(self, project_id: int | None) -> None:
        """Return if the visitor may use this page in the project of the address.

        :raises NotFound: if the project is out of his reach or does not exist.
        :raises access.ActionDenied: if he lacks the page's action.
        """
        self.check_project(project_id)
        duties.require_action(self.actor, self.action, project_id)

    def check_project(self, project_id: int | None) -> None:
        """Return if the project of the address is one that the visitor sees.

        Whoever sees all of the company's projects still sees only those that there are.

        :raises NotFound: otherwise.
        """
        if project_id is None:
            return
        seen = navigation.projects_of(self.request, self.actor)
        if all(project.pk != project_id for project in seen):
            raise NotFound


class PersonalView(ConsoleView):
    """A page that everybody who is signed in may use, because it shows or changes only his own."""

    def check_access(self, project_id: int | None) -> None:
        self.check_project(project_id)


def error_page(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Return the page for a failure that no form has taken; to htmx only its sentence."""
    if request.headers.get("HX-Request") == "true":
        response = HttpResponse(
            str(error), status=error.status, content_type="text/plain; charset=utf-8"
        )
        response.headers["HX-Reswap"] = "none"
        return response
    if isinstance(error, Denied):
        template = "403.html"
    elif isinstance(error, NotFound):
        template = "404.html"
    else:
        template = "console/refused.html"
    return render(request, template, {"error": error}, status=error.status)
