"""Every address of a company's site × method × visitor, generated from the URLconf.

A new route is in by itself. One that this module does not understand (a parameter it has no id
for, a view that is of no known kind, an answer that is not the usual one) fails here until
somebody has said what it should answer.
"""

import inspect
from itertools import islice
from typing import Any

from rest_framework.views import APIView

from api.views import ApiView
from api.views import PersonalView as PersonalEndpoint
from console.views import ConsoleView, OpenView, PersonalView
from kernel.access.actions import Action
from kernel.access.catalogue import POSTS
from tests.matrix.document import required_query
from tests.matrix.marks import BUYING_POSTS, FOREIGN, OTHER, OWN, PROJECT_POSTS
from tests.matrix.routes import COMPANY, Route, routes
from tests.matrix.tables import each_of
from tests.matrix.visits import WRITING, Answer, assert_is_kept_by_nobody, visit
from tests.matrix.world import World

ROUTES = routes(COMPANY)
OPEN_ROUTES = {
    "/sign-in/": {"GET": 200, "POST": 422},
    # Only for somebody whose password was right a moment ago.
    "/sign-in/password/": {"GET": 302, "POST": 302},
    "/sign-in/factor/": {"GET": 302, "POST": 302},
    "/sign-in/enrol/": {"GET": 302, "POST": 302},
    "/sign-in/passkey/": {"POST": 200},
    "/sign-in/passkey/finish/": {"POST": 422},
    "/sign-out/": {"POST": 302},
    "/language/": {"POST": 302},
    "/password/": {"GET": 200, "POST": 422},
    "/password/<str:token>/": {"GET": 200, "POST": 422},
}
# The API's own document: for anybody who is signed in, it shows no data.
DOCUMENT_ROUTES = {"/api/v1/schema/", "/api/v1/docs/"}
CLOSED = [route for route in ROUTES if route.path not in OPEN_ROUTES]
OF_PROJECT = [route for route in CLOSED if "<int:project_id>" in route.path]
WITH_IDS = [
    (route, name)
    for route in CLOSED
    for name in route.parameters
    if name not in {"kind", "month", "token", "act"}
]
# Who may do all in one project, by the posts he holds there.
OF_ONE = frozenset().union(*(POSTS[post].actions for post in PROJECT_POSTS))
OF_BUYING = (
    frozenset().union(*(POSTS[post].actions for post in BUYING_POSTS))
    - OF_ONE
    - POSTS["company_admin"].actions
)

