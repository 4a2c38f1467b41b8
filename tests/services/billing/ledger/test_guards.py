"""The triggers under the ledger, with real commits and as the tables' owner."""

from datetime import date
from decimal import Decimal

import psycopg2
import pytest
from django.db import IntegrityError, connection, transaction

from kernel.db import violated_constraint
from kernel.tenancy import public
from services.billing.ledger import operations, queries
from services.billing.ledger.models import AccountRole, Journal, JournalKind, Posting
from tenants.companies.models import Company
from tenants.provisioning.schema import owner_cursor
from tests import factories_billing as factories
from tests.factories import NOW


def as_owner(company: Company, statement: str) -> None:
    with owner_cursor() as cursor:
        cursor.execute("SELECT set_config('search_path', %s, true)", [company.schema_name])
        cursor.execute(statement)


@pytest.fixture
def journal(committed_tenant: Company) -> Journal:
    factories.seeded()
    project = factories.add_project()
    household = factories.add_household(project, "1-1-0101")
    return operations.post_journal(
        project_id=project.pk,
        kind=JournalKind.BILLS,
        source_type="billrunchunk",
        source_id=1,
        effective_on=date(2026, 11, 22),
        now=NOW,
        posted_by=None,
        postings=[
            (queries.account_of_role(AccountRole.RECEIVABLE).pk, household.pk, Decimal(5)),
            (queries.account_of_code("6001.01").pk, None, Decimal(-5)),
        ],
    )


def test_a_posting_that_comes_after_the_commit_is_refused(journal: Journal) -> None:
    account = queries.account_of_code("6001.01")

    with pytest.raises(IntegrityError) as error, transaction.atomic():
        Posting.objects.create(journal=journal, account=account, amount=Decimal(5))

    assert violated_constraint(error.value) == "billing_posting_with_its_journal"
    assert Posting.objects.count() == 2


def test_the_balance_is_checked_in_its_own_schema_whatever_the_path_at_commit(
    journal: Journal,
) -> None:
    """``SET CONSTRAINTS`` in the public schema is what a commit after a change of company is."""
    with transaction.atomic():
        operations.post_journal(
            project_id=journal.project_id,
            kind=JournalKind.BILLS,
            source_type="billrunchunk",
            source_id=2,
            effective_on=date(2026, 11, 22),
            now=NOW,
            posted_by=None,
            postings=queries.mirrored_postings(journal.pk),
        )
        with public(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    assert (Journal.objects.count(), Posting.objects.count()) == (2, 4)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_journal SET effective_on = '2026-01-01'",
        "DELETE FROM billing_journal",
        "TRUNCATE billing_journal CASCADE",
        "UPDATE billing_posting SET amount = amount",
        "DELETE FROM billing_posting",
        "TRUNCATE billing_posting",
    ],
)
def test_not_even_the_owner_changes_the_ledger(
    journal: Journal, committed_tenant: Company, statement: str
) -> None:
    with pytest.raises(psycopg2.IntegrityError) as error:
        as_owner(committed_tenant, statement)

    assert error.value.diag.constraint_name in {
        "billing_journal_append_only",
        "billing_posting_append_only",
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), sum(amount) FROM billing_posting")
        assert cursor.fetchone() == (2, 0)


def test_without_its_trigger_an_unbalanced_journal_would_stand(
    journal: Journal, committed_tenant: Company
) -> None:
    """The trigger is what refuses: with it gone, the same write goes through."""
    as_owner(committed_tenant, "DROP TRIGGER billing_journal_balanced ON billing_journal")

    with transaction.atomic():
        Journal.objects.create(
            project_id=journal.project_id,
            kind=JournalKind.BILLS,
            source_type="billrunchunk",
            source_id=2,
            effective_on=date(2026, 11, 22),
            posted_at=NOW,
        )

    assert Journal.objects.count() == 2


def post_one_leg_late(journal: Journal) -> None:
    late = operations.post_journal(
        project_id=journal.project_id,
        kind=JournalKind.BILLS,
        source_type="billrunchunk",
        source_id=2,
        effective_on=date(2026, 11, 22),
        now=NOW,
        posted_by=None,
        postings=queries.mirrored_postings(journal.pk),
    )
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
    account = queries.account_of_code("6001.01")
    Posting.objects.create(journal=late, account=account, amount=Decimal(5))


def test_a_posting_after_the_balance_was_looked_at_is_refused(journal: Journal) -> None:
    """``SET CONSTRAINTS`` makes the deferred look early, and it is not taken again."""
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        post_one_leg_late(journal)

    assert violated_constraint(error.value) == "billing_posting_balanced"
    assert (Journal.objects.count(), Posting.objects.count()) == (1, 2)


def test_without_its_trigger_such_a_posting_would_stand(
    journal: Journal, committed_tenant: Company
) -> None:
    as_owner(committed_tenant, "DROP TRIGGER billing_posting_complete ON billing_posting")

    with transaction.atomic():
        post_one_leg_late(journal)

    assert Posting.objects.count() == 5
