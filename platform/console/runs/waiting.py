"""Bill runs whose next step is the visitor's."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from console import formats
from console.waiting import Thing
from kernel.access import Actor
from services.billing.runs import queries
from services.billing.runs.models import BillRun, RunState


def find(*, actor: Actor, project_id: int | None, now: datetime) -> list[Thing]:
    """Return the open runs that the actor checks, posts or takes up again."""
    return [
        Thing(
            title=_step(run) % {"month": formats.spell_month(run.period)},
            note=_("%(lines)s bills, %(amount)s")
            % {
                "lines": formats.spell_number(run.draft_lines),
                "amount": formats.spell_money(run.draft_amount),
            },
            url=reverse("bill-runs-run", args=[run.project_id, run.pk]),
            project_id=run.project_id,
        )
        for run in queries.runs_waiting_for(actor=actor, project_id=project_id)
    ]


def _step(run: BillRun) -> str:
    if run.state == RunState.PREVIEW:
        return _("Bills of %(month)s to be checked")
    if run.state == RunState.CHECKED:
        return _("Bills of %(month)s to be posted")
    return _("Bill run of %(month)s broke off")
