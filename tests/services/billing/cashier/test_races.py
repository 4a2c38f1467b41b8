"""Two counters at the same moment, with real commits. Each race is first shown to exist."""

import random
from collections.abc import Callable, Collection
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError
from django.db.models import F, Sum

from kernel.access.actors import Actor
from kernel.audit import operations as audit
from kernel.errors import Conflict
from services.billing.cashier import operations, queries, rules
from services.billing.cashier.models import Allocation, Payment, Receipt, ReceiptSeries
from services.billing.cashier.rules import OpenLine, Share
from services.billing.ledger.models import Journal, Posting
from services.billing.runs.models import BillLine
from services.properties import queries as registry
from services.properties.models import Household
from tenants.companies.models import Company
from tests import factories
from tests.factories import NOW, TODAY
from tests.factories_cashier import Bill, add_household, months, open_counter, pay, post_bills
from tests.threads import Meeting, at_once

Take = Callable[..., Receipt]


def read_household(household_id: int) -> Household:
    return Household.objects.select_related("project", "payer").get(pk=household_id)


def read_open_lines(*, household_id: int, line_ids: Collection[int] | None) -> list[OpenLine]:
    return [
        OpenLine(line.pk, line.due_on, 0, line.period, line.amount - line.paid_amount)
        for line in BillLine.objects.filter(household_id=household_id, paid_amount__lt=F("amount"))
    ]


@pytest.fixture
def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the locks of household and lines out of the product."""
    monkeypatch.setattr(registry, "lock_household", read_household)
    monkeypatch.setattr(queries, "lock_open_lines", read_open_lines)


@pytest.fixture
def rivals_meet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let two counters both have read what is open before either writes."""
    meeting = Meeting()
    spread = rules.spread

    def waiting(lines: Any, amount: Decimal) -> list[Share]:
        meeting.come()
        return spread(lines, amount)

    monkeypatch.setattr(rules, "spread", waiting)


def two_counters() -> tuple[list[Actor], Household]:
    counter = open_counter()
    colleague = factories.add_actor("lili", "collector", project_id=counter.project.pk)
    household = add_household(counter.project)
    post_bills(household, [Bill("300.00")])
    return [counter.collector, colleague], household


@pytest.mark.usefixtures("unlocked", "rivals_meet")
def test_without_the_locks_two_counters_take_what_one_was_shown(committed_tenant: Company) -> None:
    actors, household = two_counters()

    results = at_once(
        committed_tenant,
        [
            partial(pay, actor, household, "100.00", expected_total=Decimal("300.00"))
            for actor in actors
        ],
    )

    assert all(isinstance(result, Receipt) for result in results), results


@pytest.mark.usefixtures("rivals_meet")
@pytest.mark.parametrize("amount", [None, "100.00"])
def test_of_two_counters_one_wins_and_the_other_is_told(
    committed_tenant: Company, amount: str | None
) -> None:
    actors, household = two_counters()

    results = at_once(
        committed_tenant,
        [
            partial(pay, actor, household, amount, expected_total=Decimal("300.00"))
            for actor in actors
        ],
    )

    (won,) = [result for result in results if isinstance(result, Receipt)]
    (told,) = [result for result in results if isinstance(result, operations.BillsChanged)]
    assert told.details["taken"][0]["receipt"] == won.code
    assert told.details["taken"][0]["by"] == won.payment.received_by_label
    line = BillLine.objects.get()
    assert line.paid_amount == Decimal(amount or "300.00")
    assert (Payment.objects.count(), Journal.objects.filter(kind="PAYMENT").count()) == (1, 1)


# ---- numbers ------------------------------------------------------------------------------------

COUNTERS = 8


def many_counters() -> tuple[Actor, list[Household]]:
    counter = open_counter()
    households = [add_household(counter.project, f"1-1-{number}") for number in range(COUNTERS)]
    for household in households:
        post_bills(household, [Bill("10.00")])
    return counter.collector, households


