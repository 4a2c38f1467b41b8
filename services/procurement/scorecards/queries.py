"""How well a vendor does, counted from what is recorded; where nothing is, nothing is said."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from kernel.access import Actor
from kernel.text import _
from services.procurement.orders.models import OrderState, PurchaseOrder
from services.procurement.orders.queries import RUNNING
from services.procurement.receiving.models import (
    GoodsReceipt,
    GoodsReceiptLine,
    Objection,
    ObjectionState,
)
from services.procurement.rounds.models import QuoteLine
from services.procurement.vendors import rules
from services.procurement.vendors.queries import get_vendor
from services.procurement.vendors.rules import Record

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Row:
    """One aspect: ``part`` of ``whole`` were as they should be."""

    key: str
    label: object
    part: int
    whole: int
    points: Decimal | None


@dataclass(frozen=True, slots=True)
class Card:
    first_day: date
    last_day: date
    rows: tuple[Row, ...]
    total: Decimal | None


def scorecard_of(*, actor: Actor, vendor_id: int, today: date) -> Card:
    """Return a vendor's points of the last twelve months.

    Deliveries are on time by the order's day, else by the one that he confirmed, which he moves as
    he likes. Those of orders without a day are not judged; an overdue order of which nothing came
    counts as late. A price is the cheapest where no other vendor quoted less for the
    same line of an opened round; lines for which he alone quoted are not judged.

    :raises NotFound: if there is no such vendor.
    :raises access.ActionDenied: without ``vendor.view`` anywhere.
    """
    vendor = get_vendor(actor=actor, vendor_id=vendor_id)
    first_day = rules.months_back(today, MONTHS)
    record = _record(vendor.pk, first_day, today)
    points = rules.scorecard(record)
    return Card(
        first_day=first_day,
        last_day=today,
        rows=(
            Row(
                "delivery",
                _("Delivered on time"),
                record.on_time,
                record.deliveries,
                points["delivery"],
            ),
            Row(
                "quality",
                _("Lines taken in without refusal"),
                record.lines - record.lines_refused,
                record.lines,
                points["quality"],
            ),
            Row(
                "price", _("Cheapest price"), record.quotes_cheapest, record.quotes, points["price"]
            ),
            Row(
                "disputes",
                _("Objections settled"),
                record.disputes_settled,
                record.disputes,
                points["disputes"],
            ),
        ),
        total=points["total"],
    )


@dataclass(frozen=True, slots=True)
class Cooperation:
    """What a vendor did for the company before: of the last twelve months, but ``is_first``."""

    is_first: bool  # no order was ever sent to him
    orders: int = 0
    deliveries: int = 0  # of orders with a day
    on_time: int = 0
    lines: int = 0
    lines_refused: int = 0
    disputes: int = 0
    disputes_settled: int = 0

    @property
    def on_time_percent(self) -> Decimal | None:
        return _percent(self.on_time, self.deliveries)

    @property
    def quality_percent(self) -> Decimal | None:
        return _percent(self.lines - self.lines_refused, self.lines)

    @property
    def disputes_open(self) -> int:
        return self.disputes - self.disputes_settled


def cooperation_of(vendor_ids: Collection[int], *, today: date) -> dict[int, Cooperation]:
    """Return the record of each of these vendors, in five statements however many they are.

    Asks no action: for whoever has found the round in which they quote.
    """
    first_day = rules.months_back(today, MONTHS)
    days = (first_day, today)
    sent = PurchaseOrder.objects.filter(vendor__in=vendor_ids, sent_at__isnull=False)
    known = set(sent.order_by().values_list("vendor_id", flat=True).distinct())
    orders = _count(
        sent.filter(sent_at__date__range=days).exclude(state=OrderState.CANCELLED), "vendor_id"
    )
    receipts = _count(
        GoodsReceipt.objects.filter(order__vendor__in=vendor_ids, received_on__range=days)
        .annotate(due=Coalesce("order__deliver_by", "order__promised_on"))
        .exclude(due=None),
        "order__vendor_id",
        good=Q(received_on__lte=F("due")),
    )
    lines = _count(
        GoodsReceiptLine.objects.filter(
            receipt__order__vendor__in=vendor_ids, receipt__received_on__range=days
        ),
        "receipt__order__vendor_id",
        good=Q(refused__gt=0),
    )
    objections = _count(
        Objection.objects.filter(
            order_line__order__vendor__in=vendor_ids, raised_at__date__range=days
        ),
        "order_line__order__vendor_id",
        good=Q(state=ObjectionState.SETTLED),
    )
    none = (0, 0)
    return {
        vendor_id: Cooperation(
            vendor_id not in known,
            orders.get(vendor_id, none)[0],
            *receipts.get(vendor_id, none),
            *lines.get(vendor_id, none),
            *objections.get(vendor_id, none),
        )
        for vendor_id in vendor_ids
    }


def _count(
    found: QuerySet[Any], vendor: str, *, good: Q | None = None
) -> dict[int, tuple[int, int]]:
    """Return by vendor how many rows there are, and how many of them meet ``good``."""
    rows = (
        found.order_by().values(vendor).annotate(count=Count("pk"), good=Count("pk", filter=good))
    )
    return {
        vendor_id: (count, met)
        for vendor_id, count, met in rows.values_list(vendor, "count", "good")
    }


def _percent(part: int, whole: int) -> Decimal | None:
    return (Decimal(part) * 100 / whole).quantize(Decimal(1), ROUND_HALF_UP) if whole else None


def _record(vendor_id: int, first_day: date, last_day: date) -> Record:
    days = (first_day, last_day)
    receipts = GoodsReceipt.objects.filter(
        order__vendor=vendor_id, received_on__range=days
    ).annotate(due=Coalesce("order__deliver_by", "order__promised_on"))
    overdue = PurchaseOrder.objects.annotate(due=Coalesce("deliver_by", "promised_on")).filter(
        vendor=vendor_id,
        state__in=RUNNING,
        receipts=None,
        due__range=(first_day, last_day - timedelta(days=1)),
    )
    lines = GoodsReceiptLine.objects.filter(
        receipt__order__vendor=vendor_id, receipt__received_on__range=days
    )
    mine = QuoteLine.objects.filter(
        quote__invitation__vendor=vendor_id, quote__invitation__round__closes_at__date__range=days
    )
    others = QuoteLine.objects.filter(line=OuterRef("line")).exclude(pk=OuterRef("pk"))
    judged = mine.filter(Exists(others))
    objections = Objection.objects.filter(
        order_line__order__vendor=vendor_id, raised_at__date__range=days
    )
    return Record(
        deliveries=receipts.exclude(due=None).count() + overdue.count(),
        on_time=receipts.filter(received_on__lte=F("due")).count(),
        lines=lines.count(),
        lines_refused=lines.filter(refused__gt=0).count(),
        quotes=judged.count(),
        quotes_cheapest=judged.filter(
            ~Exists(others.filter(unit_price__lt=OuterRef("unit_price")))
        ).count(),
        disputes=objections.count(),
        disputes_settled=objections.filter(Q(state=ObjectionState.SETTLED)).count(),
    )
