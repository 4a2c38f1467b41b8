"""The comparison for programs: read, scored, awarded, by the operations of the console."""

import pytest

from kernel.access import Actor
from kernel.approvals import operations as approvals
from services.procurement.rounds.models import Award, Evaluator, Quote, RoundState
from tenants.companies.models import Company
from tests.api.client import Api, sign_in
from tests.factories import NOW, add_actor
from tests.factories_procurement_rounds import send_quote
from tests.services.procurement.rounds.conftest import Asked, ask
from tests.services.procurement.rounds.evaluated import opened


@pytest.fixture
def asked(tenant: Company) -> Asked:
    approvals.seed_chains(NOW)
    return ask()


@pytest.fixture
def buyer(asked: Asked) -> Api:
    return sign_in("buyer")


@pytest.fixture
def director() -> Actor:
    return add_actor("pm", "property_manager")


def path_of(asked: Asked, path: str) -> str:
    return f"quote-rounds/{asked.round.pk}/{path}/"


def test_a_sealed_round_is_not_compared(asked: Asked, buyer: Api) -> None:
    for method, path in (("GET", "comparison"), ("POST", "comparison/paper")):
        answer = buyer(method, path_of(asked, path))
        assert answer.status_code == 409
        assert answer.json()["code"] == "procurement.round-not-opened"


def test_the_sheet_tells_every_price(asked: Asked, buyer: Api) -> None:
    opened(asked, ("28.90", "64.50"), ("30.80", "66"), ("20", None))

    sheet = buyer("GET", path_of(asked, "comparison")).json()

    assert [vendor["total"] for vendor in sheet["vendors"]] == ["9838.50", "10362.00", "4800.00"]
    assert sheet["cheapest_vendor_id"] == asked.quoters[0].vendor.pk
    assert sheet["recommended_vendor_id"] is None  # nobody has scored
    assert [cell["price"] for cell in sheet["lines"][1]["cells"]] == ["64.5000", "66.0000", None]
    assert [cell["is_lowest"] for cell in sheet["lines"][0]["cells"]] == [False, False, True]


def test_the_sheet_tells_of_terms_and_of_what_was_before(asked: Asked, buyer: Api) -> None:
    send_quote(asked.quoters[0], asked.round, "28.90", "64.50", payment_terms="预付 30%")
    opened(asked)

    (vendor,) = buyer("GET", path_of(asked, "comparison")).json()["vendors"]

    assert vendor["asks_ahead"] is True
    assert vendor["cooperation"] == {
        "is_first": True,
        "orders": 0,
        "deliveries": 0,
        "on_time": 0,
        "lines": 0,
        "lines_refused": 0,
        "disputes": 0,
        "disputes_settled": 0,
    }


def test_scores_and_award_go_their_way(asked: Asked, buyer: Api, director: Actor) -> None:
    opened(asked, ("28.90", "64.50"), ("30.80", "66"), ("33", "70"))
    program = sign_in("pm")
    named = buyer("PUT", path_of(asked, "evaluators"), {"user_ids": [director.user_id]})
    marks = [
        {"quote_id": quote.pk, "criterion": criterion, "points": 80}
        for quote in Quote.objects.all()
        for criterion in ("quality", "after_sales", "qualification")
    ]
    scored = program("PUT", path_of(asked, "scores"), {"marks": marks, "is_finished": True})
    lines = [
        {"line_id": line.pk, "vendor_id": asked.quoters[1].vendor.pk}
        for line in asked.round.lines.all()
    ]
    dearer = buyer("POST", path_of(asked, "awards"), {"lines": lines})
    taken = buyer("POST", path_of(asked, "awards"), {"lines": lines, "reason": "质保更长"})

    assert (named.status_code, scored.status_code) == (200, 200)
    assert Evaluator.objects.get().done_at is not None
    assert (dearer.status_code, dearer.json()["code"]) == (
        422,
        "procurement.award-reason-missing",
    )
    assert taken.status_code == 201
    assert taken.json()["total"] == "10362.00"
    asked.round.refresh_from_db()
    assert (Award.objects.count(), asked.round.state) == (1, RoundState.AWARDING)


def test_a_second_round_is_drafted(asked: Asked, buyer: Api) -> None:
    opened(asked, ("28.90", "64.50"))

    answer = buyer("POST", path_of(asked, "second"))

    assert answer.status_code == 201
    assert answer.json()["round_id"] != asked.round.pk


def test_who_evaluates_does_not_award(asked: Asked, director: Actor) -> None:
    opened(asked, ("28.90", "64.50"))
    program = sign_in("pm")

    for method, path, body in (
        ("PUT", "evaluators", {"user_ids": [1]}),
        ("POST", "awards", {"lines": [{"line_id": 1, "vendor_id": 1}]}),
        ("POST", "second", None),
    ):
        assert program(method, path_of(asked, path), body).status_code == 403, path
