"""PR-82: what a buyer's error cost is written down by finance, withdrawn if it was a mistake."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from kernel.access import ActionDenied, Actor
from kernel.audit.models import AuditEntry
from services.procurement.orders import operations, queries
from services.procurement.orders.models import Loss, PurchaseOrder
from services.procurement.texts import TextInvalid
from tests import factories_procurement_contracts as contracts
from tests import factories_procurement_orders as factories
from tests.factories import NOW
from tests.factories_approvals import person
from tests.factories_procurement_contracts import Company

pytestmark = pytest.mark.usefixtures("tenant")


@pytest.fixture
def company(tenant: object) -> Company:
    return contracts.open_company()


@pytest.fixture
def order(company: Company) -> PurchaseOrder:
    return factories.sent(company)


@pytest.fixture
def finance(company: Company) -> Actor:
    return person("caiwu", "finance_head")


def record(
    actor: Actor, order: PurchaseOrder, amount: str = "120.00", cause: str = "型号报错"
) -> Loss:
    return operations.record_loss(
        actor=actor, order_id=order.pk, amount=Decimal(amount), cause=cause, now=NOW
    )


def test_finance_writes_it_down(company: Company, order: PurchaseOrder, finance: Actor) -> None:
    loss = record(finance, order)

    assert (loss.buyer_id, loss.amount) == (company.buyer.user_id, Decimal("120.00"))
    assert list(queries.losses(actor=company.buyer)) == [loss]
    entry = AuditEntry.objects.get(event="procurement.order.loss-recorded")
    assert entry.data["cause"] == "型号报错"


def test_never_the_buyer_himself(company: Company, order: PurchaseOrder, finance: Actor) -> None:
    himself = finance.__class__(label="buyer", user_id=company.buyer.user_id, grants=finance.grants)

    with pytest.raises(operations.LossInvalid):
        record(himself, order)
    with pytest.raises(ActionDenied):
        record(company.buyer, order)
    loss = record(finance, order)
    with pytest.raises(operations.LossInvalid):
        operations.withdraw_loss(actor=himself, loss_id=loss.pk, reason="x", now=NOW)
    with pytest.raises(IntegrityError, match="loss_recorded_by_another"), transaction.atomic():
        Loss.objects.filter(pk=loss.pk).update(buyer_id=finance.user_id)
    assert Loss.objects.get().withdrawn_at is None


@pytest.mark.parametrize("amount", ["0", "-1", "1.001", "NaN", "1e15"])
def test_it_is_an_amount(order: PurchaseOrder, finance: Actor, amount: str) -> None:
    with pytest.raises(operations.LossInvalid):
        record(finance, order, amount)

    assert not Loss.objects.exists()


def test_it_says_how_and_of_what_was_ordered(company: Company, finance: Actor) -> None:
    draft = factories.ordered(company)
    with pytest.raises(operations.OrderStateWrong):
        record(finance, draft)
    order = factories.sent(company, draft)
    with pytest.raises(TextInvalid):
        record(finance, order, cause=" ")


def test_a_mistake_is_withdrawn_and_stays_to_be_read(order: PurchaseOrder, finance: Actor) -> None:
    loss = record(finance, order)
    with pytest.raises(TextInvalid):
        operations.withdraw_loss(actor=finance, loss_id=loss.pk, reason="", now=NOW)

    operations.withdraw_loss(actor=finance, loss_id=loss.pk, reason="供应商已赔付", now=NOW)

    loss.refresh_from_db()
    assert (loss.withdrawn_at, loss.withdraw_reason) == (NOW, "供应商已赔付")
    with pytest.raises(operations.LossWithdrawn):
        operations.withdraw_loss(actor=finance, loss_id=loss.pk, reason="再次", now=NOW)
    assert list(queries.losses(actor=finance)) == [loss]
