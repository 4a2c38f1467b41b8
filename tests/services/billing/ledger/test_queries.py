from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from kernel import access
from kernel.errors import NotFound
from services.billing.ledger import operations, queries
from services.billing.ledger.models import AccountRole, JournalKind, LedgerAccount
from services.properties.models import Household, Project
from tenants.companies.models import Company
from tests import factories as people
from tests import factories_billing as factories
from tests.factories import NOW

ZERO = Decimal("0.00")


@pytest.fixture
def project(tenant: Company) -> Project:
    factories.seeded()
    return factories.add_project()


@pytest.fixture
def household(project: Project) -> Household:
    return factories.add_household(project, "1-1-0101")


@pytest.fixture
def director(project: Project) -> access.Actor:
    return people.add_actor("zhaomin", "charging_director")


def post(household: Household, day: date, amount: str, source_id: int, code: str) -> None:
    """Bill (or, below zero, receive) an amount on a day."""
    value = Decimal(amount)
    operations.post_journal(
        project_id=household.project_id,
        kind=JournalKind.BILLS if value > 0 else JournalKind.PAYMENT,
        source_type="test",
        source_id=source_id,
        effective_on=day,
        now=NOW,
        posted_by=None,
        postings=[
            (queries.account_of_role(AccountRole.RECEIVABLE).pk, household.pk, value),
            (queries.account_of_code(code).pk, None, -value),
        ],
    )


@pytest.fixture
def year(household: Household) -> Household:
    post(household, date(2026, 10, 10), "100.00", 1, "6001.01")
    post(household, date(2026, 11, 1), "120.00", 2, "6001.01")
    post(household, date(2026, 11, 30), "-60.00", 3, "1001")
    post(household, date(2026, 12, 1), "7.00", 4, "6001.01")
    return household


def balance(
    actor: access.Actor, project_id: int | None = None
) -> dict[str, tuple[Decimal, Decimal, Decimal, Decimal]]:
    found = queries.trial_balance(
        actor=actor,
        first_day=date(2026, 11, 1),
        last_day=date(2026, 11, 30),
        project_id=project_id,
    )
    assert found.is_balanced
    return {
        row.account.code: (row.opening, row.debit, row.credit, row.closing) for row in found.rows
    }


def test_a_trial_balance_has_what_was_before_and_what_moved(
    director: access.Actor, year: Household
) -> None:
    assert balance(director) == {
        "1001": (ZERO, Decimal(60), ZERO, Decimal(60)),
        "1122": (Decimal(100), Decimal(120), Decimal(60), Decimal(160)),
        "6001.01": (Decimal(-100), ZERO, Decimal(120), Decimal(-220)),
    }


def test_a_trial_balance_of_one_project(director: access.Actor, year: Household) -> None:
    other = factories.add_project("HB", "湖滨")
    post(factories.add_household(other, "9"), date(2026, 11, 5), "5.00", 9, "6001.03")

    assert set(balance(director, year.project_id)) == {"1001", "1122", "6001.01"}
    assert balance(director, other.pk) == {
        "1122": (ZERO, Decimal(5), ZERO, Decimal(5)),
        "6001.03": (ZERO, ZERO, Decimal(5), Decimal(-5)),
    }
    assert balance(director)["1122"][3] == Decimal(165)


def test_an_empty_ledger_is_balanced(director: access.Actor) -> None:
    assert balance(director) == {}


def test_the_whole_company_is_for_company_wide_posts(year: Household) -> None:
    manager = people.add_actor("sun", "property_manager", project_id=year.project_id)

    assert balance(manager, year.project_id)
    with pytest.raises(access.ActionDenied):
        balance(manager)


@pytest.mark.parametrize("post_name", ["collector", "meter_reader"])
def test_the_ledger_is_closed_to_collectors(year: Household, post_name: str) -> None:
    actor = people.add_actor("sun", post_name, project_id=year.project_id)

    with pytest.raises(access.ActionDenied):
        balance(actor, year.project_id)
    with pytest.raises(access.ActionDenied):
        queries.invariant_results(actor=actor, project_id=year.project_id)
    with pytest.raises(access.ActionDenied):
        queries.accounts(actor=actor)


def test_a_households_account_runs_on(director: access.Actor, year: Household) -> None:
    other = factories.add_household(year.project, "1-1-0102")
    post(other, date(2026, 11, 2), "999.00", 20, "6001.01")

    statement = queries.account_statement(actor=director, household_id=year.pk)

    assert [
        (posting.journal.effective_on.month, posting.amount, posting.balance)  # type: ignore[attr-defined]
        for posting in statement
    ] == [
        (10, Decimal(100), Decimal(100)),
        (11, Decimal(120), Decimal(220)),
        (11, Decimal(-60), Decimal(160)),
        (12, Decimal(7), Decimal(167)),
    ]


def test_an_account_out_of_reach_does_not_exist(year: Household) -> None:
    other = factories.add_project("HB", "湖滨")
    stranger = people.add_actor("sun", "charging_director", project_id=other.pk)

    with pytest.raises(NotFound):
        queries.account_statement(actor=stranger, household_id=year.pk)


def test_an_account_is_named_in_the_readers_language(project: Project) -> None:
    account = LedgerAccount.objects.get(code="1122")
    with translation.override("en"):
        assert account.label == "Receivables from households"
    with translation.override("zh-hans"):
        assert account.label == "应收账款"
