"""The rules find nothing in a sound stock, and each finds what it is for."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F

from services.billing.ledger.invariants import Result, evaluate
from services.billing.ledger.invariants.invariant import Invariant
from services.procurement.stock.invariants import STOCK
from services.procurement.stock.models import (
    Lot,
    MoveKind,
    StockBalance,
    StockMove,
    Transfer,
    TransferLine,
)
from tenants.companies.models import Company
from tests.factories import NOW, TODAY
from tests.factories_procurement_stock import add_item, add_warehouse, day, put_in, take_out


def write_move(**values: Any) -> None:
    """Write a move that no operation writes."""
    last = StockMove.objects.latest("pk")
    StockMove.objects.create(
        **{
            "kind": MoveKind.ISSUE,
            "warehouse_id": last.warehouse_id,
            "item_id": last.item_id,
            "quantity": Decimal(-1),
            "value": Decimal(-1),
            "quantity_after": last.quantity_after - 1,
            "value_after": last.value_after - 1,
            "source_type": "test",
            "source_id": 0,
            "moved_on": TODAY,
            "moved_at": NOW,
            **values,
        }
    )


BREACHES: dict[str, Callable[[], object]] = {
    "stock-is-its-moves": lambda: StockBalance.objects.update(value=F("value") + 1),
    "lots-are-their-moves": lambda: Lot.objects.update(quantity=F("quantity") - 1),
    "lots-lie-in-the-stock": lambda: Lot.objects.update(quantity=F("quantity") + 100),
    "moves-follow-each-other": lambda: write_move(quantity_after=Decimal(7)),
    "no-stock-is-worth-nothing": lambda: write_move(
        quantity_after=Decimal(0), value_after=Decimal(1)
    ),
    "transfers-lose-nothing": lambda: write_move(
        kind=MoveKind.TRANSFER,
        source_type="transferline",
        source_id=TransferLine.objects.values_list("pk", flat=True).get(),
    ),
}


def found(code: str) -> Result:
    (rule,) = [each for each in STOCK if each.code == code]
    with transaction.atomic(), connection.cursor() as cursor:
        return evaluate(cursor, rule, None)


@pytest.fixture
def stock(tenant: Company) -> None:
    """Goods of a lot that came, left and went on."""
    store, other, milk = add_warehouse(), add_warehouse("OTHER"), add_item()
    put_in(store, milk, "10", "33.33", expires_on=day(3))
    take_out(store, milk, "4")
    transfer = Transfer.objects.create(
        number="T1",
        source=store,
        target=other,
        reason="x",
        moved_by=1,
        moved_by_label="x",
        moved_on=TODAY,
        moved_at=NOW,
    )
    line = TransferLine.objects.create(
        transfer=transfer, item=milk, quantity=Decimal(2), value=Decimal("6.67")
    )
    taken = take_out(
        store, milk, "2", kind="TRANSFER", source_type="transferline", source_id=line.pk
    )
    put_in(
        other,
        milk,
        "2",
        str(taken.value),
        kind="TRANSFER",
        source_type="transferline",
        source_id=line.pk,
        expires_on=day(3),
    )


@pytest.mark.usefixtures("stock")
@pytest.mark.parametrize("rule", STOCK, ids=lambda rule: rule.code)
def test_a_sound_stock_breaks_no_rule(rule: Invariant) -> None:
    assert found(rule.code).violations == []


def test_every_rule_has_its_breach() -> None:
    assert set(BREACHES) == {rule.code for rule in STOCK}


@pytest.mark.usefixtures("stock")
@pytest.mark.parametrize("code", sorted(BREACHES))
def test_each_rule_finds_its_breach(code: str) -> None:
    BREACHES[code]()

    assert found(code).count > 0
