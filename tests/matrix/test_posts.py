"""Every address × every post of the catalogue, in the own project and in another one.

The gates alone are asked, with the actor that holding the post makes: what lies behind them is
replaced by an empty answer. That a request meets its gate, and what pages and operations do with
rows out of reach, is ``test_company_site``'s.
"""

import time
from dataclasses import dataclass
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.views.generic import View
from django_tenants.utils import tenant_context
from rest_framework.request import Request

from api.views import ApiView
from console.views import ConsoleView, PersonalView
from kernel.access import Actor
from kernel.access.actions import Action
from kernel.access.catalogue import POSTS, Place
from kernel.access.models import User
from kernel.access.queries import actor_for
from kernel.errors import DomainError
from kernel.sessions import PROVED_AT
from services.properties import queries as properties
from services.properties.models import Project
from tests import factories
from tests.factories import TODAY
from tests.matrix.marks import FOREIGN, OTHER, OWN, Ids
from tests.matrix.routes import Route
from tests.matrix.test_company_site import CLOSED, OF_PROJECT, action_of, is_api
from tests.matrix.visits import visit
from tests.matrix.world import World

# One post for each set of actions and place: the others get the same answers.
CHOSEN = {(post.actions, post.place): key for key, post in POSTS.items()}.values()
LET_IN = 204
# Personal pages may stand behind a further door of their own, whose page is answered.
LET_IN_TO_OWN = {204, 200, 302}
GATED = [
    route for route in CLOSED if issubclass(route.view, (ConsoleView, ApiView))
]  # the API's document is for everybody who is signed in


@dataclass
class Visitor:
    post: str
    user: User
    actor: Actor
    seen: list[Project]
    others: dict[str, Any]  # what fills the parameters that belong to no project

    @property
    def is_everywhere(self) -> bool:
        return POSTS[self.post].place == Place.COMPANY

    @property
    def actions(self) -> frozenset[Action]:
        return POSTS[self.post].actions

    def at(self, route: Route, method: str, place: Ids) -> int:
        """Return what the gate of an address answers: let in, or the status of the refusal."""
        if issubclass(route.view, ApiView):
            return self._at_endpoint(route.view, method)
        request = RequestFactory().generic(method, "/", headers={"HX-Request": "true"})
        request.user, request.session = self.user, {PROVED_AT: time.time()}  # type: ignore[assignment]
        request.resolver_match = None
        request._actor, request.projects_seen = self.actor, self.seen  # type: ignore[attr-defined]
        ids = {**self.others, **place.numbers}
        response = route.view.as_view()(request, **{name: ids[name] for name in route.parameters})
        return int(response.status_code)

    def _at_endpoint(self, view: type[ApiView], method: str) -> int:
        endpoint = view()
        endpoint.actor = self.actor
        endpoint.request = Request(RequestFactory().get("/"))
        endpoint.request.auth = None  # the person himself, not a token of his
        try:
            endpoint.check_access(view.actions[method])
        except DomainError as error:
            return error.status
        return LET_IN


