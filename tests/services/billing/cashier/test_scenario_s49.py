"""S-49 and S-48 at the counter: the attempts that the handbook names, with real bills."""

from collections.abc import Callable
from datetime import date

import pytest

from kernel.access.actors import Actor
from kernel.duties import PAIRS, DutiesMeet
from services.billing.cashier import operations
from services.billing.cashier.models import Receipt
from services.billing.runs.models import BillLine, BillRun
from services.billing.runs.operations import reverse_line
from services.billing.standards.models import FeeStandard, FeeVersion
from services.billing.standards.operations import confirm_version, draft_version
from services.properties.models import Household
from tests import factories_billing
from tests.factories import NOW, TODAY, add_actor
from tests.factories_cashier import Bill, Counter, add_household, pay, post_bills
from tests.services.billing.cashier.conftest import paid_amounts, written

TOMORROW = date(2026, 11, 10)


@pytest.fixture
def director(counter: Counter) -> Actor:
    return add_actor("director", "charging_director")


def void(actor: Actor, receipt: Receipt, *, today: date = TODAY) -> Receipt:
    return operations.void_payment(
        actor=actor, payment_id=receipt.payment_id, reason="wrong", now=NOW, today=today
    )


def who_confirmed_the_amounts(counter: Counter) -> Actor:
    BillRun.objects.update(checked_by=counter.collector.user_id)
    return counter.collector


def who_posted_the_bills(counter: Counter) -> Actor:
    BillRun.objects.update(posted_by=counter.collector.user_id)
    return counter.collector


@pytest.mark.parametrize(
    ("rule", "who"),
    [
        ("SoD-04", who_confirmed_the_amounts),
        ("SoD-08", who_posted_the_bills),
    ],
)
def test_who_confirmed_or_booked_a_bill_does_not_collect_it(
    rule: str, who: Callable[[Counter], Actor], counter: Counter, household: Household
) -> None:
    collector = who(counter)
    before = written()

    with pytest.raises(DutiesMeet) as refusal:
        pay(collector, household)

    assert refusal.value.details["rule"] == rule
    assert str(refusal.value).startswith(str(PAIRS[rule].message))
    assert written() == before
    assert paid_amounts(household) == ["0.00"] * 4
    somebody_else = add_actor("somebody", "collector", project_id=counter.project.pk)
    assert pay(somebody_else, household).payment.amount > 0


def test_who_approved_the_price_does_not_collect(counter: Counter) -> None:
    manager = add_actor("manager", "property_manager")
    standard = factories_billing.add_standard(counter.project, "WYF")
    version = factories_billing.draft(standard, method="FIXED", price="1.00")
    confirm_version(actor=manager, version_id=version.pk, now=NOW, confirm_unusual=True)
    household = add_household(counter.project)
    post_bills(household, [Bill("331.41")])
    before = written()

    with pytest.raises(DutiesMeet) as refusal:
        pay(with_actions_of(manager, counter.collector), household)

    assert refusal.value.details == {"rule": "SoD-01", "earlier": [manager.user_id]}
    assert str(refusal.value).startswith(str(PAIRS["SoD-01"].message))
    assert written() == before
    assert pay(counter.collector, household).payment.amount > 0


def test_the_collector_audits_not_his_own_day(
    counter: Counter, director: Actor, household: Household
) -> None:
    both = with_actions_of(counter.collector, director)
    receipt = pay(both, household)
    before = written()

    with pytest.raises(DutiesMeet) as refusal:
        void(both, receipt, today=TOMORROW)

    assert refusal.value.details == {"rule": "SoD-03", "earlier": [both.user_id]}
    assert written() == before
    assert void(director, receipt, today=TOMORROW).is_void


def test_the_collector_edits_no_receivable(counter: Counter, household: Household) -> None:
    line = BillLine.objects.order_by("pk")[0]
    before = written()

    with pytest.raises(DutiesMeet) as refusal:
        reverse_line(actor=counter.collector, line_id=line.pk, reason="zero", now=NOW, today=TODAY)

    assert refusal.value.details["rule"] == "SoD-08"
    assert str(PAIRS["SoD-08"].message) in str(refusal.value)
    assert written() == before
    assert not BillLine.objects.filter(is_reversed=True).exists()


def test_who_took_money_on_a_bill_does_not_take_the_bill_back(
    counter: Counter, director: Actor, household: Household
) -> None:
    both = with_actions_of(counter.collector, director)
    line = BillLine.objects.order_by("pk")[0]
    void(both, pay(both, household, line_ids=[line.pk], expected_total=line.amount))

    with pytest.raises(DutiesMeet) as refusal:
        reverse_line(actor=both, line_id=line.pk, reason="zero", now=NOW, today=TODAY)

    assert refusal.value.details == {"rule": "SoD-08", "earlier": [both.user_id]}
    assert not BillLine.objects.filter(is_reversed=True).exists()
    reverse_line(actor=director, line_id=line.pk, reason="zero", now=NOW, today=TODAY)
    assert BillLine.objects.get(is_reversed=True) == line


def test_the_collector_changes_no_price(counter: Counter, household: Household) -> None:
    """S-48."""
    standard, count = FeeStandard.objects.order_by("pk")[0], FeeVersion.objects.count()

    with pytest.raises(DutiesMeet) as refusal:
        draft_version(
            actor=counter.collector,
            standard_id=standard.pk,
            method="FIXED",
            valid_from=TODAY.replace(day=1),
            now=NOW,
        )

    assert refusal.value.details["rule"] == "SoD-01"
    assert FeeVersion.objects.count() == count


def with_actions_of(one: Actor, other: Actor) -> Actor:
    """Return the first with what the second may do too: both posts in one hand."""
    return Actor(label="both", user_id=one.user_id, grants=one.grants | other.grants)
