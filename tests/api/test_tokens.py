"""Tokens of people and of programs over HTTP: what each opens, when it is void, what it never is.

And the API with the console's session: what asks for a proof there asks for it here.
"""

import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django_tenants.utils import tenant_context

from kernel import access
from kernel.access import operations as people
from kernel.access import passwords, tokens
from kernel.access.models import ApiToken, PostAction, PostHolding, User
from kernel.approvals.models import Delegation, Signature
from kernel.identity.models import Method, SignIn
from kernel.identity.operations import departures, sessions
from kernel.notifications.models import Channel
from kernel.outbox.models import Endpoint
from kernel.security.models import SecurityEvent, SecurityKind
from kernel.sessions import PROVED_AT
from services.properties.models import Project
from services.properties.operations import create_project
from tenants.companies.models import Company
from tests import factories_approvals as approvals
from tests.api.client import Api, refusal, sign_in_by_browser
from tests.factories import add_actor, add_user, hold_post

NOW = datetime.now(UTC)
TODAY = NOW.date()


@pytest.fixture
def project(tenant: Company) -> Project:
    return create_project(actor=access.SYSTEM, code="YL", name="云麓花园", now=NOW)


@pytest.fixture
def elsewhere(project: Project) -> Project:
    return create_project(actor=access.SYSTEM, code="HB", name="海滨", now=NOW)


@pytest.fixture
def wang(project: Project) -> User:
    user = add_user("wang", email="wang@example.com")
    hold_post(user, "steward", project.pk)
    return user


def token_of(user: User, **scope: Any) -> Api:
    values = {"now": NOW, **scope}
    _row, text = tokens.create_token(actor=access.SYSTEM, user_id=user.pk, name="t", **values)
    return Api(Client(), text)


def program(project: Project, actions: tuple[str, ...], **values: Any) -> tuple[int, Api]:
    keeper = User.objects.get(username="wang")
    row = tokens.create_integration(
        actor=access.SYSTEM,
        name="Meters",
        purpose="reads meters",
        actions=actions,
        keeper_id=keeper.pk,
        now=NOW,
        **values,
    )
    _token, text = tokens.create_integration_token(
        actor=access.SYSTEM, integration_id=row.pk, name="t", now=NOW
    )
    return row.pk, Api(Client(), text)


def seen(api: Api) -> list[str]:
    """Return the codes of the projects that the token sees, or what it is told instead."""
    answer = api("GET", "projects/")
    if answer.status_code != 200:
        return [str(answer.status_code)]
    return [row["code"] for row in answer.json()["results"]]


# ---- scope --------------------------------------------------------------------------------------


def test_a_persons_token_sees_what_he_sees_narrowed_by_what_it_names(
    wang: User, project: Project, elsewhere: Project
) -> None:
    hold_post(wang, "steward", elsewhere.pk)

    assert sorted(seen(token_of(wang))) == ["HB", "YL"]
    assert seen(token_of(wang, project_ids=[project.pk])) == ["YL"]
    assert seen(token_of(wang, actions=["registry.view"], project_ids=[elsewhere.pk])) == ["HB"]
    assert seen(token_of(wang, actions=["arrears.view"])) in ([], ["403"])


def test_a_program_sees_its_projects_and_does_nothing_of_a_persons(
    wang: User, project: Project, elsewhere: Project
) -> None:
    _id, api = program(project, ("registry.view",), project_ids=[project.pk])

    assert seen(api) == ["YL"]
    for path in ("me/tokens/", "me/sessions/", "me/held-items/", "approval-cases/"):
        assert refusal(api("GET", path)) == (403, "access.action-denied"), path
    assert api("GET", "people/").status_code == 403
    body = {"code": "X", "name": "X"}
    assert api("POST", "projects/", body).status_code == 403
    assert Project.objects.count() == 2


# ---- when it is void ----------------------------------------------------------------------------


def end_by_expiry(user: User, _api: Api) -> None:
    day = timedelta(days=1)
    ApiToken.objects.filter(user=user).update(created_at=NOW - 2 * day, expires_at=NOW - day)


def end_by_reset(user: User, _api: Api) -> None:
    link = passwords.make_link_token(user)
    passwords.set_by_link(token=link, password="another-good-password", now=NOW)


