"""What a contract and its payment plan must say. Pure: no database, no clock.

Handbook 3.5 D.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from kernel.errors import Conflict, Invalid
from kernel.money import MAX_AMOUNT, round_money
from kernel.text import _

LONGEST_CONDITION: Final = 200
MOST_PAYMENTS: Final = 120
MOST_REMIND_DAYS: Final = 365
PLAN_REMINDED_DAYS: Final = 7  # before a payment of the plan is due


class ContractInvalid(Invalid):
    code = "procurement.contract-invalid"


class PlanInvalid(Invalid):
    code = "procurement.plan-invalid"


class SealWrong(Conflict):
    code = "procurement.seal-wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPayment:
    """A payment that a contract foresees."""

    condition: str
    due_on: date
    amount: Decimal


def check_amount(amount: Decimal) -> Decimal:
    """Return an amount to the cent. :raises ContractInvalid: if it is none, or too large."""
    if not amount.is_finite() or not 0 <= amount <= MAX_AMOUNT or amount != round_money(amount):
        raise ContractInvalid(_("Enter an amount of zero or more, to the cent."), field="amount")
    return round_money(amount)


def check_days(*, valid_from: date, valid_to: date, remind_days: int) -> None:
    """Return if a contract's days are in order. :raises ContractInvalid: otherwise."""
    if valid_to < valid_from:
        raise ContractInvalid(_("The contract ends before it begins."), field="valid_to")
    if not 0 <= remind_days <= MOST_REMIND_DAYS:
        raise ContractInvalid(
            _("Remind between 0 and %(most)d days before the end.") % {"most": MOST_REMIND_DAYS},
            field="remind_days",
        )


def check_plan(plan: Sequence[PlannedPayment], *, amount: Decimal, is_complete: bool) -> None:
    """Return if a payment plan is in order.

    :param is_complete: it goes to be reviewed: its payments come to the contract's amount (PR-54).
        A contract without an amount of its own, such as an agreement of prices, has no plan.
    :raises PlanInvalid: otherwise.
    """
    if len(plan) > MOST_PAYMENTS:
        raise PlanInvalid(
            _("A plan has at most %(most)d payments.") % {"most": MOST_PAYMENTS}, field="plan"
        )
    for payment in plan:
        if not 0 < len(payment.condition.strip()) <= LONGEST_CONDITION:
            raise PlanInvalid(_("Say for each payment under which condition."), field="plan")
        figure = payment.amount
        if not figure.is_finite() or figure <= 0 or figure != round_money(figure):
            raise PlanInvalid(_("Each payment is above zero, to the cent."), field="plan")
    total = sum((payment.amount for payment in plan), Decimal(0))
    if total != amount and (is_complete or total > amount):
        raise PlanInvalid(
            _("The payments of the plan come to %(total)s, the contract to %(amount)s.")
            % {"total": f"{total:,.2f}", "amount": f"{amount:,.2f}"},
            field="plan",
            details={"total": f"{total:.2f}", "amount": f"{amount:.2f}"},
        )


def check_seal(seal: str) -> None:
    """Return if a contract is sealed as it must be (PR-52; S-38).

    :raises SealWrong: for the seal of finance, the company's own or none.
    """
    if seal != "CONTRACT":
        raise SealWrong(_("Contracts bear the contract seal and no other."), field="seal")


def check_signing_day(signed_on: date, *, permitted_on: date, today: date) -> None:
    """Return if a contract may be signed on that day. :raises ContractInvalid: otherwise."""
    if signed_on < permitted_on:
        raise ContractInvalid(
            _("It was permitted on %(day)s: nobody signs before that.")
            % {"day": permitted_on.isoformat()},
            field="signed_on",
        )
    if signed_on > today:
        raise ContractInvalid(_("This day lies in the future."), field="signed_on")


def is_bulk(amount: Decimal, *, threshold: Decimal) -> bool:
    """Tell whether a purchase takes a contract that four parties have reviewed (PR-50)."""
    return amount >= threshold


def remind_on(*, valid_to: date, remind_days: int) -> date:
    """Return the day from which people are reminded that a contract ends (PR-54)."""
    return valid_to - timedelta(days=remind_days)
