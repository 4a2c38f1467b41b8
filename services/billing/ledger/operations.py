"""The one writer of the ledger. Nothing else inserts journals or postings.

These functions are called inside another operation's transaction, after it has checked who may:
they take no actor, only the id that the journal keeps.
"""

import logging
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, connection, transaction

from kernel import access
from kernel.access import Action, Actor
from kernel.db import violated_constraint
from kernel.errors import Conflict, Invalid, NotFound
from kernel.jobs import operations as jobs
from kernel.jobs.models import Job
from kernel.jobs.runner import Progress
from kernel.money import MAX_AMOUNT, to_cents
from kernel.text import _
from services.billing.ledger import invariants, queries
from services.billing.ledger.chart import CHART
from services.billing.ledger.models import (
    AccountRole,
    Journal,
    JournalKind,
    LedgerAccount,
    Posting,
)

logger = logging.getLogger(__name__)

CHECK = queries.CHECK_JOB
# account id, household id (receivables only), amount: debit positive, credit negative
Leg = tuple[int, int | None, Decimal]


class JournalUnbalanced(Invalid):
    code = "ledger.journal-unbalanced"


class PostingInvalid(Invalid):
    code = "ledger.posting-invalid"


class SourcePostedAlready(Conflict):
    code = "ledger.source-posted-already"


class ReversedAlready(Conflict):
    code = "ledger.reversed-already"


class ReversalInvalid(Invalid):
    code = "ledger.reversal-invalid"


@transaction.atomic
def post_journal(
    *,
    project_id: int | None,
    kind: JournalKind | str,
    source_type: str,
    source_id: int,
    effective_on: date,
    now: datetime,
    posted_by: int | None,
    postings: Sequence[Leg],
    reverses_id: int | None = None,
) -> Journal:
    """Write one balanced journal with its postings.

    :param project_id: ``None`` for what the company buys for itself.
    :param source_type: what it came from, e.g. ``"payment"``; with ``kind`` and ``source_id`` it
        is unique, so that a document is posted once.
    :param reverses_id: the journal that this one undoes; its postings must be the mirror image.
    :raises JournalUnbalanced: if there are fewer than two postings or they do not sum to zero.
    :raises PostingInvalid: if a posting is zero, no whole number of cents or too large, if its
        account is unknown, or if a receivable names no household or another account does.
    :raises SourcePostedAlready: if the document has a journal of this kind.
    :raises NotFound: if there is no journal ``reverses_id``.
    :raises ReversalInvalid: if the journal is a reversal itself or the postings do not mirror it.
    :raises ReversedAlready: if the journal has been reversed.
    """
    _check_legs(postings)
    if reverses_id is not None:
        _check_mirror(reverses_id, postings)
    journal = _insert_journal(
        project_id=project_id,
        kind=kind,
        source_type=source_type,
        source_id=source_id,
        effective_on=effective_on,
        posted_at=now,
        posted_by=posted_by,
        reverses_id=reverses_id,
    )
    Posting.objects.bulk_create(
        Posting(journal=journal, account_id=account_id, household_id=household_id, amount=amount)
        for account_id, household_id, amount in postings
    )
    return journal


@transaction.atomic
def post_journal_of_query(
    *,
    project_id: int,
    kind: JournalKind | str,
    source_type: str,
    source_id: int,
    effective_on: date,
    now: datetime,
    posted_by: int | None,
    postings_sql: str,
    parameters: Sequence[Any],
) -> tuple[Journal, int]:
    """Write one journal whose postings a query yields; return it and the number of postings.

    For bill runs, where the postings never leave the database. The balance is checked by the
    database when the transaction commits; the caller reconciles the sums.

    :param postings_sql: a SELECT of account id, household id and amount.
    :raises SourcePostedAlready: if the document has a journal of this kind.
    """
    journal = _insert_journal(
        project_id=project_id,
        kind=kind,
        source_type=source_type,
        source_id=source_id,
        effective_on=effective_on,
        posted_at=now,
        posted_by=posted_by,
        reverses_id=None,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO billing_posting (journal_id, account_id, household_id, amount)"  # noqa: S608 - our own SQL
            f" SELECT %s, legs.* FROM ({postings_sql}) AS legs",
            [journal.pk, *parameters],
        )
        return journal, cursor.rowcount


