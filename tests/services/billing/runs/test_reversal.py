"""Taking a bill back, and what the database refuses."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Sum

from kernel import access
from kernel.audit.queries import history_of
from kernel.db import violated_constraint
from kernel.errors import NotFound
from services.billing.ledger import invariants
from services.billing.ledger.models import Journal, Posting
from services.billing.runs import operations
from services.billing.runs.models import (
    BillLine,
)
from services.billing.standards import operations as standards
from tests import factories as people
from tests import factories_billing as billing
from tests import factories_runs as factories
from tests.factories_runs import NOW, TODAY, Office

# ---- reverse a line -----------------------------------------------------------------------------


def reverse(office: Office, line: BillLine, **changes: Any) -> BillLine:
    values: dict[str, Any] = {
        "actor": office.director,
        "line_id": line.pk,
        "reason": "wrong area",
        "now": NOW,
        "today": TODAY,
    }
    return operations.reverse_line(**(values | changes))


def test_a_bill_is_taken_back_and_the_ledger_keeps_both_entries(
    office: Office, line: BillLine
) -> None:
    line = reverse(office, line, reason="  wrong area ")

    assert (line.is_reversed, line.reversed_at, line.reversed_by, line.reverse_reason) == (
        True,
        NOW,
        office.director.user_id,
        "wrong area",
    )
    assert list(Journal.objects.order_by("pk").values_list("kind", "source_type")) == [
        ("BILLS", "billrunchunk"),
        ("BILL_REVERSAL", "billline"),
    ]
    assert (
        sum(Posting.objects.filter(household=line.household).values_list("amount", flat=True)) == 0
    )
    assert history_of(line)[0].data == {"amount": "280.00", "reason": "wrong area"}


def test_bills_of_nothing_post_nothing(office: Office) -> None:
    home = billing.add_unit(office.project, "1-1-0101", kind="OFFICE")
    billing.add_fee(
        office.project,
        "SF",
        "OFFICE",
        name="办公用水",
        method="TIERED_METER",
        price="5.00",
        meter_kind="COLD_WATER",
        usage_lag_months=1,
    )
    factories.read(billing.add_meter(home), "0")

    run = factories.posted(office)

    assert factories.bills(run) == [("1-1-0101", "SF", Decimal("0.00"))]
    reverse(office, BillLine.objects.get())
    assert Journal.objects.count() == 0
    assert invariants.check() == []


def test_a_reversed_unit_is_billed_again(office: Office, line: BillLine) -> None:
    reverse(office, line)

    run = factories.posted(office)

    assert factories.bills(run) == [("1-1-0001", "WYF", Decimal("280.00"))]
    assert BillLine.objects.filter(is_reversed=False).count() == 1


def test_a_bill_is_reversed_once(office: Office, line: BillLine) -> None:
    reverse(office, line)

    with pytest.raises(operations.LineReversed):
        reverse(office, line)

    assert Journal.objects.count() == 2


def test_a_bill_that_something_is_paid_on_is_not_reversed(office: Office, line: BillLine) -> None:
    BillLine.objects.update(paid_amount=Decimal("0.01"))

    with pytest.raises(operations.LinePaid):
        reverse(office, line)

    line.refresh_from_db()
    assert (line.is_reversed, Journal.objects.count()) == (False, 1)


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_reversal_needs_a_reason(office: Office, line: BillLine, reason: str) -> None:
    with pytest.raises(operations.ReasonMissing):
        reverse(office, line, reason=reason)


def test_a_collector_does_not_reverse(office: Office, line: BillLine) -> None:
    """SoD-08: the receivable ledger is closed to collectors."""
    with pytest.raises(access.ActionDenied):
        reverse(office, line, actor=office.collector)


def test_a_bill_out_of_reach_does_not_exist(office: Office, line: BillLine) -> None:
    other = billing.add_project("HB", "湖滨")
    stranger = people.add_actor("sun", "charging_director", project_id=other.pk)

    with pytest.raises(NotFound):
        reverse(office, line, actor=stranger)


# ---- what the database refuses ------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"amount": Decimal(1)},
        {"due_on": date(2030, 1, 1)},
        {"quantity": Decimal(1)},
        {"household_id": F("household_id") + 1},
    ],
)
def test_a_bill_is_not_edited(line: BillLine, change: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        BillLine.objects.filter(pk=line.pk).update(**change)

    assert violated_constraint(error.value) == "billing_billline_not_edited"


def test_a_bill_is_not_deleted(line: BillLine) -> None:
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        BillLine.objects.filter(pk=line.pk)._raw_delete("default")

    assert violated_constraint(error.value) == "billing_billline_not_edited"


@pytest.mark.parametrize(
    ("table", "column"), [("properties_unit", "unit_id"), ("properties_household", "household_id")]
)
def test_what_has_bills_is_not_deleted(line: BillLine, table: str, column: str) -> None:
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        connection.cursor().execute(f"DELETE FROM {table} WHERE id = %s", [getattr(line, column)])

    assert violated_constraint(error.value) == f"billing_{table}_has_bills"


def balance(code: str) -> Decimal:
    total: Decimal | None = Posting.objects.filter(account__code=code).aggregate(
        total=Sum("amount")
    )["total"]
    return total or Decimal(0)


def test_a_bill_is_taken_back_from_the_account_it_was_credited_to(
    office: Office, line: BillLine
) -> None:
    """Although the item's later bills go to another by now."""
    credited = balance(line.item.account.code)
    standards.change_item(
        actor=access.SYSTEM,
        item_id=line.item_id,
        name=line.item.name,
        name_en=line.item.name_en,
        account_code="6051.99",
        now=NOW,
    )

    operations.reverse_line(
        actor=office.director, line_id=line.pk, reason="wrong", now=NOW, today=TODAY
    )

    assert balance(line.item.account.code) == credited + line.amount
    assert balance("6051.99") == 0
    assert invariants.check() == []
