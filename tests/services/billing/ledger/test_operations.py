from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from kernel.db import violated_constraint
from kernel.errors import NotFound
from services.billing.ledger import operations, queries
from services.billing.ledger.chart import CHART
from services.billing.ledger.models import (
    AccountKind,
    AccountRole,
    Journal,
    JournalKind,
    LedgerAccount,
    Posting,
)
from services.properties.models import Household, Project
from tenants.companies.models import Company
from tests import factories_billing as factories
from tests.factories import NOW

TODAY = date(2026, 11, 22)


@pytest.fixture
def project(tenant: Company) -> Project:
    factories.seeded()
    return factories.add_project()


@pytest.fixture
def household(project: Project) -> Household:
    return factories.add_household(project, "3-2-1602")


def receivable() -> int:
    return queries.account_of_role(AccountRole.RECEIVABLE).pk


def income() -> int:
    return queries.account_of_code("6001.01").pk


def post(household: Household, **changes: Any) -> Journal:
    values: dict[str, Any] = {
        "project_id": household.project_id,
        "kind": JournalKind.BILLS,
        "source_type": "billrunchunk",
        "source_id": 1,
        "effective_on": TODAY,
        "now": NOW,
        "posted_by": None,
        "postings": [
            (receivable(), household.pk, Decimal("331.41")),
            (income(), None, Decimal("-331.41")),
        ],
    }
    return operations.post_journal(**(values | changes))


def check_deferred() -> None:
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_journal_is_written_with_its_postings(household: Household) -> None:
    journal = post(household)
    check_deferred()

    assert (journal.kind, journal.source_type, journal.source_id) == ("BILLS", "billrunchunk", 1)
    assert (journal.effective_on, journal.posted_at) == (TODAY, NOW)
    assert list(
        Posting.objects.order_by("pk").values_list("account__code", "household_id", "amount")
    ) == [
        ("1122", household.pk, Decimal("331.41")),
        ("6001.01", None, Decimal("-331.41")),
    ]


@pytest.mark.parametrize(
    "amounts",
    [
        pytest.param(["331.41", "-331.40"], id="off by a cent"),
        pytest.param(["331.41"], id="one leg"),
        pytest.param([], id="no leg"),
    ],
)
def test_an_unbalanced_journal_is_refused(household: Household, amounts: list[str]) -> None:
    legs = [(receivable(), household.pk, Decimal(amount)) for amount in amounts]

    with pytest.raises(operations.JournalUnbalanced):
        post(household, postings=legs)

    assert Journal.objects.count() == Posting.objects.count() == 0


@pytest.mark.parametrize("amount", ["0", "0.005", "1000000000000.00", "NaN", "Infinity"])
def test_an_amount_that_is_none_is_refused(household: Household, amount: str) -> None:
    value = Decimal(amount)
    legs = [(receivable(), household.pk, value), (income(), None, -value)]

    with pytest.raises((operations.PostingInvalid, operations.JournalUnbalanced)):
        post(household, postings=legs)

    assert Journal.objects.count() == 0


def test_a_receivable_without_a_household_is_refused(household: Household) -> None:
    legs = [(receivable(), None, Decimal(5)), (income(), None, Decimal(-5))]

    with pytest.raises(operations.PostingInvalid, match="household"):
        post(household, postings=legs)


def test_income_of_a_household_is_refused(household: Household) -> None:
    legs = [(receivable(), household.pk, Decimal(5)), (income(), household.pk, Decimal(-5))]

    with pytest.raises(operations.PostingInvalid, match="household"):
        post(household, postings=legs)


def test_an_unknown_account_is_refused(household: Household) -> None:
    legs = [(receivable(), household.pk, Decimal(5)), (0, None, Decimal(-5))]

    with pytest.raises(operations.PostingInvalid, match="account"):
        post(household, postings=legs)


def test_a_document_is_posted_once(household: Household) -> None:
    post(household)

    with pytest.raises(operations.SourcePostedAlready):
        post(household)

    assert Journal.objects.count() == 1
    assert Posting.objects.count() == 2


def two_legs() -> list[operations.Leg]:
    stock = queries.account_of_role(AccountRole.STOCK).pk
    accrued = queries.account_of_role(AccountRole.ACCRUED).pk
    return [(stock, None, Decimal("12.30")), (accrued, None, Decimal("-12.30"))]


def test_what_the_company_buys_for_itself_is_of_no_project(household: Household) -> None:
    journal = post(household, project_id=None, kind=JournalKind.GOODS, postings=two_legs())
    check_deferred()

    assert journal.project_id is None
    assert journal.postings.count() == 2


def test_an_entry_about_households_is_of_their_project(household: Household) -> None:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        post(household, project_id=None)

    assert violated_constraint(refused.value) == "journal_of_households_has_project"


def reverse(original: Journal, household: Household, **changes: Any) -> Journal:
    values = {
        "kind": JournalKind.PAYMENT_REVERSAL,
        "reverses_id": original.pk,
        "postings": queries.mirrored_postings(original.pk),
    }
    return post(household, **(values | changes))


def test_a_reversal_leaves_nothing(household: Household) -> None:
    original = post(household)

    reversal = reverse(original, household)
    check_deferred()

    assert reversal.reverses == original
    assert sum(Posting.objects.values_list("amount", flat=True)) == 0
    assert Posting.objects.count() == 4


