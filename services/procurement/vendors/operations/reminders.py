"""Tell in time that papers run out, and that a visit is due."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.urls import reverse

from kernel.access import Action
from kernel.access import queries as people
from kernel.notifications.operations import notify
from kernel.notifications.registry import Notice
from kernel.tenancy import company_day
from kernel.text import _
from services.procurement.vendors import rules
from services.procurement.vendors.models import PaperState, VendorPaper, VendorState

RUNNING_OUT = Notice(
    key="procurement.paper-running-out",
    name=_("A vendor's paper runs out"),
    subject=_("%(paper)s of %(vendor)s ends on %(day)s"),
    text=_(
        "%(paper)s of %(vendor)s ends on %(day)s. Without a renewed one he gets no quotes and no "
        "orders from then on."
    ),
    fields={
        "paper": _("Business licence"),
        "vendor": _("Hangzhou Hengda Co., Ltd."),
        "day": _("2026-11-30"),
    },
)
AHEAD: Final = (30, 7)  # days before the end on which it is told


@transaction.atomic
def remind_of_papers(*, now: datetime) -> int:
    """Tell who keeps and who checks the register of papers that run out; return how many.

    Each paper is told of 30 days and 7 days before its end and once it has run out, also when a
    day was missed; not where a later one was found in order.
    """
    today = company_day(now)
    told = 0
    ending = (
        VendorPaper.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("vendor", "kind")
        .filter(
            state=PaperState.CHECKED,
            vendor__state=VendorState.ACTIVE,
            kind__is_active=True,
            valid_to__isnull=False,
        )
        .order_by("pk")
    )
    to = {
        user.pk
        for action in (Action.VENDOR_MANAGE, Action.VENDOR_CHECK)
        for user in people.people_with(action=action, project_id=None, today=today)
    }
    for paper in ending:
        assert paper.valid_to is not None  # by the filter
        stage = rules.reminder_stage((paper.valid_to - today).days, ahead=AHEAD)
        if stage is None or (paper.reminded_days is not None and paper.reminded_days <= stage):
            continue
        paper.reminded_days = stage
        paper.save(update_fields=["reminded_days"])
        if _is_renewed(paper):
            continue
        notify(
            kind=RUNNING_OUT.key,
            to=to,
            url=f"{reverse('vendors-vendor', args=[paper.vendor_id])}?tab=papers",
            context={
                "paper": paper.kind.name,
                "vendor": paper.vendor.name,
                "day": paper.valid_to.isoformat(),
            },
            now=now,
        )
        told += 1
    return told


def _is_renewed(paper: VendorPaper) -> bool:
    others = VendorPaper.objects.filter(
        vendor=paper.vendor_id, kind=paper.kind_id, state=PaperState.CHECKED
    ).exclude(pk=paper.pk)
    return any(
        other.valid_to is None or (paper.valid_to is not None and other.valid_to > paper.valid_to)
        for other in others
    )
