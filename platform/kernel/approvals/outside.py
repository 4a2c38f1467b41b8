"""What other systems are told about cases, by webhooks."""

from datetime import datetime
from typing import Final

from kernel.approvals.models import Case
from kernel.outbox import operations as outbox
from kernel.text import _

EVENTS: Final = {
    "approvals.case.submitted": _("A paper was submitted for approval"),
    "approvals.case.approved": _("A paper was approved"),
    "approvals.case.rejected": _("A paper was rejected"),
    "approvals.case.withdrawn": _("A paper was withdrawn from approval"),
}


def publish(what: str, case: Case, *, now: datetime) -> None:
    """Tell what became of a case; ``what`` is the last part of an event's name.

    Its title stays here: it may name a household, a person, an amount.
    """
    outbox.publish(
        event=f"approvals.case.{what}",
        subject=case,
        project_id=case.project_id,
        data={
            "number": case.number,
            "kind": case.kind,
            "of": {"type": case.subject_type, "id": case.subject_id},
        },
        now=now,
    )
