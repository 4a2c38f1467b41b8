"""The comparison in the browser: read, scored, awarded."""

from decimal import Decimal
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from console.procurement.comparison import table
from kernel.access import Actor
from kernel.access.models import User
from kernel.access.queries import actor_for
from kernel.approvals import operations as approvals
from services.procurement.orders.models import PurchaseOrder
from services.procurement.rounds import operations
from services.procurement.rounds.models import Award, AwardState, Evaluator, Quote, RoundState
from services.procurement.rounds.rules.comparison import Line, compare
from tenants.companies.models import Company
from tests.console.browser import Browser, browser_of
from tests.factories import NOW, add_actor
from tests.factories_procurement_requests import add_request
from tests.factories_procurement_rounds import open_round, send_quote
from tests.services.procurement.rounds.conftest import Asked, ask
from tests.services.procurement.rounds.evaluated import (
    DAY,
    LATER,
    give_marks,
    opened,
    propose,
    sign,
)


@pytest.fixture
def asked(tenant: Company) -> Asked:
    approvals.seed_chains(NOW)
    return ask()


@pytest.fixture
def director() -> Actor:
    return add_actor("pm", "property_manager")


@pytest.fixture
def buyer(asked: Asked) -> Browser:
    return browser_of("buyer")


def page_of(asked: Asked, path: str = "comparison/") -> str:
    return f"/c/quote-rounds/{asked.round.pk}/{path}"


def offered(asked: Asked) -> None:
    opened(asked, ("28.90", "64.50"), ("30.80", "66"), ("10", None))


def test_before_the_opening_there_is_nothing_to_compare(asked: Asked, buyer: Browser) -> None:
    for path in ("comparison/", "comparison.xlsx", "comparison.pdf", "award/"):
        ask_for = buyer.post if "." in path else buyer.get
        answer = ask_for(page_of(asked, path))
        assert answer.status_code == 409, path
        assert "sealed" in answer.content.decode()


def test_the_page_shows_totals_prices_and_what_is_odd(asked: Asked, buyer: Browser) -> None:
    offered(asked)

    text = buyer.get(page_of(asked)).content.decode()

    for shown in (
        "9,838.50",
        "10,362.00",
        "Cannot be compared as a whole",
        "Not quoted",
        "1 line missing",
    ):
        assert shown in text, shown
    assert text.count("cmp-price") == 5
    assert "Check what is meant" in text  # 10.00 against 28.90 and 30.80


def test_the_page_reads_the_same_number_of_statements_however_long_the_round(
    asked: Asked, buyer: Browser, django_assert_max_num_queries: object
) -> None:
    offered(asked)
    buyer.get(page_of(asked))

    with django_assert_max_num_queries(27):  # type: ignore[operator]
        buyer.get(page_of(asked))


def test_evaluators_are_named_and_score_on_pages(
    asked: Asked, buyer: Browser, director: Actor
) -> None:
    offered(asked)
    named = buyer.post(page_of(asked, "evaluators/"), {"people": [director.user_id]})
    assert named.status_code == 302
    scorer = browser_of("pm")
    assert scorer.get(page_of(asked, "scores/")).status_code == 200

    marks = {
        f"m-{quote.pk}-{criterion}": 85
        for quote in Quote.objects.all()
        for criterion in ("quality", "after_sales", "qualification")
    }
    missing = {**marks, next(iter(marks)): "", "finish": "1"}
    short = scorer.post(page_of(asked, "scores/"), missing)
    done = scorer.post(page_of(asked, "scores/"), {**marks, "finish": "1"})

    assert short.status_code == 422
    assert done.status_code == 302
    assert Evaluator.objects.get().done_at is not None


def test_who_was_not_named_is_told_so(asked: Asked, director: Actor) -> None:
    offered(asked)

    answer = browser_of("pm").get(page_of(asked, "scores/"))

    assert answer.status_code == 403
    assert "not named" in answer.content.decode()


def test_the_award_is_simulated_and_submitted(
    asked: Asked, buyer: Browser, director: Actor
) -> None:
    offered(asked)
    operations.name_evaluators(
        actor=asked.buyer, round_id=asked.round.pk, user_ids=[director.require_person()], now=LATER
    )
    give_marks(asked, director)
    second = asked.quoters[1].vendor.pk
    dearer: dict[str, str | int] = {"kind": "whole", "vendor": second, "reason": ""}

    simulated = buyer.get(page_of(asked, "award/"), dearer, headers={"HX-Request": "true"})
    refused = buyer.post(page_of(asked, "award/"), dearer)
    assert not Award.objects.exists()
    taken = buyer.post(page_of(asked, "award/"), {**dearer, "reason": "Better service"})

    assert "523.50 more than the cheapest" in simulated.content.decode()
    assert refused.status_code == 422
    assert "not the cheapest" in refused.content.decode()
    assert "523.50 more than the cheapest" in refused.content.decode()
    assert taken.status_code == 302
    assert Award.objects.get().state == AwardState.SUBMITTED
    asked.round.refresh_from_db()
    assert asked.round.state == RoundState.AWARDING


