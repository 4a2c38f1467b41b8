"""What the database itself refuses to change in payments and receipts."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from services.billing.cashier import operations
from services.billing.cashier.models import Payment, Receipt
from services.properties.models import Household
from tests.factories import NOW, TODAY
from tests.factories_cashier import (
    Counter,
    pay,
)


def _void_again(receipt: Receipt) -> None:
    Payment.objects.filter(pk=receipt.payment_id).update(state="RECEIVED", voided_at=None)


def _delete(receipt: Receipt) -> None:
    receipt.delete()


def _unvoid(receipt: Receipt) -> None:
    Receipt.objects.filter(pk=receipt.pk).update(is_void=False)


def _renumber(receipt: Receipt) -> None:
    Receipt.objects.filter(pk=receipt.pk).update(number=7)


def _forget_prints(receipt: Receipt) -> None:
    Receipt.objects.filter(pk=receipt.pk).update(printed_count=0)


def _change_amount(receipt: Receipt) -> None:
    Payment.objects.filter(pk=receipt.payment_id).update(amount=1)


@pytest.mark.parametrize(
    "change", [_void_again, _delete, _unvoid, _renumber, _forget_prints, _change_amount]
)
def test_the_database_refuses_to_edit_what_was_booked(
    counter: Counter, household: Household, change: Callable[[Receipt], None]
) -> None:
    receipt = pay(counter.collector, household, "10.00")
    operations.note_printed(actor=counter.collector, receipt_id=receipt.pk, now=NOW)
    operations.void_payment(
        actor=counter.collector, payment_id=receipt.payment_id, reason="x", now=NOW, today=TODAY
    )

    with pytest.raises(IntegrityError, match="is not edited"), transaction.atomic():
        change(receipt)


@pytest.mark.parametrize("amount", ["'NaN'", "0", "-1"])
def test_the_database_refuses_what_is_no_amount(
    counter: Counter, household: Household, amount: str
) -> None:
    receipt = pay(counter.collector, household, "10.00")
    given = {"amount": amount, "tendered": amount, "idempotency_key": "'another-key'"}
    names = [f'"{field.column}"' for field in Payment._meta.fields if not field.primary_key]
    values = [given.get(name.strip('"'), name) for name in names]

    with pytest.raises(IntegrityError, match="payment_amount_gt_0"), transaction.atomic():
        connection.cursor().execute(
            f"INSERT INTO billing_payment ({', '.join(names)})"
            f" SELECT {', '.join(values)} FROM billing_payment WHERE id = %s",
            [receipt.payment_id],
        )
