"""What keepers are told in time: counts that are due, goods that run out of date, low stock."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from kernel.notifications.models import Notification
from kernel.notifications.operations import notify
from services.procurement.stock import operations
from services.procurement.stock.models import Lot, StockCount, Warehouse
from services.procurement.stock.operations import reminders
from tests.factories import NOW, TODAY
from tests.factories_procurement_stock import Shop, add_warehouse, lay_in, put_in

QUARTER_ENDS = date(2026, 12, 31)


def noon(day: date) -> datetime:
    return NOW + (day - TODAY)


def told() -> list[tuple[int, str]]:
    found = Notification.objects.order_by("pk")
    rows = [(notice.user_id, notice.url) for notice in found]
    found.delete()
    return rows


def counted(warehouse: Warehouse, day: date) -> None:
    StockCount.objects.create(
        number=f"PD-{day}",
        warehouse=warehouse,
        state="BOOKED",
        started_by=1,
        started_by_label="孔芳",
        started_at=noon(day),
        booked_at=noon(day),
    )


class TestCounts:
    def test_it_is_told_two_weeks_before_the_period_ends_and_once(self, shop: Shop) -> None:
        lay_in(shop.keeper, shop.store, shop.broom, "10", "100.00")
        Notification.objects.all().delete()

        assert operations.remind_of_counts(now=noon(QUARTER_ENDS - timedelta(days=15))) == 0
        days = [noon(QUARTER_ENDS - timedelta(days=left)) for left in (14, 14, 13, 0)]
        assert [operations.remind_of_counts(now=now) for now in days] == [1, 0, 0, 0]

        page = f"/c/stock/warehouses/{shop.store.pk}/"
        assert told() == [
            (shop.keeper.user_id, page),
            (shop.company_keeper.user_id, page),
        ]
        assert operations.remind_of_counts(now=noon(date(2027, 3, 31))) == 1

    def test_the_companys_store_is_its_own_keepers(self, shop: Shop) -> None:
        lay_in(shop.company_keeper, shop.main, shop.broom, "10", "100.00")
        Notification.objects.all().delete()

        operations.remind_of_counts(now=noon(QUARTER_ENDS))

        assert [person for person, _url in told()] == [shop.company_keeper.user_id]

    def test_what_is_counted_empty_or_being_counted_is_not_told(self, shop: Shop) -> None:
        counted_store = add_warehouse("DONE", project=shop.project)
        for warehouse in (shop.store, counted_store):
            lay_in(shop.keeper, warehouse, shop.broom, "10", "100.00")
        add_warehouse("EMPTY", project=shop.project)
        counted(counted_store, TODAY)
        operations.start_count(actor=shop.keeper, warehouse_id=shop.store.pk, now=NOW)

        assert operations.remind_of_counts(now=noon(QUARTER_ENDS)) == 0

    def test_a_count_of_the_period_before_does_not_count(self, shop: Shop) -> None:
        lay_in(shop.keeper, shop.store, shop.broom, "10", "100.00")
        counted(shop.store, date(2026, 9, 30))

        assert operations.remind_of_counts(now=noon(QUARTER_ENDS)) == 1


def test_a_run_that_is_killed_tells_once_when_it_is_run_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    for warehouse in (shop.store, shop.main):
        put_in(warehouse, shop.broom, "10", "100.00", expires_on=QUARTER_ENDS)
    tell = notify

    def die(**values: Any) -> None:
        if Notification.objects.exists():
            raise SystemExit
        tell(**values)

    for remind in (operations.remind_of_counts, operations.remind_of_expiry):
        with monkeypatch.context() as killed:
            killed.setattr(f"{reminders.__name__}.notify", die)
            with pytest.raises(SystemExit):
                remind(now=noon(QUARTER_ENDS))
        assert told() == []
        assert [remind(now=noon(QUARTER_ENDS)) for _run in range(2)] == [2, 0]
        assert len(told()) == 3  # of the project's store its keeper and the company's


class TestExpiry:
    @pytest.fixture
    def lot(self, shop: Shop) -> Lot:
        put_in(
            shop.store,
            shop.broom,
            "10",
            "100.00",
            lot_number="B-7",
            expires_on=TODAY + timedelta(days=60),
        )
        return Lot.objects.get()

    def test_each_lot_is_told_of_in_time_and_once(self, shop: Shop, lot: Lot) -> None:
        assert lot.expires_on is not None
        end = lot.expires_on

        assert [
            left
            for left in (31, 30, 30, 29, 5, 4, 0, 0, -1, -2)
            if operations.remind_of_expiry(now=noon(end - timedelta(days=left)))
        ] == [30, 5, 0, -1]

    def test_the_keepers_are_led_to_the_article(self, shop: Shop, lot: Lot) -> None:
        operations.remind_of_expiry(now=noon(TODAY + timedelta(days=30)))

        balance = shop.store.balances.get()
        assert told() == [
            (shop.keeper.user_id, f"/c/stock/articles/{balance.pk}/"),
            (shop.company_keeper.user_id, f"/c/stock/articles/{balance.pk}/"),
        ]

    def test_what_is_used_up_or_set_aside_is_not_told(self, shop: Shop, lot: Lot) -> None:
        aside = add_warehouse("Q", project=shop.project, kind="QUARANTINE")
        Lot.objects.create(
            warehouse=aside,
            item=shop.broom,
            received_on=TODAY,
            expires_on=TODAY,
            quantity=Decimal(3),
        )
        Lot.objects.filter(pk=lot.pk).update(quantity=0)

        assert operations.remind_of_expiry(now=noon(TODAY + timedelta(days=60))) == 0


class TestMinimum:
    """A minimum that is set above what there is is told at once; nothing else would."""

    def test_raised_above_the_stock(self, shop: Shop) -> None:
        lay_in(shop.keeper, shop.store, shop.broom, "10", "100.00")
        Notification.objects.all().delete()

        self.set(shop, "10")
        assert told() == []
        self.set(shop, "11")
        assert len(told()) == 2
        self.set(shop, "12")  # it was short before
        assert told() == []

    @staticmethod
    def set(shop: Shop, minimum: str) -> None:
        operations.set_minimum(
            actor=shop.keeper,
            warehouse_id=shop.store.pk,
            item_id=shop.broom.pk,
            minimum=Decimal(minimum),
            now=NOW,
        )
