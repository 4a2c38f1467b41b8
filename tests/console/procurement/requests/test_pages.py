"""The pages of purchase requests, as the people use them."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.procurement.catalogue.models import Item
from services.procurement.requests import operations
from services.procurement.requests.models import (
    Budget,
    PurchaseRequest,
    RequestLine,
    RequestState,
)
from tests.console.visitor import Visitor, sign_in
from tests.factories import NOW, add_actor
from tests.factories_procurement_requests import (
    Office,
    approved,
    category,
    consented,
    draft,
    line,
    open_office,
    set_budget,
    sign,
    submit,
    submitted,
)

pytestmark = pytest.mark.usefixtures("tenant")
HOME = "/c/purchase-requests/"


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.views.timezone.now", lambda: NOW)


@pytest.fixture
def office() -> Office:
    return open_office()


@pytest.fixture
def asker(office: Office) -> Visitor:
    return sign_in("asker")


def page_of(request: PurchaseRequest, rest: str = "") -> str:
    return f"{HOME}{request.pk}/{rest}"


def typed(office: Office, *lines: dict[str, str], **head: str) -> dict[str, str]:
    """Return what a browser sends for a new request."""
    data = {
        "project": str(office.project.pk),
        "title": "办公用品",
        "unit": "客服部",
        "reason": "日常使用",
        "purchase_class": "",
        "line_count": str(len(lines)),
        **head,
    }
    for number, one in enumerate(lines):
        for name, value in one.items():
            data[f"line-{number}-{name}"] = value
    return data


def paper(**changed: str) -> dict[str, str]:
    return {
        "name": "复印纸",
        "category": str(category().pk),
        "quantity": "30",
        "unit": "箱",
        "unit_price": "120.00",
        **changed,
    }


def item(**values: Any) -> Item:
    return Item.objects.create(
        **{
            "category": category(),
            "code": "WL-1",
            "name": "打印机",
            "spec": "A4",
            "unit": "台",
            "is_fixed_asset": True,
            "reference_price": Decimal("2400.00"),
            **values,
        }
    )


def test_a_request_is_written_from_free_words_and_the_catalogue(
    office: Office, asker: Visitor
) -> None:
    """What the catalogue says of an article is not taken from the browser, nor the amount."""
    printer = item()
    cheat = {"item": str(printer.pk), "name": "金条", "category": str(category().pk)}
    cheat |= {"quantity": "1", "unit": "根", "unit_price": "2400", "amount": "1"}

    answer = asker.post(f"{HOME}new/", typed(office, paper(quantity="３０"), {}, cheat))

    request = PurchaseRequest.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, page_of(request))
    assert (request.project_id, request.amount, request.purchase_class) == (
        office.project.pk,
        Decimal("6000.00"),
        "B",
    )
    lines = request.lines.order_by("position")
    assert [(one.name, one.unit, one.is_fixed_asset, one.amount) for one in lines] == [
        ("复印纸", "箱", False, Decimal("3600.00")),
        ("打印机", "台", True, Decimal("2400.00")),
    ]


@pytest.mark.parametrize(
    ("head", "row", "words"),
    [
        ({"title": ""}, {}, "This field is required."),
        ({}, {"quantity": "viel"}, "Enter a number."),
        ({}, {"quantity": "0"}, "Line 1: Enter a number above zero"),
        ({"purchase_class": "B"}, {}, "These goods are class A"),
        ({}, {"name": "x" * 101}, "at most 100 characters"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    office: Office, asker: Visitor, head: dict[str, str], row: dict[str, str], words: str
) -> None:
    answer = asker.post(f"{HOME}new/", typed(office, paper(**row), **head))

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not PurchaseRequest.objects.exists()


def test_lines_come_and_go_without_being_saved(office: Office, asker: Visitor) -> None:
    printer = item()
    data = typed(office, paper(), paper(name="硒鼓"))

    def lines(do: str) -> str:
        answer = asker.post(f"{HOME}new/", {**data, "do": do}, htmx=True)
        assert answer.status_code == 200
        return str(answer.content.decode())

    assert 'name="line_count" value="3"' in lines("line-add")
    dropped = lines("line-drop-0")
    assert 'name="line_count" value="1"' in dropped
    assert "硒鼓" in dropped
    assert "复印纸" not in dropped
    added = lines(f"item-{printer.pk}")
    assert 'value="打印机"' in added
    assert 'value="2400.00"' in added
    assert asker.post(f"{HOME}new/", {**data, "do": "item-999999"}, htmx=True).status_code == 404
    assert not PurchaseRequest.objects.exists()


def test_sums_and_the_class_follow_what_is_typed(office: Office, asker: Visitor) -> None:
    data = typed(office, paper(), paper(quantity=""), paper(unit_price="500"))

    answer = asker.post(f"{HOME}sums/", data, htmx=True)

    text = answer.content.decode()
    assert "18,600.00" in text
    assert "B: equipment and fixed assets" in text
    assert '<output class="num" id="line-1-amount" hx-swap-oob="true">—</output>' in text


def test_the_catalogue_is_searched(office: Office, asker: Visitor) -> None:
    item(initials="dyj")
    item(code="WL-2", name="旧打印机", is_active=False)

    text = asker.get(f"{HOME}items/", {"q": "dyj"}).content.decode()
    assert "打印机" in text
    assert "旧打印机" not in text
    assert "in your own words" in asker.get(f"{HOME}items/", {"q": "金条"}).content.decode()


def test_a_draft_is_changed_looked_for_and_submitted(office: Office, asker: Visitor) -> None:
    request = draft(office, line(), line("硒鼓", "4", "260.00"))
    paper_line, toner = request.lines.order_by("position")
    row = {"line_id": str(toner.pk), "category": str(category().pk)}
    data = typed(office, {**paper(name="硒鼓", unit="支", unit_price="265"), **row})

    assert asker.post(page_of(request, "edit/"), data).status_code == 302
    assert not RequestLine.objects.filter(pk=paper_line.pk).exists()
    toner.refresh_from_db()
    assert (toner.unit_price, toner.amount) == (Decimal(265), Decimal("7950.00"))
    assert toner.position == 1

    assert asker.post(page_of(request, "reallocation/"), {"note": "无"}).status_code == 302
    assert asker.post(page_of(request, "submit/"), {}).status_code == 302
    request.refresh_from_db()
    assert (request.state, request.reallocation_note) == (RequestState.SUBMITTED, "无")
    text = asker.get(page_of(request)).content.decode()
    assert "Take it back" in text
    assert "Purchase request submitted" in text


def test_over_the_budget_takes_a_reason(office: Office, asker: Visitor) -> None:
    add_actor("caiwu", "finance_head")
    request = draft(office)
    finance = sign_in("caiwu")
    answer = finance.post(
        f"{HOME}budgets/new/",
        {
            "project": str(office.project.pk),
            "category": str(category().pk),
            "year": "2026",
            "amount": "3000",
        },
    )
    assert answer.status_code == 302

    refused = asker.post(page_of(request, "submit/"), {})
    assert refused.status_code == 422
    assert "The budget has 3,000.00 left, this takes 3,600.00." in refused.content.decode()

    assert asker.post(page_of(request, "submit/"), {"budget_reason": "年底"}).status_code == 302
    text = asker.get(page_of(request)).content.decode()
    assert "Goes beyond the budget: 年底" in text
    request.refresh_from_db()
    assert request.is_over_budget


def test_an_emergency_goes_by_its_form(office: Office, asker: Visitor) -> None:
    request = draft(office, line("水泵", "1", "1850.00"), purchase_class="C")
    text = asker.get(page_of(request, "consent/")).content.decode()
    assert "manager" in text
    assert ">asker" not in text.split("<select")[1].split("</select>")[0]

    answer = asker.post(
        page_of(request, "consent/"),
        {
            "consenter": str(office.manager.user_id),
            "day": "2026-11-09",
            "at": "09:30",
            "means": "电话",
            "text": "水泵损坏",
        },
    )

    assert answer.status_code == 302, answer.content.decode()
    request.refresh_from_db()
    assert request.state == RequestState.CONSENTED
    assert "The last day to approve the paper" in asker.get(page_of(request)).content.decode()


def test_buttons_are_those_of_who_asked(office: Office) -> None:
    request = draft(office)
    buyer = sign_in("buyer")

    text = buyer.get(page_of(request)).content.decode()

    assert "Write down what was found" in text
    for words in ("/cancel/", "/edit/", "/submit/"):
        assert words not in text
    assert buyer.get(page_of(request, "edit/")).status_code == 403


def test_a_copy_is_a_draft_and_a_cancelled_one_ends(office: Office, asker: Visitor) -> None:
    request = submitted(office)

    answer = asker.post(page_of(request, "copy/"))
    copy = PurchaseRequest.objects.exclude(pk=request.pk).get()
    assert answer["Location"] == page_of(copy, "edit/")
    assert (copy.state, copy.copied_from_id, copy.amount) == ("DRAFT", request.pk, request.amount)

    assert asker.post(page_of(request, "take-back/")).status_code == 302
    assert asker.post(page_of(request, "cancel/"), {"reason": "不要了"}).status_code == 302
    request.refresh_from_db()
    assert request.state == RequestState.CANCELLED
    again = asker.post(page_of(request, "cancel/"), {"reason": "不要了"})
    assert "the request is in the state “Cancelled”" in again.content.decode()


def test_the_list_has_what_one_sees(office: Office, asker: Visitor) -> None:
    """The company's own requests are for whoever sees those of all projects."""
    mine = submitted(office)
    other = open_office_of("B2")
    operations.create_request(
        actor=office.manager,
        project_id=None,
        values=operations.RequestValues(unit="总部", title="公司台历", reason="年底"),
        lines=[line("台历", "5", "30")],
        now=NOW,
        today=NOW.date(),
    )
    approved(other, title="别处的")

    text = asker.get(HOME).content.decode()
    assert mine.number in text
    assert "公司台历" not in text
    assert "别处的" not in text
    everything = sign_in("manager").get(HOME).content.decode()
    assert "公司台历" in everything
    assert "别处的" in everything
    found = sign_in("manager").get(HOME, {"state": "APPROVED", "class": "A"}).content.decode()
    assert "别处的" in found
    assert "公司台历" not in found


