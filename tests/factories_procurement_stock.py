"""Warehouses, articles and goods for tests."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any, Final

from kernel import access
from services.procurement.catalogue.models import Category, Item
from services.procurement.stock import operations
from services.procurement.stock.models import StockMove, Warehouse
from services.procurement.stock.operations import Taken
from tests.factories import NOW, TODAY

LINES: Final[Iterator[int]] = count(1)  # of papers that move goods; each line moves once


def add_category(code: str = "CLEAN", name: str = "清洁用品") -> Category:
    return Category.objects.create(code=code, name=name)


def add_item(code: str = "BROOM", *, name: str = "扫帚", **values: Any) -> Item:
    category = values.pop("category", None) or Category.objects.first() or add_category()
    return Item.objects.create(category=category, code=code, name=name, unit="把", **values)


def add_warehouse(code: str = "MAIN", **values: Any) -> Warehouse:
    return Warehouse.objects.create(code=code, name=values.pop("name", f"仓库 {code}"), **values)


def put_in(warehouse: Warehouse, item: Item, quantity: str, value: str, **values: Any) -> StockMove:
    return operations.take_in(
        **{
            "warehouse_id": warehouse.pk,
            "item_id": item.pk,
            "quantity": Decimal(quantity),
            "value": Decimal(value),
            "source_type": "test",
            "source_id": next(LINES),
            "moved_on": TODAY,
            "now": NOW,
            "actor": access.SYSTEM,
            **values,
        }
    )


def take_out(warehouse: Warehouse, item: Item, quantity: str, **values: Any) -> Taken:
    return operations.take_out(
        **{
            "warehouse_id": warehouse.pk,
            "item_id": item.pk,
            "quantity": Decimal(quantity),
            "source_type": "test",
            "source_id": next(LINES),
            "moved_on": TODAY,
            "now": NOW,
            "actor": access.SYSTEM,
            **values,
        }
    )


def day(number: int) -> date:
    """Return a day of next month: what expires later than today."""
    return date(2026, 12, number)
