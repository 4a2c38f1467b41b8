"""The rules find nothing while vendors' money is sound, and each finds what it is for."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F

from services.billing.ledger import operations as ledger
from services.billing.ledger import queries as accounts
from services.billing.ledger.invariants import Result, evaluate
from services.billing.ledger.invariants.invariant import Invariant
from services.billing.ledger.models import AccountRole, JournalKind
from services.procurement.orders.models import OrderLine
from services.procurement.payments.invariants import VENDORS_MONEY
from services.procurement.payments.models import (
    InvoiceLine,
    InvoiceState,
    VendorEntry,
    VendorInvoice,
    VendorPayment,
)
from services.procurement.stock.models import StockBalance
from tests.factories import NOW, TODAY
from tests.factories_procurement_money import People, add_account
from tests.services.procurement.payments.billing import owed
from tests.services.procurement.payments.test_payments import approved, pay


@pytest.fixture
def books(people: People) -> Iterator[None]:
    """Goods that were received, billed and paid in part."""
    invoice = owed(people)
    add_account(invoice.vendor)
    pay(people, approved(people, invoice, "1000.00"))
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def post(kind: JournalKind, debit: AccountRole, credit: AccountRole, source: str = "test") -> Any:
    """Post what no document stands behind."""
    return ledger.post_journal(
        project_id=None,
        kind=kind,
        source_type=source,
        source_id=1,
        effective_on=TODAY,
        now=NOW,
        posted_by=None,
        postings=[
            (accounts.account_of_role(debit).pk, None, Decimal("7.00")),
            (accounts.account_of_role(credit).pk, None, Decimal("-7.00")),
        ],
    )


def enter_without_papers() -> None:
    journal = post(JournalKind.ISSUE, AccountRole.MATERIAL_COST, AccountRole.PAYABLE)
    VendorEntry.objects.create(
        vendor_id=VendorInvoice.objects.get().vendor_id,
        kind="CREDIT",
        amount=Decimal("7.00"),
        effective_on=TODAY,
        journal=journal,
        source_type="test",
        source_id=1,
        text="x",
    )


def enter_without_journal() -> None:
    entry = VendorEntry.objects.first()
    assert entry is not None
    VendorEntry.objects.create(
        vendor_id=entry.vendor_id,
        kind="CREDIT",
        amount=Decimal("3.00"),
        effective_on=TODAY,
        journal_id=entry.journal_id,
        source_type="test",
        source_id=1,
        text="x",
    )


BREACHES: dict[str, Callable[[], object]] = {
    "payables-are-the-vendors-accounts": lambda: post(
        JournalKind.ISSUE, AccountRole.MATERIAL_COST, AccountRole.PAYABLE
    ),
    "vendor-entries-are-their-journals": enter_without_journal,
    "vendors-accounts-are-their-papers": enter_without_papers,
    "paid-is-what-was-paid": lambda: VendorInvoice.objects.update(paid_amount=F("paid_amount") + 1),
    "credited-and-refunded-are-papers": lambda: VendorInvoice.objects.update(
        credited_amount=F("credited_amount") + 1
    ),
    "payments-are-their-shares": lambda: VendorPayment.objects.update(amount=F("amount") + 1),
    "accrued-is-received-not-invoiced": lambda: InvoiceLine.objects.update(
        accrued=F("accrued") - 1
    ),
    "stock-is-in-the-books": lambda: StockBalance.objects.update(value=F("value") + 1),
    "advances-are-out": lambda: post(JournalKind.ISSUE, AccountRole.ADVANCE, AccountRole.CASH),
    "purchases-have-their-journals": lambda: VendorInvoice.objects.update(
        state=InvoiceState.MATCHED
    ),
    "billed-is-on-invoices": lambda: OrderLine.objects.update(
        billed_quantity=F("billed_quantity") - 1
    ),
    "received-is-on-receipts": lambda: OrderLine.objects.update(
        received_quantity=F("received_quantity") - 1, billed_quantity=F("billed_quantity") - 1
    ),
}


def found(code: str) -> Result:
    (rule,) = [each for each in VENDORS_MONEY if each.code == code]
    with transaction.atomic(), connection.cursor() as cursor:
        return evaluate(cursor, rule, None)


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize("rule", VENDORS_MONEY, ids=lambda rule: rule.code)
def test_sound_books_break_no_rule(rule: Invariant) -> None:
    assert found(rule.code).violations == []


def test_every_rule_has_its_breach() -> None:
    assert set(BREACHES) == {rule.code for rule in VENDORS_MONEY}


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize("code", sorted(BREACHES))
def test_each_rule_finds_its_breach(code: str) -> None:
    BREACHES[code]()

    assert found(code).count > 0


@pytest.mark.usefixtures("books")
def test_a_journal_of_no_document_is_found() -> None:
    post(JournalKind.VENDOR_PAYMENT, AccountRole.MATERIAL_COST, AccountRole.BANK)

    (violation,) = found("purchases-have-their-journals").violations
    assert violation.detail == "VENDOR_PAYMENT of nothing"
