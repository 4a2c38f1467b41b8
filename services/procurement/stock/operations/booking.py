"""A count's way through the company's chain: ``stock.count``; with the last signature it is booked.

Case before record: whoever locks both locks the case first, as a signature does.
"""

from datetime import datetime
from decimal import Decimal

from django.urls import reverse

from kernel.access import Actor
from kernel.approvals.models import Case
from kernel.approvals.registry import DocumentKind, Paper
from kernel.approvals.rules.facts import Fact, FactType
from kernel.audit import operations as audit
from kernel.errors import Conflict
from kernel.tenancy import company_day
from kernel.text import _, in_company_language
from services.billing.ledger.models import AccountRole, JournalKind
from services.procurement.stock import queries, rules
from services.procurement.stock.models import (
    CountLine,
    CountState,
    Lot,
    MoveKind,
    StockBalance,
    StockCount,
)
from services.procurement.stock.operations.moving import (
    Delivery,
    lock_balances,
    put,
    take_out,
)
from services.procurement.stock.operations.moving import Paper as MovePaper
from services.procurement.stock.operations.papers import naming
from services.procurement.stock.operations.posting import post

KIND = "stock.count"


class CountStateWrong(Conflict):
    code = "procurement.count-state-wrong"


LINES_SHOWN = 30  # to whoever signs; the page of the count has them all


def stock_count() -> DocumentKind:
    """Return the kind of document that a count is to the approvals."""
    return DocumentKind(
        key=KIND,
        name=_("Stock count"),
        module=_("Procurement"),
        facts=(
            Fact("amount", _("Value of the differences"), FactType.MONEY, _("CNY")),
            Fact("differences", _("Articles that differ"), FactType.NUMBER),
        ),
        url=_page_of,
        on_approved=book,
        on_rejected=_back_to_counter,
        renewed=submit_again,
        on_withdrawn=_back_to_counter,
        is_ready=True,
    )


def paper_of(count: StockCount) -> Paper:
    """Return a finished count as its signers see it."""
    found = list(queries.differences_of(count))
    with in_company_language():
        summary = {
            str(_("Warehouse")): count.warehouse.name,
            **{
                f"{each.line.item.code} {each.line.item.name}": _words(each.line)
                for each in found[:LINES_SHOWN]
            },
        }
        title = str(_("Count %(number)s of %(warehouse)s")) % {
            "number": count.number,
            "warehouse": count.warehouse.name,
        }
    return Paper(
        title=title,
        facts={
            "amount": sum((abs(each.value) for each in found), Decimal(0)),
            "differences": len(found),
        },
        summary=summary,
    )


def require_state(count: StockCount, *states: CountState) -> None:
    """Return if a locked count is in one of the states. :raises CountStateWrong: otherwise."""
    if count.state not in states:
        raise CountStateWrong(_("The count is “%(state)s”.") % {"state": count.get_state_display()})


def book(case: Case, actor: Actor, now: datetime) -> None:
    """Book the differences of an approved count upon what the books say now.

    :raises rules.StockTooSmall: if so much is not there any more as was missing: count again.
    """
    count = _lock(case)
    warehouse = count.warehouse
    rows = list(count.lines.select_related("item").order_by("item_id"))
    balances = lock_balances((warehouse.pk, row.item_id) for row in rows)
    total = Decimal(0)
    for row in rows:
        balance = balances[warehouse.pk, row.item_id]
        row.difference_value = Decimal(0)
        if row.difference:
            with naming(row.item):
                row.difference_value = _book_line(row, balance, actor=actor, now=now)
        total += row.difference_value
        assert row.counted_at is not None, "a finished count"
        balance.counted_on = company_day(row.counted_at)
    StockBalance.objects.bulk_update(balances.values(), ["counted_on"])
    CountLine.objects.bulk_update(rows, ["difference_value"])
    count.state, count.booked_at = CountState.BOOKED, now
    count.save(update_fields=["state", "booked_at"])
    post(
        kind=JournalKind.STOCK_COUNT,
        source=count,
        project_id=warehouse.project_id,
        debit=AccountRole.STOCK,
        credit=AccountRole.COUNT_LOSS,
        amount=total,
        effective_on=company_day(now),
        now=now,
        actor=actor,
    )
    _record(actor, "booked", count, now, {"value": f"{total:f}"})


def submit_again(case: Case, actor: Actor, now: datetime) -> Paper:
    """Submit the count of a rejected case with the figures and reasons that it has now.

    :raises CountStateWrong: if it is being counted again.
    """
    count = _lock(case, CountState.COUNTED)
    count.state, count.submitted_at = CountState.SUBMITTED, now
    count.save(update_fields=["state", "submitted_at"])
    _record(actor, "submitted", count, now, {})
    return paper_of(count)


def _book_line(row: CountLine, balance: StockBalance, *, actor: Actor, now: datetime) -> Decimal:
    """Move the difference of a line; return what it is worth, below zero if goods are missing."""
    assert row.difference is not None, "asked by the caller"
    day = company_day(now)
    if row.difference < 0:
        taken = take_out(
            warehouse_id=balance.warehouse_id,
            item_id=balance.item_id,
            quantity=-row.difference,
            source_type="countline",
            source_id=row.pk,
            moved_on=day,
            now=now,
            actor=actor,
            kind=MoveKind.COUNT,
            even_expired=True,
        )
        return -taken.value
    value = rules.worth(rules.Stock(balance.quantity, balance.value), row.difference)
    put(
        balance,
        quantity=row.difference,
        value=value,
        delivery=Delivery.of(_likely_lot(balance), day),
        paper=MovePaper(
            kind=MoveKind.COUNT,
            source_type="countline",
            source_id=row.pk,
            moved_on=day,
            now=now,
            actor=actor,
        ),
    )
    return value


def _likely_lot(balance: StockBalance) -> Lot | None:
    """Return the lot that found goods are put to: the next to expire, to be on the safe side."""
    lots = Lot.objects.filter(warehouse_id=balance.warehouse_id, item_id=balance.item_id)
    here = lots.filter(quantity__gt=0).order_by("expires_on", "received_on", "pk").first()
    return here or lots.order_by("-received_on", "-pk").first()


def _words(row: CountLine) -> str:
    assert row.difference is not None, "one of the differences"
    return f"{row.book_quantity:f} → {row.counted:f} ({row.difference:+f}) {row.reason}"


def _back_to_counter(case: Case, _actor: Actor, _now: datetime) -> None:
    count = StockCount.objects.select_for_update(of=("self",)).get(pk=case.subject_id)
    if count.state == CountState.SUBMITTED:
        count.state = CountState.COUNTED
        count.save(update_fields=["state"])


def _lock(case: Case, *states: CountState) -> StockCount:
    found = StockCount.objects.select_for_update(of=("self",)).select_related("warehouse")
    count = found.get(pk=case.subject_id)
    require_state(count, *states or [CountState.SUBMITTED])
    return count


def _page_of(count_id: int, _project_id: int | None) -> str:
    return reverse("stock-counts-count", args=[count_id])


def _record(
    actor: Actor, what: str, count: StockCount, now: datetime, data: dict[str, object]
) -> None:
    audit.record(
        actor=actor,
        event=f"procurement.count.{what}",
        subject=count,
        now=now,
        project_id=count.warehouse.project_id,
        data=data,
    )
