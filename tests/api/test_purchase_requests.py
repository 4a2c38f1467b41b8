"""Purchase requests and budgets for programs."""

from typing import Any

import pytest

from services.procurement.requests.models import Budget, PurchaseRequest
from tenants.companies.models import Company
from tests.api.client import Api, sign_in
from tests.factories import NOW, add_actor
from tests.factories_procurement_requests import (
    Office,
    approved,
    category,
    consented,
    draft,
    line,
    open_office,
    sign,
    submit,
    submitted,
)

pytestmark = pytest.mark.usefixtures("tenant")


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.views.timezone.now", lambda: NOW)


@pytest.fixture
def office(tenant: Company) -> Office:
    return open_office()


@pytest.fixture
def asker(office: Office) -> Api:
    return sign_in("asker")


def body(office: Office, **changed: Any) -> dict[str, Any]:
    return {
        "project_id": office.project.pk,
        "title": "办公用品",
        "unit": "客服部",
        "reason": "日常使用",
        "lines": [
            {
                "category_id": category().pk,
                "name": "复印纸",
                "unit": "箱",
                "quantity": "30.000",
                "unit_price": "120.0000",
            }
        ],
        **changed,
    }


def test_a_request_goes_its_way(office: Office, asker: Api) -> None:
    made = asker("POST", "purchase-requests/", body(office))
    assert made.status_code == 201, made.json()
    request_id = made.json()["id"]
    assert (made.json()["amount"], made.json()["purchase_class"]) == ("3600.00", "A")
    line_id = made.json()["lines"][0]["id"]

    change = body(office)
    del change["project_id"]
    change["lines"][0] |= {"id": line_id, "quantity": "20"}
    changed = asker("PUT", f"purchase-requests/{request_id}/", change)
    assert changed.status_code == 200, changed.json()
    assert (changed.json()["amount"], changed.json()["lines"][0]["id"]) == ("2400.00", line_id)

    found = asker("POST", f"purchase-requests/{request_id}/reallocation/", {"note": "无存货"})
    assert found.json()["reallocation_note"] == "无存货"
    answer = asker("POST", f"purchase-requests/{request_id}/submit/", {})
    assert answer.status_code == 200, answer.json()
    assert answer.json()["state"] == "SUBMITTED"
    sign(PurchaseRequest.objects.get(), office.manager, office.gm)

    seen = asker("GET", f"purchase-requests/{request_id}/").json()
    assert (seen["state"], seen["approved_on"], seen["purchase_month"]) == (
        "APPROVED",
        "2026-11-09",
        "2026-11-01",
    )
    told = asker("GET", f"purchase-requests/{request_id}/history/").json()["results"]
    assert "procurement.request.approved" in {one["event"] for one in told}


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"purchase_class": "B"}, 422, "procurement.class-wrong"),
        ({"amount": "1.00"}, 400, "invalid-input"),
        ({"lines": []}, 400, "invalid-input"),
        ({"project_id": None}, 403, "access.action-denied"),
        ({"project_id": 999_999}, 404, "not-found"),
    ],
)
def test_what_is_refused_is_not_written(
    office: Office, asker: Api, changed: dict[str, Any], status: int, code: str
) -> None:
    answer = asker("POST", "purchase-requests/", body(office, **changed))

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not PurchaseRequest.objects.exists()


def test_an_emergency_is_consented_to_first(office: Office, asker: Api) -> None:
    request = draft(office, line("水泵", "1", "1850.00"), purchase_class="C")
    at = f"purchase-requests/{request.pk}/"

    refused = asker("POST", f"{at}submit/", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "approvals.consent-missing")

    consent = {
        "consenter_id": office.manager.user_id,
        "consented_at": "2026-11-09T09:30:00+08:00",
        "means": "电话",
        "text": "水泵损坏",
    }
    answer = asker("POST", f"{at}consent/", consent)
    assert answer.status_code == 200, answer.json()
    assert answer.json()["state"] == "CONSENTED"
    assert asker("POST", f"{at}submit/", {}).json()["state"] == "SUBMITTED"


def test_it_is_copied_taken_back_and_cancelled(office: Office, asker: Api) -> None:
    request = submitted(office)
    at = f"purchase-requests/{request.pk}/"

    copy = asker("POST", f"{at}copy/")
    assert (copy.status_code, copy.json()["copied_from_id"]) == (201, request.pk)
    assert asker("POST", f"{at}take-back/").json()["state"] == "DRAFT"
    assert asker("POST", f"{at}cancel/", {"reason": "不要了"}).json()["state"] == "CANCELLED"
    again = asker("POST", f"{at}cancel/", {"reason": "不要了"})
    assert (again.status_code, again.json()["code"]) == (409, "procurement.request-state")