IMPORT_STEPS = ("check", "commit", "undo")
PERSON_STEPS = (
    "department",
    "posts",
    "posts/<int:holding_id>/end",
    "active",
    "link",
    "password",
    "factor",
    "sessions",
    "tokens/<int:token_id>/revoke",
)
ACCOUNT_STEPS = (
    "preferences",
    "app/remove",
    "codes",  # shown once, right after they were made
    "codes/renew",
    "passkeys/<int:passkey_id>",
    "passkeys/<int:passkey_id>/remove",
    "sessions/end",
    "sessions/<int:sign_in_id>/end",
)
DEPARTURE_STEPS = ("settle", "close", "take-back")
INTEGRATION_STEPS = ("tokens", "tokens/<int:token_id>/revoke", "end")
# The ids of addresses that name a row of a project.
ROW_IDS = frozenset(
    {
        "household_id",
        "receipt_id",
        "payment_id",
        "batch_id",
        "building_id",
        "unit_id",
        "party_id",
        "occupancy_id",
        "vehicle_id",
        "meter_id",
        "run_id",
        "bill_id",
        "standard_id",
        "version_id",
        "assignment_id",
        "reading_id",
        "job_id",
        "attachment_id",
        "subject_id",
        "entry_id",
        "thing_id",
        "access_id",
        "disposal_id",
        "hold_id",
        "warehouse_id",
        "balance_id",
        "issue_id",
        "issue_line_id",
        "transfer_id",
        "count_id",
        "count_line_id",
        "asset_id",
        "request_line_id",
        "loss_id",
        "incoming_order_id",
        "goods_receipt_id",
        "receipt_line_id",
        "objection_id",
        "vendor_invoice_id",
        "vendor_payment_id",
        "advance_id",
        "claim_id",
        "assessment_id",
    }
)
# An endpoint looks at the shape of a body before it looks for the row.
REFUSED_THERE = {False: {403, 404}, True: {400, 403, 404, 415}}
# Where a GET of somebody who may answers something else than a page.
GET_ELSEWHERE = {
    "/": 302,  # to the first page of his menu
    "/c/account/password/": 302,  # the form is on the account's page
    "/c/account/tokens/": 302,
    "/c/quote-rounds/<int:round_id>/scores/": 403,  # for those who were named to score
    "/c/projects/<int:project_id>/": 302,  # switches the project
    "/p/<int:project_id>/readings/": 302,  # to the month that is worked on
    # Steps of another page: what is sent there is sent by its buttons.
    **{f"/p/<int:project_id>/imports/<int:batch_id>/{step}/": 302 for step in IMPORT_STEPS},
    **{f"/c/people/<int:user_id>/{step}/": 302 for step in PERSON_STEPS},
    **{f"/c/posts/<int:post_id>/{step}/": 302 for step in ("actions", "active")},
    "/c/departments/<int:department_id>/active/": 302,
    **{f"/c/account/{step}/": 302 for step in ACCOUNT_STEPS},
    **{f"/c/departures/<int:departure_id>/{step}/": 302 for step in DEPARTURE_STEPS},
    **{f"/c/integrations/<int:integration_id>/{step}/": 302 for step in INTEGRATION_STEPS},
}
# The books are the whole company's: a post in one project is not enough.
COMPANY_WIDE = {
    "/c/vendor-accounts/",
    "/c/vendor-accounts/<int:vendor_id>/",
    "/c/vendor-statements/",
    "/c/vendor-statements/<int:statement_id>/",
    "/api/v1/vendor-accounts/",
    "/api/v1/vendors/<int:vendor_id>/account/",
    "/api/v1/vendors/<int:vendor_id>/balance/",
    "/api/v1/vendor-statements/",
    "/api/v1/vendor-statements/due/",
    "/api/v1/vendor-statements/<int:statement_id>/",
    "/api/v1/vendor-statements/<int:statement_id>/history/",
    "/c/ledger/check/",
    "/api/v1/ledger/check/",
    "/api/v1/ledger/invariants/",
    "/api/v1/ledger/trial-balance/",
}


def is_api(route: Route) -> bool:
    return route.path.startswith("/api/")


def has_query(route: Route, method: str) -> bool:
    return is_api(route) and method == "GET" and route.path not in DOCUMENT_ROUTES


def action_of(route: Route, method: str) -> Action | None:
    """Return what a method of a route needs; ``None`` where everybody who is signed in may."""
    if route.path in DOCUMENT_ROUTES or issubclass(route.view, PersonalView):
        return None
    if issubclass(route.view, ApiView):
        return route.view.actions[method]
    action: Action = route.view.action
    return action


def cases(chosen: list[Route]) -> list[tuple[Route, str]]:
    return [(route, method) for route in chosen for method in route.methods]


def seen(answer: Answer) -> str:
    return f"{answer.status} {answer.location} {answer.text[:600]}"


# ---- the shape of the table ---------------------------------------------------------------------


def test_the_whole_site_is_walked() -> None:
    assert len(ROUTES) >= 150
    assert len([route for route in ROUTES if is_api(route)]) >= 50
    assert {route.path for route in ROUTES} > OPEN_ROUTES.keys()
    assert len(cases(CLOSED)) >= 700
    assert len(WITH_IDS) >= 280


