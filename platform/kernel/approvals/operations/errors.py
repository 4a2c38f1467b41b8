"""What may be refused on the way of a document."""

from typing import Any

from kernel.errors import Conflict, Denied, Invalid, NotFound
from kernel.text import _


class NotAPerson(Denied):
    code = "approvals.not-a-person"


class NotYourTurn(Denied):
    """Nothing waits for the actor at this step."""

    code = "approvals.not-your-turn"


class OwnPaper(Denied):
    """Nobody signs what is his own, by whatever post or delegation."""

    code = "approvals.own-paper"


class StepMoved(Conflict):
    """The step that was on the screen is not the one being signed any more."""

    code = "approvals.step-moved"

    def __init__(self, message: object = "", **kwargs: Any) -> None:
        super().__init__(
            message or _("This step is not being signed any more. Look at the case again."),
            **kwargs,
        )


class StepStuck(Conflict):
    """Nobody may sign the step: a post is vacant, or all who hold it are kept from it."""

    code = "approvals.step-stuck"


class SignedAlready(Conflict):
    code = "approvals.signed-already"


class CaseFinished(Conflict):
    code = "approvals.case-finished"


class CaseOpen(Conflict):
    """``details["case_id"]`` is the one that is not finished."""

    code = "approvals.case-open"


class TextMissing(Invalid):
    code = "approvals.text-missing"


class AttachmentMissing(Invalid):
    code = "approvals.attachment-missing"


class AttachmentUnknown(Invalid):
    code = "approvals.attachment-unknown"


class ActNotAllowed(Conflict):
    """The chain does not let this be done at this step."""

    code = "approvals.act-not-allowed"


class SignerUnfit(Invalid):
    """The person named may not sign this; ``details["reason"]`` says why."""

    code = "approvals.signer-unfit"


class StepUnknown(NotFound):
    code = "approvals.step-unknown"


class UrgedRecently(Conflict):
    """``details["next_at"]`` is when it may be urged again."""

    code = "approvals.urged-recently"


class KindMixed(Invalid):
    code = "approvals.kind-mixed"


class TooMany(Invalid):
    code = "approvals.too-many"


class ChainMissing(Conflict):
    """Nothing is published that this document could go through."""

    code = "approvals.chain-missing"


class ChainExists(Conflict):
    code = "approvals.chain-exists"


class KindUnknown(Invalid):
    code = "approvals.kind-unknown"


class NotDraft(Conflict):
    code = "approvals.not-a-draft"


class DraftExists(Conflict):
    code = "approvals.draft-exists"


class DraftChanged(Conflict):
    code = "approvals.draft-changed"


class NotInUse(Conflict):
    code = "approvals.not-in-use"


class NameMissing(Invalid):
    code = "approvals.name-missing"


class DelegationInvalid(Invalid):
    code = "approvals.delegation-invalid"


class DelegationCircle(Conflict):
    code = "approvals.delegation-circle"


class ConsentInvalid(Invalid):
    code = "approvals.consent-invalid"


class ConsentMissing(Conflict):
    code = "approvals.consent-missing"


class BackfillOverdue(Conflict):
    """The paper of a verbal consent did not come in time; ``details["due_at"]`` says until when."""

    code = "approvals.backfill-overdue"


class NotApproved(Conflict):
    code = "approvals.not-approved"
