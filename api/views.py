"""The base of every endpoint: it names the action it needs, per method where they differ."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db.models import Model, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_filters.rest_framework import FilterSet
from rest_framework.exceptions import MethodNotAllowed, ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.views import APIView

from api.auth import get_actor
from api.bodies import Query
from api.pagination import CursorPagination
from kernel import access
from kernel.access.models import ApiToken
from kernel.duties import operations as duties
from kernel.errors import Denied
from kernel.sessions import is_proved
from kernel.tenancy import company_time_zone


class NotByToken(Denied):
    """A token is not its owner: it signs nothing, and one that is narrowed has nothing of his."""

    code = "access.not-by-token"


class ProofNeeded(Denied):
    """The console's session goes along, and its person has not proved lately who he is."""

    code = "access.proof-needed"


def by_person_only() -> NotByToken:
    return NotByToken(_("A token cannot do this. Sign in and do it yourself."))


class ApiView(APIView):
    """``actions`` maps each HTTP method that the view has to the action it needs.

    A method without an action is refused, and a test walks all endpoints to find one. Operations
    check again, with the record's project.
    """

    actions: ClassVar[Mapping[str, access.Action | None]]
    # Methods that take a person with his browser, and those for which he must have proved lately
    # who he is, as at the console. To make a token he proved it; a token is not asked again.
    by_person: ClassVar[frozenset[str]] = frozenset()
    proof: ClassVar[frozenset[str]] = frozenset()
    query_class: ClassVar[type[Query] | None] = None  # what a GET may be asked with
    asked: dict[str, Any]  # the values of ``query_class``
    actor: access.Actor
    now: datetime
    today: date

    def perform_authentication(self, request: Request) -> None:
        """Sign in, and speak the person's language from here on: until now nobody was known.

        The middleware around the view puts back what was spoken before.
        """
        super().perform_authentication(request)
        language = getattr(request.user, "language", "")
        if language in dict(settings.LANGUAGES):
            translation.activate(language)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers["Content-Language"] = translation.get_language()
        return response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.now = timezone.now()
        self.identify(request)
        method = (request.method or "").upper()
        if method == "OPTIONS":
            return
        asked = "GET" if method == "HEAD" else method
        if asked not in self.actions:
            raise MethodNotAllowed(method)
        self.check_access(self.actions[asked])
        self._check_credential(request, asked)
        self._require_known(request)
        is_get = request.method in {"GET", "HEAD"}
        self.asked = self.query_class.of(request) if self.query_class and is_get else {}

    def identify(self, request: Request) -> None:
        """Find out who acts, and which day it is where he does."""
        self.actor = get_actor(request)
        self.today = timezone.localdate(self.now, company_time_zone())

    def check_access(self, action: access.Action | None) -> None:
        """Return if the actor may use this method.

        :raises access.ActionDenied: otherwise.
        """
        assert action is not None, "only a PersonalView names no action"
        duties.require_action(self.actor, action)

    def _check_credential(self, request: Request, method: str) -> None:
        """Return if what the request is signed in by is enough for this method.

        :raises NotByToken: for a token where it takes the person.
        :raises ProofNeeded: for a session that was not proved lately where it takes a proof.
        """
        if isinstance(request.auth, ApiToken):
            if method in self.by_person:
                raise by_person_only()
        elif method in self.proof and not is_proved(request.session, self.now):
            raise ProofNeeded(_("Confirm in the console that it is you, then try again."))

    def parameter_names(self) -> set[str]:
        """Return the names that the address of a GET may carry."""
        return set(self.query_class().fields) if self.query_class else set()

    def _require_known(self, request: Request) -> None:
        """Return if the address asks for nothing that would be passed over.

        A misspelled filter does not narrow a list: what it then adds up to is wrong.
        """
        known = self.parameter_names() if request.method in {"GET", "HEAD"} else set()
        unknown = sorted(request.query_params.keys() - known)
        if unknown:
            raise ValidationError({name: [_("There is no such parameter.")] for name in unknown})


class PersonalView(ApiView):
    """An endpoint for everybody who is signed in, because it shows or changes only his own.

    Its ``actions`` map each method to ``None``.
    """

    def check_access(self, action: access.Action | None) -> None:
        self.actor.require_person()
        token = self.request.auth
        if isinstance(token, ApiToken) and (token.actions, token.project_ids) != (None, None):
            raise NotByToken(_("A token that is limited to some things opens nothing personal."))


class ListView(ApiView, ListAPIView[Any]):
    """GET answers a page of ``rows()``, narrowed by ``filterset_class``, as ``serializer_class``.

    ``model`` tells the document of what; it is made without an actor and reads nothing.
    """

    model: ClassVar[type[Model]]

    def rows(self) -> QuerySet[Any]:
        """Return what the actor may see."""
        raise NotImplementedError

    def parameter_names(self) -> set[str]:
        """Return the names of the filters and of what turns the pages, with the query's."""
        filterset_class: type[FilterSet] | None = getattr(self, "filterset_class", None)
        filters = set(filterset_class.base_filters) if filterset_class else set()
        turning = {CursorPagination.cursor_query_param, CursorPagination.page_size_query_param}
        return super().parameter_names() | filters | turning

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return QuerySet(self.model).none()
        return self.rows()
