"""What moves of the stock post to the ledger: one entry of two legs for each paper."""

from datetime import date, datetime
from decimal import Decimal

from django.db.models import Model

from kernel.access import Actor
from services.billing.ledger.models import AccountRole, JournalKind
from services.billing.ledger.operations import post_journal
from services.billing.ledger.queries import account_of_role


def post(
    *,
    kind: JournalKind,
    source: Model,
    project_id: int | None,
    debit: AccountRole,
    credit: AccountRole,
    amount: Decimal,
    effective_on: date,
    now: datetime,
    actor: Actor,
) -> None:
    """Debit one account and credit another; an amount below zero the other way round.

    What is worth nothing is not posted.
    """
    if amount == 0:
        return
    post_journal(
        project_id=project_id,
        kind=kind,
        source_type=source._meta.model_name or "",
        source_id=source.pk,
        effective_on=effective_on,
        now=now,
        posted_by=actor.user_id,
        postings=[
            (account_of_role(debit).pk, None, amount),
            (account_of_role(credit).pk, None, -amount),
        ],
    )
