"""Counts of a warehouse (盘存, PR-36): blind, explained, approved, booked.

Goods go on moving meanwhile. What the books say is noted for each article at the moment when it
is counted; what differs then is what is booked later, upon whatever the books say by that time.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from kernel.access import Action, Actor
from kernel.approvals import operations as approvals
from kernel.approvals import queries as cases
from kernel.approvals.models import Case
from kernel.audit import operations as audit
from kernel.db import refusing
from kernel.documents import numbers
from kernel.errors import Conflict, NotFound
from kernel.tenancy import company_day
from kernel.text import _
from services.procurement.catalogue.models import Item
from services.procurement.scope import require_of
from services.procurement.stock import queries, rules
from services.procurement.stock.models import CountLine, CountState, StockBalance, StockCount
from services.procurement.stock.operations.booking import KIND, paper_of, require_state
from services.procurement.texts import line

COUNT_SERIES = "stock-count"


class CountOpen(Conflict):
    code = "procurement.count-open"


class CountUnfinished(Conflict):
    code = "procurement.count-unfinished"


class CountEmpty(Conflict):
    code = "procurement.count-empty"


class ArticleCounted(Conflict):
    code = "procurement.article-counted"


class ReasonsMissing(Conflict):
    code = "procurement.reasons-missing"


@transaction.atomic
def start_count(*, actor: Actor, warehouse_id: int, note: str = "", now: datetime) -> StockCount:
    """Begin to count a warehouse: every article of which something lies there, or should.

    :raises NotFound: if there is no such warehouse in sight.
    :raises access.ActionDenied: without ``stock.keep`` there.
    :raises CountOpen: if it is being counted already.
    :raises CountEmpty: if nothing lies there.
    """
    warehouse = queries.require_warehouse(warehouse_id)
    require_of(actor, Action.STOCK_KEEP, warehouse.project_id)
    balances = StockBalance.objects.filter(
        Q(quantity__gt=0) | Q(minimum__gt=0), warehouse_id=warehouse_id
    )
    item_ids = list(balances.order_by("item_id").values_list("item_id", flat=True))
    if not item_ids:
        raise CountEmpty(_("Nothing lies in this warehouse."))
    count = StockCount(
        number=numbers.next_number(
            series=COUNT_SERIES, project_id=warehouse.project_id, on=company_day(now)
        ),
        warehouse=warehouse,
        started_by=actor.require_person(),
        started_by_label=actor.label[:140],
        started_at=now,
        note=line(note, field="note", longest=300),
    )
    with refusing(stockcount_one_open=CountOpen(_("This warehouse is being counted already."))):
        count.save(force_insert=True)
    CountLine.objects.bulk_create(CountLine(count=count, item_id=pk) for pk in item_ids)
    _record(actor, "started", count, now, {"number": count.number, "articles": len(item_ids)})
    return count


@transaction.atomic
def add_article(*, actor: Actor, count_id: int, item_id: int, now: datetime) -> CountLine:
    """Add an article that was found and that the list does not have.

    :raises NotFound: if there is no such count in sight, or no such article.
    :raises access.ActionDenied: without ``stock.keep`` there.
    :raises CountStateWrong: if the count is finished.
    :raises ArticleCounted: if the list has it.
    """
    count = _lock(actor, count_id, CountState.COUNTING)
    item = Item.objects.filter(pk=item_id).first()
    if item is None:
        raise NotFound
    with refusing(countline_once=ArticleCounted(_("This article is on the list already."))):
        row = CountLine.objects.create(count=count, item=item)
    _record(actor, "article-added", count, now, {"item": item.code})
    return row


@transaction.atomic
def enter_counted(
    *, actor: Actor, count_id: int, line_id: int, counted: Decimal, now: datetime
) -> CountLine:
    """Write down how much of an article was counted, again if it was before.

    :raises NotFound: if there is no such line in sight.
    :raises access.ActionDenied: without ``stock.keep`` there.
    :raises CountStateWrong: if the count is finished.
    :raises rules.QuantityInvalid: if it is below zero or has more than three decimals.
    """
    count = _lock(actor, count_id, CountState.COUNTING)
    row = count.lines.select_related("item").filter(pk=line_id).first()
    if row is None:
        raise NotFound
    row.counted = rules.require_counted(counted)
    here = StockBalance.objects.filter(warehouse_id=count.warehouse_id, item_id=row.item_id)
    row.book_quantity = here.values_list("quantity", flat=True).first() or Decimal(0)
    row.counted_at = now
    row.counted_by, row.counted_by_label = actor.require_person(), actor.label[:140]
    row.save()
    _record(actor, "entered", count, now, {"item": row.item.code, "counted": f"{counted:f}"})
    return row


@transaction.atomic
def finish_count(*, actor: Actor, count_id: int, now: datetime) -> StockCount:
    """Say that everything is counted; from here on the differences are shown.

    :raises NotFound: if there is no such count in sight.
    :raises access.ActionDenied: without ``stock.keep`` there.
    :raises CountStateWrong: if the count is finished.
    :raises CountUnfinished: if an article was not counted.
    """
    count = _lock(actor, count_id, CountState.COUNTING)
    rows = list(count.lines.select_related("item").order_by("pk"))
    missing = [row.item.name for row in rows if row.counted is None]
    if missing:
        raise CountUnfinished(
            _("%(count)d articles are not counted yet.") % {"count": len(missing)},
            details={"missing": missing[:20]},
        )
    for row in rows:
        assert row.counted is not None, "checked above"
        assert row.book_quantity is not None, "written down with the count"
        row.difference = row.counted - row.book_quantity
    CountLine.objects.bulk_update(rows, ["difference"])
    differing = sum(1 for row in rows if row.difference)
    _set_state(count, CountState.COUNTED)
    _record(actor, "finished", count, now, {"articles": len(rows), "differing": differing})
    return count


@transaction.atomic
def count_again(
    *, actor: Actor, count_id: int, line_ids: Collection[int], now: datetime
) -> StockCount:
    """Have some articles of a finished count counted once more, blind again.

    :raises NotFound: if there is no such count or line in sight.
    :raises access.ActionDenied: without ``stock.keep`` there.
    :raises CountStateWrong: if it is not finished, or is in approval.
    """
    count = _lock(actor, count_id, CountState.COUNTED)
    rows = count.lines.filter(pk__in=line_ids)
    if not line_ids or rows.count() != len(set(line_ids)):
        raise NotFound
    rows.update(counted=None, book_quantity=None, reason="")
    count.lines.update(difference=None)
    _set_state(count, CountState.COUNTING)
    _record(actor, "counted-again", count, now, {"articles": len(set(line_ids))})
    return count


@transaction.atomic
def submit_count(
    *, actor: Actor, count_id: int, reasons: Mapping[int, str], now: datetime
) -> StockCount:
    """Send a finished count on its way, every difference with its reason.

    Whoever has counted never signs it.

    :param reasons: by line; those given before stay.
    :raises NotFound: if there is no such count in sight.
    :raises access.ActionDenied: without ``stock.keep`` there.
    :raises CountStateWrong: if it is not finished, or is in approval.
    :raises ReasonsMissing: if a difference has no reason.
    """
    _lock_case(count_id)
    count = _lock(actor, count_id, CountState.COUNTED)
    rows = list(count.lines.select_related("item").exclude(difference=0).order_by("item__code"))
    for row in rows:
        row.reason = line(reasons.get(row.pk, row.reason), field="reason", longest=200)
    missing = [row.item.name for row in rows if not row.reason]
    if missing:
        raise ReasonsMissing(
            _("Say why for every difference: %(items)s.") % {"items": "、".join(missing[:5])},
            field="reason",
            details={"missing": missing[:20]},
        )
    CountLine.objects.bulk_update(rows, ["reason"])
    count.submitted_at = now
    count.save(update_fields=["submitted_at"])
    _set_state(count, CountState.SUBMITTED)
    _record(actor, "submitted", count, now, {"differing": len(rows)})
    paper = paper_of(count)
    approvals.submit(
        actor=actor,
        kind=KIND,
        subject=count,
        project_id=count.warehouse.project_id,
        title=paper.title,
        facts=paper.facts,
        summary=paper.summary,
        author_ids=_counters(count),
        now=now,
    )
    count.refresh_from_db()
    return count


@transaction.atomic
def cancel_count(*, actor: Actor, count_id: int, reason: str, now: datetime) -> StockCount:
    """Give a count up that is not in approval; nothing is booked.

    :raises NotFound: if there is no such count in sight.
    :raises access.ActionDenied: without ``stock.keep`` there.
    :raises CountStateWrong: if it is in approval, booked or given up.
    :raises TextInvalid: if nothing says why.
    """
    case = _lock_case(count_id)
    count = _lock(actor, count_id, CountState.COUNTING, CountState.COUNTED)
    why = line(reason, field="reason", longest=200, is_required=True)
    count.cancelled_at = now
    count.save(update_fields=["cancelled_at"])
    _set_state(count, CountState.CANCELLED)
    _record(actor, "cancelled", count, now, {"reason": why})
    if case is not None:
        approvals.withdraw_for(actor=actor, case_id=case.pk, text=why, now=now)
    return count


def _lock(actor: Actor, count_id: int, *states: CountState) -> StockCount:
    found = StockCount.objects.select_for_update(of=("self",)).select_related("warehouse")
    count = found.filter(pk=count_id).first()
    if count is None:
        raise NotFound
    require_of(actor, Action.STOCK_KEEP, count.warehouse.project_id)
    require_state(count, *states)
    return count


def _lock_case(count_id: int) -> Case | None:
    """Return the count's open case, locked, before the count itself is."""
    case = cases.open_case_of(kind=KIND, subject=StockCount(pk=count_id))
    return cases.lock_case(case.pk) if case is not None else None


def _counters(count: StockCount) -> set[int | None]:
    counted_by = count.lines.exclude(counted_by=None).values_list("counted_by", flat=True)
    return {count.started_by, *counted_by}


def _set_state(count: StockCount, state: CountState) -> None:
    count.state = state
    count.save(update_fields=["state"])


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