@transaction.atomic
def start_check(*, actor: Actor, now: datetime) -> Job:
    """Queue a check of every rule of the books; the one under way is returned.

    :raises access.ActionDenied: without ``ledger.view`` company-wide.
    """
    access.require_everywhere(actor, Action.LEDGER_VIEW)
    return jobs.start(actor=actor, kind=CHECK, params={}, key=CHECK, now=now)


def check_books(progress: Progress) -> dict[str, Any]:
    """Run every rule and return what came of it, as :func:`queries.last_check` reads it."""
    checked: list[invariants.Result] = []
    for invariant in invariants.known():
        progress.report(len(checked), len(invariants.known()), invariant.code)
        checked.append(invariants.result_of(invariant))
    broken = [result.invariant.code for result in checked if result.count]
    if broken:
        logger.error("the books do not agree", extra={"rules": broken})
    return {
        "rules": [
            {
                "code": result.invariant.code,
                "count": result.count,
                "violations": [asdict(violation) for violation in result.violations],
            }
            for result in checked
        ]
    }


def seed_chart(now: datetime) -> None:
    """Give a new company its accounts. Repeatable: accounts that exist are left as they are."""
    LedgerAccount.objects.bulk_create(
        (
            LedgerAccount(
                code=entry.code,
                name=entry.name,
                name_en=entry.name_en,
                kind=entry.kind,
                role=entry.role or "",
            )
            for entry in CHART
        ),
        ignore_conflicts=True,
    )


def _insert_journal(**values: Any) -> Journal:
    journal = Journal(**values)
    try:
        with transaction.atomic():
            journal.save(force_insert=True)
    except IntegrityError as error:
        match violated_constraint(error):
            case "journal_source_once":
                raise SourcePostedAlready(_("This document is in the ledger already.")) from error
            case "billing_journal_reverses_id_key":
                raise ReversedAlready(_("This entry has been reversed already.")) from error
        raise
    return journal


def _check_legs(postings: Sequence[Leg]) -> None:
    if not all(_is_amount(amount) for _account, _household, amount in postings):
        raise PostingInvalid(_("An amount of the entry is not valid."))
    if len(postings) < 2 or sum(amount for _account, _household, amount in postings) != 0:
        raise JournalUnbalanced(_("The entry does not balance."))
    receivable_id = queries.account_of_role(AccountRole.RECEIVABLE).pk
    known = set(
        LedgerAccount.objects.filter(
            pk__in={account_id for account_id, _household, _amount in postings}
        )
        .order_by()
        .values_list("pk", flat=True)
    )
    for account_id, household_id, _amount in postings:
        if account_id not in known:
            raise PostingInvalid(_("There is no such account."))
        if (account_id == receivable_id) != (household_id is not None):
            raise PostingInvalid(_("Receivables, and only they, name a household."))


def _is_amount(amount: Decimal) -> bool:
    if not amount.is_finite() or amount == 0 or abs(amount) > MAX_AMOUNT:
        return False
    try:
        to_cents(amount)
    except ValueError:
        return False
    return True


def _check_mirror(journal_id: int, postings: Sequence[Leg]) -> None:
    original = Journal.objects.filter(pk=journal_id).first()
    if original is None:
        raise NotFound
    if original.reverses_id is not None:
        raise ReversalInvalid(_("A reversal is not reversed; post it anew instead."))
    if sorted(postings, key=repr) != sorted(queries.mirrored_postings(journal_id), key=repr):
        raise ReversalInvalid(_("The postings are not the mirror image of the entry."))
