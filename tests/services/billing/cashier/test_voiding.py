"""Voiding: what was booked is booked back, the number stays, and not everybody may."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from kernel import access
from kernel.audit.models import AuditEntry
from kernel.duties import DutiesMeet
from kernel.errors import NotFound
from services.billing.cashier import operations
from services.billing.cashier.models import Payment, Receipt
from services.billing.ledger.models import Journal, Posting
from services.billing.runs.models import BillLine
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

TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def counter(tenant: Company) -> Counter:
    return open_counter()


@pytest.fixture
def household(counter: Counter) -> Household:
    household = add_household(counter.project)
    post_bills(household, [Bill("331.41"), Bill("60.00", item="CWF")])
    return household


def void(
    actor: access.Actor, receipt: Receipt, reason: str = "选错户", today: date = TODAY
) -> Receipt:
    return operations.void_payment(
        actor=actor, payment_id=receipt.payment_id, reason=reason, now=NOW, today=today
    )


def written() -> tuple[int, ...]:
    return (
        Journal.objects.count(),
        Posting.objects.count(),
        AuditEntry.objects.count(),
        Payment.objects.filter(state="VOIDED").count(),
    )


def test_lines_open_again_and_the_receipt_keeps_its_number(
    counter: Counter, household: Household
) -> None:
    receipt = pay(counter.collector, household, "350.00")

    voided = void(counter.collector, receipt)

    assert open_total(household) == Decimal("391.41")
    assert list(BillLine.objects.values_list("paid_amount", flat=True)) == [0, 0]
    assert (voided.code, voided.is_void) == ("SJ-YL-202611-00001", True)
    payment = voided.payment
    assert (payment.state, payment.void_reason) == ("VOIDED", "选错户")
    assert (payment.voided_at, payment.voided_by) == (NOW, counter.collector.user_id)
    assert pay(counter.collector, household).code == "SJ-YL-202611-00002"


def test_only_the_voided_payment_is_taken_back(counter: Counter, household: Household) -> None:
    first = pay(counter.collector, household, "100.00")
    pay(counter.collector, household, "250.00")

    void(counter.collector, first)

    assert list(
        BillLine.objects.order_by("item__sort_order").values_list("paid_amount", flat=True)
    ) == [Decimal("231.41"), Decimal("18.59")]


def test_the_reversal_mirrors_the_journal(counter: Counter, household: Household) -> None:
    receipt = pay(counter.collector, household, method="QR", reference="42")

    void(counter.collector, receipt)

    original = Journal.objects.get(kind="PAYMENT")
    reversal = Journal.objects.get(kind="PAYMENT_REVERSAL")
    assert reversal.reverses == original
    assert (reversal.effective_on, reversal.source_id) == (TODAY, receipt.payment_id)
    assert list(
        reversal.postings.order_by("pk").values_list("account__code", "household", "amount")
    ) == [("1012", None, Decimal("-391.41")), ("1122", household.pk, Decimal("391.41"))]


def test_a_second_voiding_is_told_of_the_first(counter: Counter, household: Household) -> None:
    receipt = pay(counter.collector, household)
    void(counter.collector, receipt)
    before = written()

    with pytest.raises(operations.VoidedAlready, match="zhouting"):
        void(counter.collector, receipt)

    assert written() == before
    assert open_total(household) == Decimal("391.41")


@pytest.mark.parametrize("reason", ["", "  \n ", "x" * 301, "a\x07b"])
def test_a_reason_is_needed(counter: Counter, household: Household, reason: str) -> None:
    receipt = pay(counter.collector, household)
    before = written()

    with pytest.raises((operations.ReasonMissing, operations.TextInvalid)) as refusal:
        void(counter.collector, receipt, reason)

    assert refusal.value.field == "reason"
    assert written() == before


def test_a_collector_voids_neither_a_colleagues_receipt_nor_yesterdays(
    counter: Counter, household: Household
) -> None:
    receipt = pay(counter.collector, household)
    colleague = factories.add_actor("lili", "collector", project_id=counter.project.pk)
    before = written()

    with pytest.raises(operations.VoidNeedsDirector):
        void(colleague, receipt)
    with pytest.raises(operations.VoidNeedsDirector):
        void(counter.collector, receipt, today=TOMORROW)

    assert written() == before
    assert open_total(household) == 0


def test_the_charging_director_voids_any_receipt(counter: Counter, household: Household) -> None:
    director = factories.add_actor("zhaomin", "charging_director")
    receipt = pay(counter.collector, household)

    voided = void(director, receipt, today=TOMORROW)

    assert voided.is_void
    assert Journal.objects.get(kind="PAYMENT_REVERSAL").effective_on == TOMORROW


def test_who_collected_does_not_judge_his_own_earlier_receipt(
    counter: Counter, household: Household
) -> None:
    # Both posts in one hand: the same day as a collector, later another must look (SoD-03).
    both = access.Actor(
        label="both",
        user_id=counter.collector.user_id,
        grants=counter.collector.grants | {access.Grant(access.Action.RECEIPT_VOID_ANY, None)},
    )
    receipt = pay(both, household)

    with pytest.raises(DutiesMeet):
        void(both, receipt, today=TOMORROW)

    assert void(both, receipt).is_void


@pytest.mark.parametrize("post", ["company_admin", "property_manager"])
def test_others_see_receipts_and_void_none(
    counter: Counter, household: Household, post: str
) -> None:
    receipt = pay(counter.collector, household)

    with pytest.raises(access.ActionDenied):
        void(factories.add_actor("somebody", post), receipt)


def test_receipts_of_another_project_are_not_found(counter: Counter, household: Household) -> None:
    receipt = pay(counter.collector, household)
    stranger = factories.add_actor(
        "stranger", "collector", project_id=factories_billing.add_project("BH", "滨河苑").pk
    )

    with pytest.raises(NotFound):
        void(stranger, receipt)
    with pytest.raises(NotFound):
        operations.note_printed(actor=stranger, receipt_id=receipt.pk, now=NOW)


def test_prints_are_counted(counter: Counter, household: Household) -> None:
    receipt = pay(counter.collector, household)

    operations.note_printed(actor=counter.collector, receipt_id=receipt.pk, now=NOW)
    second = operations.note_printed(actor=counter.collector, receipt_id=receipt.pk, now=NOW)

    assert second.printed_count == 2
    assert list(
        AuditEntry.objects.filter(event="cashier.receipt.printed")
        .order_by("pk")
        .values_list("data", flat=True)
    ) == [{"receipt": receipt.code, "print": 1}, {"receipt": receipt.code, "print": 2}]


def test_who_may_only_look_does_not_print(counter: Counter, household: Household) -> None:
    receipt = pay(counter.collector, household)
    manager = factories.add_actor("fangqiming", "property_manager")

    with pytest.raises(access.ActionDenied):
        operations.note_printed(actor=manager, receipt_id=receipt.pk, now=NOW)

    assert Receipt.objects.get().printed_count == 0


def test_a_void_receipt_can_still_be_printed(counter: Counter, household: Household) -> None:
    receipt = pay(counter.collector, household)
    void(counter.collector, receipt)

    printed = operations.note_printed(actor=counter.collector, receipt_id=receipt.pk, now=NOW)

    assert (printed.printed_count, printed.is_void) == (1, True)