def test_an_approved_award_leads_to_its_orders(
    asked: Asked, buyer: Browser, director: Actor
) -> None:
    offered(asked)
    operations.name_evaluators(
        actor=asked.buyer, round_id=asked.round.pk, user_ids=[director.require_person()], now=LATER
    )
    give_marks(asked, director)
    first = asked.quoters[0].vendor.pk
    award = propose(asked, {line.pk: first for line in asked.round.lines.all()})
    orders = f"/c/purchase-orders/of-award/{award.pk}/"

    proposed = buyer.get(page_of(asked)).content.decode()
    sign(asked, director, actor_for(user=User.objects.get(username="gm"), today=DAY))
    approved = buyer.get(page_of(asked)).content.decode()

    assert orders not in proposed
    assert orders in approved


def test_a_split_is_chosen_line_by_line(asked: Asked, buyer: Browser) -> None:
    offered(asked)
    lamp, closer = asked.round.lines.order_by("position")
    first, _second, third = (quoter.vendor.pk for quoter in asked.quoters)

    text = buyer.get(
        page_of(asked, "award/"),
        {"kind": "split", f"line-{lamp.pk}": str(third), f"line-{closer.pk}": str(first)},
        headers={"HX-Request": "true"},
    ).content.decode()
    half = buyer.get(
        page_of(asked, "award/"),
        {"kind": "split", f"line-{lamp.pk}": str(third)},
        headers={"HX-Request": "true"},
    ).content.decode()

    assert "5,302.50" in text  # 240 × 10 + 45 × 64.50
    assert "Choose for every line" in half


def test_a_second_round_leads_to_its_draft(asked: Asked, buyer: Browser) -> None:
    offered(asked)

    answer = buyer.post(page_of(asked, "second/"))

    assert answer.status_code == 302
    asked.round.refresh_from_db()
    assert asked.round.state == RoundState.REPEATED


def test_the_file_holds_what_the_page_shows(asked: Asked, buyer: Browser) -> None:
    offered(asked)

    answer = buyer.post(page_of(asked, "comparison.xlsx"))
    book = CalamineWorkbook.from_filelike(BytesIO(b"".join(answer)))

    rows = book.get_sheet_by_index(0).to_python()
    cells = {cell for row in rows for cell in row}
    assert {9838.5, 10362.0, 2400.0} <= cells  # the totals; the third offers one line only
    assert [cell for cell in rows[-1] if cell != ""][1:] == [
        "闭门器 45-65kg", "套", 45.0, 64.5, 2902.5, 66.0, 2970.0
    ]  # fmt: skip


def test_the_paper_is_a_pdf(asked: Asked, buyer: Browser) -> None:
    offered(asked)

    answer = buyer.post(page_of(asked, "comparison.pdf"))

    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


def test_who_may_not_buy_has_no_buttons_and_is_refused(asked: Asked, director: Actor) -> None:
    offered(asked)
    browser = browser_of("pm")

    text = browser.get(page_of(asked)).content.decode()

    assert page_of(asked, "award/") not in text
    assert browser.post(page_of(asked, "award/"), {"kind": "whole"}).status_code == 403


def test_terms_and_the_record_of_co_operation_are_shown(asked: Asked, buyer: Browser) -> None:
    for quoter, prices, terms in zip(
        asked.quoters,
        (("28.90", "64.50"), ("30.80", "66"), ("31", "67")),
        ("预付 30%", "月结 30 天", ""),
        strict=True,
    ):
        send_quote(quoter, asked.round, *prices, payment_terms=terms)
    open_round(asked.round, asked.openers)
    known = asked.quoters[1].vendor
    PurchaseOrder.objects.create(
        number="DD-1",
        vendor=known,
        request=add_request(None, ("灯", "1", "1")),
        amount=1,
        created_by=1,
        created_by_label="周岚",
        created_at=NOW,
        declared_by=1,
        declared_by_label="周岚",
        declared_at=NOW,
        sent_at=NOW,
        state="SENT",
    )

    text = buyer.get(page_of(asked)).content.decode()

    assert text.count("First co-operation") == 2
    assert "1 order in 12 months" in text
    assert "预付 30%: money before delivery, beyond the payment policy" in text
    assert text.count("before delivery") == 2  # in his column and below the table
    assert "asks for money before delivery (预付 30%)" in text


def test_the_contract_price_stands_beside_the_last_one() -> None:
    lines = [
        Line(1, 1, "灯", "", "个", Decimal(2), Decimal("28.9"), Decimal("27.5")),
        Line(2, 2, "门", "", "个", Decimal(2), None, None),
    ]

    rows = table.rows_of(compare(lines, [], weights={"price": 100}), best=None)

    assert rows.count("<br><small>") == 1
    assert "27.50" in rows