def end_by_first_password(user: User, _api: Api) -> None:
    passwords.make_first(actor=access.SYSTEM, user_id=user.pk, now=NOW)


def end_by_shutting_out(user: User, _api: Api) -> None:
    people.set_active(actor=access.SYSTEM, user_id=user.pk, is_active=False, now=NOW)


def end_and_let_in_again(user: User, _api: Api) -> None:
    for is_active in (False, True):
        people.set_active(actor=access.SYSTEM, user_id=user.pk, is_active=is_active, now=NOW)


def end_by_leaving(user: User, _api: Api) -> None:
    leaving = departures.begin(actor=access.SYSTEM, user_id=user.pk, last_day=TODAY, now=NOW)
    departures.close(actor=access.SYSTEM, departure_id=leaving.pk, now=NOW)


def end_by_revoking(user: User, api: Api) -> None:
    mine = ApiToken.objects.get(user=user)
    assert api("POST", f"me/tokens/{mine.pk}/revoke/").status_code == 200


@pytest.mark.parametrize(
    "end",
    [
        end_by_expiry,
        end_by_reset,
        end_by_first_password,
        end_by_shutting_out,
        end_and_let_in_again,
        end_by_leaving,
        end_by_revoking,
    ],
)
def test_a_token_is_void_and_its_use_is_written_down(wang: User, end: Any) -> None:
    api = token_of(wang)
    assert seen(api) == ["YL"]

    end(wang, api)

    assert seen(api) == ["401"]
    noted = SecurityEvent.objects.filter(kind=SecurityKind.TOKEN_REFUSED)
    assert [(row.user_id, row.path) for row in noted] == [(wang.pk, "GET /api/v1/projects/")]


def test_a_program_that_goes_on_with_a_void_token_fills_no_log(wang: User) -> None:
    api = token_of(wang)
    end_by_revoking(wang, api)

    for _request in range(25):
        assert seen(api) == ["401"]

    noted = SecurityEvent.objects.filter(kind=SecurityKind.TOKEN_REFUSED)
    assert noted.count() == 10  # an hour, from one address


def test_a_token_of_somebody_whose_post_is_over_opens_nothing(wang: User) -> None:
    api = token_of(wang, actions=["registry.view"])

    PostHolding.objects.filter(user=wang).update(valid_to=TODAY - timedelta(days=1))

    assert seen(api) in ([], ["403"])


def test_a_programs_token_is_void_with_the_program(wang: User, project: Project) -> None:
    row_id, api = program(project, ("registry.view",))
    assert seen(api) == ["YL"]

    tokens.end_integration(actor=access.SYSTEM, integration_id=row_id, now=NOW)

    assert seen(api) == ["401"]


def test_a_token_of_another_company_is_none_here(wang: User, companies: dict[str, Company]) -> None:
    with tenant_context(companies["beta"]):
        foreign = token_of(add_actor_of_beta(), now=NOW)

    assert seen(foreign) == ["401"]
    assert not SecurityEvent.objects.filter(kind=SecurityKind.TOKEN_REFUSED).exists()


def add_actor_of_beta() -> User:
    return User.objects.get(pk=add_actor("zhang", "company_admin").require_person())


@pytest.mark.parametrize("text", ["", "gj_", "gj_" + "a" * 43, "x" * 9000, "gj_\u0000"])
def test_what_is_no_token_is_refused(wang: User, text: str) -> None:
    assert seen(Api(Client(), text or " ")) == ["401"]


# ---- what a token never does --------------------------------------------------------------------


@pytest.fixture
def paper(project: Project) -> Any:
    with approvals.paper_kind():
        approvals.publish(approvals.line(approvals.step("charging_director")))
        hold_post(add_user("zhaomin"), "charging_director")
        applicant = approvals.as_actor(User.objects.get(pk=collector(project)))
        yield approvals.submit(
            applicant, project_id=project.pk, title="Refund", facts={"amount": Decimal(9)}
        )


def collector(project: Project) -> int:
    return add_actor("zhouting", "collector", project_id=project.pk).require_person()


