"""What a contract and its plan must say."""

from datetime import date
from decimal import Decimal

import pytest

from services.procurement.contracts import rules
from services.procurement.contracts.rules import ContractInvalid, PlanInvalid, PlannedPayment

DAY = date(2026, 11, 9)


def payment(amount: str, condition: str = "验收合格后") -> PlannedPayment:
    return PlannedPayment(condition=condition, due_on=DAY, amount=Decimal(amount))


@pytest.mark.parametrize("amount", ["-0.01", "1.005", "NaN", "Infinity", "1000000000000.00"])
def test_an_amount_is_money(amount: str) -> None:
    with pytest.raises(ContractInvalid):
        rules.check_amount(Decimal(amount))


def test_the_days_are_in_order_and_the_end_is_inclusive() -> None:
    rules.check_days(valid_from=DAY, valid_to=DAY, remind_days=0)
    with pytest.raises(ContractInvalid) as refusal:
        rules.check_days(valid_from=DAY, valid_to=date(2026, 11, 8), remind_days=0)
    assert refusal.value.field == "valid_to"


@pytest.mark.parametrize("days", [-1, 366])
def test_people_are_reminded_within_a_year(days: int) -> None:
    with pytest.raises(ContractInvalid) as refusal:
        rules.check_days(valid_from=DAY, valid_to=DAY, remind_days=days)
    assert refusal.value.field == "remind_days"


def test_a_plan_comes_to_the_amount_when_it_is_reviewed() -> None:
    plan = [payment("57000.00"), payment("3000.00")]
    rules.check_plan(plan, amount=Decimal(60000), is_complete=True)
    with pytest.raises(PlanInvalid) as refusal:
        rules.check_plan(plan[:1], amount=Decimal(60000), is_complete=True)
    assert refusal.value.details == {"total": "57000.00", "amount": "60000.00"}


def test_a_draft_may_lack_payments_and_has_never_too_many() -> None:
    rules.check_plan([], amount=Decimal(60000), is_complete=False)
    with pytest.raises(PlanInvalid):
        rules.check_plan([payment("60000.01")], amount=Decimal(60000), is_complete=False)


@pytest.mark.parametrize(
    "wrong", [payment("0"), payment("-1"), payment("0.001"), payment("NaN"), payment("1", " ")]
)
def test_each_payment_has_a_condition_and_an_amount(wrong: PlannedPayment) -> None:
    with pytest.raises(PlanInvalid):
        rules.check_plan([wrong], amount=Decimal(60000), is_complete=False)


@pytest.mark.parametrize("seal", ["FINANCE", "COMPANY", "", "contract"])
def test_only_the_contract_seal_will_do(seal: str) -> None:
    rules.check_seal("CONTRACT")
    with pytest.raises(rules.SealWrong):
        rules.check_seal(seal)


@pytest.mark.parametrize(("day", "is_well"), [(8, False), (9, True), (10, True), (11, False)])
def test_it_is_signed_between_permission_and_today(*, day: int, is_well: bool) -> None:
    def sign() -> None:
        rules.check_signing_day(date(2026, 11, day), permitted_on=DAY, today=date(2026, 11, 10))

    if is_well:
        sign()
    else:
        with pytest.raises(ContractInvalid):
            sign()


@pytest.mark.parametrize(("amount", "is_bulk"), [("19999.99", False), ("20000.00", True)])
def test_bulk_begins_at_the_amount_itself(*, amount: str, is_bulk: bool) -> None:
    assert rules.is_bulk(Decimal(amount), threshold=Decimal(20000)) is is_bulk


def test_the_day_of_the_reminder_lies_before_the_end() -> None:
    assert rules.remind_on(valid_to=date(2027, 12, 31), remind_days=30) == date(2027, 12, 1)
