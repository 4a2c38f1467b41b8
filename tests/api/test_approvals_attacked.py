"""The engine under attack through the API: refused, told in the security log, nothing changed."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from kernel import access
from kernel.access.models import PostHolding, User
from kernel.approvals import operations
from kernel.approvals.models import Assignment, Case, CaseStep, Chain, Delegation, Signature
from kernel.approvals.rules.definitions import definition_as_json
from kernel.approvals.rules.facts import FactsInvalid
from kernel.security.models import SecurityEvent
from services.properties.models import Project
from tenants.companies.models import Company
from tests import factories_approvals as approvals
from tests import factories_properties as registry
from tests.api.client import Api, refusal
from tests.api.client import sign_in as sign_in_by_token
from tests.api.client import sign_in_by_browser as sign_in
from tests.factories import NOW, TODAY, add_user, hold_post

ACTS = ["approve", "reject", "return", "hand-over", "add-signer", "withdraw", "resubmit", "urge"]


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.views.timezone.now", lambda: NOW)


@pytest.fixture
def project(tenant: Company) -> Iterator[Project]:
    project = registry.add_project()
    with approvals.paper_kind(), approvals.paper_kind("test.other"):
        approvals.publish(
            approvals.line(approvals.step("charging_director"), approvals.step("property_manager"))
        )
        other = approvals.line(approvals.step("charging_director"))
        approvals.publish(other, key="test.other", kind="test.other")
        yield project


@pytest.fixture
def elsewhere(project: Project) -> Project:
    return registry.add_project("HB", "湖滨")


@pytest.fixture
def checker(project: Project) -> Api:
    return sign_in("zhaomin", ("charging_director", project.pk))


@pytest.fixture
def manager(project: Project) -> Api:
    return sign_in("fangqiming", ("property_manager", project.pk))


@pytest.fixture
def applicant(project: Project) -> Api:
    return sign_in("zhouting", ("collector", project.pk))


@pytest.fixture
def case(project: Project, applicant: Api, checker: Api, manager: Api) -> Case:
    return submit(project)


def user(username: str) -> User:
    return User.objects.get(username=username)


def submit(project: Project, kind: str = approvals.KIND) -> Case:
    return approvals.submit(approvals.as_actor(user("zhouting")), kind=kind, project_id=project.pk)


def send(api: Api, case: Case, what: str, **values: Any) -> Any:
    step = values.pop("step_id", None) or approvals.step_under_way(case).pk
    body: dict[str, Any] = {"text": "why"}
    if what not in {"withdraw", "resubmit", "urge"}:
        body["step_id"] = step
    if what in {"hand-over", "add-signer"}:
        body["user_id"] = user("fangqiming").pk
    if what == "add-signer":
        body["where"] = "beside"
    if what == "return":
        body["to_step_id"] = step
    return api("POST", f"approval-cases/{case.pk}/{what}/", body | values)


def written() -> list[object]:
    models = (Case, CaseStep, Assignment, Signature, Delegation)
    return [list(model.objects.order_by("pk").values()) for model in models]


def assert_refused(answer: Any, before: list[object], *expected: tuple[int, str]) -> None:
    assert refusal(answer) in expected
    assert written() == before


@pytest.mark.parametrize("what", ACTS)
def test_another_projects_case_does_not_exist(case: Case, elsewhere: Project, what: str) -> None:
    stranger = sign_in("sun", ("charging_director", elsewhere.pk))
    before = written()

    assert_refused(send(stranger, case, what), before, (404, "not-found"))

    assert stranger("GET", f"approval-cases/{case.pk}/").status_code == 404
    path = f"/api/v1/approval-cases/{case.pk}/{what}/"
    assert SecurityEvent.objects.filter(kind="OUT_OF_REACH", path__endswith=path).exists()


@pytest.mark.parametrize("what", ["approve", "reject", "hand-over", "add-signer"])
def test_a_step_that_moved_on_is_not_acted_on(
    case: Case, checker: Api, manager: Api, what: str
) -> None:
    shown = approvals.step_under_way(case).pk
    send(checker, case, "approve")
    before = written()

    for api in (checker, manager):
        answer = send(api, case, what, step_id=shown)
        if what == "approve" and api is checker:
            assert answer.status_code == 200  # asked twice, signed once
        else:
            assert refusal(answer) == (409, "approvals.step-moved")
    assert written() == before


@pytest.mark.parametrize("what", ["hand-over", "add-signer"])
@pytest.mark.parametrize("who", ["elsewhere", "leaver", "applicant", "administrator", "nobody"])
def test_nobody_unfit_is_brought_in(
    case: Case, checker: Api, elsewhere: Project, what: str, who: str
) -> None:
    match who:
        case "elsewhere":
            target = add_user("far")
            hold_post(target, "charging_director", elsewhere.pk)
        case "leaver":
            target = user("fangqiming")
            User.objects.filter(pk=target.pk).update(is_active=False)
        case "applicant":
            target = user("zhouting")
        case "administrator":
            sign_in("xujing", ("company_admin", None))
            target = user("xujing")
        case _:
            target = User(pk=999_999)
    before = written()

    answer = send(checker, case, what, user_id=target.pk)

    assert_refused(answer, before, (422, "approvals.signer-unfit"))


def test_deputies_go_in_no_circle_and_nobody_is_his_own(
    case: Case, checker: Api, manager: Api, applicant: Api
) -> None:
    def name(api: Api, deputy: str, **values: Any) -> Any:
        days = {"valid_from": "2026-11-20", "valid_to": "2026-11-25"}
        body = {"deputy_id": user(deputy).pk, "reason": "leave", **days, **values}
        return api("POST", "approval-delegations/", body)

    assert name(checker, "fangqiming").status_code == 201
    assert name(manager, "zhouting").status_code == 201
    before = written()

    assert_refused(
        name(applicant, "zhaomin"),
        before,
        (422, "approvals.delegation-circle"),
        (409, "approvals.delegation-circle"),
    )
    assert_refused(name(checker, "zhaomin"), before, (422, "approvals.delegation-invalid"))
    other = name(checker, "fangqiming", principal_id=user("zhouting").pk)
    assert_refused(other, before, (403, "access.denied"), (403, "access.action-denied"))


def test_somebody_whose_post_ended_signs_nothing(case: Case, checker: Api) -> None:
    PostHolding.objects.filter(user=user("zhaomin")).update(valid_to=TODAY)
    before = written()

    assert_refused(send(checker, case, "approve"), before, (403, "approvals.not-your-turn"))
    assert send(sign_in("nobody"), case, "approve").status_code == 404
    assert written() == before


def test_a_stale_draft_is_not_published(project: Project) -> None:
    admin = sign_in("xujing", ("company_admin", None))
    chain = Chain.objects.get(key=approvals.KIND)
    draft = operations.draft_version(actor=access.SYSTEM, chain_id=chain.pk, now=NOW)
    later = NOW.replace(hour=NOW.hour + 1)
    changed = approvals.line(approvals.step("company_gm"))
    operations.save_draft(
        actor=access.SYSTEM,
        version_id=draft.pk,
        definition=definition_as_json(changed),
        now=later,
    )

    for publish in (operations.publish, operations.publish_checked):
        extra: dict[str, Any] = {}
        if publish is operations.publish_checked:
            extra = {"project_ids": [], "note": "x"}
        with pytest.raises((operations.DraftChanged, operations.ChainUnstaffed)):
            publish(
                actor=approvals.as_actor(user("xujing")),
                version_id=draft.pk,
                seen_at=NOW,
                now=later,
                **extra,
            )
    draft.refresh_from_db()
    assert draft.state == "DRAFT"
    assert admin("GET", "approval-chains/").status_code == 200


def together(api: Api, *cases: Case) -> Any:
    rows = [{"case_id": one.pk, "step_id": approvals.step_under_way(one).pk} for one in cases]
    return api("POST", "approval-cases/approve/", {"cases": rows, "text": ""})


def test_mixed_kinds_are_not_signed_together(case: Case, project: Project, checker: Api) -> None:
    other = submit(project, "test.other")
    before = written()
    assert_refused(together(checker, case, other), before, (422, "approvals.kind-mixed"))


def test_bulk_tells_nothing_of_what_is_out_of_sight(
    case: Case, project: Project, elsewhere: Project, checker: Api
) -> None:
    """A case of another kind elsewhere does not show itself by what it does to the rest."""
    hidden = submit(elsewhere, "test.other")

    rows = together(checker, case, hidden).json()

    assert [row["code"] for row in rows] == ["", "not-found"]
    assert rows[1]["number"] == ""


def test_each_refusal_among_many_is_in_the_security_log(
    case: Case, applicant: Api, manager: Api
) -> None:
    rows = together(applicant, case).json()

    assert [row["code"] for row in rows] == ["approvals.own-paper"]
    assert [event.code for event in SecurityEvent.objects.all()] == ["approvals.own-paper"]


def test_an_approved_paper_is_not_withdrawn(
    case: Case, applicant: Api, checker: Api, manager: Api
) -> None:
    step = approvals.step_under_way(case).pk
    send(checker, case, "approve")
    send(manager, case, "approve")
    before = written()

    answer = send(applicant, case, "withdraw", step_id=step)

    assert refusal(answer)[0] == 409
    assert written() == before


@pytest.mark.parametrize(
    "amount",
    [
        "NaN",
        "-NaN",
        "sNaN",
        "Infinity",
        "-Infinity",
        "1e400",
        "1e-400",
        "0e-999999",
        "0e999999",
        "10000000000000000",
        "-0.01",
        Decimal("-1"),
        float("nan"),
        float("inf"),
        True,
        [],
        {},
        "12,5",
        "٣x",
    ],
)
def test_a_fact_that_is_no_number_is_refused(project: Project, applicant: Api, amount: Any) -> None:
    before = written()
    with pytest.raises(FactsInvalid):
        approvals.submit(
            approvals.as_actor(user("zhouting")), project_id=project.pk, facts={"amount": amount}
        )
    assert written() == before


@pytest.mark.parametrize("amount", [Decimal("0"), Decimal("99999999999999.99")])
def test_a_number_goes_its_way_whatever_its_size(
    project: Project, applicant: Api, checker: Api, manager: Api, amount: Decimal
) -> None:
    actor = approvals.as_actor(user("zhouting"))
    made = approvals.submit(actor, project_id=project.pk, facts={"amount": amount})
    assert send(checker, made, "approve").status_code == 200
    assert made.facts["amount"] == str(amount)


def test_another_companys_token_and_case_are_worth_nothing(case: Case, checker: Api) -> None:
    before = written()
    abroad = Api(checker.client, sign_in_by_token("zhaomin").token, host="beta.test")
    for what in ("approve", "reject"):
        assert send(abroad, case, what).status_code == 401
    assert written() == before
