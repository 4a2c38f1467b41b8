"""The rules find nothing in sound books, and each finds what it is for."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from pytest_django.plugin import DjangoDbBlocker

from kernel.tenancy import tenant_connection
from services.billing.cashier import operations as cashier
from services.billing.ledger import invariants
from services.billing.ledger.invariants.entries import LEDGER
from services.billing.runs import operations as runs
from services.billing.runs.models import BillLine
from tenants.companies.models import Company
from tenants.provisioning.schema import owner_cursor
from tests import database
from tests import factories_billing as billing
from tests import factories_runs as factories
from tests.factories_runs import NOW, TODAY, Office


def pay(office: Office, line: BillLine, amount: str | None, method: str = "CASH") -> Any:
    lines = BillLine.objects.filter(pk=line.pk)
    return cashier.take_payment(
        actor=office.collector,
        household_id=line.household_id,
        method=method,
        line_ids=[line.pk],
        amount=None if amount is None else Decimal(amount),
        expected_total=sum((line.amount for line in lines), Decimal(0)),
        reference="" if method == "CASH" else uuid4().hex[:12],
        payer_name="陈志远",
        idempotency_key=uuid4().hex,
        now=NOW,
        today=TODAY,
    )


@pytest.fixture(scope="module")
def books(
    test_database: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Company]:
    """Two months of bills in one project, one in another; paid, part paid, voided and reversed."""
    with django_db_blocker.unblock():
        database.copy_template(test_database)  # numbers begin at 1, whatever has run before
        company = Company.objects.get(slug="alpha")
        tenant_connection.set_tenant(company)
        office = factories.open_office()
        homes = factories.add_homes(office.project, 4)
        factories.read(billing.add_meter(homes[0]), "20")
        factories.posted(office, period=date(2026, 10, 1))
        factories.posted(office)
        lines = list(BillLine.objects.filter(item__code="WYF").order_by("period", "pk"))
        pay(office, lines[0], None)
        pay(office, lines[1], "100.00", "QR")
        pay(office, lines[4], "5.00", "QR")
        void = pay(office, lines[2], None)
        cashier.void_payment(
            actor=office.collector,
            payment_id=void.payment_id,
            reason="wrong room",
            now=NOW,
            today=TODAY,
        )
        runs.reverse_line(
            actor=office.director, line_id=lines[3].pk, reason="wrong area", now=NOW, today=TODAY
        )
        other = factories.open_project(office, "HB", "湖滨")
        factories.add_homes(other.project, 1)
        factories.posted(other)
        yield company
        tenant_connection.set_schema_to_public()
        database.copy_template(test_database)


@pytest.fixture
def in_force(books: Company, django_db_blocker: DjangoDbBlocker) -> Iterator[Company]:
    with django_db_blocker.unblock():
        tenant_connection.set_tenant(books)
        yield books


def test_sound_books_break_no_rule(in_force: Company) -> None:
    checked = invariants.results()

    assert [result.invariant.code for result in checked if result.count] == []
    assert len(checked) == len(invariants.known())


def test_every_rule_has_a_code_of_its_own() -> None:
    codes = [invariant.code for invariant in invariants.known()]

    assert len(set(codes)) == len(codes)


def test_every_rule_of_billing_has_a_planted_defect() -> None:
    assert {plant.code for plant in PLANTS} == {rule.code for rule in invariants.OF_BILLING}


def test_a_rule_is_registered_once() -> None:
    with pytest.raises(ValueError, match="document-has-its-entry"):
        invariants.register(invariants.OF_BILLING[-1], *LEDGER)


@dataclass(frozen=True)
class Plant:
    """A defect put into the books by their owner, past every guard.

    ``also`` names the rules that such a defect breaks as well, by arithmetic.
    """

    code: str
    name: str
    statements: tuple[str, ...]
    also: frozenset[str] = frozenset()


def plant(code: str, name: str, *statements: str, also: tuple[str, ...] = ()) -> Plant:
    return Plant(code, name, statements, frozenset(also))


LINE = "(SELECT min(id) FROM billing_billline)"
UNPAID = (
    "(SELECT max(id) FROM billing_billline WHERE paid_amount = 0 AND NOT is_reversed"
    " AND project_id = 1)"
)
RUN = "(SELECT min(id) FROM billing_billrun)"
PAYMENT = "(SELECT min(id) FROM billing_payment)"
BILLS = "(SELECT min(id) FROM billing_journal WHERE kind = 'BILLS')"
OTHER_PROJECT = "(SELECT max(id) FROM properties_project)"

PLANTS = [
    plant(
        "journal-balances",
        "a posting a cent too high",
        "UPDATE billing_posting SET amount = amount - 0.01 WHERE id = (SELECT max(id)"
        f" FROM billing_posting WHERE journal_id = {BILLS} AND household_id IS NULL)",
        also=("ledger-sums-to-zero", "bills-credit-their-accounts"),
    ),
    plant(
        "journal-has-two-legs",
        "a reversal whose postings are gone",
        "DELETE FROM billing_posting WHERE journal_id IN"
        " (SELECT id FROM billing_journal WHERE kind = 'BILL_REVERSAL')",
        "UPDATE billing_billline SET is_reversed = false WHERE is_reversed",
        also=("document-has-its-entry",),
    ),
    plant(
        "ledger-sums-to-zero",
        "a posting of no journal",
        "INSERT INTO billing_posting (journal_id, account_id, amount)"
        " SELECT 0, min(id), 5 FROM billing_ledgeraccount WHERE role = ''",
        also=("nothing-is-orphaned",),
    ),
    plant(
        "receivable-names-household",
        "a receivable of nobody",
        "UPDATE billing_posting SET household_id = NULL WHERE id = (SELECT max(p.id)"
        f" FROM billing_posting p WHERE journal_id = {BILLS} AND household_id IS NOT NULL)",
        also=(
            "receivables-are-open-bills",
            "bills-are-their-entry",
            "bills-credit-their-accounts",
        ),
    ),
    plant(
        "receivables-are-open-bills",
        "a bill that was paid but is open again",
        f"UPDATE billing_billline SET paid_amount = 0 WHERE id = {LINE}",
        also=("paid-is-allocated",),
    ),
    plant(
        "reversal-mirrors",
        "a reversal of another amount",
        "UPDATE billing_posting SET amount = amount * 2 WHERE journal_id ="
        " (SELECT id FROM billing_journal WHERE kind = 'PAYMENT_REVERSAL')",
        also=("receivables-are-open-bills",),
    ),
    plant(
        "document-has-its-entry",
        "a payment whose journal says it is another's",
        "UPDATE billing_journal SET source_id = 0 WHERE kind = 'PAYMENT'"
        f" AND source_id = {PAYMENT}",
    ),
    plant(
        "document-has-its-entry",
        "a void that was never booked",
        "UPDATE billing_journal SET source_type = 'x' WHERE kind = 'PAYMENT_REVERSAL'",
    ),
    plant(
        "billed-once",
        "the same bill twice",
        "DROP INDEX billline_once",
        "UPDATE billing_billline l SET unit_id = o.unit_id FROM billing_billline o"
        " WHERE l.id = (SELECT max(id) FROM billing_billline n WHERE n.id < o.id"
        " AND n.item_id = o.item_id AND n.period = o.period AND NOT n.is_reversed)"
        f" AND o.id = {UNPAID}",
    ),
    plant(
        "bills-are-their-entry",
        "two households' bills changed places",
        "UPDATE billing_billline SET household_id = (SELECT l.household_id FROM billing_billline l"
        f" WHERE l.id = {LINE}) WHERE id = {UNPAID}",
        also=("receivables-are-open-bills",),
    ),
    plant(
        "bills-credit-their-accounts",
        "water that became income",
        "UPDATE billing_posting SET account_id ="
        " (SELECT id FROM billing_ledgeraccount WHERE code = '6051.99')"
        " WHERE account_id = (SELECT id FROM billing_ledgeraccount WHERE code = '2241.01')",
    ),
    plant(
        "bills-credit-their-accounts",
        "a bill taken back from another account",
        "UPDATE billing_posting SET account_id ="
        " (SELECT id FROM billing_ledgeraccount WHERE code = '6051.99')"
        " WHERE household_id IS NULL AND journal_id IN"
        " (SELECT id FROM billing_journal WHERE kind = 'BILL_REVERSAL')",
    ),
    plant(
        "money-is-where-it-came-in",
        "cash booked at the bank",
        "UPDATE billing_posting SET account_id ="
        " (SELECT id FROM billing_ledgeraccount WHERE role = 'BANK') WHERE account_id ="
        " (SELECT id FROM billing_ledgeraccount WHERE role = 'CASH')",
    ),
    plant(
        "run-adds-up",
        "a chunk that forgot a line",
        f"UPDATE billing_billrunchunk SET line_count = line_count - 1 WHERE run_id = {RUN}",
    ),
    plant(
        "posted-as-checked",
        "totals that nobody saw",
        "UPDATE audit_auditentry SET data = jsonb_set(data, '{lines}', '1')"
        f" WHERE event = 'billing.run.checked' AND object_id = {RUN}",
    ),
    plant(
        "posted-as-checked",
        "a check that never was",
        f"DELETE FROM audit_auditentry WHERE event = 'billing.run.checked' AND object_id = {RUN}",
    ),
    plant(
        "run-is-worked-on",
        "a run that nobody works on",
        "INSERT INTO billing_billrun (project_id, period, state, due_on, draft_lines, draft_amount,"
        " totals, skip_count, billed_before, prepared_by, prepared_by_label, prepared_at,"
        " checked_by_label, check_note, posted_by_label, error)"
        " SELECT project_id, '2026-09-01', 'COMPUTING', due_on, 0, 0, '[]', 0, 0, prepared_by, '',"
        f" prepared_at, '', '', '', '' FROM billing_billrun WHERE id = {RUN}",
    ),
    plant(
        "draft-is-gone",
        "a draft line left behind",
        "INSERT INTO billing_draftline (run_id, household_id, unit_id, item_id, version_id,"
        " quantity, rate, amount) SELECT run_id, household_id, unit_id, item_id, version_id,"
        f" quantity, rate, amount FROM billing_billline WHERE id = {LINE}",
    ),
    plant(
        "amount-follows-from-its-figures",
        "another share than the amount has",
        f"UPDATE billing_billline SET rate = 0.7 WHERE id = {UNPAID}",
    ),
    plant(
        "amount-follows-from-its-figures",
        "a consumption that the tiers price otherwise",
        "UPDATE billing_billline SET quantity = 13 WHERE price IS NULL",
    ),
    plant(
        "paid-is-allocated",
        "an allocation a cent too low",
        "UPDATE billing_allocation SET amount = amount - 0.01 WHERE id ="
        " (SELECT min(id) FROM billing_allocation)",
        also=("payment-is-allocated",),
    ),
    plant(
        "bill-is-not-overpaid",
        "more paid than billed",
        "ALTER TABLE billing_billline DROP CONSTRAINT billline_paid_within_amount",
        f"UPDATE billing_billline SET paid_amount = amount + 1 WHERE id = {UNPAID}",
        also=("paid-is-allocated", "receivables-are-open-bills"),
    ),
    plant(
        "payment-is-allocated",
        "a payment of which a part paid nothing",
        "UPDATE billing_payment SET amount = amount + 1, tendered = tendered + 1"
        f" WHERE id = {PAYMENT}",
        also=("payment-is-in-the-ledger",),
    ),
    plant(
        "payment-is-in-the-ledger",
        "a payment booked on another household",
        f"UPDATE billing_payment SET household_id = (SELECT max(household_id) FROM billing_payment)"
        f" WHERE id = {PAYMENT}",
        also=("nothing-crosses-projects",),
    ),
    plant(
        "reference-once",
        "one transfer booked twice",
        "DROP INDEX payment_reference_once",
        "UPDATE billing_payment SET reference = '4200001' WHERE method = 'QR'",
    ),
    plant(
        "receipts-have-no-gap",
        "a number that was left out",
        "UPDATE billing_receipt SET number = number + 1 WHERE id ="
        " (SELECT max(id) FROM billing_receipt)",
        "UPDATE billing_receiptseries SET next_number = next_number + 1",
    ),
    plant(
        "receipt-belongs-to-payment",
        "a receipt that is valid although its payment is void",
        "UPDATE billing_receipt SET is_void = false WHERE is_void",
    ),
    plant(
        "duties-are-apart",
        "a run checked by who prepared it",
        "ALTER TABLE billing_billrun DROP CONSTRAINT billrun_checked_by_another",
        f"UPDATE billing_billrun SET prepared_by = checked_by WHERE id = {RUN}",
    ),
    plant(
        "person-held-a-post",
        "money taken by somebody without a post",
        f"UPDATE billing_payment SET received_by = 0 WHERE id = {PAYMENT}",
    ),
    plant(
        "person-held-a-post",
        "money taken before the post was given",
        "UPDATE access_postholding SET valid_from = '2027-01-01' WHERE post = 'collector'",
    ),
    plant(
        "nothing-crosses-projects",
        "a bill of another project's unit",
        f"UPDATE properties_unit SET project_id = {OTHER_PROJECT}, code = 'X'"
        f" WHERE id = (SELECT unit_id FROM billing_billline WHERE id = {LINE})",
    ),
    plant(
        "nothing-is-orphaned",
        "a bill of a unit that is gone",
        f"UPDATE billing_billline SET unit_id = 0 WHERE id = {UNPAID}",
    ),
    plant(
        "nothing-is-orphaned",
        "a bill of a price that is gone",
        f"UPDATE billing_billline SET version_id = 0 WHERE id = {UNPAID}",
    ),
    plant(
        "times-are-sane",
        "an entry from the future",
        "UPDATE billing_journal SET posted_at = now() + interval '1 day'",
    ),
    plant(
        "amounts-are-sane",
        "a bill of NaN",
        "ALTER TABLE billing_allocation DROP CONSTRAINT allocation_amount_gt_0",
        "UPDATE billing_allocation SET amount = 'NaN'"
        " WHERE id = (SELECT max(id) FROM billing_allocation)",
        also=("payment-is-allocated",),
    ),
]


def with_defect(
    company: Company, defect: Plant, project_id: int | None = None
) -> dict[str, list[invariants.Violation]]:
    """Plant a defect, run every rule, take the defect back; return what was found, by rule."""
    found: dict[str, list[invariants.Violation]] = {}
    with suppress(_TakenBack), owner_cursor() as cursor:
        cursor.execute(
            "SELECT set_config('search_path', %s, true)", [f"{company.schema_name},public"]
        )
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in defect.statements:
            cursor.execute(statement)
            assert cursor.rowcount != 0, statement
        for invariant in invariants.known():
            result = invariants.evaluate(cursor, invariant, project_id)
            if result.count:
                found[invariant.code] = result.violations
        raise _TakenBack
    return found


class _TakenBack(Exception):
    """Rolls the owner's transaction back."""


