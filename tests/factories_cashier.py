"""Households with posted bills, and the people of the counter."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from kernel.access.actors import Actor
from kernel.access.models import User
from kernel.access.queries import actor_for
from kernel.audit import operations as audit
from services.billing.cashier import operations
from services.billing.cashier.models import PaymentMethod, Receipt
from services.billing.ledger import operations as ledger
from services.billing.ledger.models import AccountRole, JournalKind
from services.billing.ledger.queries import account_of_role
from services.billing.runs.models import BillLine, BillRun, BillRunChunk, ChunkState, RunState
from services.billing.runs.queries import open_lines_of_household
from services.billing.standards.models import FeeItem, FeeVersion
from services.properties.models import Household, Party, Project, Unit, UnitKind, UnitState
from tests import factories, factories_billing
from tests.factories import NOW, TODAY


@dataclass(frozen=True)
class Bill:
    """A line to post: what is owed, for which item and month, due when."""

    amount: str
    item: str = "WYF"
    period: date = date(2026, 11, 1)
    due_on: date = date(2026, 11, 10)


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
    return factories_billing.item(code)


def post_bills(household: Household, bills: Sequence[Bill]) -> list[BillLine]:
    """Post bills of any amount, each month's in a run of its own, as a bill run would.

    Each bill gets a unit of its own unless the household has one that is free for its item and
    month. All the rules of the books hold afterwards.
    """
    lines: list[tuple[Bill, BillLine]] = []
    for period in dict.fromkeys(bill.period for bill in bills):
        of_month = [bill for bill in bills if bill.period == period]
        run = _posted_run(household, period, of_month)
        lines += [(bill, _line(run, household, bill)) for bill in of_month]
        _post(run, household, [line for bill, line in lines if bill.period == period])
    by_bill: dict[Bill, list[BillLine]] = {}
    for bill, line in lines:
        by_bill.setdefault(bill, []).append(line)
    return [by_bill[bill].pop(0) for bill in bills]


def office(name: str, post: str) -> Actor:
    """Return one of the two who make the bills; they never collect."""
    user = User.objects.filter(username=name).first()
    return actor_for(user=user, today=TODAY) if user else factories.add_actor(name, post)


def _posted_run(household: Household, period: date, bills: Sequence[Bill]) -> BillRun:
    preparer = office("office-one", "charging_director")
    checker = office("office-two", "property_manager")
    assert preparer.user_id is not None
    run = BillRun.objects.create(
        project=household.project,
        period=period,
        state=RunState.POSTED,
        due_on=period,
        draft_lines=len(bills),
        draft_amount=sum(Decimal(bill.amount) for bill in bills),
        prepared_by=preparer.user_id,
        prepared_by_label=preparer.label,
        prepared_at=NOW,
        computed_at=NOW,
        checked_by=checker.user_id,
        checked_by_label=checker.label,
        checked_at=NOW,
        posted_by=preparer.user_id,
        posted_by_label=preparer.label,
        posted_at=NOW,
    )
    audit.record(
        actor=checker,
        event="billing.run.checked",
        subject=run,
        project_id=run.project_id,
        now=NOW,
        data={"lines": run.draft_lines, "amount": f"{run.draft_amount:.2f}"},
    )
    return run


def _line(run: BillRun, household: Household, bill: Bill) -> BillLine:
    item = fee_item(bill.item)
    taken = BillLine.objects.filter(item=item, period=bill.period, is_reversed=False)
    unit = household.units.exclude(pk__in=taken.values("unit_id")).order_by("pk").first()
    return BillLine.objects.create(
        run=run,
        project=household.project,
        household=household,
        unit=unit or add_unit(household),
        item=item,
        account_id=item.account_id,
        version_id=_version(household.project, bill.item).pk,
        period=bill.period,
        quantity=Decimal(1),
        price=Decimal(bill.amount),
        rate=Decimal(1),
        amount=Decimal(bill.amount),
        due_on=bill.due_on,
        issued_on=bill.period,
    )


def _version(project: Project, item_code: str) -> FeeVersion:
    """Return the price that the project's bills of an item name; their amounts are their own."""
    found = FeeVersion.objects.filter(
        standard__project=project, standard__item__code=item_code
    ).first()
    return found or factories_billing.confirm(
        factories_billing.draft(
            factories_billing.add_standard(project, item_code), method="FIXED", price="1.00"
        )
    )


def _post(run: BillRun, household: Household, lines: Sequence[BillLine]) -> None:
    total = sum((line.amount for line in lines), Decimal(0))
    chunk = BillRunChunk.objects.create(
        run=run,
        number=1,
        first_household_id=household.pk,
        last_household_id=household.pk,
        state=ChunkState.POSTED,
        line_count=len(lines),
        amount=total,
    )
    chunk.journal = ledger.post_journal(
        project_id=household.project_id,
        kind=JournalKind.BILLS,
        source_type="billrunchunk",
        source_id=chunk.pk,
        effective_on=run.period,
        now=NOW,
        posted_by=run.posted_by,
        postings=[
            (account_of_role(AccountRole.RECEIVABLE).pk, household.pk, total),
            *((line.item.account_id, None, -line.amount) for line in lines),
        ],
    )
    chunk.save(update_fields=["journal"])


def open_total(household: Household) -> Decimal:
    return sum(
        (line.amount - line.paid_amount for line in open_lines_of_household(household.pk)),
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
