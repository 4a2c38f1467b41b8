"""Cases that wait for something else than a signature: his own, and those that have stopped."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from console import formats
from console.approvals import words
from console.waiting import Thing
from kernel.access import Actor
from kernel.approvals import queries
from kernel.approvals.models import Case, CaseState


def find(*, actor: Actor, project_id: int | None, now: datetime) -> list[Thing]:
    """Return the actor's rejected papers, papers that are to follow, and cases without signer."""
    found = queries.cases_to_take_further(actor=actor)
    if project_id is not None:
        found = found.filter(project_id=project_id)
    return [
        Thing(
            title=formats.spell_pair(words.kind_label(case.kind), case.title),
            note=_note(case),
            url=reverse("approvals-case", args=[case.pk]),
            project_id=case.project_id,
            since=case.created_at,
            due_at=case.paper_due_at,  # type: ignore[attr-defined]
        )
        for case in found
    ]


def _note(case: Case) -> str:
    match case.state:
        case CaseState.REJECTED:
            return _("Rejected: correct it and submit it again, or withdraw it")
        case CaseState.CONSENTED:
            return _("Consented verbally: the paper is to be submitted")
    return _("Stopped: a signer is to be named")