def test_lists_are_narrowed(office: Office, asker: Api) -> None:
    submitted(office)
    done = approved(office)

    found = asker("GET", "purchase-requests/?state=APPROVED&purchase_class=A").json()["results"]
    assert [one["id"] for one in found] == [done.pk]
    by_month = "purchase-requests/?purchase_month=2026-11-01"
    assert [one["id"] for one in asker("GET", by_month).json()["results"]] == [done.pk]
    assert asker("GET", "purchase-requests/?state=x").status_code == 400


def test_what_is_to_be_bought_comes_together(office: Office) -> None:
    other = open_office("B2", "别处", prefix="b-")
    first, second = approved(office), approved(other, line(quantity="10"))
    buyer = sign_in("buyer")

    (goods,) = buyer("GET", "purchase-requests/to-buy/?month=2026-11-15").json()

    assert (goods["name"], goods["quantity"], goods["amount"]) == (
        "复印纸",
        "40.000",
        "4800.00",
    )
    assert [(one["request_id"], one["left"]) for one in goods["lines"]] == [
        (first.pk, "30.000"),
        (second.pk, "10.000"),
    ]
    narrowed = f"purchase-requests/to-buy/?project_id={other.project.pk}"
    assert buyer("GET", narrowed).json()[0]["quantity"] == "10.000"
    assert sign_in("asker")("GET", "purchase-requests/to-buy/").status_code == 403


def test_what_cannot_be_had_is_done_without(office: Office, asker: Api) -> None:
    request = approved(office)
    paper = request.lines.get()
    told = {"reason": "市场断货"}

    answer = sign_in("buyer")("POST", f"purchase-request-lines/{paper.pk}/obstacle/", told)
    assert (answer.status_code, answer.json()["obstacle"]) == (200, "市场断货")
    given = {"line_ids": [paper.pk], "reason": "改用电子单据"}
    answer = asker("POST", f"purchase-requests/{request.pk}/give-up/", given)
    assert answer.status_code == 200, answer.json()
    assert answer.json()["lines"][0]["given_up_quantity"] == "30.000"
    again = asker("POST", f"purchase-requests/{request.pk}/give-up/", given)
    assert (again.status_code, again.json()["code"]) == (409, "procurement.nothing-left")


def test_the_figures_of_a_month(office: Office, asker: Api) -> None:
    sign(submit(office, consented(office, line("水泵", "1", "1850.00"))), office.manager, office.gm)

    found = asker(
        "GET", f"purchase-figures/?month=2026-11-15&project_id={office.project.pk}"
    ).json()

    assert (found["month"], found["specially_allowed"]) == ("2026-11-01", 0)
    assert {one["key"]: (one["part"], one["whole"], one["percent"]) for one in found["shares"]} == {
        "timely": (0, 0, None),
        "quotes": (0, 0, None),
        "backfills": (1, 1, "100.0"),
    }


def test_splits_are_told(office: Office, asker: Api) -> None:
    ids = [submitted(office, line("拖把", "10", "25.00")).pk for _again in range(2)]

    (split,) = asker("GET", "purchase-requests/splits/?month=2026-11-01").json()

    assert (split["goods"], split["amount"], split["request_ids"]) == ("拖把", "500.00", ids)


def test_budgets_are_set_as_they_were_seen(office: Office) -> None:
    add_actor("finance", "finance_head")
    finance = sign_in("finance")
    wanted = {
        "project_id": office.project.pk,
        "category_id": category().pk,
        "year": 2026,
        "amount": "10000.00",
    }
    submitted(office)

    made = finance("POST", "purchase-budgets/", wanted)
    assert made.status_code == 201, made.json()
    assert (made.json()["committed"], made.json()["left"]) == ("3600.00", "6400.00")

    again = finance("POST", "purchase-budgets/", wanted)
    assert (again.status_code, again.json()["code"]) == (409, "procurement.budget-changed")
    changed = {**wanted, "amount": "12000.00", "seen": "10000.00"}
    assert finance("POST", "purchase-budgets/", changed).json()["left"] == "8400.00"
    assert Budget.objects.get().amount == 12000
    assert len(finance("GET", "purchase-budgets/").json()["results"]) == 1
    assert sign_in("asker")("POST", "purchase-budgets/", wanted).status_code == 403
