"""What is recorded about a case, in words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from console import formats
from kernel.audit.models import AuditEntry

EVENTS: Mapping[str, Any] = {
    "approvals.case.consented": _("logged a verbal consent"),
    "approvals.case.submitted": _("submitted the case"),
    "approvals.case.resubmitted": _("submitted the case again"),
    "approvals.case.approved": _("approved step %(step)s"),
    "approvals.case.done": _("carried out step %(step)s"),
    "approvals.case.counted": _("step %(step)s: an earlier signature counts"),
    "approvals.case.rejected": _("rejected the case at step %(step)s"),
    "approvals.case.returned": _("returned the case from step %(step)s"),
    "approvals.case.withdrawn": _("withdrew the case"),
    "approvals.case.added": _("added a signer at step %(step)s"),
    "approvals.case.handed-over": _("handed step %(step)s over"),
    "approvals.case.urged": _("urged the signers"),
    "approvals.case.escalated": _("passed step %(step)s on to the leader"),
    "approvals.case.stuck": _("the case stopped at step %(step)s"),
    "approvals.case.resumed": _("the case went on"),
    "approvals.case.replaced": _("replaced a signer at step %(step)s"),
    "approvals.case.finished": _("the case is approved and takes effect"),
}


def act_words(entry: AuditEntry) -> str:
    """Return what an entry about a case tells, without what was written in it."""
    words = EVENTS.get(entry.event)
    return str(words) % {"step": entry.data.get("step", "")} if words else str(entry.event)


def event_words(entry: AuditEntry) -> str:
    """Return what an entry of a case's own history tells."""
    said = entry.data.get("text")
    return formats.spell_pair(act_words(entry), said) if said else act_words(entry)
