"""The buyer and the vendor at one order at the same moment, with real commits.

Each race is first shown to exist: without the lock of the order what was decided is undone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from threading import Event
from typing import Any

import pytest
from django.db import transaction

from kernel.access import Actor
from kernel.audit.models import AuditEntry
from services.procurement.orders import operations, queries
from services.procurement.orders.models import OrderChange, OrderState, PurchaseOrder
from services.procurement.orders.rules import NewFigures
from services.procurement.requests.models import RequestLine
from services.procurement.vendors.operations import VendorNotFit, fitness, set_hold
from tenants.companies.models import Company
from tests import factories_procurement_contracts as contracts
from tests import factories_procurement_orders as factories
from tests.factories import NOW, TODAY
from tests.threads import PATIENCE, at_once, until_another_waits

DAY = date(2026, 12, 10)
Call = Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Deal:
    """An order that the vendor has, and who acts on it."""

    company: contracts.Company
    order: PurchaseOrder
    vendor: Actor

    def cancel(self) -> PurchaseOrder:
        return operations.cancel_order(
            actor=self.company.buyer, order_id=self.order.pk, reason="不再需要", now=NOW
        )

    def acknowledge(self, day: date = DAY) -> PurchaseOrder:
        return operations.acknowledge(
            actor=self.vendor, order_id=self.order.pk, promised_on=day, now=NOW, today=TODAY
        )

    def change(self, quantity: int = 9) -> OrderChange:
        return operations.propose_change(
            actor=self.company.buyer,
            order_id=self.order.pk,
            lines={self.order.lines.get().pk: NewFigures(quantity=Decimal(quantity))},
            deliver_by=None,
            reason="少要",
            now=NOW,
            today=TODAY,
        )


@pytest.fixture
def deal(committed_tenant: Company) -> Deal:
    company = contracts.open_company()
    vendor = factories.contact_of(company.vendor)
    return Deal(company, factories.sent(company), vendor)


@pytest.fixture
def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the lock of the order out of the product."""
    monkeypatch.setattr(
        queries,
        "lock_order",
        lambda order_id: PurchaseOrder.objects.select_related("vendor", "project").get(pk=order_id),
    )


def one_before_the_other(company: Company, first: Call, second: Call) -> list[Any]:
    """Let ``second`` begin when ``first`` is done and not committed, and wait for it."""
    is_done = Event()

    def ahead() -> Any:
        with transaction.atomic():
            found = first()
            is_done.set()
            until_another_waits()
        return found

    def behind() -> Any:
        is_done.wait(PATIENCE)
        return second()

    return at_once(company, [ahead, behind])


def test_a_cancelled_order_is_not_acknowledged(committed_tenant: Company, deal: Deal) -> None:
    _cancelled, answer = one_before_the_other(committed_tenant, deal.cancel, deal.acknowledge)

    assert isinstance(answer, operations.OrderStateWrong)
    deal.order.refresh_from_db()
    assert (deal.order.state, deal.order.acknowledged_at) == (OrderState.CANCELLED, None)


@pytest.mark.usefixtures("unlocked")
def test_without_the_lock_the_vendor_would_bring_it_back(
    committed_tenant: Company, deal: Deal
) -> None:
    """Its goods are free for another order already: they would be bought twice."""
    results = one_before_the_other(committed_tenant, deal.cancel, deal.acknowledge)

    assert not any(isinstance(one, Exception) for one in results), results
    deal.order.refresh_from_db()
    assert deal.order.state == OrderState.ACKNOWLEDGED
    assert RequestLine.objects.get().bound_quantity == 0


def test_of_two_confirmations_one_is_the_first(committed_tenant: Company, deal: Deal) -> None:
    results = one_before_the_other(
        committed_tenant, deal.acknowledge, lambda: deal.acknowledge(date(2026, 12, 12))
    )

    assert not any(isinstance(one, Exception) for one in results), results
    written = AuditEntry.objects.filter(event__startswith="procurement.order.").order_by("pk")
    assert [entry.event.rpartition(".")[2] for entry in written][-2:] == [
        "acknowledged",
        "promised",
    ]
    deal.order.refresh_from_db()
    assert deal.order.promised_on == date(2026, 12, 12)


@pytest.mark.usefixtures("unlocked")
def test_without_the_lock_both_would_be(committed_tenant: Company, deal: Deal) -> None:
    one_before_the_other(
        committed_tenant, deal.acknowledge, lambda: deal.acknowledge(date(2026, 12, 12))
    )

    assert AuditEntry.objects.filter(event="procurement.order.acknowledged").count() == 2


def test_a_cancelled_order_is_not_changed(committed_tenant: Company, deal: Deal) -> None:
    _cancelled, answer = one_before_the_other(committed_tenant, deal.cancel, deal.change)

    assert isinstance(answer, operations.OrderStateWrong)
    assert not OrderChange.objects.exists()


def test_an_order_whose_change_is_open_is_not_cancelled(
    committed_tenant: Company, deal: Deal
) -> None:
    _changed, answer = one_before_the_other(committed_tenant, deal.change, deal.cancel)

    assert isinstance(answer, operations.ChangeOpen)
    deal.order.refresh_from_db()
    assert deal.order.state == OrderState.SENT


def test_of_two_changes_one_is_open(committed_tenant: Company, deal: Deal) -> None:
    results = at_once(committed_tenant, [deal.change, lambda: deal.change(8)])

    assert sorted(type(one).__name__ for one in results) == ["ChangeOpen", "OrderChange"]
    assert OrderChange.objects.count() == 1


# ---- an order goes out while its vendor is put on hold ------------------------------------------


def held(deal: Deal) -> Any:
    return set_hold(
        actor=deal.company.office,
        vendor_id=deal.company.vendor.pk,
        reason="送货延误",
        first_day=TODAY,
        now=NOW,
    )


@pytest.fixture
def drafted(committed_tenant: Company) -> Deal:
    company = contracts.open_company()
    order = factories.ordered(company)
    operations.declare(actor=company.buyer, order_id=order.pk, now=NOW)
    return Deal(company, order, factories.contact_of(company.vendor))


def send(deal: Deal) -> PurchaseOrder:
    return operations.send(actor=deal.company.buyer, order_id=deal.order.pk, now=NOW, today=TODAY)


def test_no_order_goes_to_whoever_was_put_on_hold(committed_tenant: Company, drafted: Deal) -> None:
    _hold, answer = one_before_the_other(
        committed_tenant, lambda: held(drafted), lambda: send(drafted)
    )

    assert isinstance(answer, VendorNotFit)
    drafted.order.refresh_from_db()
    assert drafted.order.state == OrderState.DRAFT


def test_without_the_lock_of_the_vendor_it_would_go(
    committed_tenant: Company, drafted: Deal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hold waits for nothing here: it is let go once the order is out."""
    monkeypatch.setattr(fitness, "keep_as_they_are", lambda _ids: None)
    is_held, is_sent = Event(), Event()

    def hold() -> Any:
        with transaction.atomic():
            found = held(drafted)
            is_held.set()
            is_sent.wait(PATIENCE)
        return found

    def send_meanwhile() -> PurchaseOrder:
        is_held.wait(PATIENCE)
        try:
            return send(drafted)
        finally:
            is_sent.set()

    results = at_once(committed_tenant, [hold, send_meanwhile])

    assert not any(isinstance(one, Exception) for one in results), results
    drafted.order.refresh_from_db()
    assert drafted.order.state == OrderState.SENT
