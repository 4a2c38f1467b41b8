"""Vendors' accounts: every entry is written with the journal that says the same in the books."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Model

from kernel.access import Actor
from services.billing.ledger import operations as ledger
from services.billing.ledger import queries as ledger_queries
from services.billing.ledger.models import AccountRole, Journal, JournalKind
from services.billing.ledger.operations import Leg
from services.procurement.payments.models import EntryKind, VendorEntry


def legs(amounts: Mapping[AccountRole, Decimal]) -> list[Leg]:
    """Return the postings of a journal; what comes to nothing is left out."""
    return [
        (ledger_queries.account_of_role(role).pk, None, amount)
        for role, amount in sorted(amounts.items())
        if amount
    ]


def book(
    *,
    vendor_id: int,
    kind: EntryKind,
    journal_kind: JournalKind,
    amounts: Mapping[AccountRole, Decimal],
    source: Model,
    project_id: int | None,
    effective_on: date,
    text: str,
    now: datetime,
    actor: Actor,
) -> Journal:
    """Write a journal and the entry of the vendor's account that it makes.

    :param amounts: by account, debit positive; that of the payables goes to the vendor.
    """
    journal = ledger.post_journal(
        project_id=project_id,
        kind=journal_kind,
        source_type=source._meta.model_name or "",
        source_id=source.pk,
        effective_on=effective_on,
        now=now,
        posted_by=actor.user_id,
        postings=legs(amounts),
    )
    _enter(journal, vendor_id, kind, -amounts[AccountRole.PAYABLE], source, effective_on, text)
    return journal


def unbook(
    *,
    vendor_id: int,
    journal: Journal,
    journal_kind: JournalKind,
    source: Model,
    effective_on: date,
    text: str,
    now: datetime,
    actor: Actor,
) -> Journal:
    """Undo a journal and its entry: nothing is erased, both are booked back."""
    mirror = ledger_queries.mirrored_postings(journal.pk)
    payable = ledger_queries.account_of_role(AccountRole.PAYABLE).pk
    reversal = ledger.post_journal(
        project_id=journal.project_id,
        kind=journal_kind,
        source_type=source._meta.model_name or "",
        source_id=source.pk,
        effective_on=effective_on,
        now=now,
        posted_by=actor.user_id,
        postings=mirror,
        reverses_id=journal.pk,
    )
    amount = -sum(
        (amount for account, _household, amount in mirror if account == payable), Decimal(0)
    )
    _enter(reversal, vendor_id, EntryKind.REVERSAL, amount, source, effective_on, text)
    return reversal


def _enter(
    journal: Journal,
    vendor_id: int,
    kind: EntryKind,
    amount: Decimal,
    source: Model,
    effective_on: date,
    text: str,
) -> None:
    VendorEntry.objects.create(
        vendor_id=vendor_id,
        kind=kind,
        amount=amount,
        effective_on=effective_on,
        journal=journal,
        source_type=source._meta.model_name or "",
        source_id=source.pk,
        text=text[:100],
    )