def test_a_token_signs_nothing_whatever_its_owner_may(project: Project, paper: Any) -> None:
    signer = User.objects.get(username="zhaomin")
    step = approvals.step_under_way(paper).pk
    signatures = Signature.objects.count()
    here = f"approval-cases/{paper.pk}/"
    asked: list[tuple[str, dict[str, Any]]] = [
        (f"{here}approve/", {"step_id": step}),
        (f"{here}reject/", {"step_id": step, "text": "no"}),
        ("approval-cases/approve/", {"cases": [{"case_id": paper.pk, "step_id": step}]}),
    ]
    for path, body in asked:
        refused = token_of(signer)("POST", path, body)
        assert refusal(refused) == (403, "access.not-by-token"), path
    body = {
        "deputy_id": User.objects.get(username="zhouting").pk,
        "valid_from": f"{TODAY}",
        "valid_to": f"{TODAY}",
        "reason": "x",
    }
    assert refusal(token_of(signer)("POST", "approval-delegations/", body)) == (
        403,
        "access.not-by-token",
    )

    assert Signature.objects.count() == signatures
    assert not Delegation.objects.exists()
    signed = sign_in_by_browser("zhaomin")("POST", f"{here}approve/", {"step_id": step})
    assert signed.json()["case"]["state"] == "APPROVED"


def test_a_token_that_names_what_it_may_do_is_not_the_person(
    wang: User, project: Project, paper: Any
) -> None:
    """Known fault: one that may only see the registry signed out its owner and read his papers."""
    sessions.begin(
        user_id=wang.pk,
        session_key="k" * 32,
        method=Method.PASSWORD,
        device="Firefox",
        address="127.0.0.1",
        now=NOW,
    )
    signed_in = SignIn.objects.get()
    narrow = [
        token_of(wang, actions=["registry.view"]),
        token_of(wang, project_ids=[project.pk]),
    ]

    for api in narrow:
        for path in ("me/tokens/", "me/sessions/", "approval-cases/", "notices/"):
            assert refusal(api("GET", path)) == (403, "access.not-by-token"), path
        ended = api("POST", f"me/sessions/{signed_in.pk}/end/")
        assert refusal(ended) == (403, "access.not-by-token")
    assert SignIn.objects.get().ended_at is None
    assert token_of(wang)("GET", "me/sessions/").status_code == 200


# ---- the console's session ----------------------------------------------------------------------


def unproved(api: Api) -> Api:
    session = api.client.session
    session[PROVED_AT] = time.time() - 16 * 60
    session.save()
    return api


def test_with_a_session_the_api_asks_for_the_same_proof_as_the_console(
    wang: User, tenant: Company
) -> None:
    """Known fault: at an open screen the API gave posts without a word."""
    admin = unproved(sign_in_by_browser("xujing", ("company_admin", None)))
    held, given = PostHolding.objects.count(), PostAction.objects.count()
    post = wang.holdings.get().post
    leaving = departures.begin(actor=access.SYSTEM, user_id=wang.pk, last_day=TODAY, now=NOW)
    giving = {"user_id": wang.pk, "post": "buyer", "project_id": None, "valid_from": f"{TODAY}"}
    asked: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", "holdings/", giving),
        ("POST", "posts/", {"name": "X", "place": "PROJECT", "actions": ["registry.view"]}),
        ("PUT", f"posts/{post.pk}/actions/", {"actions": ["registry.view"]}),
        ("PUT", f"people/{wang.pk}/", {"name": "wang", "email": "thief@example.com"}),
        ("POST", f"departures/{leaving.pk}/close/", {}),
        ("POST", "webhooks/", {"name": "X", "url": "https://thief.example.com/", "events": []}),
        ("POST", "notices/channels/", {"kind": "wecom", "name": "X", "key": "thief-thief"}),
    ]

    for method, path, body in asked:
        assert refusal(admin(method, path, body)) == (403, "access.proof-needed"), path

    assert (PostHolding.objects.count(), PostAction.objects.count()) == (held, given)
    assert not Endpoint.objects.exists()
    assert not Channel.objects.exists()
    wang.refresh_from_db()
    assert (wang.email, wang.is_active) == ("wang@example.com", True)
    session = admin.client.session
    session[PROVED_AT] = time.time()
    session.save()
    assert admin(*asked[3]).status_code == 200
