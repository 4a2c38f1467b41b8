"""PR-34: what cannot be had is told of, and done without; nothing else is bought in its place."""

from decimal import Decimal

import pytest

from kernel import access
from kernel.audit.models import AuditEntry
from kernel.errors import NotFound
from kernel.notifications.models import Notification
from services.procurement.orders.models import OrderLine, PurchaseOrder
from services.procurement.requests import operations, queries
from services.procurement.requests.models import BudgetUse, PurchaseRequest, RequestLine
from services.procurement.vendors.models import Vendor
from tests.factories import NOW
from tests.factories_procurement_requests import (
    Office,
    approved,
    draft,
    line,
    open_office,
    submitted,
)
from tests.factories_procurement_vendors import add_vendor

pytestmark = pytest.mark.usefixtures("tenant")


@pytest.fixture
def office(tenant: object) -> Office:
    return open_office()


@pytest.fixture
def request_(office: Office) -> PurchaseRequest:
    """30 boxes of paper at 120.00 and 4 toners at 260.00."""
    return approved(office, line(), line("硒鼓", "4", "260.00"))


def lines_of(request: PurchaseRequest) -> tuple[RequestLine, RequestLine]:
    paper, toner = request.lines.order_by("position")
    return paper, toner


def give_up(
    office: Office, request: PurchaseRequest, *lines: RequestLine, reason: str = "市场断货"
) -> PurchaseRequest:
    return operations.give_up_rest(
        actor=office.asker,
        request_id=request.pk,
        line_ids=[each.pk for each in lines],
        reason=reason,
        now=NOW,
    )


def committed(line: RequestLine) -> Decimal:
    return BudgetUse.objects.get(line=line).committed


def order_of(line: RequestLine, quantity: str, price: str, *, received: str = "0") -> OrderLine:
    """Order of a line by hand; its quantity is bound by then."""
    vendor = Vendor.objects.first() or add_vendor()
    amount = Decimal(quantity) * Decimal(price)
    order = PurchaseOrder.objects.create(
        number=f"CD-{OrderLine.objects.count()}",
        vendor=vendor,
        request=line.request,
        amount=amount,
        created_by=1,
        created_by_label="buyer",
        created_at=NOW,
    )
    operations.bind_lines({line.pk: Decimal(quantity)})
    return OrderLine.objects.create(
        order=order,
        position=1,
        name=line.name,
        unit=line.unit,
        quantity=Decimal(quantity),
        unit_price=Decimal(price),
        amount=amount,
        request_line=line,
        received_quantity=Decimal(received),
    )


class TestObstacle:
    def test_the_asker_and_who_approved_are_told(
        self, office: Office, request_: PurchaseRequest
    ) -> None:
        paper, _toner = lines_of(request_)

        operations.report_obstacle(actor=office.buyer, line_id=paper.pk, reason="涨价三成", now=NOW)

        paper.refresh_from_db()
        assert (paper.obstacle, paper.obstacle_by_label) == ("涨价三成", office.buyer.label)
        told = Notification.objects.filter(kind="procurement.line-unobtainable")
        assert set(told.values_list("user_id", flat=True)) == {
            office.asker.user_id,
            office.manager.user_id,
            office.gm.user_id,
        }
        assert AuditEntry.objects.filter(event="procurement.request.line-unobtainable").exists()

    def test_by_the_buyer_of_what_may_be_bought(self, office: Office) -> None:
        waiting = submitted(office).lines.get()

        with pytest.raises(operations.NotToBuy):
            operations.report_obstacle(
                actor=office.buyer, line_id=waiting.pk, reason="断货", now=NOW
            )
        with pytest.raises(access.ActionDenied):
            operations.report_obstacle(
                actor=office.asker, line_id=waiting.pk, reason="断货", now=NOW
            )
        with pytest.raises(NotFound):
            operations.report_obstacle(
                actor=office.buyer, line_id=waiting.pk + 1, reason="断货", now=NOW
            )
        assert not Notification.objects.filter(kind="procurement.line-unobtainable").exists()

    def test_not_of_what_is_ordered(self, office: Office, request_: PurchaseRequest) -> None:
        paper, _toner = lines_of(request_)
        operations.bind_lines({paper.pk: Decimal(30)})

        with pytest.raises(operations.NothingLeft):
            operations.report_obstacle(actor=office.buyer, line_id=paper.pk, reason="断货", now=NOW)


