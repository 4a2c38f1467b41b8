"""S-73, as far as it is bought: the generator fails on Saturday at 22:00.

A leader consents by word (class C), a vendor of the register delivers at once, the spare part goes
through the store and a technician's own stock into the machine, and the paper follows in time. The
defect record, the overhaul plan and the rate of working equipment are engineering's.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from kernel.access import ActionDenied, Actor
from kernel.approvals import operations as approvals
from kernel.duties import DutiesMeet
from services.procurement.catalogue.models import Item
from services.procurement.orders import operations as orders
from services.procurement.orders.models import OrderState, PurchaseOrder
from services.procurement.orders.operations import Bought
from services.procurement.receiving.models import ObjectionKind
from services.procurement.receiving.operations import Counted, receive_goods
from services.procurement.requests.models import PurchaseRequest, RequestState
from services.procurement.stock import operations as stock
from services.procurement.stock import rules as stock_rules
from services.procurement.stock.models import Asset, AssetState, Issue, Warehouse
from services.procurement.vendors.models import PaperKind, Vendor
from services.procurement.vendors.operations import VendorNotFit
from tenants.companies.models import Company
from tests import factories_procurement_requests as requesting
from tests.factories import add_actor
from tests.factories_procurement_orders import contact_of
from tests.factories_procurement_requests import Office
from tests.factories_procurement_stock import (
    add_warehouse,
    broken_rules,
    enter_asset,
    held,
    issue,
    open_books,
    posted,
    transfer,
)
from tests.factories_procurement_vendors import add_hold, add_vendor
from tests.services.procurement.money import broken

SATURDAY = datetime(2026, 11, 7, 14, 10, tzinfo=UTC)  # 22:10 in Shanghai
SUNDAY = datetime(2026, 11, 8, 2, 0, tzinfo=UTC)
MONDAY = datetime(2026, 11, 9, 2, 0, tzinfo=UTC)
WEDNESDAY = datetime(2026, 11, 11, 2, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Plant:
    """A project with its generator, a store, who keeps it, and a technician with his own stock."""

    office: Office
    keeper: Actor
    technician: Actor
    store: Warehouse
    own: Warehouse
    part: Item
    generator: Asset
    vendor: Vendor
    contact: Actor


@pytest.fixture
def plant(tenant: Company) -> Plant:
    open_books()
    PaperKind.objects.update(is_active=False)
    office = requesting.open_office()
    project = office.project
    technician = add_actor("laoma", "technician", project_id=project.pk)
    keeper = add_actor("kongfang", "materials_keeper")
    machine = Item.objects.create(
        category=requesting.category("JD", "机电设备"),
        code="FDJ",
        name="柴油发电机",
        unit="台",
        is_fixed_asset=True,
    )
    vendor = add_vendor("V001", "湖州柴油机维修有限公司")
    return Plant(
        office=office,
        keeper=keeper,
        technician=technician,
        store=add_warehouse("YL", project=project),
        own=add_warehouse("T1", kind="TECHNICIAN", holder_id=technician.user_id, project=project),
        part=Item.objects.create(
            category=requesting.category("JD-BJ", "设备备件"),
            code="TYB",
            name="喷油泵",
            unit="个",
        ),
        generator=enter_asset(keeper, machine, project_id=project.pk, place="B1 机房"),
        vendor=vendor,
        contact=contact_of(vendor),
    )


def consented(plant: Plant) -> PurchaseRequest:
    """Return what the leader consented to by telephone: two pumps at 925.00."""
    pump = requesting.line(
        "", "2", "925.00", item_id=plant.part.pk, category_id=plant.part.category_id, unit=""
    )
    return requesting.consented(
        plant.office, pump, at=SATURDAY, title="发电机抢修备件", place="B1 机房"
    )


def order(plant: Plant, request: PurchaseRequest, at: datetime = SATURDAY) -> PurchaseOrder:
    line = request.lines.get()
    return orders.order_emergency(
        actor=plant.office.buyer,
        request_id=request.pk,
        vendor_id=plant.vendor.pk,
        bought={line.pk: Bought(quantity=line.quantity, unit_price=line.unit_price)},
        now=at,
        today=date(2026, 11, 7),
    )


def send(plant: Plant, made: PurchaseOrder) -> PurchaseOrder:
    buyer, today = plant.office.buyer, date(2026, 11, 7)
    orders.change_draft(
        actor=buyer,
        order_id=made.pk,
        warehouse_id=plant.store.pk,
        place="B1 机房",
        deliver_by=date(2026, 11, 8),
        terms="",
        now=SATURDAY,
    )
    orders.declare(actor=buyer, order_id=made.pk, now=SATURDAY)
    orders.send(actor=buyer, order_id=made.pk, now=SATURDAY, today=today)
    return orders.acknowledge(
        actor=plant.contact,
        order_id=made.pk,
        promised_on=date(2026, 11, 8),
        now=SATURDAY,
        today=today,
    )


def take_in(plant: Plant, made: PurchaseOrder, actor: Actor | None = None) -> None:
    receive_goods(
        actor=actor or plant.keeper,
        order_id=made.pk,
        counted=[
            Counted(order_line_id=made.lines.get().pk, arrived=Decimal(2), accepted=Decimal(2))
        ],
        is_rest_to_come=False,
        now=SUNDAY,
        today=date(2026, 11, 8),
    )


def test_from_the_failure_to_the_machine_that_runs(plant: Plant) -> None:
    stock.send_to_repair(
        actor=plant.keeper, asset_id=plant.generator.pk, reason="喷油泵损坏", now=SATURDAY
    )
    request = consented(plant)

    # The same night: ordered, sent and confirmed, before there is a paper (PR-07).
    made = send(plant, order(plant, request))
    assert (made.state, made.request_id, made.amount) == (
        OrderState.ACKNOWLEDGED,
        request.pk,
        Decimal("1850.00"),
    )

    # On Sunday the keeper takes it in; the technician carries one part and uses it (PR-31, PR-39).
    take_in(plant, made)
    worth = Decimal("1637.17")  # without tax
    assert held(plant.store, plant.part) == ("2", f"{worth}")
    transfer(plant.keeper, plant.store, plant.own, (plant.part, "1"))
    used = issue(
        plant.technician,
        plant.own,
        (plant.part, "1"),
        unit="工程部",
        person_id=plant.technician.user_id,
        purpose="发电机故障抢修",
        reference_type="procurement.asset",
        reference_id=plant.generator.pk,
    )
    assert Issue.objects.get(reference_id=plant.generator.pk) == used
    cost = posted("6401.01", journal__kind="ISSUE")
    left = Decimal(held(plant.store, plant.part)[1])
    assert (cost + left, held(plant.own, plant.part)) == (worth, ("0", "0.00"))
    stock.end_repair(actor=plant.keeper, asset_id=plant.generator.pk, note="已更换", now=SUNDAY)
    plant.generator.refresh_from_db()
    assert plant.generator.state == AssetState.IDLE

    # On Monday the paper, both approvals; on Wednesday it is paid for like any other (PR-08).
    requesting.submit(plant.office, request, now=MONDAY)
    requesting.sign(request, plant.office.manager, plant.office.gm, now=MONDAY)
    assert request.state == RequestState.APPROVED
    assert broken() == []
    assert broken_rules() == []


def test_nothing_is_ordered_without_the_word_of_a_leader(plant: Plant) -> None:
    request = requesting.draft(
        plant.office, requesting.line("喷油泵", "1", "1850.00"), purchase_class="C", now=SATURDAY
    )

    with pytest.raises(approvals.ConsentMissing):
        order(plant, request)
    assert not PurchaseOrder.objects.exists()


def test_nor_once_its_paper_is_overdue(plant: Plant) -> None:
    request = consented(plant)

    with pytest.raises(approvals.BackfillOverdue):
        order(plant, request, at=WEDNESDAY)
    assert not PurchaseOrder.objects.exists()


def test_nor_from_a_vendor_who_may_not_be_ordered_from(plant: Plant) -> None:
    """An emergency is no way around the register (PR-67)."""
    request = consented(plant)
    add_hold(plant.vendor, first=date(2026, 11, 1))

    with pytest.raises(VendorNotFit):
        order(plant, request)
    assert not PurchaseOrder.objects.exists()
    assert request.lines.get().bound_quantity == 0


def test_what_is_no_emergency_goes_its_way_with_quotes(plant: Plant) -> None:
    request = requesting.submitted(plant.office, now=SATURDAY)
    requesting.sign(request, plant.office.manager, plant.office.gm, now=SATURDAY)

    with pytest.raises(orders.NotEmergency):
        order(plant, request)


def test_neither_buyer_nor_technician_takes_it_in(plant: Plant) -> None:
    """SoD-18, also at night."""
    made = send(plant, order(plant, consented(plant)))
    buyer = plant.office.buyer
    both = Actor(label="x", user_id=buyer.user_id, grants=buyer.grants | plant.keeper.grants)

    with pytest.raises(DutiesMeet):
        take_in(plant, made, both)
    with pytest.raises(ActionDenied):
        take_in(plant, made, plant.technician)
    assert held(plant.store, plant.part) == ("0", "0.00")


def test_the_technician_issues_no_more_than_he_has(plant: Plant) -> None:
    made = send(plant, order(plant, consented(plant)))
    take_in(plant, made)
    transfer(plant.keeper, plant.store, plant.own, (plant.part, "1"))

    with pytest.raises(stock_rules.StockTooSmall):
        issue(plant.technician, plant.own, (plant.part, "2"), purpose="抢修")
    with pytest.raises(ActionDenied):
        issue(plant.technician, plant.store, (plant.part, "1"), purpose="抢修")
    assert held(plant.own, plant.part)[0] == held(plant.store, plant.part)[0] == "1"
    assert ObjectionKind.SHORT not in made.lines.get().objections.values_list("kind", flat=True)
