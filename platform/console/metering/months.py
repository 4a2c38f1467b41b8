"""The month in the address of a reading page, and how the month's work stands."""

from datetime import date
from typing import Any

from django.urls import reverse

from kernel.access import Actor
from kernel.errors import NotFound
from services.billing.metering import queries, rules


def month_of(text: str) -> date:
    """Return the first of the month ``2026-10``. :raises NotFound: for a year there is not."""
    year, month = text.split("-")
    if int(year) < 1:
        raise NotFound
    return date(int(year), int(month), 1)


def month_text(month: date) -> str:
    return f"{month:%Y-%m}"


def shifted(month: date, months: int) -> date:
    """Return the month ``months`` later, or earlier if it is negative."""
    index = month.year * 12 + month.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def default_month(*, actor: Actor, project_id: int, today: date) -> date:
    """Return the month that is worked on: this one from its reading window on, else the last."""
    month = today.replace(day=1)
    first_day, _last_day = rules.window_of(month, queries.limits_of(project_id))
    return month if today >= first_day else shifted(month, -1)


def month_context(*, actor: Actor, project_id: int, month: date, today: date) -> dict[str, Any]:
    """Return what the head of every page of a month shows."""
    limits = queries.limits_of(project_id)
    first_day, last_day = rules.window_of(month, limits)
    this_month = today.replace(day=1)

    def address(other: date) -> str:
        return reverse("readings-month", args=[project_id, month_text(other)])

    return {
        "project_id": project_id,
        "month": month,
        "month_text": month_text(month),
        "counts": queries.counts(actor=actor, project_id=project_id, usage_month=month),
        "window": (first_day, last_day),
        "previous_month": address(shifted(month, -1)) if month.year > 2000 else "",
        "next_month": address(shifted(month, 1)) if month < this_month else "",
    }
