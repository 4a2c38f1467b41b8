"""Print a receipt; write a household its payment notice, numbered and kept (SH-44, SH-80)."""

import io
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.utils.formats import date_format

from kernel import access, policies
from kernel.access import Action
from kernel.audit import operations as audit
from kernel.documents import numbers, printing
from kernel.documents import operations as documents
from kernel.errors import Conflict
from kernel.money import in_capitals
from kernel.spelling import spell_money
from kernel.tenancy import current_company
from kernel.text import _
from services.billing.cashier import operations as cashier
from services.billing.cashier.models import Receipt
from services.billing.papers.bills import Bill, open_bills, paid_bills
from services.properties import queries as properties
from services.properties.models import Household

_VOID: Final = {"en": "VOID", "zh-hans": "作废"}
_COMMITTEE: Final = {
    "en": "Owners' committee of %(project)s",
    "zh-hans": "%(project)s业主委员会",
}


class NothingOwed(Conflict):
    code = "arrears.nothing-owed"


@transaction.atomic
def print_receipt(
    *, actor: access.Actor, receipt_id: int, language: str, now: datetime
) -> tuple[Receipt, bytes]:
    """Count one more print of a receipt and return its paper, across it if it is void.

    :raises NotFound: if there is no such receipt within the actor's reach.
    :raises access.ActionDenied: without ``receipt.print`` in its project.
    """
    receipt = cashier.note_printed(actor=actor, receipt_id=receipt_id, now=now)
    payment = receipt.payment
    pdf = printing.render(
        kind="receipt",
        context={
            "company": current_company().name,
            "project": payment.project.name,
            "number": receipt.code,
            "household": payment.household.label,
            "payer": payment.payer_name,
            "day": date_format(payment.received_on, "DATE_FORMAT"),
            "total": spell_money(payment.amount),
            "capitals": in_capitals(payment.amount),
            "method": str(payment.get_method_display()),
            "collector": payment.received_by_label.rpartition(" (")[0],
            "note": payment.note,
            "print_number": str(receipt.printed_count),
            "lines": [
                {**_row(bill), "amount": spell_money(amount)}
                for bill, amount in paid_bills(receipt)
            ],
        },
        language=language,
        project_id=payment.project_id,
        watermark=_VOID[language] if receipt.is_void else "",
    )
    return receipt, pdf


@transaction.atomic
def issue_notice(
    *, actor: access.Actor, household_id: int, language: str, now: datetime, today: date
) -> tuple[str, bytes]:
    """Give a household's payment notice a number, print it and keep the paper.

    :raises NotFound: if the household is not within the actor's sight.
    :raises access.ActionDenied: without ``notice.print`` in its project.
    :raises NothingOwed: if no bill of it is overdue.
    """
    household = properties.get_household(
        actor=actor, household_id=household_id, action=Action.NOTICE_PRINT
    )
    overdue = [bill for bill in open_bills(household, today) if bill.overdue_days > 0]
    if not overdue:
        raise NothingOwed(_("Nothing is overdue here."))
    number = numbers.next_number(series="notice", project_id=household.project_id, on=today)
    paper = _notice(household, overdue, number, language, today)
    # Whoever may write notices need not be one who changes the registry.
    attachment = documents.attach(
        actor=access.SYSTEM,
        subject=household,
        project_id=household.project_id,
        upload=io.BytesIO(paper),
        name=f"{number}.pdf",
        kind="payment-notice",
        now=now,
    )
    audit.record(
        actor=actor,
        event="arrears.notice.issued",
        subject=household,
        project_id=household.project_id,
        now=now,
        data={"number": number, "file": attachment.pk},
    )
    return number, paper


def _notice(
    household: Household, overdue: list[Bill], number: str, language: str, today: date
) -> bytes:
    return printing.render(
        kind="payment-notice",
        context={
            "company": current_company().name,
            "project": household.project.name,
            "number": number,
            "household": household.label,
            "payer": household.payer.name if household.payer is not None else "",
            "day": date_format(today, "DATE_FORMAT"),
            "total": spell_money(sum(bill.left for bill in overdue)),
            "hotline": household.project.hotline,
            "collected_by": _collected_by(household, language),
            "lines": [
                {
                    **_row(bill),
                    "amount": spell_money(bill.left),
                    "due": bill.line.due_on.isoformat(),
                    "days": str(bill.overdue_days),
                }
                for bill in overdue
            ],
        },
        language=language,
        project_id=household.project_id,
    )


def _collected_by(household: Household, language: str) -> str:
    """Return to whom the project's owners pay (SH-09)."""
    project = household.project
    party = policies.get("project.collection_party", str, project_id=project.pk)
    if party == "company":
        return current_company().name
    return _COMMITTEE[language] % {"project": project.name}


def _row(bill: Bill) -> dict[str, str]:
    return {
        "item": bill.line.item.name,
        "period": f"{bill.period} {bill.detail}".strip(),
        "basis": bill.basis,
        "billed": spell_money(bill.line.amount),
    }
