"""To which post a post reports, from a day on until another.

What was decided stays explained: a leader of a day gone by is found by the lines of that day.
"""

from collections.abc import Mapping
from datetime import date

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from kernel.access.models import Post, ReportingLine
from kernel.db import refusing
from kernel.errors import Invalid
from kernel.locks import LockClass, lock_company
from kernel.text import _


class LineDayInvalid(Invalid):
    """Lines of days gone by stay as they were."""

    code = "access.line-day-invalid"


class LineIsCircle(Invalid):
    """The post would stand above itself."""

    code = "access.line-is-circle"


def on(day: date) -> Q:
    """Return the condition for a line that counts on ``day``."""
    begun = Q(valid_from__isnull=True) | Q(valid_from__lte=day)
    return begun & (Q(valid_to__isnull=True) | Q(valid_to__gt=day))


def from_day_on(day: date) -> Q:
    """Return the condition for a line that counts on ``day`` or later."""
    return Q(valid_to__isnull=True) | Q(valid_to__gt=day)


def above(day: date) -> dict[str, str]:
    """Return to which post each post reports on ``day``; who reports to nobody is left out."""
    rows = ReportingLine.objects.filter(on(day))
    return dict(rows.values_list("post__key", "reports_to__key"))


def with_above(posts: QuerySet[Post], day: date) -> QuerySet[Post]:
    """Return ``posts`` with ``above_key``, ``above_name`` and ``above_name_en`` of ``day``."""
    line = ReportingLine.objects.filter(on(day), post=OuterRef("key"))
    return posts.annotate(
        above_key=Subquery(line.values("reports_to__key")[:1]),
        above_name=Subquery(line.values("reports_to__name")[:1]),
        above_name_en=Subquery(line.values("reports_to__name_en")[:1]),
    )


def lines_of(key: str) -> QuerySet[ReportingLine]:
    """Return the lines of a post, the latest first."""
    return (
        ReportingLine.objects.filter(post__key=key)
        .select_related("reports_to")
        .order_by(F("valid_from").desc(nulls_last=True))
    )


def require_day(first_day: date, *, today: date) -> None:
    """Return if lines may change from that day on.

    :raises LineDayInvalid: if it lies in the past.
    """
    if first_day < today:
        raise LineDayInvalid(
            _("A line does not change in the past: what was decided by it stays."),
            field="reports_from",
        )


def circle() -> LineIsCircle:
    return LineIsCircle(_("The post would stand above itself."), field="reports_to")


def draw(
    wanted: Mapping[str, str | None], *, first_day: date, today: date
) -> dict[str, str | None]:
    """Let each post report to another from ``first_day`` on; return the lines that were replaced.

    What was planned for a day after it is dropped. Posts whose line on that day is as wanted are
    left alone, with what is planned for them. All old lines end before a new one begins, so that
    two posts may change places.

    :raises LineDayInvalid: if the day lies in the past.
    :raises LineIsCircle: if a post would stand above itself on one of the days.
    """
    require_day(first_day, today=today)
    lock_company(LockClass.LADDER)  # as the trigger does: two at once could close a circle
    current = above(first_day)
    changed = {key: up for key, up in wanted.items() if current.get(key) != up}
    if not changed:
        return {}
    rows = ReportingLine.objects.filter(from_day_on(first_day), post__key__in=changed)
    rows.filter(valid_from__gte=first_day).delete()
    rows.update(valid_to=first_day)
    for key, up in changed.items():
        if up is not None and not _goes_on(key, up, first_day):
            with refusing(
                access_reportingline_no_circle=circle(), reportingline_to_another=circle()
            ):
                ReportingLine.objects.create(post_id=key, reports_to_id=up, valid_from=first_day)
    return {key: current.get(key) for key in changed}


def _goes_on(key: str, up: str, first_day: date) -> bool:
    """Go on with the line that ends before ``first_day``, if it leads to the same post."""
    with refusing(access_reportingline_no_circle=circle()):
        ended = ReportingLine.objects.filter(
            post__key=key, reports_to__key=up, valid_to=first_day
        ).update(valid_to=None)
    return bool(ended)