def open_office_of(code: str) -> Office:
    return open_office(code, f"{code} 花园", prefix=f"{code}-")


def test_budgets_show_what_is_bound(office: Office) -> None:
    add_actor("caiwu", "finance_head")
    finance = sign_in("caiwu")
    submitted(office)
    budget = set_budget(add_actor("caiwu2", "finance_head"), "10000.00", office.project)

    text = finance.get(f"{HOME}budgets/").content.decode()
    for words in ("10,000.00", "3,600.00", "6,400.00"):
        assert words in text
    answer = finance.post(f"{HOME}budgets/{budget.pk}/", {"amount": "12000"})
    assert answer.status_code == 302
    assert Budget.objects.get().amount == 12000
    assert "Purchasing budget set" in finance.get(f"{HOME}budgets/{budget.pk}/").content.decode()


def test_the_round_puts_the_same_goods_together(office: Office) -> None:
    other = open_office_of("B2")
    approved(office, line(), line("硒鼓", "4", "260"))
    approved(other, line("复印纸", "10", "110.00"))
    buyer = sign_in("buyer")

    text = buyer.get(f"{HOME}to-buy/", {"month": "2026-11"}).content.decode()

    assert "40 箱" in text
    assert "4,700.00" in text
    assert "Nothing is left" in buyer.get(f"{HOME}to-buy/", {"month": "2026-10"}).content.decode()
    assert sign_in("asker").get(f"{HOME}to-buy/").status_code == 403


