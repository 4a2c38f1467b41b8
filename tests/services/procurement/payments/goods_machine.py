"""Goods in any order: the half of the state machine of procurement that moves no money."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
)

from kernel.errors import DomainError
from kernel.money import round_money
from services.procurement.orders.models import OrderLine, PurchaseOrder
from services.procurement.receiving import operations as receiving
from services.procurement.receiving.models import (
    GoodsReceiptLine,
    Objection,
    ObjectionState,
    Settlement,
)
from services.procurement.stock import operations as stock
from services.procurement.stock.models import IssueLine, WarehouseKind
from services.procurement.stock.operations.papers import Line
from tests.factories import NOW, TODAY
from tests.factories_procurement_money import (
    People,
    add_account,
    add_order,
    add_request,
    prepare,
    receive,
)
from tests.factories_procurement_stock import add_item, add_warehouse
from tests.factories_procurement_vendors import add_vendor

picks = st.integers(0, 7)
quantities = st.sampled_from(["0.001", "0.333", "1", "2.5", "7", "10", "13.337"]).map(Decimal)
prices = st.sampled_from(["0.0101", "0.37", "3.3333", "56.50", "1234.5678"])
taxes = st.sampled_from(["0", "1", "3", "13"])
nudges = st.sampled_from(["1", "1", "1", "0.99", "1.00009", "1.01"]).map(Decimal)


def pick(rows: Any, number: int) -> Any:
    """Return one of the rows, ``None`` if there are none."""
    found = list(rows.order_by("pk"))
    return found[number % len(found)] if found else None


class GoodsMachine(RuleBasedStateMachine):
    """Goods that are ordered, come, are issued, found bad and go back."""

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.number = 0
        self.done: set[str] = set()
        self.is_checked = True

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    def attempt(self, operation: Callable[..., Any], **values: Any) -> Any:
        """Let an operation do its work or refuse; anything else is a fault."""
        try:
            with transaction.atomic():
                found = operation(**values)
        except DomainError:
            return None
        self.is_checked = False
        self.done.add(operation.__name__)
        return found

    def enter(
        self, line: OrderLine, quantity: Decimal | None, nudge: Decimal, *, is_booked: bool
    ) -> None:
        """Enter an invoice for so much of a line, or for all that is here and not billed."""
        raise NotImplementedError

    def next(self) -> str:
        self.number += 1
        return f"N{self.number}"

    @initialize()
    def build(self) -> None:
        self.people: People = prepare()
        self.vendor = add_vendor("V-1")
        add_account(self.vendor)
        self.item = add_item("TONER", name="硒鼓")
        self.store = add_warehouse("MAIN")
        self.quarantine = add_warehouse("QUAR", kind=WarehouseKind.QUARANTINE)

    # ---- goods -------------------------------------------------------------------------------

    @rule(
        quantity=quantities,
        price=prices,
        tax=taxes,
        is_cash=st.booleans(),
        kept=st.booleans(),
        is_booked=st.booleans(),
    )
    def order(
        self, *, quantity: Decimal, price: str, tax: str, is_cash: bool, kept: bool, is_booked: bool
    ) -> None:
        if not round_money(quantity * Decimal(price)):
            return
        request: dict[str, Any] = {"request": add_request(self.people)} if is_cash else {}
        order = add_order(
            self.people,
            [(self.item if kept else None, str(quantity), price)],
            vendor=self.vendor,
            warehouse=self.store if kept else None,
            tax_percent=Decimal(tax),
            **request,
        )
        self.attempt(receive, people=self.people, order=order, arrived=str(quantity))
        self.enter(order.lines.get(), None, Decimal(1), is_booked=is_booked)

    @rule(number=picks, arrived=quantities, refused=st.sampled_from(["0", "0.001", "1"]))
    def arrive(self, number: int, arrived: Decimal, refused: str) -> None:
        order = pick(PurchaseOrder.objects.all(), number)
        if order is not None:
            accepted = max(arrived - Decimal(refused), Decimal(0))
            self.attempt(
                receive,
                people=self.people,
                order=order,
                arrived=str(arrived),
                accepted=str(accepted) if accepted < arrived else None,
            )

    @precondition(lambda self: "receive" in self.done)
    @rule(number=picks, quantity=quantities, aside=st.booleans())
    def object(self, *, number: int, quantity: Decimal, aside: bool) -> None:
        line = pick(GoodsReceiptLine.objects.all(), number)
        if line is not None:
            self.attempt(
                receiving.object_in_use,
                actor=self.people.keeper,
                receipt_line_id=line.pk,
                quantity=quantity,
                text="坏",
                quarantine_id=self.quarantine.pk if aside else None,
                now=NOW,
                today=TODAY,
            )

    @precondition(lambda self: "object_in_use" in self.done)
    @rule(number=picks, quantity=quantities)
    def send_back(self, number: int, quantity: Decimal) -> None:
        objection = pick(Objection.objects.all(), number)
        if objection is not None:
            self.attempt(
                receiving.return_goods,
                actor=self.people.keeper,
                objection_id=objection.pk,
                quantity=quantity,
                now=NOW,
                today=TODAY,
            )

    @precondition(lambda self: "object_in_use" in self.done)
    @rule(number=picks, settlement=st.sampled_from(Settlement))
    def settle(self, number: int, settlement: Settlement) -> None:
        objection = pick(Objection.objects.exclude(state=ObjectionState.SETTLED), number)
        if objection is not None:
            is_money = settlement in (Settlement.REFUNDED, Settlement.REDUCED)
            self.attempt(
                receiving.settle_objection,
                actor=self.people.buyer,
                objection_id=objection.pk,
                settlement=settlement,
                text="说好了",
                credit=Decimal("0.01") if is_money else Decimal(0),
                now=NOW,
            )
            self.attempt(
                receiving.put_back,
                actor=self.people.keeper,
                objection_id=objection.pk,
                now=NOW,
                today=TODAY,
            )

    @rule(quantity=quantities)
    def issue(self, quantity: Decimal) -> None:
        self.attempt(
            stock.issue_goods,
            actor=self.people.keeper,
            warehouse_id=self.store.pk,
            project_id=None,
            unit="客服部",
            person_label="张三",
            purpose="打印",
            lines=[Line(item_id=self.item.pk, quantity=quantity)],
            today=TODAY,
            now=NOW,
        )

    @precondition(lambda self: "issue_goods" in self.done)
    @rule(number=picks, quantity=quantities)
    def give_back(self, number: int, quantity: Decimal) -> None:
        line = pick(IssueLine.objects.all(), number)
        if line is not None:
            self.attempt(
                stock.give_back,
                actor=self.people.keeper,
                line_id=line.pk,
                quantity=quantity,
                reason="多了",
                today=TODAY,
                now=NOW,
            )
