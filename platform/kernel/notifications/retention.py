"""The log of notices, kept by the month (SH-72)."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import TruncMonth

from kernel.access import Actor
from kernel.audit import operations as audit
from kernel.notifications.models import Delivery, Notification
from kernel.records.retention import Kept, end_of
from kernel.tenancy import company_time_zone

# A month of a project's log has no row of its own: its id is made of both.
_MONTHS = 1_000_000


def old_months(project_id: int, until: date) -> Iterator[Kept]:
    """Yield the months that ended by a day of which there are notices of a project."""
    zone = company_time_zone()
    months = (
        Notification.objects.filter(project_id=project_id, created_at__lt=end_of(until))
        .order_by()
        .values_list(TruncMonth("created_at", tzinfo=zone), flat=True)
        .distinct()
    )
    for first in sorted(moment.date() for moment in months):
        last = _next(first) - timedelta(days=1)
        if last <= until:
            number = project_id * _MONTHS + first.year * 100 + first.month
            yield Kept(number, f"{first:%Y-%m}", last)


@transaction.atomic
def dispose_month(number: int, actor: Actor, now: datetime) -> None:
    """Remove the notices of a project's month and how they were sent.

    The effect of an approved disposal.
    """
    project_id, month = divmod(number, _MONTHS)
    notices = _notices(project_id, date(month // 100, month % 100, 1), company_time_zone())
    count = notices.count()
    first = notices.first()
    Delivery.objects.filter(notification__in=notices).delete()
    if first is not None:
        audit.record(
            actor=actor,
            event="notifications.month.disposed",
            subject=first,
            project_id=project_id,
            now=now,
            data={"month": f"{month // 100}-{month % 100:02d}", "notices": count},
        )
    notices.delete()


def _notices(project_id: int, first: date, zone: ZoneInfo) -> QuerySet[Notification]:
    begins, ends = (
        datetime(day.year, day.month, day.day, tzinfo=zone) for day in (first, _next(first))
    )
    return Notification.objects.filter(
        project_id=project_id, created_at__gte=begins, created_at__lt=ends
    ).order_by("pk")


def _next(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)
