"""Taking money: exact figures, and on every refusal nothing written."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from kernel import access
from kernel.audit.models import AuditEntry
from kernel.errors import Denied, DomainError, NotFound
from services.billing.cashier import operations, rules
from services.billing.cashier.models import Allocation, Payment, Receipt, ReceiptSeries
from services.billing.ledger.models import Journal, Posting
from services.billing.runs.models import BillLine, BillRun
from services.properties.models import Household
from tenants.companies.models import Company
from tests import factories, factories_billing
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

SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)


@pytest.fixture
def counter(tenant: Company) -> Counter:
    return open_counter()


@pytest.fixture
def household(counter: Counter) -> Household:
    """Owes 331.41 since October, then 331.41, 60.00 and 37.70: together 760.52."""
    household = add_household(counter.project)
    post_bills(
        household,
        [
            Bill("331.41", period=OCTOBER, due_on=date(2026, 10, 10)),
            Bill("37.70", item="SF"),
            Bill("60.00", item="CWF"),
            Bill("331.41"),
        ],
    )
    return household


def written() -> tuple[int, ...]:
    """Return how many rows there are of everything that taking money writes."""
    return tuple(
        model.objects.count()
        for model in (Payment, Allocation, Receipt, ReceiptSeries, Journal, Posting, AuditEntry)
    )


def paid_amounts(household: Household) -> list[str]:
    return [
        str(line.paid_amount)
        for line in BillLine.objects.filter(household=household).order_by(
            "due_on", "item__sort_order", "period"
        )
    ]


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


# ---- refusals -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "error", "field"),
    [
        ({"amount": "760.53"}, rules.AmountOverOpen, "amount"),
        ({"amount": "0"}, rules.AmountInvalid, "amount"),
        ({"amount": "-5.00"}, rules.AmountInvalid, "amount"),
        ({"amount": "NaN"}, rules.AmountInvalid, "amount"),
        ({"amount": "sNaN"}, rules.AmountInvalid, "amount"),
        ({"amount": "Infinity"}, rules.AmountInvalid, "amount"),
        ({"amount": "1e400"}, rules.AmountInvalid, "amount"),
        ({"amount": "0.001"}, rules.AmountInvalid, "amount"),
        ({"amount": f"0.{'0' * 400}1"}, rules.AmountInvalid, "amount"),
        ({"tendered": Decimal("760.51")}, rules.TenderedTooLittle, "tendered"),
        ({"tendered": Decimal("NaN")}, rules.AmountInvalid, "tendered"),
        ({"tendered": Decimal(-1)}, rules.AmountInvalid, "tendered"),
        ({"tendered": Decimal("76052.00")}, rules.ChangeTooLarge, "tendered"),
        ({"method": "QR", "tendered": Decimal("800.00")}, rules.TenderedNotExact, "tendered"),
        ({"expected_total": Decimal("NaN")}, rules.AmountInvalid, "expected_total"),
        ({"expected_total": Decimal(-1)}, rules.AmountInvalid, "expected_total"),
        ({"expected_total": Decimal("760.51")}, operations.BillsChanged, None),
        ({"method": "GOLD"}, operations.MethodUnknown, "method"),
        ({"idempotency_key": "short"}, operations.KeyInvalid, "idempotency_key"),
        ({"idempotency_key": "钥匙钥匙钥匙钥匙"}, operations.KeyInvalid, "idempotency_key"),
        ({"idempotency_key": "x" * 81}, operations.KeyInvalid, "idempotency_key"),
        ({"note": "x" * 201}, operations.TextInvalid, "note"),
        ({"note": "a\x00b"}, operations.TextInvalid, "note"),
        ({"payer_name": "x" * 101}, operations.TextInvalid, "payer_name"),
        ({"reference": "x" * 61}, operations.TextInvalid, "reference"),
        ({"line_ids": [2**62]}, NotFound, None),
        ({"line_ids": [], "expected_total": Decimal(0)}, operations.NothingOpen, None),
    ],
)
def test_a_refusal_writes_nothing(
    counter: Counter,
    household: Household,
    values: dict[str, Any],
    error: type[DomainError],
    field: str | None,
) -> None:
    before = written()

    with pytest.raises(error) as refusal:
        pay(counter.collector, household, **values)

    assert refusal.value.field == field
    assert str(refusal.value)
    assert written() == before
    assert paid_amounts(household) == ["0.00"] * 4


def test_second_counter_is_told_who_was_first(counter: Counter, household: Household) -> None:
    shown = open_total(household)
    first = pay(counter.collector, household, now=NOW - timedelta(minutes=3))
    colleague = factories.add_actor("lili", "collector", project_id=counter.project.pk)
    before = written()

    with pytest.raises(operations.BillsChanged) as refusal:
        pay(colleague, household, expected_total=shown)

    assert refusal.value.details == {
        "expected_total": "760.52",
        "open_total": "0.00",
        "taken": [
            {
                "receipt": first.code,
                "by": "zhouting (zhouting)",
                "at": (NOW - timedelta(minutes=3)).isoformat(),
                "amount": "760.52",
            }
        ],
    }
    text = str(refusal.value)
    assert "zhouting" in text
    assert "760.52" in text
    assert "2026-11-09 09:57" in text  # Shanghai
    assert written() == before


def test_two_payments_in_between_are_both_told(counter: Counter, household: Household) -> None:
    pay(counter.collector, household, "1.00")
    shown = open_total(household)
    pay(counter.collector, household, "100.00")
    pay(counter.collector, household, "0.52")

    with pytest.raises(operations.BillsChanged) as refusal:
        pay(counter.collector, household, expected_total=shown)

    assert [each["amount"] for each in refusal.value.details["taken"]] == ["0.52", "100.00"]


def test_a_change_that_no_payment_made_is_told_as_such(
    counter: Counter, household: Household
) -> None:
    with pytest.raises(operations.BillsChanged) as refusal:
        pay(counter.collector, household, expected_total=Decimal("700.00"))

    assert refusal.value.details["taken"] == []
    assert refusal.value.details["open_total"] == "760.52"


def test_a_chosen_bill_that_was_paid_in_between_is_a_conflict(
    counter: Counter, household: Household
) -> None:
    oldest, parking = BillLine.objects.filter(household=household).order_by("due_on", "pk")[:2]
    pay(counter.collector, household, line_ids=[oldest.pk], expected_total=oldest.amount)

    with pytest.raises(operations.BillsChanged):
        pay(
            counter.collector,
            household,
            line_ids=[oldest.pk, parking.pk],
            expected_total=oldest.amount + parking.amount,
        )


def test_reversed_bills_are_not_open(counter: Counter, household: Household) -> None:
    BillLine.objects.filter(household=household).update(
        is_reversed=True, reversed_at=NOW, reversed_by=1, reverse_reason="x"
    )

    with pytest.raises(operations.NothingOpen):
        pay(counter.collector, household)


def test_bills_of_another_household_are_not_found(counter: Counter, household: Household) -> None:
    other = add_household(counter.project, "3-2-1603")
    (line,) = post_bills(other, [Bill("10.00")])
    before = written()

    with pytest.raises(NotFound):
        pay(counter.collector, household, line_ids=[line.pk], expected_total=Decimal("10.00"))

    assert written() == before


@pytest.mark.parametrize(
    "post", ["company_admin", "property_manager", "charging_director", "meter_reader"]
)
def test_only_a_collector_takes_money(counter: Counter, household: Household, post: str) -> None:
    actor = factories.add_actor("somebody", post)  # in the whole company
    before = written()

    with pytest.raises(access.ActionDenied):
        pay(actor, household)

    assert written() == before


def test_the_system_takes_no_money(counter: Counter, household: Household) -> None:
    with pytest.raises(operations.PersonNeeded):
        pay(access.SYSTEM, household)


def test_collector_of_another_project_finds_nothing(counter: Counter, household: Household) -> None:
    stranger = factories.add_actor(
        "stranger", "collector", project_id=factories_billing.add_project("BH", "滨河苑").pk
    )

    with pytest.raises(NotFound):
        pay(stranger, household)


def test_whoever_checked_the_bills_does_not_collect_them(
    counter: Counter, household: Household
) -> None:
    # Cashier and, by another post, checker of one of the two months (SoD-04).
    BillRun.objects.filter(period=OCTOBER).update(checked_by=counter.collector.user_id)
    before = written()

    with pytest.raises(operations.ConfirmedByCollector) as refusal:
        pay(counter.collector, household)
    assert isinstance(refusal.value, Denied)
    assert written() == before

    november = BillLine.objects.get(item__code="SF")
    pay(counter.collector, household, line_ids=[november.pk], expected_total=november.amount)


def test_payer_must_be_named_when_the_household_has_none(
    counter: Counter, household: Household
) -> None:
    Household.objects.update(payer=None)

    with pytest.raises(operations.PayerMissing) as refusal:
        pay(counter.collector, household)
    assert refusal.value.field == "payer_name"

    assert pay(counter.collector, household, payer_name="王某").payment.payer_name == "王某"


def test_a_code_used_by_another_project_stops_at_the_series(
    counter: Counter, household: Household
) -> None:
    other = factories_billing.add_project("BH", "滨河苑")
    ReceiptSeries.objects.create(project=other, prefix="SJ-YL-202611-")
    before = written()

    with pytest.raises(operations.SeriesTaken):
        pay(counter.collector, household)

    assert written() == before


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


# ---- what the database itself refuses -----------------------------------------------------------


def _void_again(receipt: Receipt) -> None:
    Payment.objects.filter(pk=receipt.payment_id).update(state="RECEIVED", voided_at=None)


def _delete(receipt: Receipt) -> None:
    receipt.delete()


def _unvoid(receipt: Receipt) -> None:
    Receipt.objects.filter(pk=receipt.pk).update(is_void=False)


def _renumber(receipt: Receipt) -> None:
    Receipt.objects.filter(pk=receipt.pk).update(number=7)


def _forget_prints(receipt: Receipt) -> None:
    Receipt.objects.filter(pk=receipt.pk).update(printed_count=0)


def _change_amount(receipt: Receipt) -> None:
    Payment.objects.filter(pk=receipt.payment_id).update(amount=1)


@pytest.mark.parametrize(
    "change", [_void_again, _delete, _unvoid, _renumber, _forget_prints, _change_amount]
)
def test_the_database_refuses_to_edit_what_was_booked(
    counter: Counter, household: Household, change: Callable[[Receipt], None]
) -> None:
    receipt = pay(counter.collector, household, "10.00")
    operations.note_printed(actor=counter.collector, receipt_id=receipt.pk, now=NOW)
    operations.void_payment(
        actor=counter.collector, payment_id=receipt.payment_id, reason="x", now=NOW, today=TODAY
    )

    with pytest.raises(IntegrityError, match="is not edited"), transaction.atomic():
        change(receipt)


@pytest.mark.parametrize("amount", ["'NaN'", "0", "-1"])
def test_the_database_refuses_what_is_no_amount(
    counter: Counter, household: Household, amount: str
) -> None:
    receipt = pay(counter.collector, household, "10.00")
    given = {"amount": amount, "tendered": amount, "idempotency_key": "'another-key'"}
    names = [f'"{field.column}"' for field in Payment._meta.fields if not field.primary_key]
    values = [given.get(name.strip('"'), name) for name in names]

    with pytest.raises(IntegrityError, match="payment_amount_gt_0"), transaction.atomic():
        connection.cursor().execute(
            f"INSERT INTO billing_payment ({', '.join(names)})"
            f" SELECT {', '.join(values)} FROM billing_payment WHERE id = %s",
            [receipt.payment_id],
        )
