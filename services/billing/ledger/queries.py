"""Reads of the ledger: accounts, trial balance, a household's account."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import F, Q, QuerySet, RowRange, Sum, Window

from kernel import access
from kernel.access import Action, Actor
from kernel.errors import NotFound
from kernel.jobs import queries as jobs
from kernel.jobs.models import JobState
from services.billing.ledger import invariants
from services.billing.ledger.models import AccountRole, Journal, LedgerAccount, Posting
from services.properties.models import Household

CHECK_JOB = "billing.ledger.check"
ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class TrialBalanceRow:
    """An account's movement in a period. Balances are signed: debit positive."""

    account: LedgerAccount
    opening: Decimal
    debit: Decimal
    credit: Decimal
    closing: Decimal


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """Accounts by code that were ever posted to, and their totals.

    ``is_balanced`` tells whether debits equal credits and the balances sum to zero.
    """

    rows: list[TrialBalanceRow]
    opening: Decimal
    debit: Decimal
    credit: Decimal
    closing: Decimal

    @property
    def is_balanced(self) -> bool:
        return self.debit == self.credit and self.opening == 0 and self.closing == 0


@dataclass(frozen=True, slots=True)
class CheckedRule:
    """What the last check found of one rule."""

    code: str
    name: str
    count: int
    violations: list[invariants.Violation]


@dataclass(frozen=True, slots=True)
class LedgerCheck:
    """The last check of the books that was finished."""

    checked_at: datetime
    rules: list[CheckedRule]

    @property
    def broken(self) -> list[CheckedRule]:
        return [rule for rule in self.rules if rule.count]

    @property
    def agrees(self) -> bool:
        return not self.broken


def account_of_role(role: AccountRole | str) -> LedgerAccount:
    """Return the account that the system uses for ``role``; every company has one."""
    return LedgerAccount.objects.get(role=role)


def account_of_code(code: str) -> LedgerAccount:
    """Return one account. :raises NotFound: if there is none of that code."""
    account = LedgerAccount.objects.filter(code=code).first()
    if account is None:
        raise NotFound
    return account


def accounts(*, actor: Actor) -> QuerySet[LedgerAccount]:
    """Return the chart of accounts by code.

    :raises access.ActionDenied: without ``ledger.view``.
    """
    access.require(actor, Action.LEDGER_VIEW)
    return LedgerAccount.objects.order_by("code")


def mirrored_postings(journal_id: int) -> list[tuple[int, int | None, Decimal]]:
    """Return the legs that undo a journal, in the order of its postings."""
    return [
        (account_id, household_id, -amount)
        for account_id, household_id, amount in Posting.objects.filter(journal_id=journal_id)
        .order_by("pk")
        .values_list("account_id", "household_id", "amount")
    ]


def journal_of_source(*, kind: str, source_type: str, source_id: int) -> Journal | None:
    """Return the journal that a document was posted with, if it was."""
    return Journal.objects.filter(kind=kind, source_type=source_type, source_id=source_id).first()


def trial_balance(
    *, actor: Actor, first_day: date, last_day: date, project_id: int | None = None
) -> TrialBalance:
    """Return the balances of the accounts in a period, both days inclusive.

    :param project_id: without it, of the whole company.
    :raises access.ActionDenied: without ``ledger.view`` there.
    """
    require_scope(actor, project_id)
    postings = Posting.objects.filter(journal__effective_on__lte=last_day)
    if project_id is not None:
        postings = postings.filter(journal__project_id=project_id)
    before, within = (
        Q(journal__effective_on__lt=first_day),
        Q(journal__effective_on__gte=first_day),
    )
    sums = {
        row["account_id"]: row
        for row in postings.order_by()
        .values("account_id")
        .annotate(
            opening=Sum("amount", filter=before),
            debit=Sum("amount", filter=within & Q(amount__gt=0)),
            credit=Sum("amount", filter=within & Q(amount__lt=0)),
            closing=Sum("amount"),
        )
    }
    rows = [
        TrialBalanceRow(
            account=account,
            opening=sums[account.pk]["opening"] or ZERO,
            debit=sums[account.pk]["debit"] or ZERO,
            credit=-(sums[account.pk]["credit"] or ZERO),
            closing=sums[account.pk]["closing"],
        )
        for account in LedgerAccount.objects.filter(pk__in=sums).order_by("code")
    ]
    return TrialBalance(
        rows=rows,
        opening=_sum(row.opening for row in rows),
        debit=_sum(row.debit for row in rows),
        credit=_sum(row.credit for row in rows),
        closing=_sum(row.closing for row in rows),
    )


def invariant_results(*, actor: Actor, project_id: int | None = None) -> list[invariants.Result]:
    """Run the rules of the books now, of one project or of all.

    :raises access.ActionDenied: without ``ledger.view`` there.
    """
    require_scope(actor, project_id)
    return invariants.results(project_id)


def last_check(*, actor: Actor) -> LedgerCheck | None:
    """Return the last check of the whole company, ``None`` before the first.

    :raises access.ActionDenied: without ``ledger.view`` company-wide.
    """
    access.require_everywhere(actor, Action.LEDGER_VIEW)
    job = jobs.latest(kind=CHECK_JOB, state=JobState.DONE)
    if job is None or job.finished_at is None:
        return None
    names = {invariant.code: str(invariant.name) for invariant in invariants.known()}
    return LedgerCheck(
        checked_at=job.finished_at,
        rules=[
            CheckedRule(
                code=rule["code"],
                name=names.get(rule["code"], rule["code"]),
                count=rule["count"],
                violations=[invariants.Violation(**found) for found in rule["violations"]],
            )
            for rule in job.result["rules"]
        ],
    )


def is_being_checked(*, actor: Actor) -> bool:
    """Tell whether a check of the books is under way.

    :raises access.ActionDenied: without ``ledger.view`` company-wide.
    """
    access.require_everywhere(actor, Action.LEDGER_VIEW)
    job = jobs.latest(kind=CHECK_JOB)
    return job is not None and job.is_active


def account_statement(*, actor: Actor, household_id: int) -> QuerySet[Posting]:
    """Return a household's receivables, oldest first, each with the ``balance`` after it.

    Ordered by the day it belongs to, then by entry. The journal comes with it.

    :raises NotFound: if there is no such household within the actor's reach.
    """
    households = access.scoped(Household.objects.all(), actor, Action.BILL_VIEW)
    if not households.filter(pk=household_id).exists():
        raise NotFound
    return (
        Posting.objects.filter(household_id=household_id)
        .select_related("journal")
        .annotate(
            balance=Window(
                Sum("amount"),
                order_by=[F("journal__effective_on").asc(), F("pk").asc()],
                frame=RowRange(end=0),
            )
        )
        .order_by("journal__effective_on", "pk")
    )


def require_scope(actor: Actor, project_id: int | None) -> None:
    """Return if the actor may see the ledger of the project, or of all of them for ``None``.

    :raises access.NotFound: if he holds nothing in the project, or there is none.
    :raises access.ActionDenied: otherwise.
    """
    if project_id is None:
        access.require_everywhere(actor, Action.LEDGER_VIEW)
    else:
        access.require_in_project(actor, Action.LEDGER_VIEW, project_id)


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)
