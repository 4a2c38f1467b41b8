"""What is recorded here, in words."""

from django.utils.translation import gettext_lazy as _

EVENTS = {
    "approvals.case.added": _("Signer added to an approval"),
    "approvals.case.approved": _("Step of an approval approved"),
    "approvals.case.consented": _("Verbal consent logged"),
    "approvals.case.counted": _("Earlier signature counted"),
    "approvals.case.done": _("Step of an approval carried out"),
    "approvals.case.escalated": _("Step of an approval passed on to the leader"),
    "approvals.case.finished": _("Approval finished"),
    "approvals.case.handed-over": _("Step of an approval handed over"),
    "approvals.case.rejected": _("Approval rejected"),
    "approvals.case.replaced": _("Signer of an approval replaced"),
    "approvals.case.resubmitted": _("Submitted for approval again"),
    "approvals.case.resumed": _("Stopped approval went on"),
    "approvals.case.returned": _("Returned for correction"),
    "approvals.case.stuck": _("Approval stopped: nobody can sign"),
    "approvals.case.submitted": _("Submitted for approval"),
    "approvals.case.urged": _("Signers urged"),
    "approvals.case.withdrawn": _("Withdrawn from approval"),
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