class TestGivingUp:
    def test_nothing_more_is_bought_and_its_budget_is_free(
        self, office: Office, request_: PurchaseRequest
    ) -> None:
        paper, toner = lines_of(request_)
        operations.report_obstacle(actor=office.buyer, line_id=toner.pk, reason="断货", now=NOW)

        give_up(office, request_, toner)

        toner.refresh_from_db()
        assert (toner.given_up_quantity, toner.rest, toner.obstacle) == (Decimal(4), Decimal(0), "")
        assert (committed(paper), committed(toner)) == (Decimal(3600), Decimal(0))
        assert list(queries.lines_to_buy(actor=office.buyer)) == [paper]
        with pytest.raises(operations.LineTaken) as refused:
            operations.bind_lines({toner.pk: Decimal(1)})
        assert refused.value.details == {"left": {str(toner.pk): "0.000"}}

    def test_of_what_is_partly_bought_the_rest(
        self, office: Office, request_: PurchaseRequest
    ) -> None:
        paper, _toner = lines_of(request_)
        operations.bind_lines({paper.pk: Decimal(20)})

        give_up(office, request_, paper)

        paper.refresh_from_db()
        assert (paper.bound_quantity, paper.given_up_quantity) == (Decimal(20), Decimal(10))
        assert committed(paper) == Decimal("2400.00")
        operations.free_lines({paper.pk: Decimal(5)})  # an order closed short
        paper.refresh_from_db()
        assert paper.rest == 5

    def test_after_all_that_was_ordered_is_here_nothing_stays_bound(
        self, office: Office, request_: PurchaseRequest
    ) -> None:
        paper, _toner = lines_of(request_)
        order_of(paper, "20", "100", received="20")
        operations.spend(paper.pk, Decimal("2000.00"))
        assert committed(paper) == Decimal("1600.00")

        give_up(office, request_, paper)

        use = BudgetUse.objects.get(line=paper)
        assert (use.committed, use.spent) == (Decimal(0), Decimal("2000.00"))

    def test_only_ones_own_and_with_a_reason(
        self, office: Office, request_: PurchaseRequest
    ) -> None:
        paper, _toner = lines_of(request_)
        stranger = office.asker.__class__(
            label="x", user_id=office.buyer.user_id, grants=office.asker.grants
        )

        with pytest.raises(operations.NotYourRequest):
            operations.give_up_rest(
                actor=stranger, request_id=request_.pk, line_ids=[paper.pk], reason="x", now=NOW
            )
        with pytest.raises(operations.RequestInvalid):
            give_up(office, request_, paper, reason="  ")
        with pytest.raises(operations.NothingLeft):
            give_up(office, request_)
        other = approved(office, line("拖把")).lines.get()
        with pytest.raises(NotFound):
            give_up(office, request_, other)
        give_up(office, request_, paper)
        with pytest.raises(operations.NothingLeft):
            give_up(office, request_, paper)
        assert committed(other) == Decimal(3600)

    def test_a_draft_is_changed_instead(self, office: Office) -> None:
        request = draft(office)

        with pytest.raises(operations.NotToBuy):
            give_up(office, request, request.lines.get())


class TestSpending:
    def test_cheaper_than_estimated_it_binds_nothing_once_all_is_here(
        self, office: Office, request_: PurchaseRequest
    ) -> None:
        paper, _toner = lines_of(request_)
        ordered = order_of(paper, "30", "100", received="10")
        operations.spend(paper.pk, Decimal("1000.00"))
        assert committed(paper) == Decimal("2600.00")

        OrderLine.objects.filter(pk=ordered.pk).update(received_quantity=30)
        operations.spend(paper.pk, Decimal("2000.00"))

        use = BudgetUse.objects.get(line=paper)
        assert (use.committed, use.spent) == (Decimal(0), Decimal("3000.00"))

    def test_what_went_back_is_not_here(self, office: Office, request_: PurchaseRequest) -> None:
        paper, _toner = lines_of(request_)
        ordered = order_of(paper, "30", "100", received="30")
        OrderLine.objects.filter(pk=ordered.pk).update(returned_quantity=1)

        operations.spend(paper.pk, Decimal("2900.00"))

        assert committed(paper) == Decimal("700.00")
