"""Doubtful readings that somebody has to resolve."""

from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from console import formats
from console.waiting import Thing
from kernel.access import Actor
from services.billing.metering import queries
from services.billing.metering.models import ReadingState


def find(*, actor: Actor, project_id: int | None, now: datetime) -> list[Thing]:
    """Return, for each project and month, how many readings wait to be resolved."""
    return [
        Thing(
            title=_("Meter readings of %(month)s to be resolved")
            % {"month": formats.spell_month(month)},
            note=ngettext("%(count)d exception", "%(count)d exceptions", count) % {"count": count},
            url=f"{reverse('readings-month', args=[project, f'{month:%Y-%m}'])}"
            f"?{urlencode({'state': ReadingState.EXCEPTION})}",
            project_id=project,
        )
        for project, month, count in queries.open_exceptions(actor=actor, project_id=project_id)
    ]
