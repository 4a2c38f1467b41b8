"""The endpoints of warehouses, stock, papers, counts and fixed assets."""

from decimal import Decimal
from typing import Any

import pytest

from services.procurement.stock.models import Asset, CountState, Issue, StockBalance, StockCount
from tenants.companies.models import Company
from tests import factories
from tests.api.client import Api, refusal, sign_in
from tests.factories_procurement_stock import (
    Shop,
    add_warehouse,
    enter_asset,
    held,
    issue,
    lay_in,
    open_shop,
)
from tests.factories_properties import add_project


@pytest.fixture
def shop(tenant: Company, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setattr("api.views.timezone.now", lambda: factories.NOW)
    opened = open_shop()
    lay_in(opened.keeper, opened.store, opened.broom, "10", "100.00")
    return opened


@pytest.fixture
def keeper(shop: Shop) -> Api:
    return sign_in("kongfang")


def slip(shop: Shop, **values: Any) -> dict[str, Any]:
    return {
        "warehouse_id": shop.store.pk,
        "project_id": shop.project.pk,
        "unit": "保洁部",
        "person_label": "王梅",
        "purpose": "大堂清洁",
        "lines": [{"item_id": shop.broom.pk, "quantity": "4"}],
        **values,
    }


def test_goods_are_issued_and_what_is_unused_comes_back(shop: Shop, keeper: Api) -> None:
    made = keeper("POST", "stock/issues/", slip(shop))

    assert made.status_code == 201, made.content
    body = made.json()
    assert (body["number"], body["lines"][0]["value"]) == ("LL-202611-0001", "40.00")
    assert keeper("GET", f"stock/issues/{body['id']}/").json() == body
    address = f"stock/issues/{body['id']}/lines/{body['lines'][0]['id']}/give-back/"
    back = keeper("POST", address, {"quantity": "1.5", "reason": "未用完"})
    assert (back.status_code, back.json()["value"]) == (201, "15.00")
    assert held(shop.store, shop.broom) == ("7.5", "75.00")
    too_many = keeper("POST", address, {"quantity": "3", "reason": "x"})
    assert refusal(too_many) == (409, "procurement.stock-too-small")


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        ({"lines": []}, 400, "invalid-input"),
        ({"lines": [{"item_id": 0, "quantity": "1"}]}, 400, "invalid-input"),
        ({"purpose": " "}, 400, "invalid-input"),
        ({"person_label": ""}, 422, "procurement.person-invalid"),
        ({"warehouse_id": 987654321}, 404, "not-found"),
        ({"project_id": 987654321}, 404, "not-found"),
    ],
)
def test_a_slip_that_is_wrong_moves_nothing(
    shop: Shop, keeper: Api, wrong: dict[str, Any], status: int, code: str
) -> None:
    answer = keeper("POST", "stock/issues/", slip(shop, **wrong))

    assert refusal(answer) == (status, code)
    assert not Issue.objects.exists()
    assert held(shop.store, shop.broom) == ("10", "100.00")


def test_short_goods_name_their_article(shop: Shop, keeper: Api) -> None:
    lines = [{"item_id": shop.broom.pk, "quantity": "10.001"}]

    answer = keeper("POST", "stock/issues/", slip(shop, lines=lines))

    assert refusal(answer) == (409, "procurement.stock-too-small")
    assert answer.json()["detail"].startswith("扫帚")


def test_a_warehouse_is_opened_filled_and_given_a_minimum(shop: Shop, keeper: Api) -> None:
    new = {"code": "b2", "name": "地下库", "project_id": shop.project.pk}
    made = keeper("POST", "stock/warehouses/", new)
    assert (made.status_code, made.json()["code"]) == (201, "B2")
    assert refusal(keeper("POST", "stock/warehouses/", new))[0] == 409
    store_id = made.json()["id"]

    opening = {
        "warehouse_id": store_id,
        "item_id": shop.glove.pk,
        "quantity": "2.500",
        "value": "25.00",
    }
    assert keeper("POST", "stock/opening/", opening).status_code == 201
    (balance,) = keeper("GET", f"stock/balances/?warehouse_id={store_id}").json()["results"]
    assert (balance["quantity"], balance["value"], balance["unit"]) == ("2.500", "25.00", "把")
    changed = keeper("PUT", f"stock/balances/{balance['id']}/", {"minimum": "5"})
    assert changed.json()["minimum"] == "5.000"
    low = keeper("GET", "stock/balances/?is_low=true").json()["results"]
    assert [row["id"] for row in low] == [balance["id"]]
    moves = keeper("GET", f"stock/balances/{balance['id']}/moves/").json()["results"]
    assert [(row["kind"], row["quantity_after"]) for row in moves] == [("OPENING", "2.500")]
    close = {"name": "x", "is_active": False}
    answer = keeper("PUT", f"stock/warehouses/{store_id}/", close)
    assert refusal(answer) == (409, "procurement.warehouse-not-empty")


