"""PR-36: a blind count, explained, signed by another, and booked upon what the books say then."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

import pytest

from kernel.access.actors import ActionDenied, Actor
from kernel.approvals import operations as approvals
from kernel.approvals.models import Case, CaseState
from kernel.approvals.queries import open_case_of
from kernel.errors import Denied, DomainError, NotFound
from kernel.policies.operations import set_value
from services.billing.ledger.models import Journal
from services.procurement.catalogue.models import Item
from services.procurement.stock import operations, queries, rules
from services.procurement.stock.models import (
    CountState,
    Lot,
    StockBalance,
    StockCount,
    StockMove,
)
from tests.factories import NOW, TODAY, add_actor
from tests.factories_approvals import step_under_way
from tests.factories_procurement_stock import (
    Shop,
    add_item,
    broken_rules,
    day,
    held,
    issue,
    lay_in,
    posted,
    put_in,
)
from tests.factories_properties import add_project

LATER = NOW + timedelta(hours=3)


@pytest.fixture
def finance(shop: Shop) -> Actor:
    return add_actor("caiwu", "finance_head")


def begin(shop: Shop) -> StockCount:
    """Begin to count a store of 10 brooms for 100.00 and 3 gloves for 10.00."""
    lay_in(shop.keeper, shop.store, shop.broom, "10", "100.00")
    lay_in(shop.keeper, shop.store, shop.glove, "3", "10.00")
    return operations.start_count(actor=shop.keeper, warehouse_id=shop.store.pk, now=NOW)


def enter(count: StockCount, actor: Actor, item: Item, counted: str) -> None:
    line = count.lines.get(item=item)
    operations.enter_counted(
        actor=actor, count_id=count.pk, line_id=line.pk, counted=Decimal(counted), now=NOW
    )


def finish(shop: Shop, count: StockCount, figures: Mapping[Item, str]) -> StockCount:
    for item, counted in figures.items():
        enter(count, shop.keeper, item, counted)
    return operations.finish_count(actor=shop.keeper, count_id=count.pk, now=NOW)


def submit(shop: Shop, count: StockCount, reason: str = "破损") -> Case:
    reasons = {line.pk: reason for line in count.lines.all()}
    operations.submit_count(actor=shop.keeper, count_id=count.pk, reasons=reasons, now=NOW)
    case = open_case_of(kind="stock.count", subject=count)
    assert case is not None
    return case


def sign(case: Case, actor: Actor) -> None:
    approvals.approve(actor=actor, case_id=case.pk, step_id=step_under_way(case).pk, now=LATER)


def test_what_is_missing_is_booked_when_finance_has_signed(shop: Shop, finance: Actor) -> None:
    count = finish(shop, begin(shop), {shop.broom: "8", shop.glove: "4"})
    case = submit(shop, count)
    assert (case.facts["amount"], case.facts["differences"]) == ("23.33", "2")
    assert held(shop.store, shop.broom) == ("10", "100.00")

    sign(case, finance)

    count.refresh_from_db()
    assert (count.state, count.booked_at) == (CountState.BOOKED, LATER)
    assert held(shop.store, shop.broom) == ("8", "80.00")
    assert held(shop.store, shop.glove) == ("4", "13.33")
    journal = Journal.objects.get(kind="STOCK_COUNT")
    assert (journal.project_id, journal.source_id) == (shop.project.pk, count.pk)
    assert posted("6711.01", journal=journal) == Decimal("16.67")
    values = count.lines.order_by("item__code").values_list("difference", "difference_value")
    assert list(values) == [(Decimal(-2), Decimal(-20)), (Decimal(1), Decimal("3.33"))]
    assert set(StockBalance.objects.values_list("counted_on", flat=True)) == {TODAY}
    assert broken_rules() == []


def test_goods_that_move_between_count_and_signature_stay_moved(shop: Shop, finance: Actor) -> None:
    """Counted 8 of 10, then 3 are issued: 5 lie there, and 5 the books say."""
    count = finish(shop, begin(shop), {shop.broom: "8", shop.glove: "3"})
    case = submit(shop, count)
    issue(shop.keeper, shop.store, (shop.broom, "3"))

    sign(case, finance)

    assert held(shop.store, shop.broom) == ("5", "50.00")
    assert broken_rules() == []


def test_goods_that_move_while_others_are_counted_make_no_difference(
    shop: Shop, finance: Actor
) -> None:
    """Each article is compared with the books of the moment at which it was counted."""
    count = begin(shop)
    enter(count, shop.keeper, shop.broom, "10")
    issue(shop.keeper, shop.store, (shop.broom, "3"), (shop.glove, "1"))
    enter(count, shop.keeper, shop.glove, "2")
    operations.finish_count(actor=shop.keeper, count_id=count.pk, now=NOW)

    sign(submit(shop, count), finance)

    assert held(shop.store, shop.broom) == ("7", "70.00")
    assert held(shop.store, shop.glove) == ("2", "6.67")
    assert not StockMove.objects.filter(kind="COUNT").exists()
    assert not Journal.objects.filter(kind="STOCK_COUNT").exists()


def test_a_loss_of_what_is_gone_by_now_is_not_booked(shop: Shop, finance: Actor) -> None:
    count = finish(shop, begin(shop), {shop.broom: "2", shop.glove: "3"})
    case = submit(shop, count)
    issue(shop.keeper, shop.store, (shop.broom, "5"))

    with pytest.raises(rules.StockTooSmall, match="扫帚"):
        sign(case, finance)

    count.refresh_from_db()
    assert count.state == CountState.SUBMITTED
    assert held(shop.store, shop.broom) == ("5", "50.00")


def test_until_it_is_finished_a_count_tells_nothing_of_the_books(shop: Shop) -> None:
    count = begin(shop)
    enter(count, shop.keeper, shop.broom, "8")

    for line in queries.count_lines(count):
        assert {"book_quantity", "difference"} <= line.get_deferred_fields()
        assert line.difference is None
    assert list(queries.differences_of(count)) == []

    enter(count, shop.keeper, shop.glove, "3")
    finished = operations.finish_count(actor=shop.keeper, count_id=count.pk, now=NOW)
    assert [each.quantity for each in queries.differences_of(finished)] == [Decimal(-2)]


def test_everything_is_counted_and_every_difference_explained(shop: Shop) -> None:
    count = begin(shop)
    enter(count, shop.keeper, shop.broom, "8")

    with pytest.raises(operations.CountUnfinished) as refusal:
        operations.finish_count(actor=shop.keeper, count_id=count.pk, now=NOW)
    assert refusal.value.details == {"missing": ["手套"]}

    finish(shop, count, {shop.glove: "3"})
    with pytest.raises(operations.ReasonsMissing, match="扫帚"):
        submit(shop, count, reason=" ")
    with pytest.raises(operations.CountStateWrong):
        enter(count, shop.keeper, shop.broom, "10")

    assert not Case.objects.exists()


def test_whoever_has_counted_never_signs(shop: Shop) -> None:
    """The head of finance who lends a hand leaves the signature to nobody but another."""
    chief = add_actor("caiwu", "finance_head")
    helper = add_actor("bangshou", "materials_keeper", project_id=shop.project.pk)
    both = add_actor("liangzhi", "finance_head")
    count = begin(shop)
    enter(count, helper, shop.glove, "3")
    count.lines.filter(item=shop.glove).update(counted_by=both.user_id)
    finish(shop, count, {shop.broom: "8"})
    case = submit(shop, count)

    assert case.author_ids == sorted([shop.keeper.require_person(), both.require_person()])
    with pytest.raises((Denied, DomainError)):
        sign(case, both)
    sign(case, chief)
    case.refresh_from_db()
    assert case.state == CaseState.APPROVED


def test_what_finance_rejects_is_counted_again(shop: Shop, finance: Actor) -> None:
    count = finish(shop, begin(shop), {shop.broom: "8", shop.glove: "3"})
    case = submit(shop, count)
    approvals.reject(
        actor=finance,
        case_id=case.pk,
        step_id=step_under_way(case).pk,
        text="请复盘",
        now=LATER,
    )
    count.refresh_from_db()
    assert count.state == CountState.COUNTED

    line = count.lines.get(item=shop.broom)
    operations.count_again(actor=shop.keeper, count_id=count.pk, line_ids=[line.pk], now=LATER)
    finish(shop, count, {shop.broom: "9"})
    again = submit(shop, count, reason="盘点遗漏")
    sign(again, finance)

    assert again.pk == case.pk
    assert held(shop.store, shop.broom) == ("9", "90.00")


def test_a_count_that_is_given_up_books_nothing(shop: Shop, finance: Actor) -> None:
    count = finish(shop, begin(shop), {shop.broom: "8", shop.glove: "3"})
    case = submit(shop, count)
    with pytest.raises(operations.CountStateWrong):
        operations.cancel_count(actor=shop.keeper, count_id=count.pk, reason="重来", now=NOW)
    approvals.reject(
        actor=finance, case_id=case.pk, step_id=step_under_way(case).pk, text="重来", now=NOW
    )

    operations.cancel_count(actor=shop.keeper, count_id=count.pk, reason="重来", now=NOW)

    count.refresh_from_db()
    case.refresh_from_db()
    assert (count.state, case.state) == (CountState.CANCELLED, CaseState.WITHDRAWN)
    assert held(shop.store, shop.broom) == ("10", "100.00")
    again = operations.start_count(actor=shop.keeper, warehouse_id=shop.store.pk, now=NOW)
    assert again.state == CountState.COUNTING


def test_a_warehouse_is_counted_once_at_a_time(shop: Shop) -> None:
    begin(shop)

    with pytest.raises(operations.CountOpen):
        operations.start_count(actor=shop.keeper, warehouse_id=shop.store.pk, now=NOW)
    with pytest.raises(operations.CountEmpty):
        operations.start_count(actor=shop.company_keeper, warehouse_id=shop.main.pk, now=NOW)
    with pytest.raises(operations.WarehouseNotEmpty):
        operations.change_warehouse(
            actor=shop.keeper, warehouse_id=shop.store.pk, name="x", is_active=False, now=NOW
        )


def test_an_article_that_no_book_has_is_added_and_has_no_value(shop: Shop, finance: Actor) -> None:
    count, found = begin(shop), add_item("FOUND", name="拖把")
    operations.add_article(actor=shop.keeper, count_id=count.pk, item_id=found.pk, now=NOW)
    with pytest.raises(operations.ArticleCounted):
        operations.add_article(actor=shop.keeper, count_id=count.pk, item_id=found.pk, now=NOW)
    finish(shop, count, {shop.broom: "10", shop.glove: "3", found: "2"})

    sign(submit(shop, count, reason="未入账"), finance)

    assert held(shop.store, found) == ("2", "0.00")
    assert broken_rules() == []


def test_what_is_missing_of_lots_is_taken_from_what_expired_first(
    shop: Shop, finance: Actor
) -> None:
    milk = add_item("MILK", has_expiry=True)
    old = date(2026, 11, 1)
    put_in(shop.store, milk, "2", "20.00", lot_number="A", expires_on=old, moved_on=old)
    put_in(shop.store, milk, "2", "20.00", lot_number="B", expires_on=day(9))
    count = operations.start_count(actor=shop.keeper, warehouse_id=shop.store.pk, now=NOW)

    sign(submit(shop, finish(shop, count, {milk: "3"})), finance)

    lots = Lot.objects.order_by("number").values_list("number", "quantity")
    assert list(lots) == [("A", Decimal(1)), ("B", Decimal(2))]


def test_only_keepers_of_the_warehouse_count(shop: Shop) -> None:
    count = begin(shop)
    manager = add_actor("ren", "mo_manager", project_id=shop.project.pk)
    stranger = add_actor("liu", "materials_keeper", project_id=add_project("HB", "湖滨").pk)

    with pytest.raises(ActionDenied):
        enter(count, manager, shop.broom, "8")
    with pytest.raises(NotFound):
        enter(count, stranger, shop.broom, "8")
    with pytest.raises(rules.QuantityInvalid):
        enter(count, shop.keeper, shop.broom, "-1")

    assert not count.lines.exclude(counted=None).exists()


def test_what_was_not_counted_this_quarter_is_due(shop: Shop, finance: Actor) -> None:
    lay_in(shop.company_keeper, shop.main, shop.broom, "1", "1.00")
    count = begin(shop)

    def due(actor: Actor) -> list[tuple[str, date]]:
        found = queries.counts_due(actor=actor, today=TODAY)
        return [(each.warehouse.code, each.due_on) for each in found]

    assert due(shop.keeper) == [("YL", date(2026, 12, 31))]
    assert due(shop.company_keeper) == [("MAIN", date(2026, 12, 31)), ("YL", date(2026, 12, 31))]

    sign(submit(shop, finish(shop, count, {shop.broom: "10", shop.glove: "3"})), finance)
    assert due(shop.keeper) == []

    StockCount.objects.update(started_at=NOW - timedelta(days=60))
    assert due(shop.keeper) == [("YL", date(2026, 12, 31))]
    admin = add_actor("xujing", "company_admin")
    set_value(actor=admin, key="stock.count", text="half_year", now=NOW, today=TODAY)
    assert due(shop.keeper) == []


@pytest.mark.parametrize(
    ("on", "period", "first", "last"),
    [
        (date(2026, 11, 22), "month", date(2026, 11, 1), date(2026, 11, 30)),
        (date(2026, 12, 31), "month", date(2026, 12, 1), date(2026, 12, 31)),
        (date(2026, 1, 1), "quarter", date(2026, 1, 1), date(2026, 3, 31)),
        (date(2026, 12, 1), "quarter", date(2026, 10, 1), date(2026, 12, 31)),
        (date(2028, 6, 30), "half_year", date(2028, 1, 1), date(2028, 6, 30)),
        (date(2026, 7, 1), "half_year", date(2026, 7, 1), date(2026, 12, 31)),
        (date(2026, 7, 1), "year", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_the_period_of_a_count(on: date, period: str, first: date, last: date) -> None:
    assert rules.count_period(on, period) == (first, last)
