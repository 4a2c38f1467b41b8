"""KPI-27 of a month, the log of emergencies, what awards saved."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from kernel import access
from services.procurement.orders.models import OrderLine, PurchaseOrder
from services.procurement.receiving.models import GoodsReceipt, GoodsReceiptLine
from services.procurement.requests.models import RequestLine
from services.procurement.rounds.models import Award
from services.procurement.scorecards import buying
from tests import factories_procurement_contracts as contracts
from tests import factories_procurement_orders as orders
from tests.factories import NOW, add_actor
from tests.factories_procurement_contracts import Company
from tests.factories_procurement_orders import Wanted
from tests.factories_procurement_requests import (
    add_request,
    approved,
    consented,
    line,
    open_office,
    sign,
    submit,
)
from tests.factories_procurement_vendors import add_vendor
from tests.factories_properties import add_project

pytestmark = pytest.mark.usefixtures("tenant")
JUNE, JULY = date(2026, 6, 1), date(2026, 7, 1)
LATER = datetime(2026, 8, 1, 2, 0, tzinfo=UTC)


@pytest.fixture
def company(tenant: object) -> Company:
    return contracts.open_company()


def share(actor: access.Actor, key: str, month: date, now: datetime = LATER, **more: int) -> str:
    found = buying.figures(actor=actor, month=month, now=now, **more)
    [one] = [each for each in found.shares if each.key == key]
    return f"{one.part}/{one.whole}"


def came(line: RequestLine, quantity: str, on: date) -> None:
    """Let so much of a line be taken in on a day, as receiving writes it."""
    count = PurchaseOrder.objects.count()
    order = PurchaseOrder.objects.create(
        number=f"CD-{count}",
        vendor=add_vendor(f"V-{count}", f"供应商{count}"),
        request=line.request,
        project=line.request.project,
        amount=line.amount,
        created_by=1,
        created_by_label="buyer",
        created_at=NOW,
    )
    ordered = OrderLine.objects.create(
        order=order,
        position=1,
        name=line.name,
        unit=line.unit,
        quantity=line.quantity,
        unit_price=line.unit_price,
        amount=line.amount,
        request_line=line,
        received_quantity=Decimal(quantity),
    )
    receipt = GoodsReceipt.objects.create(
        number=f"RK-{count}",
        order=order,
        received_by=2,
        received_by_label="keeper",
        received_on=on,
        received_at=NOW,
        value=0,
    )
    GoodsReceiptLine.objects.create(
        receipt=receipt,
        order_line=ordered,
        arrived=Decimal(quantity),
        accepted=Decimal(quantity),
        refused=Decimal(0),
        value=0,
        goes_to="SPOT",
    )


class TestTimely:
    def request(self, company: Company, number: str, needed_on: date | None) -> RequestLine:
        request = add_request(
            company.project,
            ("复印纸", "10", "20"),
            number=number,
            needed_on=needed_on,
            purchase_month=JUNE,
        )
        return request.lines.get()

    def test_all_of_it_by_the_day_of_use(self, company: Company) -> None:
        for number, quantity, day in (
            ("1", "10", date(2026, 6, 20)),  # on the day
            ("2", "10", date(2026, 6, 21)),  # a day late
            ("3", "9.999", date(2026, 6, 1)),  # not all of it
        ):
            came(self.request(company, number, date(2026, 6, 20)), quantity, day)
        self.request(company, "4", date(2026, 6, 20))  # never came

        assert share(company.buyer, "timely", JUNE) == "1/4"
        assert share(company.buyer, "timely", JULY) == "0/0"

    def test_without_a_day_by_the_end_of_its_round(self, company: Company) -> None:
        came(self.request(company, "1", None), "10", date(2026, 6, 30))
        came(self.request(company, "2", None), "10", date(2026, 7, 1))

        assert share(company.buyer, "timely", JUNE) == "1/2"

    def test_what_is_not_due_yet_is_not_judged(self, company: Company) -> None:
        here = self.request(company, "1", date(2026, 6, 20))
        self.request(company, "2", date(2026, 6, 20))
        came(here, "10", date(2026, 6, 5))
        on_the_day = datetime(2026, 6, 20, 4, 0, tzinfo=UTC)

        assert share(company.buyer, "timely", JUNE, now=on_the_day) == "1/1"
        assert share(company.buyer, "timely", JUNE, now=on_the_day + timedelta(days=1)) == "1/2"

    def test_what_was_given_up_was_not_to_come(self, company: Company) -> None:
        partly, wholly = (self.request(company, number, date(2026, 6, 20)) for number in ("1", "2"))
        came(partly, "8", date(2026, 6, 19))
        RequestLine.objects.filter(pk=partly.pk).update(given_up_quantity=2)
        RequestLine.objects.filter(pk=wholly.pk).update(given_up_quantity=10)

        assert share(company.buyer, "timely", JUNE) == "1/1"

    def test_only_what_one_may_see(self, company: Company) -> None:
        other = add_project("B2", "别处")
        self.request(company, "1", date(2026, 6, 20))
        keeper = add_actor("b-asker", "mo_manager", project_id=other.pk)

        assert share(keeper, "timely", JUNE) == "0/0"
        assert share(company.buyer, "timely", JUNE, project_id=other.pk) == "0/0"
        assert share(company.buyer, "timely", JUNE, project_id=company.project.pk) == "0/1"
        with pytest.raises(access.ActionDenied):
            share(access.Actor(label="x", user_id=1), "timely", JUNE)


def test_awards_with_enough_quotes(company: Company) -> None:
    request = add_request(company.project, ("灯", "3", "50"), ("洗洁精", "10", "20"))
    lamp, soap = request.lines.order_by("position")
    orders.award(
        [Wanted("灯", [lamp])],
        {company.vendor: {"灯": "45"}, add_vendor("V2", "乙"): {}, add_vendor("V3", "丙"): {}},
        number="XJ-1",
    )
    few = orders.award(
        [Wanted("洗洁精", [soap])], {company.vendor: {"洗洁精": "19"}}, number="XJ-2"
    )
    Award.objects.update(decided_at=datetime(2026, 6, 30, 15, 59, tzinfo=UTC))
    assert share(company.buyer, "quotes", JUNE) == "1/2"
    assert share(company.buyer, "quotes", JULY) == "0/0"  # 23:59 in Shanghai

    few.round.fewer_reason, few.round.is_fewer_allowed = "独家", True
    few.round.save(update_fields=["fewer_reason", "is_fewer_allowed"])
    found = buying.figures(actor=company.buyer, month=JUNE, now=LATER)
    assert found.specially_allowed == 1


def test_emergencies_are_logged_and_their_papers_judged() -> None:
    office = open_office()
    in_time = consented(office, line("水泵", "1", "1850.00"), at=NOW)
    late = consented(office, line("阀门", "1", "300.00"), at=NOW)
    running = consented(office, line("水管", "1", "200.00"), at=NOW + timedelta(days=1))
    month = date(NOW.year, NOW.month, 1)
    sign(submit(office, in_time), office.manager, office.gm)
    approved(office)  # of class A: in no log
    soon = NOW + timedelta(hours=1)
    assert share(office.buyer, "backfills", month, now=soon) == "1/1"
    after = NOW + timedelta(days=20)

    assert share(office.buyer, "backfills", month, now=after) == "1/3"
    log = {row.pk: row for row in buying.emergencies(actor=office.buyer)}
    assert set(log) == {in_time.pk, late.pk, running.pk}
    row = log[in_time.pk]
    assert row.consenter_label == office.manager.label  # type: ignore[attr-defined]  # annotated
    assert row.consented_at == NOW  # type: ignore[attr-defined]
    assert row.backfilled_at == NOW  # type: ignore[attr-defined]
    assert log[late.pk].backfilled_at is None  # type: ignore[attr-defined]
    assert row.cost == 0  # type: ignore[attr-defined]


def test_the_log_adds_up_what_was_ordered(company: Company) -> None:
    request = add_request(company.project, ("水泵", "1", "2600"), purchase_class="C", number="C-1")
    order = orders.emergency(company, request)
    [row] = buying.emergencies(actor=company.buyer)
    assert row.cost == Decimal("2600.00")  # type: ignore[attr-defined]  # annotated

    PurchaseOrder.objects.filter(pk=order.pk).update(state="CANCELLED", end_reason="x")
    [row] = buying.emergencies(actor=company.buyer)
    assert row.cost == 0  # type: ignore[attr-defined]


class TestSavings:
    def test_against_the_estimate_the_last_price_and_the_dearest(self, company: Company) -> None:
        request = add_request(company.project, ("灯", "3", "50"), ("洗洁精", "10", "20"))
        lamp, soap = request.lines.order_by("position")
        award = orders.award(
            [Wanted("灯", [lamp], Decimal("48.5")), Wanted("洗洁精", [soap])],
            {company.vendor: {"灯": "45", "洗洁精": "19.9"}},
            freight={company.vendor: "10.00"},
        )

        [row] = buying.savings(actor=company.buyer)

        assert row.pk == award.pk
        figures = {
            name: getattr(row, name)
            for name in ("estimate", "total", "saved", "last_amount", "saved_on_last")
        }
        assert figures == {
            "estimate": Decimal("350.00"),
            "total": Decimal("344.00"),
            "saved": Decimal("6.00"),
            "last_amount": Decimal("145.50"),
            "saved_on_last": Decimal("10.50"),
        }
        quote = award.round.invitations.get().quote
        assert quote.is_complete
        assert row.dearest == quote.total  # type: ignore[attr-defined]  # annotated

    def test_what_was_never_bought_before_saves_on_nothing(self, company: Company) -> None:
        orders.simple_award(company)

        [row] = buying.savings(actor=company.buyer)

        assert row.last_amount is None  # type: ignore[attr-defined]  # annotated
        assert row.saved_on_last is None  # type: ignore[attr-defined]

    @pytest.mark.parametrize("state", ["SUBMITTED", "REFUSED"])
    def test_only_what_is_in_force(self, company: Company, state: str) -> None:
        award = orders.simple_award(company)
        Award.objects.filter(pk=award.pk).update(state=state)

        assert not buying.savings(actor=company.buyer).exists()
