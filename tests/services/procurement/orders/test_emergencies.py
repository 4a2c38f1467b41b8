"""Orders of emergencies: after a leader's word, and within it (PR-07, PR-08)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from kernel.approvals import operations as approvals
from services.procurement.orders import operations
from services.procurement.orders.models import OrderState, PurchaseOrder
from services.procurement.requests.models import PurchaseRequest, RequestLine, RequestState
from tests import factories_procurement_contracts as contracts
from tests import factories_procurement_orders as factories
from tests.factories import NOW, TODAY
from tests.factories_procurement_contracts import Company
from tests.factories_procurement_requests import add_request

pytestmark = pytest.mark.usefixtures("tenant")


@pytest.fixture
def company(tenant: object) -> Company:
    return contracts.open_company()


class TestEmergency:
    def request(self, company: Company, **values: Any) -> PurchaseRequest:
        return add_request(
            company.project,
            ("水泵", "1", "2600"),
            purchase_class="C",
            **values,
        )

    def consented(self, company: Company) -> PurchaseRequest:
        """Return an emergency that the property manager consented to by word."""
        request = self.request(company, state=RequestState.CONSENTED, approved_on=None)
        approvals.consent_verbally(
            actor=company.asker,
            kind="purchase",
            chain_key="purchase.C",
            subject=request,
            project_id=company.project.pk,
            title=request.number,
            consenter_id=company.property_manager.require_person(),
            consented_at=NOW,
            means="电话",
            text="同意先行采购",
            now=NOW,
        )
        return request

    def test_it_is_ordered_after_the_word(self, company: Company) -> None:
        """PR-07."""
        request = self.consented(company)

        order = factories.emergency(company, request)

        assert (order.request_id, order.amount) == (request.pk, Decimal("2600.00"))
        assert request.lines.get().bound_quantity == 1
        assert factories.sent(company, order).state == OrderState.SENT

    def test_not_when_its_paper_is_overdue(self, company: Company) -> None:
        """PR-08: two working days after the word."""
        request = self.consented(company)
        order = factories.emergency(company, request)
        later = NOW + timedelta(days=5)
        operations.declare(actor=company.buyer, order_id=order.pk, now=later)

        with pytest.raises(approvals.BackfillOverdue):
            operations.send(actor=company.buyer, order_id=order.pk, now=later, today=later.date())
        order.refresh_from_db()
        assert order.state == OrderState.DRAFT

    @pytest.mark.parametrize(
        ("price", "is_refused"), [("2600", False), ("2600.01", True), ("26000", True)]
    )
    def test_it_costs_no_more_than_was_consented_to(
        self, company: Company, price: str, *, is_refused: bool
    ) -> None:
        """PR-07: the leader's word was given for an amount."""
        request = self.consented(company)
        line = request.lines.get()
        bought = {line.pk: operations.Bought(quantity=Decimal(1), unit_price=Decimal(price))}

        def order() -> PurchaseOrder:
            return operations.order_emergency(
                actor=company.buyer,
                request_id=request.pk,
                vendor_id=company.vendor.pk,
                bought=bought,
                now=NOW,
                today=TODAY,
            )

        if not is_refused:
            assert order().amount == Decimal("2600.00")
            return
        with pytest.raises(operations.MoreThanConsented) as refused:
            order()
        assert refused.value.details["consented"] == "2600.00"
        assert not PurchaseOrder.objects.exists()
        assert request.lines.get().bound_quantity == 0

    def test_its_orders_count_together_without_what_was_cancelled(self, company: Company) -> None:
        request = self.request(company)  # approved, at 2,600.00
        RequestLine.objects.filter(request=request).update(quantity=Decimal(2))
        line = request.lines.get()

        def order(price: str) -> PurchaseOrder:
            return operations.order_emergency(
                actor=company.buyer,
                request_id=request.pk,
                vendor_id=company.vendor.pk,
                bought={line.pk: operations.Bought(quantity=Decimal(1), unit_price=Decimal(price))},
                now=NOW,
                today=TODAY,
            )

        first = order("2000")
        with pytest.raises(operations.MoreThanConsented):
            order("600.01")
        operations.cancel_order(
            actor=company.buyer, order_id=first.pk, reason="供应商无货", now=NOW
        )

        assert order("2600").amount == Decimal("2600.00")

    def test_raised_after_the_word_it_waits_for_its_paper(self, company: Company) -> None:
        request = self.request(company, state=RequestState.CONSENTED, approved_on=None)
        approvals.consent_verbally(
            actor=company.asker,
            kind="purchase",
            chain_key="purchase.C",
            subject=request,
            project_id=company.project.pk,
            title=request.number,
            consenter_id=company.property_manager.require_person(),
            consented_at=NOW,
            means="电话",
            text="同意先行采购 1850 元",
            facts={
                "amount": Decimal("1850.00"),
                "unit_price": Decimal("1850.00"),
                "is_fixed_asset": False,
                "class": "C",
            },
            now=NOW,
        )
        with pytest.raises(operations.MoreThanConsented) as refused:
            factories.emergency(company, request)
        assert refused.value.details == {"consented": "1850.00", "ordered": "2600.00"}

        PurchaseRequest.objects.filter(pk=request.pk).update(
            state=RequestState.APPROVED, approved_on=TODAY
        )
        assert factories.emergency(company, request).amount == Decimal("2600.00")

    def test_another_class_goes_by_quotes(self, company: Company) -> None:
        request = add_request(company.project, ("灯", "1", "20"))

        with pytest.raises(operations.NotEmergency):
            factories.emergency(company, request)
