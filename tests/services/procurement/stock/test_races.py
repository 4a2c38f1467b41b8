"""Two people at one shelf, with real commits. Each race is first shown to exist."""

from decimal import Decimal
from functools import partial
from itertools import count
from typing import Any

import pytest
from django.db import IntegrityError
from django.db.models import Sum

from services.procurement.stock import rules
from services.procurement.stock.models import Issue, StockBalance, StockMove
from services.procurement.stock.operations import Taken, moving
from tenants.companies.models import Company
from tests.factories_procurement_stock import (
    Shop,
    add_item,
    add_warehouse,
    broken_rules,
    held,
    issue,
    lay_in,
    open_shop,
    posted,
    put_in,
    take_out,
)
from tests.threads import Meeting, at_once


@pytest.fixture
def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the lock of the balance out of the product."""
    read = moving._balances
    monkeypatch.setattr(moving, "_balances", lambda places, **_lock: read(places))


@pytest.fixture
def rivals_meet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let two people both have read what lies there before either takes it."""
    meeting, taking = Meeting(), rules.take_out

    def waiting(stock: rules.Stock, *, quantity: Decimal) -> Any:
        meeting.come()
        return taking(stock, quantity=quantity)

    monkeypatch.setattr(rules, "take_out", waiting)


def both_take_the_last(company: Company) -> list[Taken | Exception]:
    store, broom = add_warehouse(), add_item()
    put_in(store, broom, "1", "9.90")
    return at_once(company, [partial(take_out, store, broom, "1") for _person in range(2)])


@pytest.mark.usefixtures("unlocked", "rivals_meet")
def test_without_the_lock_the_last_piece_leaves_twice(committed_tenant: Company) -> None:
    results = both_take_the_last(committed_tenant)

    assert all(isinstance(result, Taken) for result in results), results
    assert StockMove.objects.aggregate(left=Sum("quantity"))["left"] == -1


@pytest.mark.usefixtures("rivals_meet")
def test_of_two_who_take_the_last_piece_one_is_told(committed_tenant: Company) -> None:
    results = both_take_the_last(committed_tenant)

    (taken,) = [result for result in results if isinstance(result, Taken)]
    (told,) = [result for result in results if isinstance(result, Exception)]
    assert taken.value == Decimal("9.90")
    assert isinstance(told, rules.StockTooSmall)
    balance = StockBalance.objects.get()
    assert (balance.quantity, balance.value) == (Decimal(0), Decimal(0))
    assert StockMove.objects.count() == 2


def test_two_who_put_in_the_first_make_one_balance(committed_tenant: Company) -> None:
    store, broom = add_warehouse(), add_item()

    results = at_once(
        committed_tenant, [partial(put_in, store, broom, "2", "5.00") for _person in range(4)]
    )

    assert all(isinstance(result, StockMove) for result in results), results
    balance = StockBalance.objects.get()
    assert (balance.quantity, balance.value) == (Decimal(8), Decimal(20))
    assert [move.quantity_after for move in StockMove.objects.order_by("pk")] == [2, 4, 6, 8]


def test_the_database_keeps_one_balance_even_without_us(committed_tenant: Company) -> None:
    store, broom = add_warehouse(), add_item()
    StockBalance.objects.create(warehouse=store, item=broom)

    with pytest.raises(IntegrityError, match="stockbalance_once"):
        StockBalance.objects.create(warehouse=store, item=broom)


# ---- the same with papers: two issues of the last piece, and what the ledger says of them --------


@pytest.fixture
def shop(committed_tenant: Company) -> Shop:
    shop = open_shop()
    lay_in(shop.keeper, shop.store, shop.broom, "1", "9.90")
    return shop


def both_issue_the_last(company: Company, shop: Shop) -> list[Issue | Exception]:
    last = partial(issue, shop.keeper, shop.store, (shop.broom, "1"))
    return at_once(company, [last] * 2)


def test_of_two_issues_of_the_last_piece_one_is_made(committed_tenant: Company, shop: Shop) -> None:
    results = both_issue_the_last(committed_tenant, shop)

    assert sorted(type(one).__name__ for one in results) == ["Issue", "StockTooSmall"]
    assert Issue.objects.count() == 1
    assert held(shop.store, shop.broom) == ("0", "0.00")
    assert posted("6401.01", journal__kind="ISSUE") == Decimal("9.90")
    assert broken_rules() == []


@pytest.mark.usefixtures("unlocked", "rivals_meet")
def test_without_the_lock_both_would_be(
    committed_tenant: Company, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And its value would be cost twice. The lock of the papers' numbers goes as well."""
    papers = count(1)
    monkeypatch.setattr("kernel.documents.numbers.next_number", lambda **_of: f"LL-{next(papers)}")

    results = both_issue_the_last(committed_tenant, shop)

    assert all(isinstance(one, Issue) for one in results), results
    assert posted("6401.01", journal__kind="ISSUE") == Decimal("19.80")
    assert "stock-is-its-moves" in broken_rules()