@pytest.fixture(params=CHOSEN)
def visitor(request: pytest.FixtureRequest, world: World, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Give somebody who holds one post: in his project, or in the company if it is of that."""
    monkeypatch.setattr(View, "dispatch", lambda *_args, **_kwargs: HttpResponse(status=LET_IN))
    monkeypatch.setattr(ConsoleView, "note_refusal", lambda *_args: None)
    # Which posts would open it is looked up for the words of a refusal, that nobody reads here.
    monkeypatch.setattr("kernel.access.actors._refusal", lambda _action: "refused")
    key: str = request.param
    with tenant_context(world.alpha):
        user = factories.add_user("visitor")
        is_everywhere = POSTS[key].place == Place.COMPANY
        factories.hold_post(user, key, None if is_everywhere else world.own["project_id"])
        actor = actor_for(user=user, today=TODAY)
        yield Visitor(key, user, actor, list(properties.projects(actor=actor)), world.company_wide)


def looks_for_row(route: Route) -> bool:
    """Tell whether the gate goes on to look for the record, which may be hidden from the post."""
    bases = route.view.__mro__
    known = bases[: bases.index(ConsoleView)] if ConsoleView in bases else ()
    return any("check_access" in vars(base) for base in known if base is not PersonalView)


def gates(routes: list[Route]) -> list[tuple[Route, str]]:
    """Return the routes with their methods; the console's gates know no methods."""
    return [
        (route, method)
        for route in routes
        for method in (route.methods if is_api(route) else route.methods[:1])
    ]


def test_a_post_opens_what_its_actions_open_and_nothing_else(
    world: World, visitor: Visitor
) -> None:
    wrong = []
    for route, method in gates(GATED):
        action = action_of(route, method)
        status = visitor.at(route, method, world.own)
        expected = {LET_IN} if action in visitor.actions else {403}
        if action is None:
            expected = LET_IN_TO_OWN
        if route in OF_PROJECT and not is_api(route) and not visitor.seen:
            expected = {404}  # he does not even learn that the project is there
        if looks_for_row(route):
            expected |= {403, 404}
        if status not in expected:
            wrong.append((method, str(route), action, status))

    assert wrong == []


def test_a_post_in_one_project_opens_no_page_of_another(world: World, visitor: Visitor) -> None:
    wrong = []
    for route, method in gates([one for one in OF_PROJECT if not is_api(one)]):
        status = visitor.at(route, method, world.other)
        action = action_of(route, method)
        if not visitor.seen or not visitor.is_everywhere:
            expected = {404}
        elif action is None or action in visitor.actions:
            expected = {LET_IN, 403, 404} if looks_for_row(route) else {LET_IN}
        else:
            expected = {403, 404} if looks_for_row(route) else {403}
        if status not in expected:
            wrong.append((method, str(route), action, status))

    assert wrong == []


def test_a_post_in_one_project_holds_no_action_in_another(world: World, visitor: Visitor) -> None:
    """What the operations behind the endpoints ask."""
    for place in (world.own, world.other):
        held = {action for action in Action if visitor.actor.may(action, place["project_id"])}
        is_reached = visitor.is_everywhere or place is world.own
        assert held == (visitor.actions if is_reached else set())


def test_some_post_opens_each_gate() -> None:
    named = {action_of(route, method) for route, method in gates(GATED)} - {None}
    carried = frozenset[Action]().union(*(post.actions for post in POSTS.values()))

    assert len(gates(GATED)) >= 300
    assert named <= carried


class TestScenario45:
    """S-45: separate companies and projects. With requests, sessions and tokens as they come."""

    def test_a_user_of_project_a_cannot_open_owner_data_of_project_b(self, world: World) -> None:
        for who in ("one", "reader"):
            for route in (one for one in OF_PROJECT if "party_id" in one.path):
                for method in route.methods:
                    answer = visit(world, route, method, who=who, ids=world.other.numbers)
                    assert answer.status == 404 or is_api(route), (route, answer.status)
                    assert answer.status in {400, 403, 404, 415}, (route, answer.status)
                    assert not answer.marks & {OTHER, FOREIGN}

    def test_the_refusal_is_a_page_that_tells_nothing(self, world: World) -> None:
        (page,) = (one for one in OF_PROJECT if one.path.endswith("/parties/<int:party_id>/"))
        theirs = visit(world, page, "GET", who="one", ids=world.other.numbers)
        missing = dict.fromkeys(world.other.numbers, 999999)
        nobodys = visit(world, page, "GET", who="one", ids=missing)

        assert theirs.status == nobodys.status == 404
        assert theirs.plain() == nobodys.plain()
        assert "<h1" in theirs.text

    def test_the_administrator_of_company_a_cannot_see_company_b(self, world: World) -> None:
        routes = [one for one in CLOSED if "GET" in one.methods and "/schema/" not in one.path]
        for route in routes[:: max(1, len(routes) // 40)]:
            ids = {**world.company_wide, **world.foreign.numbers}
            there = visit(world, route, "GET", who="admin", ids=ids, host="beta.test")
            assert there.status == (401 if is_api(route) else 302), (route, there.status)
            assert FOREIGN not in there.marks
            # The same numbers at home name his own company's rows, or nothing.
            assert FOREIGN not in visit(world, route, "GET", who="admin", ids=ids).marks

    def test_the_marks_of_company_b_are_there_to_be_seen(self, world: World) -> None:
        (page,) = (one for one in CLOSED if one.path == "/c/people/")
        own = visit(world, page, "GET", who="admin")

        assert OWN in own.marks
        with tenant_context(world.beta):
            assert User.objects.filter(name__startswith=FOREIGN).exists()