def test_a_reversal_that_mirrors_something_else_is_refused(household: Household) -> None:
    original = post(household)
    legs = [(receivable(), household.pk, Decimal(-5)), (income(), None, Decimal(5))]

    with pytest.raises(operations.ReversalInvalid):
        reverse(original, household, postings=legs)

    assert Journal.objects.count() == 1


def test_a_journal_is_reversed_once(household: Household) -> None:
    original = post(household)
    reverse(original, household)

    with pytest.raises(operations.ReversedAlready):
        reverse(original, household, source_id=2)

    assert Journal.objects.count() == 2


def test_a_reversal_is_not_reversed(household: Household) -> None:
    original = post(household)
    reversal = reverse(original, household)

    with pytest.raises(operations.ReversalInvalid):
        reverse(reversal, household, source_id=2)


def test_reversing_nothing_is_refused(household: Household) -> None:
    with pytest.raises(NotFound):
        post(household, kind=JournalKind.PAYMENT_REVERSAL, reverses_id=0)


def test_postings_come_from_a_query(household: Household) -> None:
    journal, count = operations.post_journal_of_query(
        project_id=household.project_id,
        kind=JournalKind.BILLS,
        source_type="billrunchunk",
        source_id=7,
        effective_on=TODAY,
        now=NOW,
        posted_by=None,
        postings_sql="VALUES (%s::bigint, %s::bigint, 5.00), (%s, NULL, -5.00)",
        parameters=[receivable(), household.pk, income()],
    )
    check_deferred()

    assert count == 2
    assert sorted(journal.postings.values_list("amount", flat=True)) == [-5, 5]


# ---- what the database itself refuses, whoever writes -------------------------------------------


def refused(error: pytest.ExceptionInfo[IntegrityError]) -> str:
    return violated_constraint(error.value)


def raw_journal(project: Project, source_id: int = 1) -> Journal:
    return Journal.objects.create(
        project=project,
        kind=JournalKind.BILLS,
        source_type="billrunchunk",
        source_id=source_id,
        effective_on=TODAY,
        posted_at=NOW,
    )


def raw_postings(journal: Journal, amounts: list[str]) -> None:
    Posting.objects.bulk_create(
        Posting(journal=journal, account_id=income(), amount=Decimal(amount)) for amount in amounts
    )


@pytest.mark.parametrize(
    "amounts",
    [
        pytest.param(["5.00", "-4.99"], id="unbalanced"),
        pytest.param(["5.00"], id="one leg"),
    ],
)
def test_postings_that_do_not_balance_are_refused(project: Project, amounts: list[str]) -> None:
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        raw_postings(raw_journal(project), amounts)

    assert refused(error) == "billing_posting_balanced"


def test_the_commit_of_an_empty_journal_is_refused(project: Project) -> None:
    raw_journal(project)

    with pytest.raises(IntegrityError) as error:
        check_deferred()

    assert refused(error) == "billing_journal_balanced"


def test_a_posting_of_a_missing_journal_is_refused(project: Project) -> None:
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        Posting.objects.create(journal_id=0, account_id=income(), amount=Decimal(5))

    assert refused(error) == "billing_posting_with_its_journal"


@pytest.mark.parametrize("amount", ["0.00", "NaN"])
def test_a_posting_of_nothing_is_refused(project: Project, amount: str) -> None:
    journal = post(factories.add_household(project, "1-1-0101"))
    insert = "INSERT INTO billing_posting (journal_id, account_id, amount) VALUES (%s, %s, %s)"

    with pytest.raises(IntegrityError) as error, transaction.atomic():
        connection.cursor().execute(insert, [journal.pk, income(), amount])

    assert refused(error) == "posting_amount_ne_0"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_journal SET effective_on = '2026-01-01'",
        "UPDATE billing_posting SET amount = amount + 1",
        "DELETE FROM billing_posting",
        "DELETE FROM billing_journal",
        "TRUNCATE billing_posting",
    ],
)
def test_the_company_is_not_even_granted_to_change_the_ledger(
    household: Household, statement: str
) -> None:
    post(household)
    check_deferred()

    with pytest.raises(Exception, match="permission denied"), transaction.atomic():
        connection.cursor().execute(statement)

    assert Posting.objects.filter(amount=Decimal("331.41")).count() == 1


def test_a_reversal_kind_is_needed_to_reverse(household: Household) -> None:
    original = post(household)

    with pytest.raises(IntegrityError) as error, transaction.atomic():
        Journal.objects.create(
            project=household.project,
            kind=JournalKind.BILLS,
            source_type="billrunchunk",
            source_id=2,
            effective_on=TODAY,
            posted_at=NOW,
            reverses=original,
        )

    assert refused(error) == "journal_reversal_says_so"


def test_every_role_has_its_account(project: Project) -> None:
    assert {account.role for account in LedgerAccount.objects.exclude(role="")} == set(AccountRole)


def test_seeding_twice_changes_nothing(project: Project) -> None:
    LedgerAccount.objects.filter(code="6001.01").update(name="物业费收入")

    factories.seeded()

    assert LedgerAccount.objects.count() == len(CHART)
    assert queries.account_of_code("6001.01").name == "物业费收入"


def test_agency_money_is_a_liability() -> None:
    kinds = {entry.kind for entry in CHART if entry.code.startswith("2241")}

    assert kinds == {AccountKind.LIABILITY}
