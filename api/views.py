"""The base of every endpoint: it names the action it needs, per method where they differ."""

from datetime import date, datetime
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.utils import timezone
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.views import APIView

from api.auth import get_actor
from kernel import access
from kernel.tenancy import company_time_zone


class ApiView(APIView):
    """``actions`` maps each HTTP method that the view has to the action it needs.

    A method without an action is refused, and a test walks all endpoints to find one. Operations
    check again, with the record's project.
    """

    actions: ClassVar[dict[str, access.Action]]
    actor: access.Actor
    now: datetime
    today: date

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.actor = get_actor(request)
        self.now = timezone.now()
        self.today = timezone.localdate(self.now, company_time_zone())
        method = (request.method or "").upper()
        if method == "OPTIONS":
            return
        action = self.actions.get("GET" if method == "HEAD" else method)
        if action is None:
            raise MethodNotAllowed(method)
        access.require(self.actor, action)


class ListView(ApiView, ListAPIView[Any]):
    """GET answers a page of ``rows()``, narrowed by ``filterset_class``, as ``serializer_class``.

    ``model`` tells the document of what; it is made without an actor and reads nothing.
    """

    model: ClassVar[type[Model]]

    def rows(self) -> QuerySet[Any]:
        """Return what the actor may see."""
        raise NotImplementedError

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return QuerySet(self.model).none()
        return self.rows()
