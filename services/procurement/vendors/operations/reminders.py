"""Tell in time that papers run out, and that a visit is due (PR-64, PR-66)."""

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
from services.procurement.vendors import letters, rules
from services.procurement.vendors.letters import Letter
from services.procurement.vendors.models import PaperState, Vendor, VendorPaper, VendorState
from services.procurement.vendors.queries.register import review_due

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
VISITS_DUE = Notice(
    key="procurement.vendor-visits-due",
    name=_("Vendors are to be visited"),
    subject=_("Visits due: %(count)s"),
    text=_("These vendors outside contracts are to be visited and reviewed: %(vendors)s."),
    fields={"count": _("How many"), "vendors": _("Hangzhou Hengda Co., Ltd.")},
)
PAPER_ENDS: Final = Letter(
    key="paper-ends",
    subject=_("%(paper)s ends on %(day)s"),
    text=_(
        "Your %(paper)s with %(company)s ends on %(day)s. Send the new one in time: without it "
        "you are asked for no quotes and get no orders."
    ),
)
PAPER_ENDED: Final = Letter(
    key="paper-ended",
    subject=_("%(paper)s has run out"),
    text=_(
        "Your %(paper)s with %(company)s has run out on %(day)s. Until the new one was found in "
        "order you are asked for no quotes and get no orders."
    ),
)
AHEAD: Final = (30, 7, 0)  # days before the end on which it is told
MOST_NAMED: Final = 5


@transaction.atomic
def remind_of_papers(*, now: datetime) -> int:
    """Tell of papers that run out: who keeps and checks the register, and the vendor himself.

    Each paper is told of 30 days and 7 days before its end, on its last day and once it has run
    out, also when a day was missed; not where a later one was found in order. Return of how many.
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
        _write(paper, stage, now)
        told += 1
    return told


def _write(paper: VendorPaper, stage: int, now: datetime) -> None:
    letters.write(
        paper.vendor,
        PAPER_ENDED if stage < 0 else PAPER_ENDS,
        values=lambda: {"paper": paper.kind.label, "day": f"{paper.valid_to}"},
        page="papers/",
        now=now,
    )


@transaction.atomic
def remind_of_visits(*, now: datetime) -> int:
    """Tell who keeps the register, once, whom to visit by now; return how many vendors.

    Those that have come due since are told of together. A visit begins the next period.
    """
    today = company_day(now)
    due = list(
        Vendor.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(review_due(today), visit_reminded_at__isnull=True)
        .order_by("pk")
    )
    if not due:
        return 0
    Vendor.objects.filter(pk__in=[vendor.pk for vendor in due]).update(visit_reminded_at=now)
    named = "、".join(vendor.name for vendor in due[:MOST_NAMED])
    notify(
        kind=VISITS_DUE.key,
        to=people.people_with(
            action=Action.VENDOR_MANAGE, project_id=None, today=today
        ).values_list("pk", flat=True),
        url=(
            f"{reverse('vendors-vendor', args=[due[0].pk])}?tab=visits"
            if len(due) == 1
            else f"{reverse('vendors')}?review=1"
        ),
        context={
            "count": str(len(due)),
            "vendors": named if len(due) <= MOST_NAMED else f"{named} …",
        },
        now=now,
    )
    return len(due)


def _is_renewed(paper: VendorPaper) -> bool:
    others = VendorPaper.objects.filter(
        vendor=paper.vendor_id, kind=paper.kind_id, state=PaperState.CHECKED
    ).exclude(pk=paper.pk)
    return any(
        other.valid_to is None or (paper.valid_to is not None and other.valid_to > paper.valid_to)
        for other in others
    )
