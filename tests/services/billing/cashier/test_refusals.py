"""What the counter refuses, writing nothing."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from kernel import access
from kernel.access import posts
from kernel.access.models import PostAction, User
from kernel.duties import DutiesMeet
from kernel.errors import Denied, DomainError, NotFound
from kernel.policies import operations as policies
from services.billing.cashier import operations, rules
from services.billing.cashier.models import ReceiptSeries
from services.billing.runs.models import BillLine, BillRun
from services.properties.models import Household
from tests import factories, factories_billing
from tests.factories import NOW
from tests.factories_cashier import (
    Bill,
    Counter,
    add_household,
    open_total,
    pay,
    post_bills,
)
from tests.services.billing.cashier.conftest import OCTOBER, paid_amounts, written


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
    place = None if post == "company_admin" else counter.project.pk
    actor = factories.add_actor("somebody", post, project_id=place)
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

    with pytest.raises(DutiesMeet) as refusal:
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


def let_take_money(roles: str) -> None:
    policies.set_value(
        actor=access.SYSTEM, key="cash.roles", text=roles, now=NOW, today=factories.TODAY
    )


def test_post_that_the_company_lets_take_no_money_takes_none(
    counter: Counter, household: Household
) -> None:
    """BL-115: who may take money is the company's to say, beside who holds the action."""
    let_take_money("gate_guard,finance_duty")
    before = written()

    with pytest.raises(operations.PostTakesNoMoney) as refusal:
        pay(counter.collector, household)

    assert refusal.value.details == {"setting": "cash.roles"}
    assert written() == before
    user = User.objects.get(pk=counter.collector.require_person())
    factories.hold_post(user, "finance_duty", counter.project.pk)
    assert pay(counter.collector, household).payment.amount == Decimal("760.52")


@pytest.mark.parametrize(("counts_as", "takes"), [("collector", False), ("", True)])
def test_own_post_takes_money_like_the_posts_it_is_like(
    counter: Counter, household: Household, counts_as: str, *, takes: bool
) -> None:
    own = posts.add_post(
        actor=access.SYSTEM,
        facts=posts.PostFacts(name="前台收银", place="PROJECT"),
        counts_as=[counts_as] if counts_as else [],
        now=NOW,
    )
    for action in (access.Action.REGISTRY_VIEW, access.Action.PAYMENT_TAKE):
        PostAction.objects.create(post=own, action=action, is_given=True)
    teller = factories.add_actor("teller", own.key, project_id=counter.project.pk)
    let_take_money("finance_duty")

    if takes:
        pay(teller, household)
    else:
        with pytest.raises(operations.PostTakesNoMoney):
            pay(teller, household)