def test_without_the_lock_on_the_series_a_number_is_given_twice(
    committed_tenant: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    collector, households = many_counters()
    pay(collector, households.pop())  # the series exists
    meeting = Meeting()

    def read_series(*, prefix: str) -> ReceiptSeries:
        series = ReceiptSeries.objects.get(prefix=prefix)
        meeting.come()
        return series

    monkeypatch.setattr(queries, "lock_series", read_series)

    results = at_once(
        committed_tenant, [partial(pay, collector, household) for household in households[:2]]
    )

    assert sum(isinstance(result, Receipt) for result in results) == 1
    assert sum(isinstance(result, IntegrityError) for result in results) == 1, results


def test_receipts_taken_in_parallel_have_no_gap(committed_tenant: Company) -> None:
    collector, households = many_counters()

    results = at_once(
        committed_tenant, [partial(pay, collector, household) for household in households]
    )

    assert sorted(result.number for result in results if isinstance(result, Receipt)) == [
        1, 2, 3, 4, 5, 6, 7, 8,
    ]  # fmt: skip
    assert ReceiptSeries.objects.get().next_number == 9


def test_a_transaction_that_fails_late_gives_its_number_back(
    committed_tenant: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    collector, households = many_counters()
    unlucky = {household.pk for household in households[::3]}
    record = audit.record

    def failing(**values: Any) -> None:
        record(**values)
        if values["event"] == "cashier.payment.taken" and values["subject"].household_id in unlucky:
            raise ConnectionError("lost")

    monkeypatch.setattr(audit, "record", failing)

    results = at_once(
        committed_tenant, [partial(pay, collector, household) for household in households]
    )

    assert sum(isinstance(result, ConnectionError) for result in results) == len(unlucky) == 3
    assert list(Receipt.objects.order_by("number").values_list("number", flat=True)) == [
        1, 2, 3, 4, 5,
    ]  # fmt: skip
    assert Payment.objects.count() == 5


# ---- repeats ------------------------------------------------------------------------------------


def repeated(actor: Actor, household: Household) -> Callable[[], Receipt]:
    return partial(
        pay, actor, household, expected_total=Decimal("300.00"), idempotency_key="same-key-1"
    )


@pytest.mark.usefixtures("unlocked", "rivals_meet")
def test_without_the_lock_a_repeat_is_not_answered_with_the_receipt(
    committed_tenant: Company,
) -> None:
    (actor, _colleague), household = two_counters()

    results = at_once(committed_tenant, [repeated(actor, household)] * 2)

    assert any(isinstance(result, operations.KeyUsed) for result in results), results


def test_twenty_repeats_at_once_have_one_effect(committed_tenant: Company) -> None:
    (actor, _colleague), household = two_counters()

    results = at_once(committed_tenant, [repeated(actor, household)] * 20)

    assert {result.code for result in results if isinstance(result, Receipt)} == {
        "SJ-YL-202611-00001"
    }
    assert sum(isinstance(result, Receipt) for result in results) == 20
    assert (Payment.objects.count(), Receipt.objects.count()) == (1, 1)
    assert Journal.objects.filter(kind="PAYMENT").count() == 1
    assert BillLine.objects.get().paid_amount == Decimal("300.00")


def test_one_key_for_two_households_takes_one_payment(committed_tenant: Company) -> None:
    collector, households = many_counters()

    results = at_once(
        committed_tenant,
        [
            partial(pay, collector, household, idempotency_key="same-key-1")
            for household in households
        ],
    )

    assert sum(isinstance(result, Receipt) for result in results) == 1
    assert sum(isinstance(result, operations.KeyUsed) for result in results) == COUNTERS - 1
    assert list(Receipt.objects.values_list("number", flat=True)) == [1]


def test_one_reference_is_booked_once(committed_tenant: Company) -> None:
    collector, households = many_counters()

    results = at_once(
        committed_tenant,
        [
            partial(pay, collector, household, method="QR", reference="4200001873")
            for household in households
        ],
    )

    assert sum(isinstance(result, Receipt) for result in results) == 1
    assert sum(isinstance(result, operations.ReferenceUsed) for result in results) == COUNTERS - 1
    assert Payment.objects.count() == 1


# ---- voiding ------------------------------------------------------------------------------------


def void(actor: Actor, receipt: Receipt) -> Receipt:
    return operations.void_payment(
        actor=actor, payment_id=receipt.payment_id, reason="x", now=NOW, today=TODAY
    )


def test_without_the_lock_a_second_voiding_fails_deep_inside(
    committed_tenant: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    (actor, _colleague), household = two_counters()
    receipt = pay(actor, household)
    meeting = Meeting()

    def read_payment(*, payment_id: int) -> Payment:
        payment = Payment.objects.get(pk=payment_id)
        meeting.come()
        return payment

    monkeypatch.setattr(registry, "lock_household", read_household)
    monkeypatch.setattr(queries, "lock_payment", read_payment)

    results = at_once(committed_tenant, [partial(void, actor, receipt)] * 2)

    assert any(isinstance(result, IntegrityError) for result in results), results


def test_of_two_voidings_one_wins_and_the_other_is_told(committed_tenant: Company) -> None:
    (actor, _colleague), household = two_counters()
    receipt = pay(actor, household)

    results = at_once(committed_tenant, [partial(void, actor, receipt)] * 2)

    assert sum(isinstance(result, Receipt) for result in results) == 1
    assert sum(isinstance(result, operations.VoidedAlready) for result in results) == 1
    assert BillLine.objects.get().paid_amount == 0
    assert Journal.objects.filter(kind="PAYMENT_REVERSAL").count() == 1


ACTS = 12  # of each counter, however often another is there first


def test_a_storm_of_payments_and_voidings_stays_consistent(committed_tenant: Company) -> None:
    counter = open_counter()
    households = [add_household(counter.project, f"1-1-{number}") for number in range(3)]
    for household in households:
        post_bills(household, months(TODAY.replace(month=1, day=1), 8, amount="33.33"))

    def storm(seed: int) -> int:
        dice = random.Random(seed)
        done = 0
        while done < ACTS:
            household = dice.choice(households)
            mine = list(Payment.objects.filter(household=household, state="RECEIVED")[:3])
            try:
                if mine and dice.random() < 0.4:
                    void(counter.collector, dice.choice(mine).receipt)
                else:
                    pay(counter.collector, household, f"{dice.randint(1, 9999) / 100:.2f}")
                done += 1
            except (Conflict, rules.AmountOverOpen):
                continue
        return done

    results = at_once(committed_tenant, [partial(storm, seed) for seed in range(6)])

    assert results == [ACTS] * 6
    numbers = list(Receipt.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= 6 * ACTS / 2  # what is voided was paid before
    for line in BillLine.objects.all():
        live = Allocation.objects.filter(line=line, payment__state="RECEIVED")
        assert line.paid_amount == (live.aggregate(total=Sum("amount"))["total"] or 0)
    for household in households:
        owed = BillLine.objects.filter(household=household).aggregate(
            total=Sum(F("amount") - F("paid_amount"))
        )["total"]
        assert Posting.objects.filter(household=household).aggregate(total=Sum("amount"))[
            "total"
        ] in {owed, owed or None}