TABLES = (
    "billing_journal",
    "billing_posting",
    "billing_allocation",
    "billing_billline",
    "billing_payment",
    "billing_receipt",
    "audit_auditentry",
    "properties_unit",
)


@pytest.mark.parametrize("defect", PLANTS, ids=lambda plant: f"{plant.code}: {plant.name}")
def test_a_defect_is_found_by_its_own_rule(in_force: Company, defect: Plant) -> None:
    found = with_defect(in_force, defect)

    assert set(found) == {defect.code, *defect.also}


def named(name: str) -> Plant:
    (defect,) = [plant for plant in PLANTS if plant.name == name]
    return defect


def test_a_finding_says_what_and_where(in_force: Company) -> None:
    found = with_defect(in_force, named("a bill of a unit that is gone"))

    (violation,) = found["nothing-is-orphaned"]
    assert (violation.code, violation.project_id) == ("nothing-is-orphaned", 1)
    assert (violation.object_type, violation.detail) == ("document", "bill")
    assert violation.object_id is not None


def test_many_findings_are_counted_and_the_first_shown(
    in_force: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invariants, "MAX_FINDINGS", 2)

    found = with_defect(in_force, named("an entry from the future"))

    assert len(found["times-are-sane"]) == 2


def test_one_project_is_looked_at_alone(in_force: Company) -> None:
    defect = named("another share than the amount has")

    assert set(with_defect(in_force, defect, project_id=1)) == {defect.code}
    assert with_defect(in_force, defect, project_id=2) == {}
