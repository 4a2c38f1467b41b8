"""The pages of the register of fixed assets."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from services.procurement.stock.models import Asset, AssetState
from tests.console.browser import browser_of
from tests.factories import add_actor, add_user
from tests.factories_procurement_stock import (
    Shop,
    enter_asset,
)


@pytest.fixture
def keeper(shop: Shop) -> Client:
    return browser_of("shenli")


def send(client: Client, route: str, data: dict[str, Any], *ids: int) -> Any:
    return client.post(reverse(route, args=ids), data)


def test_an_asset_is_entered_by_hand_and_listed(shop: Shop, keeper: Client) -> None:
    values = {
        "code": "BROOM",
        "cost": "5200",
        "place": "前台",
        "received_on": "2026-01-10",
        "warranty_to": "2028-01-09",
    }
    assert keeper.get(reverse("assets-new")).status_code == 200
    assert send(keeper, "assets-new", {**values, "code": "?"}).status_code == 422
    assert send(keeper, "assets-new", {**values, "warranty_to": "2025-01-01"}).status_code == 422
    assert send(keeper, "assets-new", values).status_code == 302

    asset = Asset.objects.get()
    listed = keeper.get(f"{reverse('assets')}?state=IDLE").content.decode()
    assert asset.code in listed
    assert "5,200.00" in listed


def test_an_asset_goes_its_way_by_the_buttons_of_its_page(shop: Shop, keeper: Client) -> None:
    asset = enter_asset(shop.company_keeper, shop.broom)
    user = add_user("laoma", name="老马")
    page = reverse("assets-asset", args=[asset.pk])
    for route, values, state in (
        ("assets-hand-over", {"holder_id": user.pk, "place": "工程部"}, AssetState.IN_USE),
        ("assets-repair", {"reason": "不通电"}, AssetState.REPAIR),
        ("assets-repaired", {"note": "换电源"}, AssetState.IN_USE),
        ("assets-take-back", {"place": "库房"}, AssetState.IDLE),
        ("assets-move", {"project_id": shop.project.pk, "place": "云麓"}, AssetState.IDLE),
        ("assets-scrap", {"reason": "无法修复"}, AssetState.SCRAPPED),
    ):
        assert keeper.get(page).status_code == 200
        assert keeper.get(reverse(route, args=[asset.pk])).status_code == 200
        assert send(keeper, route, values, asset.pk).status_code == 302
        asset.refresh_from_db()
        assert asset.state == state
    shown = keeper.get(page).content.decode()
    assert "Hand over" not in shown
    assert "无法修复" in shown
    assert "Fixed asset scrapped" in shown
    assert send(keeper, "assets-scrap", {"reason": "x"}, asset.pk).status_code == 422


def test_a_reader_changes_nothing_and_an_outsider_sees_nothing(shop: Shop, keeper: Client) -> None:
    asset = enter_asset(shop.keeper, shop.broom, project_id=shop.project.pk)
    add_actor("jingli", "property_manager", project_id=shop.project.pk)
    reader = browser_of("jingli")

    assert reader.get(reverse("assets-asset", args=[asset.pk])).status_code == 200
    assert send(reader, "assets-scrap", {"reason": "x"}, asset.pk).status_code == 403
    company = enter_asset(shop.company_keeper, shop.broom)
    assert reader.get(reverse("assets-asset", args=[company.pk])).status_code == 403
    asset.refresh_from_db()
    assert asset.state == AssetState.IDLE
