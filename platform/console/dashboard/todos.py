"""What waits in a project for the visitor himself, and where he does it."""

from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from console import formats, waiting
from console.waiting import Thing
from kernel.access import Action, Actor
from kernel.approvals import queries as approvals
from services.billing.metering import queries as metering
from services.billing.metering import rules


def todos(*, actor: Actor, project_id: int, today: date, now: datetime) -> list[Thing]:
    """Return what the actor can do next in the project: what others wait for, then routine."""
    return [
        *_cases(actor, project_id, now),
        *waiting.things(actor=actor, project_id=project_id, now=now),
        *_unread(actor, project_id, today),
    ]


def _cases(actor: Actor, project_id: int, now: datetime) -> list[Thing]:
    count = approvals.waiting_count(actor=actor, project_id=project_id, now=now)
    if not count:
        return []
    return [
        Thing(
            icon="sign",
            title=_("Papers to be signed"),
            note=ngettext("%(count)d case", "%(count)d cases", count) % {"count": count},
            url=f"{reverse('approvals')}?{urlencode({'project': project_id})}",
        )
    ]


def _unread(actor: Actor, project_id: int, today: date) -> list[Thing]:
    """Return the meters without a reading of the month whose window opened last."""
    if not actor.may(Action.READING_RECORD, project_id):
        return []
    month = today.replace(day=1)
    if today < rules.window_of(month, metering.limits_of(project_id))[0]:
        month = (month - timedelta(days=1)).replace(day=1)
    count = metering.missing_meters(actor=actor, project_id=project_id, usage_month=month).count()
    if not count:
        return []
    return [
        Thing(
            icon="gauge",
            title=_("Meters of %(month)s to be read") % {"month": formats.spell_month(month)},
            note=ngettext("%(count)d meter", "%(count)d meters", count) % {"count": count},
            url=reverse("readings-missing", args=[project_id, f"{month:%Y-%m}"]),
        )
    ]
