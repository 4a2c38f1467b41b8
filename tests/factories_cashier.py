"""Households with posted bills, and the people of the counter."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from kernel.access.actors import Actor
from services.billing.cashier import operations
from services.billing.cashier.models import PaymentMethod, Receipt
from services.billing.cashier.queries import open_lines
from services.billing.ledger import operations as ledger
from services.billing.ledger.models import AccountRole, JournalKind
from services.billing.ledger.queries import account_of_code, account_of_role
from services.billing.runs.models import BillLine, BillRun, RunState
from services.billing.standards.models import FeeItem, FeeKind
from services.properties.models import Household, Party, Project, Unit, UnitKind, UnitState
from tests import factories, factories_billing
from tests.factories import NOW, TODAY

PREPARED_BY, CHECKED_BY = 990_001, 990_002  # people of the office; no test signs in as them
# code: (name, kind, account, place in the order of items)
ITEMS = {
    "WYF": ("物业服务费", FeeKind.MANAGEMENT, "6001.01", 10),
    "CWF": ("车位管理费", FeeKind.PARKING_MANAGEMENT, "6001.03", 20),
    "SF": ("代收水费", FeeKind.WATER, "2241.01", 30),
}


@dataclass(frozen=True)
class Bill:
    """A line to post: what is owed, for which item and month, due when."""

    amount: str
    item: str = "WYF"
    period: date = date(2026, 11, 1)
    due_on: date = date(2026, 11, 10)
    quantity: str = "100.00"
    price: str | None = "2.8000"


@dataclass(frozen=True)
class Counter:
    """A project with its chart, and one collector at its counter."""

    project: Project
    collector: Actor


def open_counter(code: str = "YL", name: str = "云麓花园", collector: str = "zhouting") -> Counter:
    """Make a project ready to take money."""
    factories_billing.seeded()
    project = factories_billing.add_project(code, name)
    actor = factories.add_actor(collector, "collector", project_id=project.pk)
    return Counter(project, actor)


def add_household(project: Project, code: str = "3-2-1602", payer: str = "陈志远") -> Household:
    party = Party.objects.create(name=payer, phone_head="138", phone_tail="6027")
    return Household.objects.create(
        project=project, payer=party, label=f"{code}室", code=code, sort_key=code
    )


def add_unit(
    household: Household, code: str = "", kind: UnitKind = UnitKind.RESIDENCE, **values: Any
) -> Unit:
    code = code or f"{household.code}/{household.units.count() + 1}"
    values = {"state": UnitState.OWNER_OCCUPIED, "built_area": Decimal("118.36"), **values}
    return Unit.objects.create(
        project=household.project,
        household=household,
        kind=kind,
        number=code,
        code=code,
        label=code,
        sort_key=code,
        **values,
    )


def fee_item(code: str) -> FeeItem:
    name, kind, account, order = ITEMS[code]
    item, _created = FeeItem.objects.get_or_create(
        code=code,
        defaults={
            "name": name,
            "kind": kind,
            "is_agency": account.startswith("2241"),
            "account": account_of_code(account),
            "sort_order": order,
        },
    )
    return item


def post_bills(household: Household, bills: Sequence[Bill]) -> list[BillLine]:
    """Post bills with their journals, each month's in a run of its own, as a bill run would.

    Each bill gets a unit of its own unless the household has one that is free for its item and
    month.
    """
    lines = []
    for period in dict.fromkeys(bill.period for bill in bills):
        run = BillRun.objects.create(
            project=household.project,
            period=period,
            state=RunState.POSTED,
            due_on=period,
            prepared_by=PREPARED_BY,
            prepared_by_label="office",
            prepared_at=NOW,
            checked_by=CHECKED_BY,
            checked_by_label="another",
            checked_at=NOW,
            posted_by=CHECKED_BY,
            posted_at=NOW,
        )
        lines += [_post(run, household, bill) for bill in bills if bill.period == period]
    by_bill = {(line.period, line.item.code, line.amount, line.due_on): line for line in lines}
    return [by_bill[bill.period, bill.item, Decimal(bill.amount), bill.due_on] for bill in bills]


def _post(run: BillRun, household: Household, bill: Bill) -> BillLine:
    item = fee_item(bill.item)
    taken = BillLine.objects.filter(item=item, period=bill.period, is_reversed=False)
    unit = household.units.exclude(pk__in=taken.values("unit_id")).order_by("pk").first()
    line = BillLine.objects.create(
        run=run,
        project=household.project,
        household=household,
        unit=unit or add_unit(household),
        item=item,
        version_id=0,
        period=bill.period,
        quantity=Decimal(bill.quantity),
        price=None if bill.price is None else Decimal(bill.price),
        rate=Decimal(1),
        amount=Decimal(bill.amount),
        due_on=bill.due_on,
        issued_on=bill.period,
    )
    ledger.post_journal(
        project_id=household.project_id,
        kind=JournalKind.BILLS,
        source_type="billline",
        source_id=line.pk,
        effective_on=bill.period,
        now=NOW,
        posted_by=CHECKED_BY,
        postings=[
            (account_of_role(AccountRole.RECEIVABLE).pk, household.pk, line.amount),
            (item.account_id, None, -line.amount),
        ],
    )
    return line


def open_total(household: Household) -> Decimal:
    return sum(
        (line.amount - line.paid_amount for line in open_lines(household_id=household.pk)),
        Decimal("0.00"),
    )


def pay(actor: Actor, household: Household, amount: str | None = None, **values: Any) -> Receipt:
    """Take money for what is open now, all of it unless told otherwise."""
    values = {
        "method": PaymentMethod.CASH,
        "expected_total": open_total(household),
        "idempotency_key": f"test-{uuid4().hex}",
        "now": NOW,
        "today": TODAY,
        **values,
    }
    return operations.take_payment(
        actor=actor,
        household_id=household.pk,
        amount=None if amount is None else Decimal(amount),
        **values,
    )


def months(first: date, count: int, **values: Any) -> list[Bill]:
    """Return one bill for each of ``count`` months, due on the tenth of each."""
    bills = []
    for index in range(count):
        year, month = divmod(first.year * 12 + first.month - 1 + index, 12)
        period = date(year, month + 1, 1)
        bills.append(replace(Bill(**values), period=period, due_on=period.replace(day=10)))
    return bills
