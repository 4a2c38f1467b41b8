"""The pages of warehouses, stock, papers and counts."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kernel.approvals.queries import open_case_of
from services.procurement.stock import operations
from services.procurement.stock.models import (
    CountState,
    Issue,
    IssueReturn,
    StockBalance,
    StockCount,
    Transfer,
    Warehouse,
)
from tests.console.browser import browser_of
from tests.factories import NOW, add_actor
from tests.factories_procurement_stock import (
    Shop,
    add_warehouse,
    day,
    held,
    issue,
    lay_in,
    put_in,
)


@pytest.fixture
def keeper(shop: Shop) -> Client:
    lay_in(shop.keeper, shop.store, shop.broom, "10", "100.00")
    lay_in(shop.keeper, shop.store, shop.glove, "3", "10.00")
    return browser_of("kongfang")


def send(client: Client, route: str, data: dict[str, Any], *ids: int) -> Any:
    return client.post(reverse(route, args=ids), data)


def paper(shop: Shop, do: str, **values: Any) -> dict[str, Any]:
    return {
        "do": do,
        "warehouse_id": shop.store.pk,
        "project_id": shop.project.pk,
        "unit": "保洁部",
        "person_label": "王梅",
        "purpose": "大堂清洁",
        **values,
    }


@pytest.mark.parametrize(
    "route",
    [
        "stock",
        "stock-lots",
        "stock-warehouses",
        "stock-issues",
        "stock-transfers",
        "stock-counts",
        "stock-issues-new",
        "stock-transfers-new",
        "stock-opening",
        "stock-warehouses-new",
        "stock-counts-new",
    ],
)
def test_the_pages_of_a_keeper_open(keeper: Client, route: str) -> None:
    assert keeper.get(reverse(route)).status_code == 200


def test_the_list_shows_what_lies_where_and_what_runs_short(shop: Shop, keeper: Client) -> None:
    operations.set_minimum(
        actor=shop.keeper,
        warehouse_id=shop.store.pk,
        item_id=shop.broom.pk,
        minimum=Decimal(20),
        now=NOW,
    )

    everything = keeper.get(reverse("stock")).content.decode()
    low = keeper.get(f"{reverse('stock')}?low=1").content.decode()

    assert "扫帚" in everything
    assert "手套" in everything
    assert "110.00" in everything
    assert "扫帚" in low
    assert "手套" not in low
    assert "1 warehouse is to be counted until" in everything


def test_another_project_s_keeper_sees_nothing_of_it(shop: Shop, keeper: Client) -> None:
    add_actor("liu", "materials_keeper", project_id=None)
    outsider = add_actor("wai", "meter_reader", project_id=shop.project.pk)
    assert outsider.user_id
    balance = StockBalance.objects.first()
    assert balance is not None

    assert browser_of("wai").get(reverse("stock")).status_code == 403
    assert browser_of("liu").get(reverse("stock-card", args=[balance.pk])).status_code == 200


def test_the_card_tells_every_move_and_what_it_left(shop: Shop, keeper: Client) -> None:
    issue(shop.keeper, shop.store, (shop.broom, "4"))
    put_in(shop.store, shop.broom, "1", "9.00", lot_number="L-7", expires_on=day(9))
    balance = StockBalance.objects.get(item=shop.broom)

    text = keeper.get(reverse("stock-card", args=[balance.pk])).content.decode()

    assert "Opening stock" in text
    assert "Issued" in text
    assert "L-7" in text
    assert "60.00" in text


def test_a_minimum_is_set_in_a_sheet(shop: Shop, keeper: Client) -> None:
    balance = StockBalance.objects.get(item=shop.broom)
    address = reverse("stock-card-minimum", args=[balance.pk])

    assert keeper.get(address).status_code == 200
    assert keeper.post(address, {"minimum": "5"}).status_code == 302
    balance.refresh_from_db()
    assert balance.minimum == Decimal(5)
    assert keeper.post(address, {"minimum": "-5"}).status_code == 422


def test_a_warehouse_is_opened_changed_and_filled(shop: Shop, keeper: Client) -> None:
    new = {"code": "b2", "name": "地下库", "project_id": shop.project.pk, "kind": "STORE"}
    assert send(keeper, "stock-warehouses-new", new).status_code == 302
    store = Warehouse.objects.get(code="B2")
    assert send(keeper, "stock-warehouses-new", new).status_code == 422

    opening = {"warehouse_id": store.pk, "code": "broom", "quantity": "2", "value": "20"}
    assert send(keeper, "stock-opening", opening).status_code == 302
    assert held(store, shop.broom) == ("2", "20.00")
    assert send(keeper, "stock-opening", {**opening, "code": "?"}).status_code == 422

    change = {"name": "旧库"}
    assert send(keeper, "stock-warehouses-edit", change, store.pk).status_code == 422
    kept = {"name": "新库", "is_active": "on"}
    assert send(keeper, "stock-warehouses-edit", kept, store.pk).status_code == 302
    page = keeper.get(reverse("stock-warehouses-warehouse", args=[store.pk]))
    assert "新库" in page.content.decode()


def test_a_scan_adds_a_line_and_the_same_scan_one_more_piece(shop: Shop, keeper: Client) -> None:
    address = reverse("stock-issues-new")

    first = keeper.post(address, paper(shop, "add", code="broom")).content.decode()
    assert f'name="item" value="{shop.broom.pk}"' in first
    assert first.index('value="add"') < first.index('value="book" data-ctrl-enter')
    assert 'name="quantity" value="1"' in first
    line = {"item": [shop.broom.pk], "quantity": ["1"]}
    again = keeper.post(address, paper(shop, "add", code="BROOM", **line)).content.decode()
    assert 'name="quantity" value="2"' in again
    unknown = keeper.post(address, paper(shop, "add", code="nothing", **line))
    assert unknown.status_code == 422
    assert "There is no such article" in unknown.content.decode()
    removed = keeper.post(address, paper(shop, f"remove-{shop.broom.pk}", **line))
    assert f'name="item" value="{shop.broom.pk}"' not in removed.content.decode()

    assert not Issue.objects.exists()


def test_a_slip_is_booked_shown_and_printed(shop: Shop, keeper: Client) -> None:
    lines = {"item": [shop.broom.pk, shop.glove.pk], "quantity": ["4", "1"]}

    answer = send(keeper, "stock-issues-new", paper(shop, "book", **lines))

    made = Issue.objects.get()
    page = reverse("stock-issues-issue", args=[made.pk])
    assert (answer.status_code, answer.headers["Location"]) == (302, page)
    assert held(shop.store, shop.broom) == ("6", "60.00")
    shown = keeper.get(page).content.decode()
    assert made.number in shown
    assert "43.33" in shown
    printed = keeper.get(reverse("stock-issues-print", args=[made.pk])).content.decode()
    assert "大堂清洁" in printed
    assert "手套" in printed


def test_a_slip_sent_twice_is_booked_once(shop: Shop, keeper: Client) -> None:
    address = reverse("stock-issues-new")
    shown = keeper.get(address).content.decode()
    found = re.search(r'name="key" value="([^"]{20,})"', shown)
    assert found is not None
    lines = {"item": [shop.broom.pk], "quantity": ["4"]}
    scanned = keeper.post(address, paper(shop, "add", key=found[1], code="GLOVE", **lines))
    assert found[0] in scanned.content.decode()  # it stays while the slip is written

    answers = [
        send(keeper, "stock-issues-new", paper(shop, "book", key=found[1], **lines))
        for _time in range(2)
    ]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert held(shop.store, shop.broom) == ("6", "60.00")


@pytest.mark.parametrize(
    "wrong",
    [
        {"purpose": ""},
        {"person_label": ""},
        {"quantity": ["99", "1"]},
        {"quantity": ["x", "1"]},
        {"item": [], "quantity": []},
    ],
)
def test_a_slip_that_is_wrong_comes_back_as_it_was(
    shop: Shop, keeper: Client, wrong: dict[str, Any]
) -> None:
    lines = {"item": [shop.broom.pk, shop.glove.pk], "quantity": ["4", "1"]}

    answer = send(keeper, "stock-issues-new", paper(shop, "book", **{**lines, **wrong}))

    assert answer.status_code == 422
    assert "保洁部" in answer.content.decode()
    assert not Issue.objects.exists()


def test_what_is_unused_is_taken_back_in_a_sheet(shop: Shop, keeper: Client) -> None:
    made = issue(shop.keeper, shop.store, (shop.broom, "4"))
    address = reverse("stock-issues-give-back", args=[made.pk, made.lines.get().pk])

    assert keeper.get(address).status_code == 200
    assert keeper.post(address, {"quantity": "5", "reason": "x"}).status_code == 422
    assert keeper.post(address, {"quantity": "1", "reason": "未用完"}).status_code == 302
    assert IssueReturn.objects.get().quantity == 1
    other = reverse("stock-issues-give-back", args=[made.pk, made.lines.get().pk + 1])
    assert keeper.get(other).status_code == 404


def test_a_transfer_is_booked_and_printed(shop: Shop, keeper: Client) -> None:
    target = add_warehouse("B2", project=shop.project)
    values = {
        "do": "book",
        "source_id": shop.store.pk,
        "target_id": target.pk,
        "reason": "急用",
        "item": [shop.broom.pk],
        "quantity": ["3"],
    }

    assert send(keeper, "stock-transfers-new", values).status_code == 302

    made = Transfer.objects.get()
    assert held(target, shop.broom) == ("3", "30.00")
    for route in ("stock-transfers-transfer", "stock-transfers-print"):
        assert made.number in keeper.get(reverse(route, args=[made.pk])).content.decode()
    same = {**values, "target_id": shop.store.pk}
    assert send(keeper, "stock-transfers-new", same).status_code == 422


def test_a_count_is_walked_blind_explained_and_submitted(shop: Shop, keeper: Client) -> None:
    begun = send(keeper, "stock-counts-new", {"warehouse_id": shop.store.pk})
    count = StockCount.objects.get()
    page = reverse("stock-counts-count", args=[count.pk])
    assert begun.headers["Location"] == page
    StockBalance.objects.filter(item=shop.broom).update(quantity=Decimal("9876.5"))
    blind = keeper.get(page).content.decode()
    assert "9,876.5" not in blind
    assert "9876.5" not in blind
    StockBalance.objects.filter(item=shop.broom).update(quantity=Decimal(10))

    line = count.lines.get(item=shop.broom)
    found = send(keeper, "stock-counts-find", {"code": "broom"}, count.pk)
    assert found.headers["Location"] == f"{page}#line-{line.pk}"
    assert send(keeper, "stock-counts-find", {"code": "none"}, count.pk).status_code == 422
    wrong = send(keeper, "stock-counts-line", {"counted": "-1"}, count.pk, line.pk)
    assert wrong.status_code == 422
    assert send(keeper, "stock-counts-finish", {}, count.pk).status_code == 409
    for one, counted in ((line, "8"), (count.lines.get(item=shop.glove), "3")):
        send(keeper, "stock-counts-line", {"counted": counted}, count.pk, one.pk)
    send(keeper, "stock-counts-finish", {}, count.pk)
    told = keeper.get(page).content.decode()
    assert "Reason of the difference of 扫帚" in told
    assert "手套" not in told

    assert send(keeper, "stock-counts-submit", {"do": "submit"}, count.pk).status_code == 409
    again = {"do": "again", "again": [line.pk]}
    send(keeper, "stock-counts-submit", again, count.pk)
    send(keeper, "stock-counts-line", {"counted": "7"}, count.pk, line.pk)
    send(keeper, "stock-counts-finish", {}, count.pk)
    reasons = {"do": "submit", f"reason-{line.pk}": "破损"}
    assert send(keeper, "stock-counts-submit", reasons, count.pk).status_code == 302

    count.refresh_from_db()
    assert count.state == CountState.SUBMITTED
    case = open_case_of(kind="stock.count", subject=count)
    assert case is not None
    assert case.facts["amount"] == "30.00"
    assert "破损" in keeper.get(page).content.decode()


def test_a_count_is_given_up_in_a_sheet(shop: Shop, keeper: Client) -> None:
    count = operations.start_count(actor=shop.keeper, warehouse_id=shop.store.pk, now=NOW)

    assert send(keeper, "stock-counts-cancel", {"reason": ""}, count.pk).status_code == 422
    assert send(keeper, "stock-counts-cancel", {"reason": "重来"}, count.pk).status_code == 302

    count.refresh_from_db()
    assert count.state == CountState.CANCELLED


def test_a_reader_sees_the_pages_without_their_buttons(shop: Shop, keeper: Client) -> None:
    made = issue(shop.keeper, shop.store, (shop.broom, "4"))
    count = operations.start_count(actor=shop.keeper, warehouse_id=shop.store.pk, now=NOW)
    add_actor("jingli", "property_manager", project_id=shop.project.pk)
    reader = browser_of("jingli")

    for address in (
        reverse("stock"),
        reverse("stock-issues-issue", args=[made.pk]),
        reverse("stock-counts-count", args=[count.pk]),
        reverse("stock-warehouses-warehouse", args=[shop.store.pk]),
    ):
        page = reader.get(address)
        assert page.status_code == 200
        assert "Issue goods" not in page.content.decode()
        assert "Take back" not in page.content.decode()
    assert reader.get(reverse("stock-issues-new")).status_code == 403
    assert send(reader, "stock-counts-finish", {}, count.pk).status_code == 403
