"""Owners' files and disposal by the API: the same operations, the same refusals."""

from typing import Any

import pytest
from django.test import Client

from kernel.access import tokens
from kernel.access.actors import Actor
from kernel.approvals.models import Case
from kernel.records.models import AccessLook, AccessRequest, Disposal, LegalHold
from tenants.companies.models import Company
from tests.api.client import Api
from tests.factories import NOW
from tests.factories_approvals import approve
from tests.kernel.records import test_disposal
from tests.kernel.records.test_access import Office, open_office

disposal_office = test_disposal.office


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.views.timezone.now", lambda: NOW)


@pytest.fixture
def office(tenant: Company) -> Office:
    return open_office()


def api_of(actor: Actor) -> Api:
    assert actor.user_id is not None
    _token, text = tokens.create_token(actor=actor, user_id=actor.user_id, name="test", now=NOW)
    return Api(Client(), text)


def body(office: Office, **values: Any) -> dict[str, Any]:
    return {
        "subject_type": "properties.household",
        "subject_id": office.household.pk,
        "purpose": "调查令",
        "wanted": "合同",
        **values,
    }


def test_a_file_is_asked_for_granted_looked_at_and_given_back(office: Office) -> None:
    steward = api_of(office.steward)
    made = steward("POST", "access-requests/", body(office))
    assert made.status_code == 201, made.content
    assert (made.json()["state"], made.json()["mode"]) == ("WAITING", "VIEW")
    place = f"access-requests/{made.json()['id']}/"
    paper = f"{place}files/{office.paper.pk}/content/"
    early = steward("POST", paper, {})
    assert (early.status_code, early.json()["code"]) == (403, "records.grant-missing")

    case = Case.objects.get(pk=made.json()["case_id"])
    approve(office.manager, case)
    approve(office.desk, case)

    assert steward("GET", place).json()["state"] == "GRANTED"
    shown = steward("POST", paper, {})
    assert shown.status_code == 200
    assert shown.content.startswith(b"%PDF")
    copied = steward("POST", paper, {"mode": "COPY"})
    assert (copied.status_code, copied.json()["code"]) == (403, "records.grant-missing")
    (look,) = api_of(office.desk)("GET", "access-looks/").json()["results"]
    assert (look["what"], look["mode"]) == ("购房合同.pdf", "VIEW")
    assert steward("GET", "access-looks/").status_code == 403
    assert steward("POST", f"{place}end/").json()["state"] == "ENDED"
    assert AccessLook.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"receiver": "VENDOR"}, 400),
        ({"receiver": "AUTHORITY"}, 422),
        ({"purpose": ""}, 400),
        ({"subject_type": "properties.unit"}, 404),
        ({"subject_id": 999_999}, 404),
    ],
)
def test_what_makes_no_sense_is_refused(
    office: Office, values: dict[str, Any], status: int
) -> None:
    answer = api_of(office.steward)("POST", "access-requests/", body(office, **values))
    assert answer.status_code == status
    assert not AccessRequest.objects.exists()


def test_another_file_content_is_not_opened_by_the_files_endpoint(office: Office) -> None:
    answer = api_of(office.desk)("POST", f"files/{office.paper.pk}/content/")
    assert (answer.status_code, answer.json()["code"]) == (403, "documents.request-needed")


def test_what_is_due_is_listed(disposal_office: test_disposal.Office) -> None:
    desk = api_of(disposal_office.desk)
    project_id = disposal_office.project.pk
    (row,) = desk("GET", f"retention/due/?project_id={project_id}").json()
    assert (row["label"], row["years"], row["held_back_because"]) == ("陈志远", 3, None)

    sent = {"project_id": project_id, "keys": [row["key"]], "note": "年度"}
    made = desk("POST", "retention/disposals/", sent)

    assert made.status_code == 201
    assert [item["label"] for item in made.json()["items"]] == ["陈志远"]
    assert desk("GET", "retention/disposals/").json()["results"][0]["id"] == made.json()["id"]
    again = desk("POST", "retention/disposals/", sent)
    assert (again.status_code, again.json()["code"]) == (409, "records.not-due")
    assert Disposal.objects.count() == 1


def test_a_record_is_held_back_listed_and_let_go(disposal_office: test_disposal.Office) -> None:
    desk, manager = api_of(disposal_office.desk), api_of(disposal_office.manager)
    project_id = disposal_office.project.pk
    sent = {"project_id": project_id, "key": disposal_office.key, "reason": "诉讼"}
    assert desk("POST", "retention/holds/", sent).status_code == 403
    assert manager("POST", "retention/holds/", sent | {"reason": ""}).status_code == 400
    unknown = sent | {"key": "former-owner:999999"}
    assert manager("POST", "retention/holds/", unknown).status_code == 404
    assert not LegalHold.objects.exists()

    made = manager("POST", "retention/holds/", sent)
    assert made.status_code == 201, made.content
    again = manager("POST", "retention/holds/", sent)
    assert (again.status_code, again.json()["code"]) == (409, "records.held-already")
    (row,) = desk("GET", f"retention/holds/?project={project_id}&in_force=true").json()["results"]
    assert (row["id"], row["label"], row["reason"]) == (made.json()["id"], "陈志远", "诉讼")

    lift = f"retention/holds/{made.json()['id']}/lift/"
    assert desk("POST", lift, {"reason": "结案"}).status_code == 403
    lifted = manager("POST", lift, {"reason": "结案"})
    assert (lifted.status_code, lifted.json()["lift_reason"]) == (200, "结案")
    assert manager("POST", lift, {"reason": "结案"}).status_code == 404
    assert desk("GET", "retention/holds/?in_force=true").json()["results"] == []
    assert len(desk("GET", "retention/holds/").json()["results"]) == 1
    assert len(desk("GET", "retention/holds/?in_force=false").json()["results"]) == 1
    assert desk("GET", "retention/holds/?in_force=perhaps").status_code == 400


@pytest.mark.parametrize("sent", [{"watermark": False}, {"mode": "RAW"}, {"mark": ""}])
def test_the_watermark_is_nobodys_to_leave_out(office: Office, sent: dict[str, Any]) -> None:
    steward = api_of(office.steward)
    made = steward("POST", "access-requests/", body(office)).json()
    case = Case.objects.get(pk=made["case_id"])
    approve(office.manager, case)
    approve(office.desk, case)
    paper = f"access-requests/{made['id']}/files/{office.paper.pk}/content/"

    assert steward("POST", paper, sent).status_code == 400
    assert not AccessLook.objects.exists()
    assert steward("GET", paper).status_code == 405
