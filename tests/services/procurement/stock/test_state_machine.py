"""Any order of goods in and out against a model in memory, and the books after each step."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from kernel.money import round_money
from services.billing.ledger.invariants import evaluate
from services.procurement.catalogue.models import Item
from services.procurement.stock import operations, rules
from services.procurement.stock.invariants import STOCK
from services.procurement.stock.models import Lot, StockBalance, StockMove, Warehouse
from tests.factories import TODAY
from tests.factories_procurement_stock import add_item, add_warehouse, day, put_in, take_out

PLACES = 2
quantities = st.integers(1, 20_000).map(lambda number: Decimal(number) / 1000)
values = st.integers(0, 100_000).map(lambda number: Decimal(number) / 100)
past = date(2026, 11, 1)
expiries = st.sampled_from([None, past, day(1), day(15)])
places = st.integers(0, PLACES - 1)


@dataclass
class Shelf:
    """What lies in a place, as the model knows it: value, and quantities by day of expiry."""

    value: Decimal = Decimal(0)
    by_expiry: dict[date | None, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    @property
    def quantity(self) -> Decimal:
        return sum(self.by_expiry.values(), Decimal(0))

    def usable(self, *, even_expired: bool) -> list[date | None]:
        days = [each for each in self.by_expiry if even_expired or each is None or each >= TODAY]
        return sorted(days, key=lambda each: each or date.max)

    def take(self, quantity: Decimal, *, even_expired: bool) -> Decimal:
        exact = self.value * quantity / self.quantity
        value = exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
        for each in self.usable(even_expired=even_expired):
            part = min(quantity, self.by_expiry[each])
            self.by_expiry[each] -= part
            quantity -= part
        assert quantity == 0
        self.value -= value
        return value


class StockMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.stores: list[Warehouse] = []
        self.shelves = [Shelf() for _place in range(PLACES)]
        self.came = self.left = Decimal(0)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    @initialize()
    def build(self) -> None:
        self.item: Item = add_item()
        self.stores = [add_warehouse(f"W{place}") for place in range(PLACES)]

    @rule(place=places, quantity=quantities, value=values, expires_on=expiries)
    def come(self, place: int, quantity: Decimal, value: Decimal, expires_on: date | None) -> None:
        put_in(
            self.stores[place],
            self.item,
            str(quantity),
            str(value),
            expires_on=expires_on,
            moved_on=past,
        )
        self.shelves[place].by_expiry[expires_on] += quantity
        self.shelves[place].value += value
        self.came += value

    @rule(place=places, quantity=quantities, even_expired=st.booleans())
    def leave(self, *, place: int, quantity: Decimal, even_expired: bool) -> None:
        shelf = self.shelves[place]
        usable = sum(
            (shelf.by_expiry[each] for each in shelf.usable(even_expired=even_expired)), Decimal(0)
        )
        if quantity > usable:
            with pytest.raises((rules.StockTooSmall, operations.StockExpired)):
                self.take(place, quantity, even_expired=even_expired)
            return
        taken = self.take(place, quantity, even_expired=even_expired)
        assert taken.value == shelf.take(quantity, even_expired=even_expired)
        self.left += taken.value

    @rule(place=places)
    def empty(self, place: int) -> None:
        """Whatever came and went, the last of it takes all that is left."""
        shelf = self.shelves[place]
        if shelf.quantity:
            value = shelf.value
            taken = self.take(place, shelf.quantity, even_expired=True)
            assert taken.value == value
            self.shelves[place] = Shelf()
            self.left += value

    def take(self, place: int, quantity: Decimal, *, even_expired: bool) -> operations.Taken:
        return take_out(self.stores[place], self.item, str(quantity), even_expired=even_expired)

    @invariant()
    def stock_is_the_model(self) -> None:
        for store, shelf in zip(self.stores, self.shelves, strict=False):
            balance = StockBalance.objects.filter(warehouse=store).first()
            here = (balance.quantity, balance.value) if balance else (0, 0)
            assert here == (shelf.quantity, shelf.value)
            for expires_on, quantity in shelf.by_expiry.items():
                lots = Lot.objects.filter(warehouse=store, expires_on=expires_on)
                if expires_on is not None:
                    assert sum(lot.quantity for lot in lots) == quantity
        assert self.came == self.left + sum(shelf.value for shelf in self.shelves)
        assert not StockMove.objects.filter(quantity_after=0).exclude(value_after=0).exists()

    @invariant()
    def no_rule_is_broken(self) -> None:
        with transaction.atomic(), transaction.get_connection().cursor() as cursor:
            for each in STOCK:
                assert evaluate(cursor, each, None).count == 0, each.code


FEW = settings(
    max_examples=20,
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking costs minutes: for a finder
)


@pytest.mark.usefixtures("tenant")
def test_any_order_of_goods_in_and_out_agrees_with_the_model() -> None:
    run_state_machine_as_test(StockMachine, settings=FEW)


@pytest.mark.usefixtures("tenant")
def test_the_machine_finds_a_price_that_is_rounded_first(monkeypatch: pytest.MonkeyPatch) -> None:
    def rounding(stock: rules.Stock, *, quantity: Decimal) -> tuple[rules.Stock, Decimal]:
        rules.require_quantity(quantity)
        if quantity > stock.quantity:
            raise rules.StockTooSmall
        value = min(stock.value, round_money(round_money(stock.value / stock.quantity) * quantity))
        return rules.Stock(stock.quantity - quantity, stock.value - value), value

    monkeypatch.setattr(rules, "take_out", rounding)

    with pytest.raises((AssertionError, IntegrityError)):
        run_state_machine_as_test(StockMachine, settings=FEW)