def test_goods_are_transferred(shop: Shop, keeper: Api) -> None:
    target = add_warehouse("B2", project=shop.project)
    body = {
        "source_id": shop.store.pk,
        "target_id": target.pk,
        "reason": "急用",
        "lines": [{"item_id": shop.broom.pk, "quantity": "3"}],
    }

    made = keeper("POST", "stock/transfers/", body)

    assert (made.status_code, made.json()["lines"][0]["value"]) == (201, "30.00")
    assert keeper("GET", f"stock/transfers/{made.json()['id']}/").json() == made.json()
    assert held(target, shop.broom) == ("3", "30.00")
    away = keeper("POST", "stock/transfers/", {**body, "target_id": shop.main.pk})
    assert refusal(away) == (403, "access.action-denied")


def test_a_count_tells_the_books_only_when_it_is_finished(shop: Shop, keeper: Api) -> None:
    due = keeper("GET", "stock/counts/due/").json()
    assert [row["warehouse_id"] for row in due] == [shop.store.pk]
    count_id = keeper("POST", "stock/counts/", {"warehouse_id": shop.store.pk}).json()["id"]
    (line,) = keeper("GET", f"stock/counts/{count_id}/lines/").json()["results"]
    address = f"stock/counts/{count_id}/lines/{line['id']}/"

    entered = keeper("PUT", address, {"counted": "8"}).json()
    assert (entered["counted"], entered["book_quantity"]) == ("8.000", None)
    assert figures(keeper, count_id) == [("8.000", None, None)]
    assert refusal(keeper("PUT", address, {"counted": "-1"})) == (400, "invalid-input")

    keeper("POST", f"stock/counts/{count_id}/finish/")
    assert figures(keeper, count_id) == [("8.000", "10.000", "-2.000")]
    unexplained = keeper("POST", f"stock/counts/{count_id}/submission/", {"reasons": []})
    assert refusal(unexplained) == (409, "procurement.reasons-missing")
    again = keeper("POST", f"stock/counts/{count_id}/count-again/", {"line_ids": [line["id"]]})
    assert again.json()["state"] == "COUNTING"
    keeper("PUT", address, {"counted": "9"})
    keeper("POST", f"stock/counts/{count_id}/finish/")
    reasons = {"reasons": [{"line_id": line["id"], "reason": "破损"}]}
    submitted = keeper("POST", f"stock/counts/{count_id}/submission/", reasons)
    assert submitted.json()["state"] == "SUBMITTED"
    cancelled = keeper("POST", f"stock/counts/{count_id}/cancellation/", {"reason": "x"})
    assert refusal(cancelled) == (409, "procurement.count-state-wrong")
    assert StockCount.objects.get().state == CountState.SUBMITTED


def figures(api: Api, count_id: int) -> list[tuple[Any, Any, Any]]:
    rows = api("GET", f"stock/counts/{count_id}/lines/").json()["results"]
    return [(row["counted"], row["book_quantity"], row["difference"]) for row in rows]


def test_an_asset_goes_its_way(shop: Shop) -> None:
    api = sign_in("shenli")
    person = factories.add_user("laoma")
    made = api(
        "POST",
        "assets/",
        {"item_id": shop.broom.pk, "cost": "5200.00", "received_on": "2026-01-10"},
    )
    assert (made.status_code, made.json()["state"]) == (201, "IDLE")
    for step, body, state in (
        ("hand-over", {"holder_id": person.pk}, "IN_USE"),
        ("repair", {"reason": "不通电"}, "REPAIR"),
        ("repaired", {}, "IN_USE"),
        ("take-back", {}, "IDLE"),
        ("move", {"project_id": shop.project.pk, "place": "云麓"}, "IDLE"),
        ("scrap", {"reason": "无法修复"}, "SCRAPPED"),
    ):
        answer = api("POST", f"assets/{made.json()['id']}/{step}/", body)
        assert (answer.status_code, answer.json()["state"]) == (200, state), step
    again = api("POST", f"assets/{made.json()['id']}/scrap/", {"reason": "x"})
    assert refusal(again) == (409, "procurement.asset-state-wrong")


def test_an_outsider_finds_nothing_and_a_reader_changes_nothing(shop: Shop) -> None:
    asset = enter_asset(shop.keeper, shop.broom, project_id=shop.project.pk)
    made = issue(shop.keeper, shop.store, (shop.broom, "1"))
    balance = StockBalance.objects.get()
    stranger = sign_in("stranger", ("materials_keeper", add_project("HB", "湖滨").pk))
    reader = sign_in("reader", ("property_manager", shop.project.pk))

    for path in (
        f"stock/warehouses/{shop.store.pk}/",
        f"stock/balances/{balance.pk}/",
        f"stock/balances/{balance.pk}/moves/",
        f"stock/issues/{made.pk}/",
        f"assets/{asset.pk}/",
    ):
        assert refusal(stranger("GET", path)) == (404, "not-found"), path
        assert reader("GET", path).status_code == 200, path
    for name in ("balances", "issues", "warehouses", "lots"):
        assert stranger("GET", f"stock/{name}/").json()["results"] == []
    assert refusal(reader("POST", "stock/issues/", slip(shop)))[0] == 403
    assert refusal(reader("POST", f"assets/{asset.pk}/scrap/", {"reason": "x"}))[0] == 403
    assert Asset.objects.get().state == "IDLE"
    assert balance.quantity == Decimal(9)