@each_of([(route,) for route in ROUTES], "route")
def test_a_route_is_of_a_known_kind_and_says_who_may(route: Route) -> None:
    view = route.view
    assert isinstance(view, type), f"{route} is a function: no base checks who asks"
    if route.path in OPEN_ROUTES:
        assert issubclass(view, OpenView)
        assert set(route.methods) == OPEN_ROUTES[route.path].keys()
    elif route.path in DOCUMENT_ROUTES:
        assert issubclass(view, APIView)
    elif is_api(route):
        assert issubclass(view, ApiView)
        assert set(route.methods) == set(view.actions)
        if issubclass(view, PersonalEndpoint):
            assert set(view.actions.values()) == {None}
        else:
            assert all(isinstance(action, Action) for action in view.actions.values())
    elif issubclass(view, PersonalView):
        assert "<int:project_id>" not in route.path or route.path.startswith("/c/projects/")
    else:
        assert issubclass(view, ConsoleView)
        assert isinstance(view.action, Action)
        # The base lets people in: what overrides it could let in anybody.
        assert view.dispatch is ConsoleView.dispatch
        for base in view.__mro__[: view.__mro__.index(ConsoleView)]:
            if "check_access" in vars(base):
                first = inspect.getsource(vars(base)["check_access"]).split("\n")[1].strip()
                assert first == "super().check_access(project_id)", base


# ---- people who have no business here -----------------------------------------------------------

STRANGERS: dict[str, Any] = {
    "nobody": lambda w: {},
    "a session of another company": lambda w: {"cookies": {"session": w.sessions["foreign"]}},
    "a token of another company": lambda w: {"token": w.tokens["foreign"]},
    "an operator": lambda w: {"cookies": {"operator": w.tokens["one"], "session": "x" * 32}},
    "a token of nobody": lambda w: {"token": "gj_" + "A" * 43},
}


@each_of(cases(CLOSED), "route", "method")
def test_strangers_are_sent_to_the_door(world: World, route: Route, method: str) -> None:
    for name, credentials in STRANGERS.items():
        answer = visit(world, route, method, **credentials(world))

        assert answer.marks == set(), (name, seen(answer))
        if is_api(route):
            assert answer.status == 401, (name, seen(answer))
        else:
            assert answer.status == 302, (name, seen(answer))
            assert answer.location.startswith("/sign-in/?next=/"), name
        assert wrote(answer) == [], name
        assert_is_kept_by_nobody(answer)


@each_of(cases([route for route in ROUTES if route.path in OPEN_ROUTES]), "route", "method")
def test_open_pages_show_nobody_anything(world: World, route: Route, method: str) -> None:
    for credentials in STRANGERS.values():
        answer = visit(world, route, method, **credentials(world))

        assert answer.status == OPEN_ROUTES[route.path][method], seen(answer)
        assert answer.marks == set()
        assert_is_kept_by_nobody(answer)
    assert_is_kept_by_nobody(visit(world, route, method, who="one"))


@each_of(cases(CLOSED), "route", "method")
def test_a_person_without_a_post_gets_nowhere(world: World, route: Route, method: str) -> None:
    answer = visit(world, route, method, who="nobody")

    assert answer.marks == set(), seen(answer)
    action = action_of(route, method)
    if action is not None:
        in_project = "<int:project_id>" in route.path and not is_api(route)
        assert answer.status == (404 if in_project else 403), seen(answer)
        assert wrote(answer) == []
    else:
        assert answer.status < 500, seen(answer)


@each_of(
    [
        case
        for case in cases(CLOSED)
        if action_of(*case) not in {None, *POSTS["meter_reader"].actions}
    ],
    "route",
    "method",
)
def test_the_wrong_post_is_refused(world: World, route: Route, method: str) -> None:
    answer = visit(world, route, method, who="reader")

    assert answer.status == 403, seen(answer)
    assert answer.marks <= {OWN}  # the frame of the page names his project
    assert wrote(answer) == []


# ---- the right post, and no further -------------------------------------------------------------