def test_what_cannot_be_had_is_told_and_done_without(office: Office, asker: Visitor) -> None:
    request = approved(office)
    paper, page = request.lines.get(), page_of(request)
    address = f"{HOME}lines/{paper.pk}/obstacle/"
    buyer = sign_in("buyer")
    assert address in buyer.get(page).content.decode()
    assert asker.get(address).status_code == 403
    assert buyer.post(address, {"reason": "市场断货"}).status_code == 302
    assert "市场断货" in asker.get(page).content.decode()
    assert "复印纸" in asker.get(f"{page}give-up/").content.decode()
    assert asker.post(f"{page}give-up/", {"reason": "改用电子单据"}).status_code == 422

    values = {"reason": "改用电子单据", "line_ids": [paper.pk]}
    assert asker.post(f"{page}give-up/", values).status_code == 302

    paper.refresh_from_db()
    assert paper.given_up_quantity == 30
    text = asker.get(page).content.decode()
    assert f"{page}give-up/" not in text
    assert "改用电子单据" in text


def test_the_figures_of_a_month_and_the_log_behind_them(office: Office, asker: Visitor) -> None:
    request = consented(office, line("水泵", "1", "1850.00"), at=NOW)
    sign(submit(office, request), office.manager, office.gm)

    text = asker.get(f"{HOME}figures/", {"month": "2026-11"}).content.decode()

    assert "1 of 1" in text
    assert "100.0" in text
    log = asker.get(f"{HOME}emergencies/").content.decode()
    for words in (request.number, office.manager.label, "1,850.00"):
        assert words in log
    assert asker.get(f"{HOME}savings/").status_code == 200


def test_split_purchases_are_reported(office: Office, asker: Visitor) -> None:
    for _again in range(3):
        submitted(office, line("拖把", "10", "20.00"))

    text = asker.get(f"{HOME}splits/", {"month": "2026-11"}).content.decode()
    assert "拖把" in text
    assert "600.00" in text
    assert "Nothing was split" in asker.get(f"{HOME}splits/", {"month": "2026-10"}).content.decode()


def test_a_consented_request_is_seen_by_its_signers(office: Office) -> None:
    request = consented(office, line("水泵", "1", "1850.00"), at=NOW)
    text = sign_in("manager").get(page_of(request)).content.decode()
    assert "水泵损坏，同意立即采购" in text
    assert date(2026, 11, 11).isoformat() in text
