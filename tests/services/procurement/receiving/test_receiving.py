"""What the keeper takes in, what he refuses, and what becomes of both (PR-30 to PR-35)."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from kernel.access import ActionDenied
from kernel.audit.models import AuditEntry
from kernel.duties.errors import DutiesMeet
from kernel.errors import NotFound
from kernel.notifications.models import Notification
from services.billing.ledger.models import AccountRole, Journal, JournalKind
from services.procurement.orders.models import OrderState
from services.procurement.receiving import operations, queries
from services.procurement.receiving.models import (
    GoodsReceipt,
    Objection,
    ObjectionKind,
    ObjectionState,
)
from services.procurement.receiving.operations import Counted
from services.procurement.stock import operations as stock
from services.procurement.stock import rules as stock_rules
from services.procurement.stock.models import Asset, StockBalance, StockMove
from services.procurement.stock.operations import assets
from tests.factories import NOW, TODAY
from tests.factories_procurement_money import (
    People,
    add_goods_order,
    add_order,
    line_of,
    receive,
)
from tests.factories_procurement_stock import add_item, add_warehouse
from tests.factories_properties import add_project
from tests.services.procurement.money import balance, broken


def test_what_is_accepted_is_in_stock_at_the_price_without_tax(people: People) -> None:
    order = add_goods_order(people, "30", "56.50")

    receipt = receive(people, order, "30")

    assert receipt.value == Decimal("1500.00")
    assert receipt.lines.get().accepted == 30
    lying = StockBalance.objects.get()
    assert (lying.quantity, lying.value) == (Decimal(30), Decimal("1500.00"))
    assert balance(AccountRole.STOCK) == Decimal("1500.00")
    assert balance(AccountRole.ACCRUED) == Decimal("-1500.00")
    order.refresh_from_db()
    assert order.state == OrderState.RECEIVED
    assert not Objection.objects.exists()
    assert broken() == []


def test_parts_of_a_line_add_up_to_its_whole(people: People) -> None:
    order = add_goods_order(people, "3", "0.10")

    values = [receive(people, order, "1").value for _part in range(3)]

    assert sum(values) == Decimal("0.27")  # 0.30 / 1.13, once
    assert broken() == []


def test_an_order_is_partly_received_until_all_is_here(people: People) -> None:
    order = add_goods_order(people, "30")

    receive(people, order, "28")

    order.refresh_from_db()
    assert order.state == OrderState.DELIVERING
    assert line_of(order).received_quantity == 28
    receive(people, order, "2")
    order.refresh_from_db()
    assert order.state == OrderState.RECEIVED


class TestRefusals:
    def test_the_buyer_takes_nothing_in(self, people: People) -> None:
        order = add_goods_order(people)
        both = people.buyer.__class__(
            label="buyer", user_id=people.buyer.user_id, grants=people.keeper.grants
        )

        with pytest.raises(DutiesMeet) as refused:
            receive(people, order, "30", actor=both)

        assert refused.value.details["rule"] == "SoD-18"
        assert not GoodsReceipt.objects.exists()

    def test_not_even_the_database_takes_it_from_the_buyer(self, people: People) -> None:
        order = add_goods_order(people)

        with pytest.raises(IntegrityError, match="received by its buyer"), transaction.atomic():
            GoodsReceipt.objects.create(
                number="RK-1",
                order=order,
                received_by=people.buyer.require_person(),
                received_by_label="buyer",
                received_on=TODAY,
                received_at=NOW,
                value=0,
            )

    def test_without_the_post_nothing_is_taken_in(self, people: People) -> None:
        with pytest.raises(ActionDenied):
            receive(people, add_goods_order(people), "30", actor=people.finance)

    def test_another_projects_order_is_not_there(self, people: People) -> None:
        order = add_order(people, [(add_item(), "1", "1")], project=add_project())
        stranger = people.keeper.__class__(label="x", user_id=people.keeper.user_id)

        with pytest.raises(NotFound):
            receive(people, order, "1", actor=stranger)

    @pytest.mark.parametrize(
        ("arrived", "accepted"),
        [("28", "30"), ("31", "31"), ("28", "-1"), ("1.0005", "1"), ("NaN", "1")],
    )
    def test_figures_that_cannot_be(self, people: People, arrived: str, accepted: str) -> None:
        order = add_goods_order(people, "30")

        with pytest.raises(stock_rules.InspectionInvalid):
            receive(people, order, arrived, accepted)

        assert not StockMove.objects.exists()
        assert not Journal.objects.exists()

    def test_a_refusal_has_its_reason(self, people: People) -> None:
        with pytest.raises(stock_rules.InspectionInvalid) as refused:
            receive(people, add_goods_order(people), "30", "28", reason=" ")

        assert refused.value.field == "reason"

    @pytest.mark.parametrize("state", ["DRAFT", "RECEIVED", "CANCELLED", "CLOSED"])
    def test_an_order_for_which_nothing_comes(self, people: People, state: str) -> None:
        order = add_goods_order(people)
        order.state, order.end_reason = state, "x"
        order.save()

        with pytest.raises(operations.OrderNotComing):
            receive(people, order, "1")

    def test_lines_of_another_order_or_twice(self, people: People) -> None:
        order, other = add_goods_order(people), add_goods_order(people)
        row = Counted(order_line_id=line_of(order).pk, arrived=Decimal(1), accepted=Decimal(1))
        foreign = Counted(order_line_id=line_of(other).pk, arrived=Decimal(1), accepted=Decimal(1))
        for counted in ([], [row, row], [foreign]):
            with pytest.raises(operations.LinesInvalid):
                operations.receive_goods(
                    actor=people.keeper,
                    order_id=order.pk,
                    counted=counted,
                    is_rest_to_come=True,
                    now=NOW,
                    today=TODAY,
                )


class TestObjectionsAtOnce:
    """S-36: the keeper counts 28 of 30."""

    def test_what_is_missing_is_objected_to(self, people: People) -> None:
        order = add_goods_order(people, "30")

        receive(people, order, "28", is_rest_to_come=False)

        objection = Objection.objects.get()
        assert (objection.kind, objection.quantity) == (ObjectionKind.SHORT, Decimal(2))
        assert objection.state == ObjectionState.OPEN
        assert objection.raised_by == people.keeper.user_id
        assert line_of(order).received_quantity == 28
        told = Notification.objects.get(user_id=people.buyer.require_person())
        assert objection.number in told.subject
        assert AuditEntry.objects.filter(event="procurement.goods.received").exists()

    def test_what_is_refused_is_objected_to(self, people: People) -> None:
        order = add_goods_order(people, "30", "56.50")

        receipt = receive(people, order, "30", "28", fault=ObjectionKind.WRONG)

        objection = Objection.objects.get()
        assert (objection.kind, objection.quantity) == (ObjectionKind.WRONG, Decimal(2))
        assert objection.text == "受潮"
        assert receipt.lines.get().refused == 2
        assert receipt.value == Decimal("1400.00")
        assert broken() == []

    def test_an_article_that_did_not_come_at_all(self, people: People) -> None:
        house = add_warehouse()
        order = add_order(
            people,
            [(add_item("A"), "2", "10"), (add_item("B"), "3", "10")],
            warehouse=house,
        )
        first, second = order.lines.order_by("position")

        operations.receive_goods(
            actor=people.keeper,
            order_id=order.pk,
            counted=[
                Counted(order_line_id=first.pk, arrived=Decimal(2), accepted=Decimal(2)),
                Counted(order_line_id=second.pk, arrived=Decimal(0), accepted=Decimal(0)),
            ],
            is_rest_to_come=False,
            now=NOW,
            today=TODAY,
        )

        objection = Objection.objects.get()
        assert objection.order_line_id == second.pk
        assert (objection.kind, objection.quantity) == (ObjectionKind.SHORT, Decimal(3))
        assert objection.receipt_line is None


class TestDestinations:
    def test_what_is_no_article_is_used_on_the_spot(self, people: People) -> None:
        order = add_order(people, [(None, "1", "113.00")], warehouse=add_warehouse())

        receive(people, order, "1")

        assert balance(AccountRole.MATERIAL_COST) == Decimal("100.00")
        assert not StockMove.objects.exists()
        assert broken() == []

    def test_fixed_assets_are_registered_piece_by_piece(self, people: People) -> None:
        item = add_item("PC", name="电脑", is_fixed_asset=True)
        order = add_order(people, [(item, "3", "5000.00")], warehouse=add_warehouse())

        receipt = receive(people, order, "3")

        costs = list(Asset.objects.order_by("pk").values_list("cost", flat=True))
        assert sum(costs) == receipt.value == Decimal("13274.34")
        assert costs == [Decimal("4424.78")] * 3
        assert balance(AccountRole.FIXED_ASSET) == receipt.value
        assert broken() == []

    def test_a_scrapped_asset_takes_its_cost_off_the_books(self, people: People) -> None:
        """What was bought for 13,274.34 loses a third of it, and not a cent more."""
        item = add_item("PC", name="电脑", is_fixed_asset=True)
        receive(people, add_order(people, [(item, "3", "5000.00")]), "3")
        asset = Asset.objects.order_by("pk")[0]

        assets.scrap(actor=people.keeper, asset_id=asset.pk, reason="进水", now=NOW)

        assert balance(AccountRole.FIXED_ASSET) == Decimal("8849.56")
        assert balance(AccountRole.DISPOSAL_LOSS) == Decimal("4424.78")
        journal = Journal.objects.get(kind=JournalKind.ASSET_SCRAP)
        assert (journal.source_id, journal.project_id) == (asset.pk, asset.project_id)
        assert broken() == []
        with pytest.raises(assets.AssetStateWrong):
            assets.scrap(actor=people.keeper, asset_id=asset.pk, reason="进水", now=NOW)
        assert Journal.objects.filter(kind=JournalKind.ASSET_SCRAP).count() == 1

    def test_one_that_the_company_had_before_was_never_on_the_books(self, people: People) -> None:
        asset = assets.add_asset(
            actor=people.keeper,
            item_id=add_item("PC", is_fixed_asset=True).pk,
            project_id=None,
            cost=Decimal("5200.00"),
            received_on=TODAY,
            now=NOW,
        )

        assets.scrap(actor=people.keeper, asset_id=asset.pk, reason="报废", now=NOW)

        assert not Journal.objects.exists()
        assert broken() == []

    def test_half_an_asset_is_none(self, people: People) -> None:
        item = add_item("PC", is_fixed_asset=True)
        order = add_order(people, [(item, "3", "5000.00")])

        with pytest.raises(operations.AssetsInvalid):
            receive(people, order, "1.5")

    def test_lots_and_days_of_expiry_go_into_stock(self, people: People) -> None:
        item = add_item("BLEACH", has_expiry=True)
        order = add_order(people, [(item, "5", "11.30")], warehouse=add_warehouse())
        row = Counted(
            order_line_id=line_of(order).pk,
            arrived=Decimal(5),
            accepted=Decimal(5),
            lot_number="L7",
            expires_on=date(2027, 5, 1),
        )

        receipt = operations.receive_goods(
            actor=people.keeper,
            order_id=order.pk,
            counted=[row],
            is_rest_to_come=True,
            now=NOW,
            today=TODAY,
        )

        (move,) = queries.moves_of(receipt).values()
        assert move.lot is not None
        assert (move.lot.number, move.lot.expires_on) == ("L7", date(2027, 5, 1))


def test_a_part_that_is_sent_twice_is_taken_in_once(people: People) -> None:
    order = add_goods_order(people, "30", "56.50")

    first = receive(people, order, "5", key="k")

    assert receive(people, order, "5", key="k") == first
    assert line_of(order).received_quantity == 5
    assert receive(people, order, "5", key="l") != first
    with pytest.raises(stock.KeyReused):
        receive(people, add_goods_order(people, "30", "56.50"), "5", key="k")
    assert broken() == []