def visitor_for(route: Route, method: str) -> str:
    action = action_of(route, method)
    if route.path in COMPANY_WIDE:
        return "wide"
    if action in OF_BUYING:
        return "buying"
    return "one" if action is None or action in OF_ONE else "admin"


@each_of(cases(CLOSED), "route", "method")
def test_the_right_post_sees_his_own_project_only(world: World, route: Route, method: str) -> None:
    who = visitor_for(route, method)

    query = required_query(route, world) if has_query(route, method) else ""

    answer = visit(world, route, method, who=who, query=query)

    assert answer.status < 500, seen(answer)
    assert_is_kept_by_nobody(answer)
    assert FOREIGN not in answer.marks, seen(answer)
    if who == "one":
        assert OTHER not in answer.marks, seen(answer)
    if method == "GET":
        assert answer.status == GET_ELSEWHERE.get(route.path, 200), seen(answer)
        assert wrote(answer) == [], "a GET that changes something"


def test_the_marks_are_seen_where_they_belong(world: World) -> None:
    """Without this the tests above could pass on pages that show nothing at all."""
    shown = (
        route
        for route in CLOSED
        if "GET" in route.methods and OWN in visit(world, route, "GET", who="one").marks
    )

    assert len(list(islice(shown, 90))) == 90


@each_of(WITH_IDS, "route", "name")
def test_a_row_out_of_reach_is_answered_like_one_that_is_not_there(
    world: World, route: Route, name: str
) -> None:
    """Of another project, by each id of the address alone and by all of them together."""
    own, other = world.own_values(), {**world.own_values(), **world.other.numbers}
    missing = {**own, **dict.fromkeys(world.other.numbers, 987654321)}
    if name not in world.other.numbers:
        return  # an id of the company's: who may ask sees all of them
    for method in route.methods:
        if action_of(route, method) not in OF_ONE:
            continue
        there = visit(world, route, method, who="one", ids={**own, name: other[name]})
        nowhere = visit(world, route, method, who="one", ids={**own, name: missing[name]})
        everything = visit(world, route, method, who="one", ids=other)

        for answer in (there, everything):
            assert answer.marks <= {OWN}, seen(answer)
            assert wrote(answer) == []
            if method == "GET":
                assert answer.status == 404, seen(answer)
        assert there.status == nowhere.status, (seen(there), seen(nowhere))
        assert 400 <= there.status < 500
        assert there.plain() == nowhere.plain()


# What the one who reads meters in the other project may do there.
_THERE = POSTS["meter_reader"].actions


@each_of(
    [
        case
        for case in cases([route for route in CLOSED if set(route.parameters) & ROW_IDS])
        if action_of(*case) in OF_ONE - _THERE
    ],
    "route",
    "method",
)
def test_a_post_in_one_project_does_nothing_to_rows_of_another(
    world: World, route: Route, method: str
) -> None:
    """He may do all in his project and sees the other: the address names his, the row is not."""
    own = world.own_values()
    rows = {name: world.other[name] for name in ROW_IDS}

    answer = visit(world, route, method, who="mixed", ids={**own, **rows})

    assert answer.status in REFUSED_THERE[is_api(route)], seen(answer)
    assert wrote(answer) == []
    assert OTHER not in answer.text.replace(f"{OTHER} project", ""), seen(answer)


def wrote(answer: Answer) -> list[str]:
    """Return the statements that changed rows, but for what any request may write."""
    return [
        statement[:200]
        for statement in answer.statements
        if statement.startswith(WRITING) and not statement.startswith(WRITTEN_ANYWAY)
    ]


# When a token was last used, sessions, and that something was refused.
WRITTEN_ANYWAY = (
    'INSERT INTO "security_securityevent"',
    'UPDATE "access_apitoken" SET "last_used_at"',
    'UPDATE "django_session"',
    'DELETE FROM "django_session"',
    'UPDATE "security_securityevent" SET "times"',
)
