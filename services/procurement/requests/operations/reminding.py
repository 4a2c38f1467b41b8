"""Remind those who ask for purchases that class A's plans are due (PR-05, PR-81)."""

from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.urls import reverse

from kernel import policies
from kernel.access import Action
from kernel.access import queries as people
from kernel.calendar.queries import calendar
from kernel.locks import LockClass, lock_company
from kernel.notifications.models import Notification
from kernel.notifications.operations import notify
from kernel.notifications.registry import Notice
from kernel.tenancy import company_day
from kernel.text import _
from services.properties.models import Project

PLANS_DUE: Final = Notice(
    key="procurement.plans-due",
    name=_("Plans of daily supplies are due"),
    subject=_("Submit what is to be bought this month: approved by %(day)s"),
    text=_(
        "Class A is bought once a month. Both approvals are complete by %(day)s; what is approved "
        "later is bought in the next month's round. Submit your requests now."
    ),
    fields={"day": _("Day")},
)
AHEAD: Final = 5  # days before the cut-off


@transaction.atomic
def remind_of_plans(*, now: datetime) -> int:
    """Tell once a month who asks for purchases that the cut-off is near; return how many.

    Five days before it, or later if a day was missed; not once it is over.
    """
    today = company_day(now)
    cutoff = today.replace(day=policies.get("purchase.a_cutoff_day", int))
    if not 0 <= (cutoff - today).days <= AHEAD:
        return 0
    lock_company(LockClass.PURCHASE_PLANS)
    begun = calendar().start_of(today.replace(day=1))
    if Notification.objects.filter(kind=PLANS_DUE.key, created_at__gte=begun).exists():
        return 0
    to = _askers(today)
    notify(
        kind=PLANS_DUE.key,
        to=to,
        url=reverse("purchase-requests"),
        context={"day": cutoff.isoformat()},
        now=now,
    )
    return len(to)


def _askers(today: date) -> set[int]:
    """Return who asks for purchases of any project, or of the company itself."""
    places = [None, *Project.objects.order_by("pk").values_list("pk", flat=True)]
    return {
        user.pk
        for place in places
        for user in people.people_with(
            action=Action.PURCHASE_REQUEST, project_id=place, today=today
        )
    }
