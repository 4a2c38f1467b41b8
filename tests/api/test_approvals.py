"""Approvals for programs: the same operations, told in JSON."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kernel.access.models import User
from kernel.approvals import operations
from kernel.approvals.models import Case, Chain, ChainVersion, Delegation, Signature
from services.properties.models import Project
from tenants.companies.models import Company
from tests import factories_approvals as approvals
from tests import factories_properties as registry
from tests.api.client import Api, Json, refusal
from tests.api.client import sign_in_by_browser as sign_in
from tests.factories import NOW
from tests.kernel.documents.samples import PDF


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.views.timezone.now", lambda: NOW)


@pytest.fixture
def project(tenant: Company) -> Iterator[Project]:
    project = registry.add_project()
    with approvals.paper_kind():
        approvals.publish(
            approvals.line(approvals.step("charging_director"), approvals.step("property_manager"))
        )
        yield project


@pytest.fixture
def admin(project: Project) -> Api:
    return sign_in("xujing", ("company_admin", None))


@pytest.fixture
def checker(project: Project) -> Api:
    return sign_in("zhaomin", ("charging_director", None))


@pytest.fixture
def manager(project: Project) -> Api:
    return sign_in("fangqiming", ("property_manager", None))


@pytest.fixture
def applicant(project: Project) -> Api:
    return sign_in("zhouting", ("collector", project.pk))


@pytest.fixture
def case(project: Project, applicant: Api, checker: Api, manager: Api) -> Case:
    actor = approvals.as_actor(User.objects.get(username="zhouting"))
    facts = {"amount": Decimal("161.06")}
    return approvals.submit(actor, project_id=project.pk, title="Refund", facts=facts)


def act(api: Api, case: Case, what: str, **values: Any) -> Any:
    step = values.pop("step_id", None) or approvals.step_under_way(case).pk
    return api("POST", f"approval-cases/{case.pk}/{what}/", {"step_id": step, **values})


def listed(api: Api, query: str = "") -> list[Json]:
    rows: list[Json] = api("GET", f"approval-cases/{query}").json()["results"]
    return rows


def test_case_is_listed_where_it_belongs(
    case: Case, applicant: Api, checker: Api, manager: Api
) -> None:
    assert [row["number"] for row in listed(checker)] == [case.number]
    assert listed(checker)[0]["facts"]["amount"] == "161.06"
    assert listed(manager) == []
    assert [row["id"] for row in listed(applicant, "?tab=mine")] == [case.pk]
    assert listed(checker, "?kind=leave") == []
    assert applicant("GET", "approval-cases/?tab=other").status_code == 400


def test_two_sign_and_the_case_takes_effect(case: Case, checker: Api, manager: Api) -> None:
    first = act(checker, case, "approve", text="All right").json()

    assert first["case"]["state"] == "RUNNING"
    assert [step["state"] for step in first["steps"]] == ["DONE", "ACTIVE"]
    assert first["signatures"][-1]["text"] == "All right"
    second = act(manager, case, "approve").json()
    assert second["case"]["state"] == "APPROVED"
    assert [row["id"] for row in listed(manager, "?tab=done")] == [case.pk]


def test_same_click_twice_signs_once(case: Case, checker: Api) -> None:
    step = approvals.step_under_way(case).pk

    answers = [act(checker, case, "approve", step_id=step) for _time in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert Signature.objects.filter(case=case, act="APPROVED").count() == 1


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("applicant", (403, "approvals.own-paper")),
        ("manager", (403, "approvals.not-your-turn")),
    ],
)
def test_who_is_not_asked_does_not_sign(
    case: Case, who: str, expected: tuple[int, str], request: pytest.FixtureRequest
) -> None:
    answer = act(request.getfixturevalue(who), case, "approve")

    assert refusal(answer) == expected
    assert not Signature.objects.filter(case=case).exclude(act="SUBMITTED").exists()


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("reject", {"text": ""}),
        ("reject", {"text": "No", "reason": "unknown name"}),
        ("approve", {"text": 7}),
        ("add-signer", {"text": "Why", "user_id": 1, "where": "somewhere"}),
        ("hand-over", {"text": "Why", "user_id": "1"}),
    ],
)
def test_body_that_is_not_as_documented_is_refused(
    case: Case, checker: Api, what: str, body: Json
) -> None:
    assert act(checker, case, what, **body).status_code == 400
    assert Signature.objects.filter(case=case).count() == 1


def test_rejected_paper_is_submitted_again(case: Case, applicant: Api, checker: Api) -> None:
    act(checker, case, "reject", text="No invoice")

    again = applicant("POST", f"approval-cases/{case.pk}/resubmit/", {"text": "Here it is"})

    assert again.json()["case"]["state"] == "RUNNING"
    assert [each["act"] for each in again.json()["signatures"]] == [
        "SUBMITTED",
        "REJECTED",
        "RESUBMITTED",
    ]


def test_paper_of_a_verbal_consent_is_submitted(
    project: Project, applicant: Api, checker: Api
) -> None:
    approvals.publish(
        approvals.line(
            approvals.step("charging_director"), verbal_days_setting="purchase.c_backfill_wd"
        )
    )
    case = operations.consent_verbally(
        actor=approvals.as_actor(User.objects.get(username="zhouting")),
        kind=approvals.KIND,
        subject=approvals.add_paper(),
        project_id=project.pk,
        title="Pump",
        consenter_id=User.objects.get(username="zhaomin").pk,
        consented_at=NOW,
        means="by telephone",
        text="Buy it",
        facts={"amount": "1850.00"},
        summary={},
        now=NOW,
    )
    path = f"approval-cases/{case.pk}/complete/"

    assert applicant("GET", f"approval-cases/{case.pk}/").json()["consent"]["text"] == "Buy it"
    assert checker("POST", path, {}).status_code == 403
    answer = applicant("POST", path, {"text": "The paper"}).json()
    assert answer["case"]["state"] == "RUNNING"
    assert [each["act"] for each in answer["signatures"]] == ["CONSENTED", "SUBMITTED"]
    assert refusal(applicant("POST", path, {})) == (409, "approvals.case-finished")


def test_case_is_urged_and_withdrawn_by_its_applicant_only(
    case: Case, applicant: Api, checker: Api
) -> None:
    path = f"approval-cases/{case.pk}"

    assert checker("POST", f"{path}/withdraw/", {}).status_code == 403
    assert applicant("POST", f"{path}/urge/", {}).status_code == 200
    assert refusal(applicant("POST", f"{path}/urge/", {})) == (409, "approvals.urged-recently")
    assert applicant("POST", f"{path}/withdraw/", {}).json()["case"]["state"] == "WITHDRAWN"


def test_many_are_signed_each_for_itself(case: Case, checker: Api) -> None:
    body = {
        "cases": [
            {"case_id": case.pk, "step_id": approvals.step_under_way(case).pk},
            {"case_id": case.pk + 1000, "step_id": 1},
        ]
    }

    results = checker("POST", "approval-cases/approve/", body).json()

    assert [(one["is_signed"], one["code"]) for one in results] == [
        (True, ""),
        (False, "not-found"),
    ]


# ---- chains -------------------------------------------------------------------------------------


def test_chain_is_drafted_tried_out_and_published(admin: Api, checker: Api, manager: Api) -> None:
    chain = Chain.objects.get(key=approvals.KIND)
    draft = admin("POST", f"approval-chains/{chain.pk}/versions/").json()
    path = f"approval-chain-versions/{draft['id']}/"
    definition = draft["definition"]
    definition["branches"][0]["steps"].pop(0)

    kept = admin("PUT", path, {"definition": definition, "note": "Shorter"}).json()
    applicant = sign_in("li", ("collector", None))
    assert applicant is not None
    sample = {
        "applicant_id": User.objects.get(username="li").pk,
        "facts": {"amount": "10.00"},
    }
    route = admin("POST", f"{path}simulate/", sample).json()
    negative = admin("POST", f"{path}simulate/", {**sample, "facts": {"amount": "-10.00"}})
    published = admin("POST", f"{path}publish/", {"note": "Shorter"}).json()

    assert refusal(negative) == (422, "approvals.facts-invalid")
    assert len(kept["definition"]["branches"][0]["steps"]) == 1
    assert [step["people"][0]["name"] for step in route["steps"]] == ["fangqiming"]
    assert (published["state"], published["number"]) == ("PUBLISHED", 2)


def test_chain_that_nobody_could_sign_is_not_published(admin: Api) -> None:
    chain = Chain.objects.get(key=approvals.KIND)
    draft = admin("POST", f"approval-chains/{chain.pk}/versions/").json()

    answer = admin("POST", f"approval-chain-versions/{draft['id']}/publish/", {"note": "Yes"})

    assert refusal(answer) == (409, "approvals.chain-unstaffed")
    assert ChainVersion.objects.get(pk=draft["id"]).state == "DRAFT"


def test_chains_are_the_administrators(checker: Api) -> None:
    assert checker("GET", "approval-chains/").status_code == 403
    body = {"key": "x", "kind": approvals.KIND, "name": "X"}
    assert checker("POST", "approval-chains/", body).status_code == 403
    assert not Chain.objects.filter(key="x").exists()


def test_project_gets_its_own_chain(admin: Api, project: Project) -> None:
    body = {
        "key": approvals.KIND,
        "kind": approvals.KIND,
        "name": "Here",
        "project_id": project.pk,
    }

    made = admin("POST", "approval-chains/", body)

    assert made.json()["state"] == "DRAFT"
    assert admin("POST", "approval-chains/", {**body, "project_id": 999_999}).status_code == 404
    assert refusal(admin("POST", "approval-chains/", body)) == (409, "approvals.chain-exists")


# ---- delegations --------------------------------------------------------------------------------


def test_deputy_signs_for_his_principal(case: Case, checker: Api, manager: Api) -> None:
    body = {
        "deputy_id": User.objects.get(username="fangqiming").pk,
        "valid_from": f"{NOW:%Y-%m-%d}",
        "valid_to": "2027-01-01",
        "reason": "Leave",
    }

    made = checker("POST", "approval-delegations/", body).json()
    signed = act(manager, case, "approve").json()
    ended = checker("POST", f"approval-delegations/{made['id']}/end/")

    assert signed["signatures"][-1]["label"].startswith("fangqiming")
    assert signed["signatures"][-1]["for_label"].startswith("zhaomin")
    assert ended.status_code == 200
    assert f"{Delegation.objects.get().valid_to:%Y-%m-%d}" == body["valid_from"]
    assert [row["id"] for row in manager("GET", "approval-delegations/").json()["results"]]


def test_a_file_is_added_to_a_case_where_a_step_asks_for_one(
    project: Project, applicant: Api, checker: Api
) -> None:
    approvals.publish(approvals.line(approvals.step("charging_director", attachment_required=True)))
    actor = approvals.as_actor(User.objects.get(username="zhouting"))
    case = approvals.submit(actor, project_id=project.pk)
    assert refusal(act(checker, case, "approve")) == (422, "approvals.attachment-missing")
    stranger = sign_in("sun", ("collector", registry.add_project("HB", "湖滨").pk))

    def upload(api: Api) -> Any:
        file = SimpleUploadedFile("报价.pdf", PDF)
        about = {"subject_type": "approvals.case", "subject_id": case.pk}
        return api.upload("files/", {**about, "file": file})

    assert refusal(upload(stranger)) == (404, "not-found")
    made = upload(applicant)
    assert made.status_code == 201, made.content
    signed = act(checker, case, "approve").json()
    assert signed["case"]["state"] == "APPROVED"
    assert signed["signatures"][-1]["attachment_ids"] == [made.json()["id"]]
