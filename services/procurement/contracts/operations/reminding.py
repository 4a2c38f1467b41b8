"""Remind people of contracts that end and of payments that are due (PR-54)."""

from datetime import date, datetime

from django.db import transaction

from kernel.access import Action
from kernel.access import queries as people
from kernel.notifications.operations import notify
from services.procurement.contracts import notices, queries
from services.procurement.contracts.models import Contract, PaymentPlanLine
from services.procurement.contracts.operations.review import page_of


@transaction.atomic
def remind(*, now: datetime, today: date) -> int:
    """Tell once of each contract that ends soon and each planned payment that is due soon.

    Of an end whoever drafted it and who archives; of a payment who asks for payments. Return of
    how many was told.
    """
    return _of_ends(now, today) + _of_payments(now, today)


def _of_ends(now: datetime, today: date) -> int:
    contracts = (
        Contract.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("vendor")
        .filter(queries.ending(today=today), reminded_at__isnull=True)
        .order_by("pk")
    )
    count = 0
    for contract in contracts:
        keepers = people.people_with(
            action=Action.CONTRACT_ARCHIVE, project_id=contract.project_id, today=today
        )
        notify(
            kind=notices.ENDING.key,
            to={contract.drafted_by, *(user.pk for user in keepers)},
            url=page_of(contract.pk, contract.project_id),
            context={**_words(contract), "day": contract.valid_to.isoformat()},
            project_id=contract.project_id,
            now=now,
        )
        contract.reminded_at = now
        contract.save(update_fields=["reminded_at"])
        count += 1
    return count


def _of_payments(now: datetime, today: date) -> int:
    due = queries.payments_due(today=today).filter(reminded_at__isnull=True)
    lines = due.select_for_update(of=("self",), skip_locked=True)
    count = 0
    for line in lines:
        contract = line.contract
        askers = people.people_with(
            action=Action.VENDOR_PAYMENT_ASK, project_id=contract.project_id, today=today
        )
        notify(
            kind=notices.PAYMENT_DUE.key,
            to={contract.drafted_by, *(user.pk for user in askers)},
            url=page_of(contract.pk, contract.project_id),
            context={
                **_words(contract),
                "day": line.due_on.isoformat(),
                "amount": f"{line.amount - line.paid_amount:,.2f}",
                "condition": line.condition,
            },
            project_id=contract.project_id,
            now=now,
        )
        PaymentPlanLine.objects.filter(pk=line.pk).update(reminded_at=now)
        count += 1
    return count


def _words(contract: Contract) -> dict[str, str]:
    return {
        "number": contract.number,
        "title": contract.title,
        "vendor": contract.vendor.name,
    }
