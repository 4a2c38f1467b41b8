"""The buyer's and the openers' pages of rounds, in the browser."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from kernel.access.models import User
from kernel.access.queries import actor_for
from kernel.approvals import operations as approvals
from kernel.approvals.models import Case
from kernel.documents.models import Attachment
from kernel.sessions import PROVED_AT
from services.procurement.requests.models import RequestLine
from services.procurement.rounds import files, operations
from services.procurement.rounds.models import OpenerKey, Opening, Quote, Round, RoundState
from tenants.companies.models import Company
from tests.console.browser import Browser, browser_of
from tests.factories import NOW, TODAY, add_actor
from tests.factories_procurement_requests import add_request
from tests.factories_procurement_rounds import (
    PASSPHRASE,
    WEIGHTS,
    Quoter,
    add_buyer,
    add_openers,
    add_quoter,
    publish_round,
    send_quote,
)
from tests.factories_properties import add_project

URL = "/c/quote-rounds/"


@pytest.fixture
def quoters(tenant: Company) -> list[Quoter]:
    return [add_quoter("V1"), add_quoter("V2"), add_quoter("V3")]


@pytest.fixture
def buyer(quoters: list[Quoter]) -> Browser:
    add_buyer()
    return browser_of("buyer")


def typed(quoters: list[Quoter], **values: object) -> dict[str, object]:
    closes_at = timezone.localtime(timezone.now() + timedelta(days=2))
    return {
        "title": "第四季度工程物资",
        "closes_at": closes_at.strftime("%Y-%m-%dT%H:%M"),
        "tax_percent": "13",
        "vendors": [one.vendor.pk for one in quoters],
        **{f"weight_{key}": weight for key, weight in WEIGHTS.items()},
        "rows": "1",
        "line-0-name": "LED 感应吸顶灯",
        "line-0-unit": "个",
        "line-0-quantity": "２４０",
        **values,
    }


def test_a_round_is_written_down_changed_and_published(
    buyer: Browser, quoters: list[Quoter]
) -> None:
    first, second = add_openers()
    assert buyer.get(f"{URL}new/").status_code == 200

    made = buyer.post(f"{URL}new/", typed(quoters))
    drafted = Round.objects.get()
    page = f"{URL}{drafted.pk}/"
    assert (made.status_code, made.headers["Location"]) == (302, page)
    assert [(line.name, line.quantity) for line in drafted.lines.all()] == [
        ("LED 感应吸顶灯", Decimal(240))
    ]
    changed = buyer.post(f"{page}edit/", typed(quoters, title="改", version="1"))
    assert changed.status_code == 302
    sheet = buyer.get(f"{page}publish/")
    assert "fewer than two people" in sheet.content.decode()
    sides = {f"side_{first.user_id}": "1", f"side_{second.user_id}": "2"}
    assert buyer.post(f"{page}publish/", sides).status_code == 302

    drafted.refresh_from_db()
    assert (drafted.state, drafted.title) == (RoundState.OPEN, "改")
    shown = buyer.get(page).content.decode()
    assert "The quotes are sealed" in shown
    assert "Only one person" in shown


def test_what_is_ticked_of_requests_becomes_one_line(buyer: Browser, quoters: list[Quoter]) -> None:
    for number in ("CG-1", "CG-2"):
        add_request(None, ("A4 纸", "30", "120"), number=number)
    take = [line.pk for line in RequestLine.objects.all()]

    buyer.post(f"{URL}new/", typed(quoters, rows="0", take=take))

    line = Round.objects.get().lines.get()
    assert (line.name, line.quantity, line.sources.count()) == ("A4 纸", Decimal(60), 2)


def test_what_was_ticked_where_goods_are_bought_together_comes_ticked(
    buyer: Browser, tenant: Company
) -> None:
    add_request(None, ("A4 纸", "30", "120"), number="CG-1")
    add_request(None, ("墨盒", "2", "300"), number="CG-2")
    first, other = RequestLine.objects.order_by("pk")

    together = buyer.get("/c/purchase-requests/to-buy/").content.decode()
    page = buyer.get(f"{URL}new/", {"take": first.pk}).content.decode()

    assert f'name="take" value="{first.pk}" checked' in together
    assert f'value="{first.pk}" checked' in page
    assert f'value="{other.pk}" checked' not in page


def test_a_row_is_added_and_what_was_typed_stays(buyer: Browser, quoters: list[Quoter]) -> None:
    answer = buyer.post(f"{URL}new/", typed(quoters, do="row", title=""))

    rows = answer.content.decode()
    assert answer.status_code == 200
    assert 'value="LED 感应吸顶灯"' in rows
    assert 'name="rows" value="2"' in rows
    assert not Round.objects.exists()


def test_a_buyer_who_sees_no_register_buys_for_every_project(buyer: Browser) -> None:
    project = add_project()

    assert (
        f'<option value="{project.pk}">{project.name}' in buyer.get(f"{URL}new/").content.decode()
    )


@pytest.mark.parametrize(
    "wrong",
    [{"title": ""}, {"line-0-quantity": "abc"}, {"line-0-unit": ""}, {"vendors": ["999999"]}],
)
def test_what_is_wrong_is_shown_and_nothing_is_made(
    buyer: Browser, quoters: list[Quoter], wrong: dict[str, object]
) -> None:
    answer = buyer.post(f"{URL}new/", typed(quoters, **wrong))

    assert answer.status_code == 422
    assert not Round.objects.exists()


def test_a_key_is_made_changed_and_replaced(tenant: Company) -> None:
    add_actor("finance", "finance_head")
    browser, page = browser_of("finance"), f"{URL}key/"
    prove(browser)
    new = {"passphrase": PASSPHRASE, "again": PASSPHRASE}

    assert browser.post(page, {"do": "make", **new, "again": "x"}).status_code == 422
    assert browser.post(page, {"do": "make", **new}).status_code == 302
    wrong = browser.post(page, {"do": "change", "current": "another one 12", **new})
    assert wrong.status_code == 422
    assert PASSPHRASE not in wrong.content.decode()
    assert browser.post(page, {"do": "replace", **new}).status_code == 302
    assert OpenerKey.objects.count() == 2
    assert OpenerKey.objects.filter(ended_at=None).count() == 1


def prove(browser: Browser) -> None:
    """Let the person have proved who he is a moment ago."""

    session = browser.session
    session[PROVED_AT] = timezone.now().timestamp()
    session.save()


def test_two_open_in_the_browser_and_the_minutes_are_printed(
    buyer: Browser, quoters: list[Quoter]
) -> None:
    add_openers()

    acting = actor_for(user=User.objects.get(username="buyer"), today=TODAY)
    quote_round = publish_round(acting, quoters)
    send_quote(quoters[0], quote_round, "28.90", "645.00")
    page = f"{URL}{quote_round.pk}/"
    finance, gm = browser_of("finance"), browser_of("gm")

    assert "35,961.00" not in gm.get(page).content.decode()
    refused = finance.post(f"{page}release/", {"passphrase": "something else 1"})
    assert refused.status_code == 422
    assert "something else" not in refused.content.decode()
    assert finance.post(f"{page}release/", {"passphrase": PASSPHRASE}).status_code == 302
    assert not Opening.objects.exists()
    assert buyer.post(f"{page}release/", {"passphrase": PASSPHRASE}).status_code == 403
    assert gm.post(f"{page}release/", {"passphrase": PASSPHRASE}).status_code == 302

    assert Quote.objects.count() == 1
    assert "35,961.00" in buyer.get(page).content.decode()
    minutes = buyer.get(f"{page}minutes/").content.decode()
    assert Opening.objects.get().minutes["vendors"][0]["receipt"] in minutes


def test_a_question_is_answered_and_a_round_amended_and_cancelled(
    buyer: Browser, quoters: list[Quoter]
) -> None:
    add_openers()
    buyer.post(f"{URL}new/", typed(quoters))
    made = Round.objects.get()
    page = f"{URL}{made.pk}/"
    buyer.post(f"{page}publish/", sides_of(made))
    question = operations.ask(
        actor=quoters[0].actor, round_id=made.pk, text="带安装吗？", now=timezone.now()
    )

    shown = buyer.get(page).content.decode()
    assert "带安装吗？" in shown
    answered = buyer.post(f"{URL}questions/{question.pk}/", {"text": "带"})
    amended = buyer.post(f"{page}amend/", {"text": "送到北门"})
    reminded = buyer.post(f"{page}remind/")
    cancelled = buyer.post(f"{page}cancel/", {"reason": "计划变更"})

    assert [one.status_code for one in (answered, amended, reminded, cancelled)] == [302] * 4
    made.refresh_from_db()
    assert (made.state, made.amendments.count()) == (RoundState.CANCELLED, 1)


def sides_of(made: Round) -> dict[str, str]:

    ids = User.objects.filter(username__in=["finance", "gm"]).order_by("pk")
    return {f"side_{user.pk}": str(number) for number, user in enumerate(ids, 1)}


def test_fewer_vendors_are_said_and_asked_for(buyer: Browser, quoters: list[Quoter]) -> None:
    buyer.post(f"{URL}new/", typed(quoters[:2]))
    page = f"{URL}{Round.objects.get().pk}/"

    assert "2 vendors are invited, 3 are needed" in buyer.get(page).content.decode()
    no_proof = buyer.post(f"{page}fewer/", {"reason": "只有两家"})
    assert no_proof.status_code == 422

    approvals.seed_chains(NOW)
    add_actor("manager", "property_manager")
    proof = SimpleUploadedFile("proof.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")
    asked = buyer.post(f"{page}fewer/", {"reason": "只有两家", "proof": proof})

    assert asked.status_code == 302
    assert Case.objects.get().kind == "purchase.fewer_quotes"
    assert Attachment.objects.get().kind == files.PROOF
