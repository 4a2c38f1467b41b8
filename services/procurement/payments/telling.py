"""Who is told what of vendors' money: the cashier what he is to pay, a vendor his statement."""

from datetime import date, datetime
from decimal import Decimal
from typing import Final

from kernel.access import Action
from kernel.access import queries as people
from kernel.notifications.operations import notify
from kernel.notifications.registry import Notice
from kernel.text import _
from services.procurement.payments.models import VendorStatement
from services.procurement.vendors import letters
from services.procurement.vendors.letters import Letter

TO_PAY: Final = Notice(
    key="procurement.to-pay",
    name=_("Something is to be paid"),
    subject=_("To be paid: %(amount)s to %(payee)s"),
    text=_("%(number)s is approved: %(amount)s is to be paid to %(payee)s."),
    fields={
        "number": _("Number"),
        "payee": _("Payee"),
        "amount": _("Amount"),
    },
)
STATEMENT_SENT: Final = Letter(
    key="statement-sent",
    subject=_("%(company)s asks you to reconcile your account: %(number)s"),
    text=_(
        "By the books of %(company)s your account came to %(balance)s at the end of %(day)s. "
        "Agree to it, or say what your books hold."
    ),
)


def tell_cashiers(
    *,
    number: str,
    payee: str,
    amount: Decimal,
    url: str,
    project_id: int | None,
    not_to: int | None,
    now: datetime,
    today: date,
) -> None:
    """Tell who pays that something is approved.

    :param not_to: who asked for it; he pays it in no case (SoD-22).
    """
    cashiers = people.people_with(
        action=Action.VENDOR_PAYMENT_PAY, project_id=project_id, today=today
    )
    notify(
        kind=TO_PAY.key,
        to=[user.pk for user in cashiers if user.pk != not_to],
        url=url,
        context={"number": number, "payee": payee, "amount": f"{amount:,.2f}"},
        project_id=project_id,
        now=now,
    )


def tell_vendor(statement: VendorStatement, *, now: datetime) -> None:
    """Write to the vendor that a statement waits for his answer."""
    letters.write(
        statement.vendor,
        STATEMENT_SENT,
        values=lambda: {
            "number": statement.number,
            "day": statement.to_day.isoformat(),
            "balance": f"{statement.balance:,.2f}",
        },
        page="statement/",
        now=now,
    )
