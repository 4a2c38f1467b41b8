"""Rounds of quotes by the API: what a buyer's program does, and what nobody's does."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.procurement.rounds import operations
from services.procurement.rounds.models import Round, RoundState
from tenants.companies.models import Company
from tests.api.client import Api, sign_in
from tests.factories import NOW
from tests.factories_procurement_rounds import (
    AFTER,
    CLOSES,
    WEIGHTS,
    Quoter,
    add_openers,
    add_quoter,
    open_round,
    send_quote,
)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.views.timezone.now", lambda: NOW)


@pytest.fixture
def quoters(tenant: Company) -> list[Quoter]:
    return [add_quoter("V1"), add_quoter("V2"), add_quoter("V3")]


@pytest.fixture
def buyer(quoters: list[Quoter]) -> Api:
    return sign_in("robot", ("buyer", None))


def body(quoters: list[Quoter], **values: Any) -> dict[str, Any]:
    return {
        "title": "第四季度工程物资",
        "lines": [{"name": "灯", "unit": "个", "quantity": "240.000"}],
        "vendor_ids": [one.vendor.pk for one in quoters],
        "weights": WEIGHTS,
        "tax_percent": "13.00",
        "closes_at": CLOSES.isoformat().replace("+00:00", "Z"),
        **values,
    }


def test_a_round_goes_from_draft_to_its_minutes(buyer: Api, quoters: list[Quoter]) -> None:
    openers = add_openers()
    made = buyer("POST", "quote-rounds/", body(quoters))
    assert made.status_code == 201
    drafted = made.json()
    path = f"quote-rounds/{drafted['id']}/"
    changed = buyer("PUT", path, body(quoters, title="改", version=1)).json()
    assert (changed["title"], changed["version"]) == ("改", 2)

    published = buyer("POST", f"{path}publish/", {})
    assert (published.status_code, published.json()["state"]) == (200, "OPEN")
    quote_round = Round.objects.get()
    question = operations.ask(actor=quoters[0].actor, round_id=quote_round.pk, text="?", now=NOW)
    send_quote(quoters[0], quote_round, "28.90")
    answered = buyer("POST", f"quote-rounds/questions/{question.pk}/answer/", {"text": "是"})
    assert answered.json()["answer"] == "是"
    later = (CLOSES + timedelta(hours=1)).isoformat().replace("+00:00", "Z")
    amended = buyer("POST", f"{path}amendments/", {"text": "延期", "closes_at": later}).json()
    assert datetime.fromisoformat(amended["closes_at"]) == CLOSES + timedelta(hours=1)
    assert amended["answered_count"] == 1
    assert buyer("POST", f"{path}reminder/", {}).json() == {"count": 2}
    assert buyer("GET", f"{path}minutes/").status_code == 404
    assert "28.9" not in buyer("GET", path).content.decode()

    open_round(quote_round, openers, now=AFTER + timedelta(hours=1))

    minutes = buyer("GET", f"{path}minutes/").json()["minutes"]
    assert [one["state"] for one in minutes["vendors"]] == ["opened", "silent", "silent"]
    assert minutes["vendors"][0]["total"] == "6936.00"


def test_what_cannot_be_is_refused_with_its_code(buyer: Api, quoters: list[Quoter]) -> None:
    made = buyer("POST", "quote-rounds/", body(quoters[:2])).json()
    path = f"quote-rounds/{made['id']}/"

    few = buyer("POST", f"{path}publish/", {})
    stale = buyer("PUT", path, body(quoters, version=7))
    unknown = buyer("POST", "quote-rounds/", {**body(quoters), "prices": 1})

    assert (few.status_code, few.json()["code"]) == (409, "procurement.too-few-invited")
    assert (stale.status_code, stale.json()["code"]) == (409, "procurement.round-changed")
    assert unknown.status_code == 400
    cancelled = buyer("POST", f"{path}cancel/", {"reason": "不再需要"}).json()
    assert (cancelled["state"], Round.objects.get().state) == ("CANCELLED", RoundState.CANCELLED)


def test_who_does_not_buy_changes_nothing(buyer: Api, quoters: list[Quoter]) -> None:
    made = buyer("POST", "quote-rounds/", body(quoters)).json()
    manager = sign_in("manager", ("property_manager", None))

    assert manager("GET", f"quote-rounds/{made['id']}/").status_code == 200
    for call in ("publish/", "reminder/"):
        assert manager("POST", f"quote-rounds/{made['id']}/{call}", {}).status_code == 403
    assert Round.objects.get().state == RoundState.DRAFT
