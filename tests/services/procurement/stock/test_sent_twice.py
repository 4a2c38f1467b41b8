"""A form that is sent twice, by a finger or by the network, is booked once."""

from decimal import Decimal
from functools import partial

import pytest

from services.procurement.stock import operations
from services.procurement.stock.models import Issue, IssueReturn, Transfer
from tenants.companies.models import Company
from tests.factories import NOW, TODAY
from tests.factories_procurement_stock import (
    Shop,
    broken_rules,
    held,
    issue,
    lay_in,
    open_shop,
)
from tests.threads import at_once


@pytest.fixture
def stocked(shop: Shop) -> Shop:
    lay_in(shop.keeper, shop.store, shop.broom, "10", "100.00")
    return shop


def test_an_issue(stocked: Shop) -> None:
    first = issue(stocked.keeper, stocked.store, (stocked.broom, "4"), key="k")

    assert issue(stocked.keeper, stocked.store, (stocked.broom, "4"), key="k") == first
    assert held(stocked.store, stocked.broom) == ("6", "60.00")
    assert broken_rules() == []


def test_the_issue_of_all_that_was_there(stocked: Shop) -> None:
    first = issue(stocked.keeper, stocked.store, (stocked.broom, "10"), key="k")

    assert issue(stocked.keeper, stocked.store, (stocked.broom, "10"), key="k") == first


def test_the_key_of_another_issue(stocked: Shop) -> None:
    issue(stocked.keeper, stocked.store, (stocked.broom, "4"), key="k")

    with pytest.raises(operations.KeyReused):
        issue(stocked.keeper, stocked.store, (stocked.broom, "4"), key="k", purpose="电梯厅")
    assert Issue.objects.count() == 1


def test_two_issues_of_two_forms(stocked: Shop) -> None:
    for key in ("a", "b", "", ""):
        issue(stocked.keeper, stocked.store, (stocked.broom, "2"), key=key)

    assert held(stocked.store, stocked.broom) == ("2", "20.00")


def test_what_is_given_back(stocked: Shop) -> None:
    line = issue(stocked.keeper, stocked.store, (stocked.broom, "4")).lines.get()

    for _time in range(2):
        operations.give_back(
            actor=stocked.keeper,
            line_id=line.pk,
            quantity=Decimal(2),
            reason="多领",
            key="k",
            today=TODAY,
            now=NOW,
        )

    assert held(stocked.store, stocked.broom) == ("8", "80.00")
    assert IssueReturn.objects.count() == 1


def test_a_transfer(stocked: Shop) -> None:
    line = operations.Line(item_id=stocked.broom.pk, quantity=Decimal(3))

    for _time in range(2):
        operations.transfer_goods(
            actor=stocked.company_keeper,
            source_id=stocked.store.pk,
            target_id=stocked.main.pk,
            reason="项目急用",
            lines=[line],
            key="k",
            today=TODAY,
            now=NOW,
        )

    assert held(stocked.main, stocked.broom) == ("3", "30.00")
    assert Transfer.objects.count() == 1


def test_at_the_same_moment(committed_tenant: Company) -> None:
    shop = open_shop()
    lay_in(shop.keeper, shop.store, shop.broom, "10", "100.00")

    results = at_once(
        committed_tenant,
        [partial(issue, shop.keeper, shop.store, (shop.broom, "4"), key="k") for _time in range(2)],
    )

    assert all(isinstance(result, Issue) for result in results), results
    assert Issue.objects.count() == 1
    assert held(shop.store, shop.broom) == ("6", "60.00")
