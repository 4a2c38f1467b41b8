"""What somebody can do to the money tables who has got the company's own database session."""

import pytest
from django.db import Error, connection, transaction

from services.billing.runs.models import BillLine
from tenants.companies.models import Company
from tests.factories import NOW, TODAY
from tests.factories_cashier import Bill, add_household, open_counter, pay, post_bills

TABLES = (
    "billing_journal",
    "billing_posting",
    "billing_billline",
    "billing_payment",
    "billing_allocation",
    "billing_receipt",
    "audit_auditentry",
)
STATEMENTS = {
    "delete": "DELETE FROM {table}",
    "truncate": "TRUNCATE {table} CASCADE",
    "renumber": "UPDATE {table} SET id = id + 1000",
    "trigger off": "ALTER TABLE {table} DISABLE TRIGGER USER",
    "all triggers off": "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "rule instead": "CREATE RULE r AS ON UPDATE TO {table} DO INSTEAD NOTHING",
    "trigger instead": "CREATE TRIGGER t BEFORE INSERT ON {table} FOR EACH ROW"
    " EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "drop a column": "ALTER TABLE {table} DROP COLUMN id",
    "drop": "DROP TABLE {table} CASCADE",
    "take": "ALTER TABLE {table} OWNER TO CURRENT_USER",
}
ELSEWHERE = {
    "amount of a bill": "UPDATE billing_billline SET amount = 1",
    "paid beyond the bill": "UPDATE billing_billline SET paid_amount = amount + 1",
    "another household's bill": "UPDATE billing_billline SET household_id = household_id + 1",
    "amount of a payment": "UPDATE billing_payment SET amount = 1",
    "who took it": "UPDATE billing_payment SET received_by = received_by + 1",
    "number of a receipt": "UPDATE billing_receipt SET number = 99",
    "amount of a share": "UPDATE billing_allocation SET amount = 1",
    "amount of a posting": "UPDATE billing_posting SET amount = -amount",
    "day of a journal": "UPDATE billing_journal SET effective_on = effective_on - 30",
    "price that is confirmed": "UPDATE billing_feeversion SET price = 0.01",
    "account that has postings": "DELETE FROM billing_ledgeraccount",
    "who did it": "UPDATE audit_auditentry SET actor_label = 'nobody'",
    "function of a trigger": "CREATE OR REPLACE FUNCTION billing_journal_check_balance()"
    " RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
    "function that is called": "ALTER FUNCTION billing_journal_check_balance() RENAME TO gone",
    "triggers off by setting": "SET session_replication_role = replica",
}


@pytest.fixture
def books(tenant: Company) -> None:
    counter = open_counter()
    household = add_household(counter.project)
    post_bills(household, [Bill("300.00")])
    pay(counter.collector, household, "100.00", now=NOW, today=TODAY)


def sums() -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT sum(abs(amount)) FROM billing_posting),"
            " (SELECT count(*) FROM billing_journal), (SELECT sum(amount) FROM billing_payment),"
            " (SELECT count(*) FROM audit_auditentry), (SELECT max(number) FROM billing_receipt)"
        )
        return list(cursor.fetchall())


def attempt(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=STATEMENTS)
def test_what_is_booked_cannot_be_taken_away(table: str, statement: str) -> None:
    before = sums()

    with pytest.raises(Error):
        attempt(statement.format(table=table))

    assert sums() == before


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize("statement", ELSEWHERE.values(), ids=ELSEWHERE)
def test_what_is_booked_cannot_be_rewritten(statement: str) -> None:
    before = sums()

    with pytest.raises(Error):
        attempt(statement)

    assert sums() == before
    assert BillLine.objects.get().amount == 300
