"""Tell the keepers in time that a warehouse is to be counted and that goods run out of date."""

from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.urls import reverse

from kernel.access import Action
from kernel.access import queries as people
from kernel.notifications.operations import notify
from kernel.notifications.registry import Notice
from kernel.tenancy import company_day
from kernel.text import _
from services.procurement.stock import queries
from services.procurement.stock.models import (
    CountState,
    Lot,
    StockBalance,
    Warehouse,
    WarehouseKind,
)
from services.procurement.vendors.rules import reminder_stage

COUNT_DUE: Final = Notice(
    key="procurement.count-due",
    name=_("A warehouse is to be counted"),
    subject=_("%(warehouse)s is to be counted until %(day)s"),
    text=_("%(warehouse)s was not counted in this period yet. The period ends on %(day)s."),
    fields={"warehouse": _("Warehouse"), "day": _("Day")},
)
EXPIRING: Final = Notice(
    key="procurement.goods-expiring",
    name=_("Goods run out of date"),
    subject=_("%(item)s in %(warehouse)s: use until %(day)s"),
    text=_(
        "%(quantity)s %(unit)s of %(item)s (lot %(lot)s) in %(warehouse)s are to be used until "
        "%(day)s."
    ),
    fields={
        "item": _("Article"),
        "warehouse": _("Warehouse"),
        "lot": _("Lot"),
        "quantity": _("Quantity"),
        "unit": _("Unit of measure"),
        "day": _("Day"),
    },
)
COUNT_AHEAD: Final = 14  # days before the end of the period
EXPIRY_AHEAD: Final = (30, 7, 0)


@transaction.atomic
def remind_of_counts(*, now: datetime) -> int:
    """Tell who keeps a warehouse, once in a period, that it is to be counted; return how many.

    It is told two weeks before the period of ``stock.count`` ends (PR-36), of warehouses of which
    no count is under way.
    """
    today = company_day(now)
    first, last = queries.count_period(today)
    if (last - today).days > COUNT_AHEAD:
        return 0
    due = (
        queries.to_be_counted(today=today)
        .exclude(count_reminded_on__gte=first)
        .exclude(counts__state__in=[CountState.COUNTING, CountState.COUNTED, CountState.SUBMITTED])
    )
    told = 0
    for warehouse_id in due.values_list("pk", flat=True):
        told += _tell_of_count(warehouse_id, first, last, now)
    return told


def _tell_of_count(warehouse_id: int, first: date, last: date, now: datetime) -> bool:
    claimed = Warehouse.objects.filter(pk=warehouse_id).exclude(count_reminded_on__gte=first)
    if not claimed.update(count_reminded_on=company_day(now)):
        return False
    warehouse = Warehouse.objects.get(pk=warehouse_id)
    notify(
        kind=COUNT_DUE.key,
        to=_keepers(warehouse.project_id, company_day(now)),
        url=reverse("stock-warehouses-warehouse", args=[warehouse_id]),
        context={"warehouse": warehouse.name, "day": last.isoformat()},
        project_id=warehouse.project_id,
        now=now,
    )
    return True


@transaction.atomic
def remind_of_expiry(*, now: datetime) -> int:
    """Tell who keeps a warehouse of lots that run out of date; return of how many.

    Each lot is told of 30 days and 7 days before its end, on its last day and once it has run
    out, also when a day was missed. What is set aside is not told of: nobody uses it.
    """
    today = company_day(now)
    lots = (
        Lot.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("warehouse", "item")
        .filter(quantity__gt=0, expires_on__isnull=False)
        .exclude(warehouse__kind=WarehouseKind.QUARANTINE)
        .order_by("pk")
    )
    told = 0
    for lot in lots:
        assert lot.expires_on is not None  # by the filter
        stage = reminder_stage((lot.expires_on - today).days, ahead=EXPIRY_AHEAD)
        if stage is None or (lot.reminded_days is not None and lot.reminded_days <= stage):
            continue
        lot.reminded_days = stage
        lot.save(update_fields=["reminded_days"])
        _tell_of_lot(lot, today, now)
        told += 1
    return told


def _tell_of_lot(lot: Lot, today: date, now: datetime) -> None:
    warehouse = lot.warehouse
    balance = StockBalance.objects.get(warehouse=warehouse, item=lot.item_id)
    notify(
        kind=EXPIRING.key,
        to=_keepers(warehouse.project_id, today),
        url=reverse("stock-card", args=[balance.pk]),
        context={
            "item": lot.item.name,
            "warehouse": warehouse.name,
            "lot": lot.number or "—",
            "quantity": f"{lot.quantity.normalize():f}",
            "unit": lot.item.unit,
            "day": f"{lot.expires_on}",
        },
        project_id=warehouse.project_id,
        now=now,
    )


def _keepers(project_id: int | None, today: date) -> list[int]:
    found = people.people_with(action=Action.STOCK_KEEP, project_id=project_id, today=today)
    return [user.pk for user in found]
