"""Any order of payments and voidings against a model in memory, and the ledger after each step."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from services.billing.cashier import operations, rules
from services.billing.cashier.models import PaymentMethod, Receipt
from services.billing.cashier.operations import common
from services.billing.ledger import invariants
from services.billing.ledger.models import Posting
from services.billing.runs.models import BillLine
from services.properties.models import Household
from tenants.companies.models import Company
from tests.factories import NOW, TODAY
from tests.factories_cashier import Bill, Counter, add_household, open_counter, pay, post_bills

ACCOUNTS = {"CASH": "1001", "TRANSFER": "1002", "QR": "1012", "CARD": "1012"}
ITEM_ORDER = {"WYF": 10, "CWF": 20, "SF": 30}

cents = st.integers(1, 200_000).map(lambda number: Decimal(number) / 100)
bills = st.builds(
    lambda amount, item, month: Bill(
        str(amount), item, date(2026, month, 1), date(2026, month, 10)
    ),
    cents,
    st.sampled_from(sorted(ITEM_ORDER)),
    st.integers(1, 12),
)


@dataclass
class Owed:
    """A bill line as the model knows it."""

    turn: tuple[Any, ...]
    amount: Decimal
    paid: Decimal = Decimal(0)


@dataclass
class Taken:
    """A payment as the model knows it."""

    receipt: Receipt
    method: str
    parts: dict[int, Decimal]
    is_live: bool = True

    @property
    def amount(self) -> Decimal:
        return sum(self.parts.values(), Decimal(0))


@dataclass
class Books:
    """What one household owes and has paid."""

    household: Household
    lines: dict[int, Owed] = field(default_factory=dict)

    def open_of(self, line_ids: set[int]) -> Decimal:
        return sum(
            (self.lines[pk].amount - self.lines[pk].paid for pk in line_ids), Decimal("0.00")
        )

    def pay(self, line_ids: set[int], amount: Decimal) -> dict[int, Decimal]:
        parts = {}
        for pk in sorted(line_ids, key=lambda pk: self.lines[pk].turn):
            part = min(amount, self.lines[pk].amount - self.lines[pk].paid)
            if part:
                parts[pk] = part
                self.lines[pk].paid += part
                amount -= part
        assert amount == 0
        return parts


class CounterMachine(RuleBasedStateMachine):
    counter: Counter

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.books: list[Books] = []
        self.taken: list[Taken] = []

    @rule()
    def check_the_books(self) -> None:
        """Ask all rules of the books: too dear to be asked after every step."""
        # The clock of the tests is not the database's: whether times are sane is not asked.
        assert [found for found in invariants.check() if found.code != "times-are-sane"] == []

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    @initialize(owed=st.lists(st.lists(bills, min_size=1, max_size=6), min_size=1, max_size=2))
    def post(self, owed: list[list[Bill]]) -> None:
        for number, of_household in enumerate(owed):
            household = add_household(self.counter.project, f"1-1-{number}")
            post_bills(household, of_household)
            books = Books(household)
            for line in BillLine.objects.filter(household=household).select_related("item"):
                turn = (line.due_on, ITEM_ORDER[line.item.code], line.period, line.pk)
                books.lines[line.pk] = Owed(turn, line.amount)
            self.books.append(books)

    def open_lines(self, books: Books) -> set[int]:
        return {pk for pk, owed in books.lines.items() if owed.paid < owed.amount}

    @rule(data=st.data(), method=st.sampled_from(PaymentMethod.values))
    def take(self, data: st.DataObject, method: str) -> None:
        """Pay all, chosen lines, or an amount of either."""
        books = data.draw(st.sampled_from(self.books))
        open_ids = self.open_lines(books)
        if not open_ids:
            return
        chosen = data.draw(st.none() | st.sets(st.sampled_from(sorted(open_ids)), min_size=1))
        line_ids = open_ids if chosen is None else chosen
        total = books.open_of(line_ids)
        amount = data.draw(
            st.none() | st.integers(1, int(total * 100)).map(lambda number: Decimal(number) / 100)
        )
        parts = books.pay(line_ids, total if amount is None else amount)

        receipt = pay(
            self.counter.collector,
            books.household,
            None if amount is None else str(amount),
            line_ids=chosen,
            method=method,
            expected_total=total,
        )

        assert {each.line_id: each.amount for each in receipt.payment.allocations.all()} == parts
        assert receipt.number == len(self.taken) + 1
        self.taken.append(Taken(receipt, method, parts))

    @rule(data=st.data())
    def take_more_than_is_open(self, data: st.DataObject) -> None:
        books = data.draw(st.sampled_from(self.books))
        total = books.open_of(set(books.lines))
        over = total + data.draw(cents)
        with pytest.raises((rules.AmountOverOpen, operations.NothingOpen)), transaction.atomic():
            pay(self.counter.collector, books.household, str(over), expected_total=total)

    @rule(data=st.data(), wrong=cents)
    def take_what_has_changed(self, data: st.DataObject, wrong: Decimal) -> None:
        books = data.draw(st.sampled_from(self.books))
        shown = books.open_of(set(books.lines)) + wrong
        with pytest.raises(operations.BillsChanged), transaction.atomic():
            pay(self.counter.collector, books.household, expected_total=shown)

    @precondition(lambda self: self.taken)
    @rule(data=st.data())
    def void(self, data: st.DataObject) -> None:
        taken = data.draw(st.sampled_from(self.taken))

        def call() -> Receipt:
            return operations.void_payment(
                actor=self.counter.collector,
                payment_id=taken.receipt.payment_id,
                reason="x",
                now=NOW,
                today=TODAY,
            )

        if not taken.is_live:
            with pytest.raises(operations.VoidedAlready), transaction.atomic():
                call()
            return
        assert call().is_void
        taken.is_live = False
        for books in self.books:
            for pk, part in taken.parts.items():
                if pk in books.lines:
                    books.lines[pk].paid -= part

    @invariant()
    def lines_agree(self) -> None:
        stored = dict(BillLine.objects.values_list("pk", "paid_amount"))
        for books in self.books:
            assert {pk: stored[pk] for pk in books.lines} == {
                pk: owed.paid for pk, owed in books.lines.items()
            }

    @invariant()
    def ledger_agrees(self) -> None:
        for books in self.books:
            owed = books.open_of(set(books.lines))
            posted = Posting.objects.filter(household=books.household)
            assert (posted.aggregate(total=Sum("amount"))["total"] or 0) == owed
        for code in set(ACCOUNTS.values()):
            held = sum(
                (t.amount for t in self.taken if t.is_live and ACCOUNTS[t.method] == code),
                Decimal(0),
            )
            posted = Posting.objects.filter(account__code=code)
            assert (posted.aggregate(total=Sum("amount"))["total"] or 0) == held
        assert (Posting.objects.aggregate(total=Sum("amount"))["total"] or 0) == 0

    @invariant()
    def numbers_have_no_gap(self) -> None:
        numbers = Receipt.objects.order_by("number").values_list("number", "is_void")
        assert list(numbers) == [
            (index, not taken.is_live) for index, taken in enumerate(self.taken, start=1)
        ]


def machine_at(counter: Counter) -> type[CounterMachine]:
    class Machine(CounterMachine):
        pass

    Machine.counter = counter
    return Machine


FEW = settings(
    max_examples=20,
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking costs minutes: for a finder
)


def test_payments_and_voidings_in_any_order_agree_with_the_model(tenant: Company) -> None:
    run_state_machine_as_test(machine_at(open_counter()), settings=FEW)


def test_the_machine_finds_a_void_that_forgets_the_lines(
    tenant: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    move = common.move_paid_amounts

    def forgetful(payment: Any, *, sign: int) -> None:
        if sign > 0:
            move(payment, sign=sign)

    monkeypatch.setattr(common, "move_paid_amounts", forgetful)

    with pytest.raises(AssertionError):
        run_state_machine_as_test(machine_at(open_counter()), settings=FEW)
