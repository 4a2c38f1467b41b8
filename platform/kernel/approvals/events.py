"""What is recorded here, in words."""

from django.utils.translation import gettext_lazy as _

EVENTS = {
    "approvals.case.finished": _("Approval finished"),
    "approvals.chain.created": _("Approval chain created"),
    "approvals.chain.draft-discarded": _("Draft of an approval chain discarded"),
    "approvals.chain.draft-saved": _("Draft of an approval chain saved"),
    "approvals.chain.drafted": _("Approval chain drafted"),
    "approvals.chain.published": _("Approval chain published"),
    "approvals.chain.retired": _("Approval chain retired"),
    "approvals.delegation.ended": _("Delegation ended"),
    "approvals.delegation.given": _("Delegation given"),
}
OBJECTS = {
    "approvals.case": _("Approval"),
    "approvals.chain": _("Approval chain"),
    "approvals.chainversion": _("Version of an approval chain"),
    "approvals.delegation": _("Delegation"),
}
