"""What becomes of an order: confirmed, announced, changed, closed short, cancelled."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from kernel.access import Actor
from kernel.approvals import operations as approvals
from kernel.approvals import queries as approval_queries
from kernel.approvals.models import Case, CaseState, StepState
from kernel.errors import NotFound
from kernel.notifications.models import Notification
from kernel.outbox.models import Event
from services.procurement.orders import operations, queries, rules
from services.procurement.orders.models import (
    ChangeState,
    Delivery,
    OrderChange,
    OrderLetter,
    OrderState,
    PurchaseOrder,
)
from services.procurement.orders.rules import NewFigures
from services.procurement.requests.models import RequestLine
from services.procurement.requests.operations import LineTaken
from services.procurement.vendors.models import Contact
from tests import factories_procurement_contracts as contracts
from tests import factories_procurement_orders as factories
from tests.factories import NOW, TODAY
from tests.factories_approvals import person
from tests.factories_procurement_contracts import Company
from tests.factories_procurement_vendors import add_vendor

pytestmark = pytest.mark.usefixtures("tenant")
TENTH = date(2026, 12, 10)


@pytest.fixture
def company(tenant: object) -> Company:
    return contracts.open_company()


@pytest.fixture
def vendor(company: Company) -> Actor:
    return factories.contact_of(company.vendor)


def line_of(order: PurchaseOrder) -> Any:
    return order.lines.get()


def propose(company: Company, order: PurchaseOrder, **values: Any) -> OrderChange:
    named = [name for name in ("quantity", "unit_price") if name in values]
    figures = {name: Decimal(values.pop(name)) for name in named}
    return operations.propose_change(
        **{
            "actor": company.buyer,
            "order_id": order.pk,
            "lines": {line_of(order).pk: NewFigures(**figures)} if figures else {},
            "deliver_by": None,
            "reason": "市场缺货",
            "now": NOW,
            "today": TODAY,
            **values,
        }
    )


def case_of(change: OrderChange) -> Case:
    case = approval_queries.case_of(kind="purchase.order_change", subject=change)
    assert case is not None
    return case


def approve(company: Company, change: OrderChange) -> OrderChange:
    """Let everybody whom the chain asks sign."""
    case = case_of(change)
    for signer in (company.property_manager, company.delegate):
        case.refresh_from_db()
        if case.state == CaseState.RUNNING:
            step = case.steps.get(state=StepState.ACTIVE)
            approvals.approve(actor=signer, case_id=case.pk, step_id=step.pk, text="", now=NOW)
    change.refresh_from_db()
    return change


def answer(vendor: Actor, order: PurchaseOrder, *, agrees: bool) -> OrderChange:
    return operations.answer_change(actor=vendor, order_id=order.pk, agrees=agrees, now=NOW)


def bound(order: PurchaseOrder) -> Decimal:
    return RequestLine.objects.get(order_lines__order=order).bound_quantity


class TestConfirming:
    def test_the_vendor_confirms_and_promises_a_day(self, company: Company, vendor: Actor) -> None:
        order = factories.confirmed(company, vendor)

        assert (order.state, order.promised_on) == (OrderState.ACKNOWLEDGED, TENTH)
        assert order.acknowledged_by_label == vendor.label
        told = Notification.objects.get(kind="procurement.order.acknowledged")
        assert (told.user_id, told.url) == (
            company.buyer.user_id,
            f"/c/purchase-orders/{order.pk}/",
        )
        assert Event.objects.filter(name="procurement.order.acknowledged").count() == 1

    def test_he_may_promise_another_day(self, company: Company, vendor: Actor) -> None:
        order = factories.confirmed(company, vendor)

        operations.acknowledge(
            actor=vendor,
            order_id=order.pk,
            promised_on=TENTH + timedelta(days=2),
            now=NOW + timedelta(days=1),
            today=TODAY,
        )

        order.refresh_from_db()
        assert (order.promised_on, order.acknowledged_at) == (TENTH + timedelta(days=2), NOW)

    def test_not_a_day_that_is_over(self, company: Company, vendor: Actor) -> None:
        order = factories.sent(company)

        with pytest.raises(rules.OrderInvalid):
            operations.acknowledge(
                actor=vendor,
                order_id=order.pk,
                promised_on=TODAY - timedelta(days=1),
                now=NOW,
                today=TODAY,
            )

    def test_nobody_else_finds_it(self, company: Company, vendor: Actor) -> None:
        order = factories.sent(company)
        other = factories.contact_of(add_vendor("V002", "绿源"))
        staff = company.buyer
        ended = factories.contact_of(company.vendor, "离职")
        Contact.objects.filter(name="离职").update(state="ENDED", ended_at=NOW)

        for stranger in (other, staff, ended):
            assert not queries.own_orders(actor=stranger).exists()
            with pytest.raises(NotFound):
                operations.acknowledge(
                    actor=stranger, order_id=order.pk, promised_on=TENTH, now=NOW, today=TODAY
                )
        assert list(queries.own_orders(actor=vendor)) == [order]

    def test_a_draft_is_not_the_vendor_s_yet(self, company: Company, vendor: Actor) -> None:
        order = factories.ordered(company)

        with pytest.raises(NotFound):
            queries.get_own_order(actor=vendor, order_id=order.pk)

    def test_a_vendor_does_nothing_that_is_the_company_s(
        self, company: Company, vendor: Actor
    ) -> None:
        order = factories.sent(company)

        with pytest.raises(NotFound):
            operations.cancel_order(actor=vendor, order_id=order.pk, reason="x", now=NOW)
        with pytest.raises(NotFound):
            propose(company, order, actor=vendor, quantity="9")


class TestDeliveries:
    def announce(self, vendor: Actor, order: PurchaseOrder, quantity: str) -> Delivery:
        return operations.announce(
            actor=vendor,
            order_id=order.pk,
            quantities={line_of(order).pk: Decimal(quantity)},
            expected_on=TENTH,
            carrier="德邦",
            now=NOW,
            today=TODAY,
        )

    def test_parts_are_announced_up_to_what_is_ordered(
        self, company: Company, vendor: Actor
    ) -> None:
        order = factories.confirmed(company, vendor)
        keeper = person("keeper", "materials_keeper")

        self.announce(vendor, order, "6")
        with pytest.raises(rules.DeliveryInvalid) as refusal:
            self.announce(vendor, order, "5")
        self.announce(vendor, order, "4")

        assert refusal.value.details["left"] == "4.000"
        assert Delivery.objects.count() == 2
        told = Notification.objects.filter(kind="procurement.order.delivery-announced")
        assert {one.user_id for one in told} == {company.buyer.user_id, keeper.user_id}

    def test_taken_back_it_may_be_announced_again(self, company: Company, vendor: Actor) -> None:
        order = factories.confirmed(company, vendor)
        delivery = self.announce(vendor, order, "10")

        operations.cancel_delivery(actor=vendor, delivery_id=delivery.pk, now=NOW)
        self.announce(vendor, order, "10")

        with pytest.raises(operations.OrderStateWrong):
            operations.cancel_delivery(actor=vendor, delivery_id=delivery.pk, now=NOW)

    def test_only_what_he_has_confirmed(self, company: Company, vendor: Actor) -> None:
        order = factories.sent(company)

        with pytest.raises(operations.OrderStateWrong):
            self.announce(vendor, order, "1")

    def test_another_vendor_takes_none_back(self, company: Company, vendor: Actor) -> None:
        delivery = self.announce(vendor, factories.confirmed(company, vendor), "1")
        other = factories.contact_of(add_vendor("V002", "绿源"))

        with pytest.raises(NotFound):
            operations.cancel_delivery(actor=other, delivery_id=delivery.pk, now=NOW)


class TestChanging:
    def test_less_is_in_force_when_the_vendor_agrees(self, company: Company, vendor: Actor) -> None:
        order = factories.confirmed(company, vendor)

        change = propose(company, order, quantity="7", deliver_by=TENTH)
        assert change.state == ChangeState.PROPOSED
        change = approve(company, change)
        assert (change.state, bound(order)) == (ChangeState.APPROVED, Decimal(10))
        answer(vendor, order, agrees=True)

        order.refresh_from_db()
        line = line_of(order)
        assert (line.quantity, line.amount, order.amount) == (
            Decimal(7),
            Decimal("700.00"),
            Decimal("700.00"),
        )
        assert (order.version, order.deliver_by) == (2, TENTH)
        assert bound(order) == Decimal(7)
        assert Event.objects.filter(name="procurement.order.changed").count() == 1
        assert [letter.kind for letter in OrderLetter.objects.order_by("pk")] == ["SENT", "CHANGE"]

    def test_a_rise_takes_the_company_s_manager_too(self, company: Company, vendor: Actor) -> None:
        order = factories.confirmed(company, vendor)

        dearer = propose(company, order, unit_price="101")
        case = case_of(dearer)
        approvals.approve(
            actor=company.property_manager,
            case_id=case.pk,
            step_id=case.steps.get(state=StepState.ACTIVE).pk,
            text="",
            now=NOW,
        )
        dearer.refresh_from_db()
        assert dearer.state == ChangeState.PROPOSED
        assert case.steps.get(state=StepState.ACTIVE).key == "company"

    def test_more_is_bound_of_the_request_at_once(self, company: Company, vendor: Actor) -> None:
        order = factories.confirmed(company, vendor)
        with pytest.raises(LineTaken):
            propose(company, order, quantity="12")
        assert not OrderChange.objects.exists()
        RequestLine.objects.update(quantity=Decimal(15))

        change = approve(company, propose(company, order, quantity="12"))
        assert bound(order) == Decimal(12)
        answer(vendor, order, agrees=False)

        change.refresh_from_db()
        order.refresh_from_db()
        assert change.state == ChangeState.REFUSED
        assert (bound(order), line_of(order).quantity, order.version) == (
            Decimal(10),
            Decimal(10),
            1,
        )

    def test_taken_back_nothing_has_changed(self, company: Company, vendor: Actor) -> None:
        order = factories.confirmed(company, vendor)
        RequestLine.objects.update(quantity=Decimal(15))
        change = propose(company, order, quantity="12")

        operations.drop_change(actor=company.buyer, change_id=change.pk, now=NOW)

        change.refresh_from_db()
        assert change.state == ChangeState.REFUSED
        assert case_of(change).state == CaseState.WITHDRAWN
        assert bound(order) == Decimal(10)
        propose(company, order, quantity="9")

    def test_one_change_at_a_time(self, company: Company, vendor: Actor) -> None:
        order = factories.confirmed(company, vendor)
        propose(company, order, quantity="9")

        with pytest.raises(operations.ChangeOpen):
            propose(company, order, quantity="8")
        with pytest.raises(operations.ChangeOpen):
            operations.cancel_order(actor=company.buyer, order_id=order.pk, reason="x", now=NOW)

    def test_what_the_vendor_proposes_is_in_force_when_approved(
        self, company: Company, vendor: Actor
    ) -> None:
        order = factories.confirmed(company, vendor)
        change = operations.propose_as_vendor(
            actor=vendor,
            order_id=order.pk,
            lines={line_of(order).pk: NewFigures(quantity=Decimal(8))},
            deliver_by=None,
            reason="库存不足",
            now=NOW,
            today=TODAY,
        )
        assert Notification.objects.filter(kind="procurement.order.change-proposed").exists()

        operations.take_up_change(actor=company.buyer, change_id=change.pk, now=NOW)
        change = approve(company, change)

        order.refresh_from_db()
        assert (change.state, order.version, bound(order)) == (ChangeState.AGREED, 2, Decimal(8))
        with pytest.raises(operations.ChangeStateWrong):
            operations.take_up_change(actor=company.buyer, change_id=change.pk, now=NOW)

    def test_the_buyer_refuses_what_the_vendor_proposes(
        self, company: Company, vendor: Actor
    ) -> None:
        order = factories.confirmed(company, vendor)
        change = operations.propose_as_vendor(
            actor=vendor,
            order_id=order.pk,
            lines={line_of(order).pk: NewFigures(unit_price=Decimal(120))},
            deliver_by=None,
            reason="涨价",
            now=NOW,
            today=TODAY,
        )

        operations.drop_change(actor=company.buyer, change_id=change.pk, now=NOW)

        change.refresh_from_db()
        assert change.state == ChangeState.REFUSED
        assert line_of(order).unit_price == Decimal(100)

    def test_not_below_what_has_arrived(self, company: Company, vendor: Actor) -> None:
        order = factories.confirmed(company, vendor)
        factories.arrive(order, "6")

        with pytest.raises(rules.ChangeInvalid) as refusal:
            propose(company, order, quantity="5")
        assert refusal.value.details["here"] == "6.000"
        with pytest.raises(rules.ChangeInvalid):
            propose(company, order, unit_price="90")

    def test_arrived_meanwhile_it_cannot_be_agreed_to(
        self, company: Company, vendor: Actor
    ) -> None:
        order = factories.confirmed(company, vendor)
        approve(company, propose(company, order, quantity="5"))
        factories.arrive(order, "6")

        with pytest.raises(rules.ChangeInvalid):
            answer(vendor, order, agrees=True)
        assert line_of(order).quantity == Decimal(10)

    def test_down_to_what_is_here_it_is_received(self, company: Company, vendor: Actor) -> None:
        order = factories.confirmed(company, vendor)
        factories.arrive(order, "6")
        approve(company, propose(company, order, quantity="6"))

        answer(vendor, order, agrees=True)

        order.refresh_from_db()
        assert order.state == OrderState.RECEIVED

    def test_into_bulk_it_takes_the_contract(self, company: Company, vendor: Actor) -> None:
        order = factories.confirmed(company, vendor, quantity="1", price="19000")

        with pytest.raises(operations.ContractMissing):
            propose(company, order, unit_price="20000")
        assert not OrderChange.objects.exists()

    def test_something_changes_and_has_a_reason(self, company: Company, vendor: Actor) -> None:
        order = factories.confirmed(company, vendor)
        with pytest.raises(rules.ChangeInvalid):
            propose(company, order, quantity="10")
        with pytest.raises(rules.OrderInvalid):
            propose(company, order, quantity="9", reason=" ")

    def test_a_draft_is_not_changed_but_cancelled(self, company: Company) -> None:
        with pytest.raises(operations.OrderStateWrong):
            propose(company, factories.ordered(company), quantity="9")

    def test_only_the_vendor_answers(self, company: Company, vendor: Actor) -> None:
        order = factories.confirmed(company, vendor)
        approve(company, propose(company, order, quantity="9"))
        other = factories.contact_of(add_vendor("V002", "绿源"))

        with pytest.raises(NotFound):
            answer(other, order, agrees=True)
        with pytest.raises(NotFound):
            answer(company.buyer, order, agrees=True)


class TestEnding:
    def test_cancelled_with_a_reason_it_frees_what_it_bound(
        self, company: Company, vendor: Actor
    ) -> None:
        order = factories.confirmed(company, vendor)

        operations.cancel_order(actor=company.buyer, order_id=order.pk, reason="停业", now=NOW)

        order.refresh_from_db()
        assert (order.state, order.end_reason, bound(order)) == (
            OrderState.CANCELLED,
            "停业",
            Decimal(0),
        )
        assert OrderLetter.objects.filter(kind="CANCELLED").count() == 1
        with pytest.raises(operations.OrderStateWrong):
            operations.cancel_order(actor=company.buyer, order_id=order.pk, reason="x", now=NOW)

    def test_without_a_reason_it_stays(self, company: Company) -> None:
        order = factories.ordered(company)

        with pytest.raises(rules.OrderInvalid):
            operations.cancel_order(actor=company.buyer, order_id=order.pk, reason=" ", now=NOW)
        order.refresh_from_db()
        assert (order.state, bound(order)) == (OrderState.DRAFT, Decimal(10))

    def test_part_has_arrived_and_the_rest_is_free_again(
        self, company: Company, vendor: Actor
    ) -> None:
        order = factories.confirmed(company, vendor)
        factories.arrive(order, "6")
        with pytest.raises(operations.OrderStateWrong):
            operations.cancel_order(actor=company.buyer, order_id=order.pk, reason="x", now=NOW)

        operations.close_short(actor=company.buyer, order_id=order.pk, reason="停产", now=NOW)

        order.refresh_from_db()
        assert (order.state, bound(order)) == (OrderState.CLOSED, Decimal(6))
        assert Event.objects.filter(name="procurement.order.closed").count() == 1

    def test_nothing_has_arrived_nothing_is_closed_short(
        self, company: Company, vendor: Actor
    ) -> None:
        order = factories.confirmed(company, vendor)

        with pytest.raises(operations.OrderStateWrong):
            operations.close_short(actor=company.buyer, order_id=order.pk, reason="x", now=NOW)
