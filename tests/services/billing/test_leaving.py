"""S-44, the money side: cash of the last day is counted, and a bill run is somebody's to finish."""

from datetime import timedelta

import pytest

from kernel import access
from kernel.access.models import User
from kernel.identity.models import Departure, DepartureStep, Way
from kernel.identity.operations import departures
from services.billing.leaving import CashDiffers
from tenants.companies.models import Company
from tests import factories_cashier, factories_runs
from tests.factories import NOW, TODAY, add_actor


@pytest.fixture
def counter(tenant: Company) -> factories_cashier.Counter:
    return factories_cashier.open_counter()


def held(departure: Departure) -> list[tuple[str, str]]:
    return [
        (group.check.key, thing.ref)
        for group in departures.left_of(departure, today=TODAY)
        for thing in group.blocking
    ]


def test_the_cash_of_the_last_day_is_counted_before_the_account_closes(
    counter: factories_cashier.Counter,
) -> None:
    admin = add_actor("boss", "company_admin")
    household = factories_cashier.add_household(counter.project)
    factories_cashier.post_bills(household, [factories_cashier.Bill("100.00")])
    collector = User.objects.get(pk=counter.collector.require_person())
    factories_cashier.pay(counter.collector, household, "30.00")
    departure = departures.begin(actor=admin, user_id=collector.pk, last_day=TODAY, now=NOW)
    ref = f"{counter.project.pk}:{TODAY.isoformat()}:30.00"
    assert held(departure) == [("billing.cash", ref)]

    for counted in ("", "29.99", "NaN", "x"):
        with pytest.raises(CashDiffers):
            count(admin, departure, ref, counted)
    assert DepartureStep.objects.count() == 0
    count(admin, departure, ref, "30")
    assert held(departure) == []

    factories_cashier.pay(counter.collector, household, "12.00")  # he went on: count again
    [(_check, again)] = held(departure)
    with pytest.raises(departures.StillHeld):
        departures.close(actor=admin, departure_id=departure.pk, now=NOW)
    count(admin, departure, again, "42.00")
    departures.close(actor=admin, departure_id=departure.pk, now=NOW)
    assert not User.objects.get(pk=collector.pk).is_active


def count(admin: access.Actor, departure: Departure, ref: str, counted: str) -> None:
    departures.settle(
        actor=admin,
        departure_id=departure.pk,
        check="billing.cash",
        ref=ref,
        way=Way.TAKE_BACK,
        counted=counted,
        now=NOW,
    )


def test_a_bill_run_in_the_air_keeps_the_account_open(tenant: Company) -> None:
    admin = add_actor("boss", "company_admin")
    office = factories_runs.open_office()
    factories_runs.add_homes(office.project, 1)
    run = factories_runs.preview(office)
    departure = departures.begin(
        actor=admin, user_id=run.prepared_by, last_day=TODAY + timedelta(days=1), now=NOW
    )

    assert ("billing.runs", str(run.pk)) in held(departure)
    with pytest.raises(departures.StillHeld) as refused:
        departures.close(actor=admin, departure_id=departure.pk, now=NOW)

    assert refused.value.details["held"]
    assert len(refused.value.details["held"]) == len(held(departure))
