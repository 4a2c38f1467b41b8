"""Warehouses, articles and goods for tests."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any, Final

from django.db import connection, transaction

from kernel import access
from kernel.access import Action
from kernel.access.actors import Actor, Grant
from kernel.approvals.operations import seed_chains
from services.billing.ledger.invariants import evaluate
from services.billing.ledger.models import Posting
from services.billing.ledger.operations import seed_chart
from services.procurement.catalogue.models import Category, Item
from services.procurement.stock import operations
from services.procurement.stock.invariants import BOOKS, STOCK
from services.procurement.stock.models import Asset, Issue, StockMove, Transfer, Warehouse
from services.procurement.stock.operations import Taken
from services.properties.models import Project
from tests.factories import NOW, TODAY, add_actor
from tests.factories_properties import add_project


@dataclass(frozen=True)
class Shop:
    """A project, a keeper who issues and counts there, one of the company, and shelves."""

    project: Project
    keeper: Actor  # of the project
    company_keeper: Actor
    store: Warehouse  # of the project
    main: Warehouse  # of the company
    broom: Item
    glove: Item


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


def open_books() -> None:
    """Give the company in force its accounts and chains."""
    seed_chart(NOW)
    seed_chains(NOW)


def open_shop() -> Shop:
    open_books()
    project = add_project("YL", "云麓")
    return Shop(
        project=project,
        keeper=add_actor("kongfang", "materials_keeper", project_id=project.pk),
        company_keeper=add_actor("shenli", "materials_keeper"),
        store=add_warehouse("YL", project=project),
        main=add_warehouse("MAIN"),
        broom=add_item("BROOM"),
        glove=add_item("GLOVE", name="手套"),
    )


def lay_in(keeper: Actor, warehouse: Warehouse, item: Item, quantity: str, value: str) -> None:
    """Put goods into a warehouse, and into the ledger."""
    operations.enter_opening(
        actor=keeper,
        warehouse_id=warehouse.pk,
        item_id=item.pk,
        quantity=Decimal(quantity),
        value=Decimal(value),
        today=TODAY,
        now=NOW,
    )


def issue(keeper: Actor, warehouse: Warehouse, *lines: tuple[Item, str], **values: Any) -> Issue:
    return operations.issue_goods(
        **{
            "actor": keeper,
            "warehouse_id": warehouse.pk,
            "project_id": warehouse.project_id,
            "unit": "保洁部",
            "person_label": "王梅",
            "purpose": "大堂清洁",
            "lines": [
                operations.Line(item_id=item.pk, quantity=Decimal(quantity))
                for item, quantity in lines
            ],
            "today": TODAY,
            "now": NOW,
            **values,
        }
    )


def transfer(
    keeper: Actor, source: Warehouse, target: Warehouse, *lines: tuple[Item, str]
) -> Transfer:
    return operations.transfer_goods(
        actor=keeper,
        source_id=source.pk,
        target_id=target.pk,
        reason="项目急用",
        lines=[
            operations.Line(item_id=item.pk, quantity=Decimal(quantity)) for item, quantity in lines
        ],
        today=TODAY,
        now=NOW,
    )


def enter_asset(keeper: Actor, item: Item, **values: Any) -> Asset:
    return operations.add_asset(
        **{
            "actor": keeper,
            "item_id": item.pk,
            "project_id": None,
            "cost": Decimal("5200.00"),
            "place": "前台",
            "received_on": TODAY,
            "now": NOW,
            **values,
        }
    )


def held(warehouse: Warehouse, item: Item) -> tuple[str, str]:
    """Return quantity and value of what lies there, as text."""
    balance = warehouse.balances.filter(item=item).first()
    if balance is None:
        return "0", "0.00"
    return f"{balance.quantity.normalize():f}", f"{balance.value:.2f}"


def posted(code: str, **of: Any) -> Decimal:
    """Return the balance of an account, debit positive."""
    postings = Posting.objects.filter(account__code=code, **of)
    return sum((posting.amount for posting in postings), Decimal(0))


def broken_rules() -> list[str]:
    """Return which rules of the stock are broken."""
    with transaction.atomic(), connection.cursor() as cursor:
        return [rule.code for rule in (*STOCK, *BOOKS) if evaluate(cursor, rule, None).count]


def add_rows(project: Project, mark: str, user_id: int) -> dict[str, int]:
    """Return one of each record of a project, for tests that visit every page."""
    keeper = Actor(
        label=f"{mark} keeper",
        user_id=user_id,
        grants=frozenset({Grant(Action.STOCK_KEEP, None), Grant(Action.ASSET_KEEP, None)}),
    )
    item = Item.objects.filter(code="ROW").first() or add_item("ROW")
    store = add_warehouse(f"{mark[:12]}-1", name=f"{mark} store", project=project)
    other = add_warehouse(f"{mark[:12]}-2", name=f"{mark} shed", project=project)
    lay_in(keeper, store, item, "10", "100.00")
    operations.enter_opening(
        actor=keeper,
        warehouse_id=store.pk,
        item_id=item.pk,
        quantity=Decimal(1),
        value=Decimal("1.00"),
        lot_number=f"{mark} lot",
        expires_on=day(9),
        today=TODAY,
        now=NOW,
    )
    made = issue(
        keeper,
        store,
        (item, "2"),
        unit=f"{mark} unit",
        person_label=f"{mark} person",
        purpose=f"{mark} purpose",
    )
    count = operations.start_count(
        actor=keeper, warehouse_id=store.pk, note=f"{mark} note", now=NOW
    )
    asset = enter_asset(keeper, item, project_id=project.pk, place=f"{mark} place")
    return {
        "warehouse_id": store.pk,
        "balance_id": store.balances.get().pk,
        "issue_id": made.pk,
        "issue_line_id": made.lines.get().pk,
        "transfer_id": transfer(keeper, store, other, (item, "1")).pk,
        "count_id": count.pk,
        "count_line_id": count.lines.get().pk,
        "asset_id": asset.pk,
    }
