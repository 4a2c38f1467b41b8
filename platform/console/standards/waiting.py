"""Who is charged by a fee standard, drafted by others and to be confirmed."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from console.waiting import Thing
from kernel.access import Actor
from services.billing.standards import queries


def find(*, actor: Actor, project_id: int | None, now: datetime) -> list[Thing]:
    """Return, for each project, how many standards have a scope to be confirmed."""
    return [
        Thing(
            title=_("Who is charged: to be confirmed"),
            note=ngettext("%(count)d fee standard", "%(count)d fee standards", count)
            % {"count": count},
            url=f"{reverse('fee-standards', args=[project])}?scope=1",
            project_id=project,
        )
        for project, count in queries.scopes_waiting_for(actor=actor, project_id=project_id)
    ]
