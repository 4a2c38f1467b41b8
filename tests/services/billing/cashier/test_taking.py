"""Taking money: how it is spread, posted, numbered; references and repeats."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from kernel.audit.models import AuditEntry
from services.billing.cashier import operations
from services.billing.ledger.models import Journal, Posting
from services.billing.runs.models import BillLine
from services.properties.models import Household
from tests import factories
from tests.factories import NOW, TODAY
from tests.factories_cashier import (
    Bill,
    Counter,
    add_household,
    open_counter,
    open_total,
    pay,
    post_bills,
)
from tests.services.billing.cashier.conftest import paid_amounts, written


def test_all_open_bills_are_paid_with_change(counter: Counter, household: Household) -> None:
    receipt = pay(counter.collector, household, tendered=Decimal("800.00"))

    payment = receipt.payment
    assert (payment.amount, payment.tendered, payment.change) == (
        Decimal("760.52"),
        Decimal("800.00"),
        Decimal("39.48"),
    )
    assert (payment.received_on, payment.received_at) == (TODAY, NOW)
    assert payment.received_by == counter.collector.user_id
    assert payment.payer_name == "陈志远"
    assert receipt.code == "SJ-YL-202611-00001"
    assert paid_amounts(household) == ["331.41", "331.41", "60.00", "37.70"]
    assert open_total(household) == 0


def test_journal_debits_the_money_and_credits_the_household(
    counter: Counter, household: Household
) -> None:
    receipt = pay(counter.collector, household)

    journal = Journal.objects.get(source_type="payment", source_id=receipt.payment_id)
    legs = journal.postings.order_by("pk").values_list("account__code", "household", "amount")
    assert journal.kind == "PAYMENT"
    assert (journal.effective_on, journal.posted_by) == (TODAY, counter.collector.user_id)
    assert list(legs) == [
        ("1001", None, Decimal("760.52")),
        ("1122", household.pk, Decimal("-760.52")),
    ]


@pytest.mark.parametrize(
    ("method", "account"),
    [("CASH", "1001"), ("TRANSFER", "1002"), ("QR", "1012"), ("CARD", "1012")],
)
def test_each_method_has_its_account(
    counter: Counter, household: Household, method: str, account: str
) -> None:
    receipt = pay(counter.collector, household, method=method, reference="42000 1")

    debit = Posting.objects.get(
        journal__source_id=receipt.payment_id,
        amount__gt=0,
        household=None,
        journal__source_type="payment",
    )
    assert debit.account.code == account
    assert receipt.payment.reference == "42000 1"


def test_chosen_bills_are_paid_whole(counter: Counter, household: Household) -> None:
    water = BillLine.objects.get(item__code="SF")
    parking = BillLine.objects.get(item__code="CWF")

    receipt = pay(
        counter.collector,
        household,
        line_ids=[water.pk, parking.pk, water.pk],
        expected_total=Decimal("97.70"),
    )

    assert receipt.payment.amount == Decimal("97.70")
    assert paid_amounts(household) == ["0.00", "0.00", "60.00", "37.70"]


def test_an_amount_pays_the_oldest_first(counter: Counter, household: Household) -> None:
    receipt = pay(counter.collector, household, "700.00")

    assert paid_amounts(household) == ["331.41", "331.41", "37.18", "0.00"]
    assert [str(each.amount) for each in receipt.payment.allocations.order_by("pk")] == [
        "331.41",
        "331.41",
        "37.18",
    ]
    assert open_total(household) == Decimal("60.52")


def test_an_amount_may_be_kept_to_chosen_bills(counter: Counter, household: Household) -> None:
    november = BillLine.objects.get(item__code="WYF", period=date(2026, 11, 1))

    pay(
        counter.collector,
        household,
        "100.00",
        line_ids=[november.pk],
        expected_total=Decimal("331.41"),
    )

    assert paid_amounts(household) == ["0.00", "100.00", "0.00", "0.00"]


def test_the_rest_of_a_part_payment_is_paid_later(counter: Counter, household: Household) -> None:
    pay(counter.collector, household, "400.01")
    receipt = pay(counter.collector, household)

    assert receipt.payment.amount == Decimal("360.51")
    assert receipt.code == "SJ-YL-202611-00002"
    assert open_total(household) == 0


def test_numbers_start_anew_in_a_month_and_in_another_project(
    counter: Counter, household: Household
) -> None:
    pay(counter.collector, household, "1.00")
    december = pay(counter.collector, household, "1.00", today=date(2026, 12, 1))
    back = pay(counter.collector, household, "1.00", today=date(2026, 11, 30))
    other = open_counter("BH", "滨河苑", "wangmin")
    elsewhere = add_household(other.project)
    post_bills(elsewhere, [Bill("5.00")])
    theirs = pay(other.collector, elsewhere)

    assert december.code == "SJ-YL-202612-00001"
    assert back.code == "SJ-YL-202611-00002"
    assert theirs.code == "SJ-BH-202611-00001"


def test_audit_names_the_receipt_and_no_person(counter: Counter, household: Household) -> None:
    receipt = pay(counter.collector, household)

    entry = AuditEntry.objects.get(event="cashier.payment.taken")
    assert entry.object_id == receipt.payment_id
    assert entry.project_id == counter.project.pk
    assert entry.data == {
        "receipt": "SJ-YL-202611-00001",
        "method": "CASH",
        "amount": "760.52",
        "lines": 4,
    }


def test_texts_are_kept_on_one_line(counter: Counter, household: Household) -> None:
    receipt = pay(
        counter.collector,
        household,
        payer_name=" 李\n婉婷 ",
        note="代 缴\t第3季度 ",
        reference=" A 1 ",
    )

    payment = receipt.payment
    assert (payment.payer_name, payment.note, payment.reference) == (
        "李 婉婷",
        "代 缴 第3季度",
        "A 1",
    )


# ---- references and repeats ---------------------------------------------------------------------


@pytest.mark.parametrize("method", ["QR", "TRANSFER"])
def test_a_reference_is_booked_once_per_method(
    counter: Counter, household: Household, method: str
) -> None:
    first = pay(counter.collector, household, "10.00", method=method, reference="4200001873")
    before = written()

    with pytest.raises(operations.ReferenceUsed) as refusal:
        pay(counter.collector, household, "10.00", method=method, reference=" 4200001873 ")

    assert refusal.value.details == {"receipt": first.code}
    assert refusal.value.field == "reference"
    assert written() == before


def test_a_reference_is_free_again_once_its_receipt_is_void(
    counter: Counter, household: Household
) -> None:
    first = pay(counter.collector, household, "10.00", method="QR", reference="4200001873")
    operations.void_payment(
        actor=counter.collector, payment_id=first.payment_id, reason="选错户", now=NOW, today=TODAY
    )

    second = pay(counter.collector, household, "10.00", method="QR", reference="4200001873")

    assert second.code == "SJ-YL-202611-00002"


def test_a_repeat_returns_the_first_receipt(counter: Counter, household: Household) -> None:
    first = pay(
        counter.collector,
        household,
        "100.00",
        idempotency_key="repeat-1",
        expected_total=Decimal("760.52"),
    )
    before = written()

    again = pay(
        counter.collector,
        household,
        "100.000",
        idempotency_key="repeat-1",
        expected_total=Decimal("760.520"),
        now=NOW + timedelta(days=1),
    )

    assert again.pk == first.pk
    assert written() == before


@pytest.mark.parametrize(
    "change",
    [
        {"amount": "100.01"},
        {"method": "CARD"},
        {"note": "另"},
        {"tendered": Decimal("200.00")},
        {"expected_total": Decimal("660.52")},
        {"payer_name": "李"},
    ],
)
def test_the_same_key_with_another_request_is_refused(
    counter: Counter, household: Household, change: dict[str, Any]
) -> None:
    request: dict[str, Any] = {
        "amount": "100.00",
        "idempotency_key": "repeat-1",
        "expected_total": Decimal("760.52"),
    }
    pay(counter.collector, household, **request)
    before = written()

    with pytest.raises(operations.KeyUsed):
        pay(counter.collector, household, **(request | change))

    assert written() == before


def test_the_same_key_of_another_person_is_refused(counter: Counter, household: Household) -> None:
    pay(counter.collector, household, "1.00", idempotency_key="repeat-1")
    colleague = factories.add_actor("lili", "collector", project_id=counter.project.pk)

    with pytest.raises(operations.KeyUsed):
        pay(
            colleague,
            household,
            "1.00",
            idempotency_key="repeat-1",
            expected_total=Decimal("760.52"),
        )


def test_a_refused_request_leaves_its_key_free(counter: Counter, household: Household) -> None:
    with pytest.raises(operations.BillsChanged):
        pay(counter.collector, household, idempotency_key="repeat-1", expected_total=Decimal(1))

    assert pay(counter.collector, household, idempotency_key="repeat-1").number == 1
