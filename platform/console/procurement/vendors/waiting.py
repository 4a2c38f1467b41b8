"""Applications of vendors and papers of theirs that somebody is to decide on."""

from datetime import datetime

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from console.waiting import Thing
from kernel.access import Action, Actor
from services.procurement.vendors import queries
from services.procurement.vendors.models import PaperState, VendorState


def find(*, actor: Actor, project_id: int | None, now: datetime) -> list[Thing]:
    """Return what waits for who checks the register and does not keep it; it is the company's."""
    if (
        project_id is not None
        or not actor.may_everywhere(Action.VENDOR_CHECK)
        or not actor.may(Action.VENDOR_VIEW)
        or actor.may(Action.VENDOR_MANAGE)
    ):
        return []
    things = [
        Thing(
            title=_("Application of a vendor: %(vendor)s") % {"vendor": vendor.name},
            url=reverse("vendors-vendor", args=[vendor.pk]),
            since=vendor.created_at,
        )
        for vendor in queries.vendors(actor=actor).filter(state=VendorState.APPLIED)
    ]
    papers = (
        queries.papers(actor=actor)
        .filter(state=PaperState.SUBMITTED)
        .order_by()
        .aggregate(count=Count("pk"), since=Min("added_at"))
    )
    if papers["count"]:
        words = ngettext(
            "%(count)s paper of vendors to be checked",
            "%(count)s papers of vendors to be checked",
            papers["count"],
        )
        things.append(
            Thing(
                title=words % {"count": papers["count"]},
                url=f"{reverse('vendors-papers')}?state={PaperState.SUBMITTED}",
                since=papers["since"],
            )
        )
    return things
