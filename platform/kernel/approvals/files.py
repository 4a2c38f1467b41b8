"""Files on cases: who may see, add and withdraw them.

Whoever may see a case sees its files. While it is open, those whose paper it is and its signers
add more. What a signature rests on stays.
"""

from datetime import datetime

from django.db.models import Model

from kernel.access.actors import Actor
from kernel.approvals import queries
from kernel.approvals.models import OPEN_STATES, Assignment, Case, Signature
from kernel.documents.carriers import Carrier
from kernel.documents.models import Attachment
from kernel.errors import Conflict, Denied
from kernel.text import _


class CaseClosed(Conflict):
    code = "approvals.case-closed"


class NotASigner(Denied):
    code = "approvals.not-a-signer"


class FileOfAnother(Denied):
    code = "approvals.file-of-another"


class FileSigned(Conflict):
    code = "approvals.file-signed"


def _read(actor: Actor, case_id: int, now: datetime) -> Case:
    return queries.get_case(actor=actor, case_id=case_id, now=now)


def _require_add(actor: Actor, subject: Model, now: datetime) -> None:
    """Return if the actor may add files to the case.

    :raises CaseClosed: if it is finished.
    :raises NotASigner: if it is not his paper, and he does not sign it either.
    """
    assert isinstance(subject, Case)
    if subject.state not in OPEN_STATES:
        raise CaseClosed(_("This case is finished; its files stay as they are."))
    if actor.user_id in subject.author_ids:
        return
    own = Assignment.objects.filter(step__case=subject, user_id=actor.user_id or 0)
    waiting = queries.waiting_for(actor=actor, now=now).filter(step__case=subject)
    if not own.exists() and not waiting.exists():
        raise NotASigner(_("Only the applicant and those who sign add files to a case."))


def _require_unsigned(actor: Actor, subject: Model, attachment: Attachment) -> None:
    """Return if the actor may withdraw a file of the case.

    :raises FileOfAnother: if somebody else added it.
    :raises FileSigned: if a signature rests on it.
    """
    assert isinstance(subject, Case)
    queries.lock_case(subject.pk)  # nobody signs meanwhile
    if attachment.added_by != actor.user_id:
        raise FileOfAnother(_("Only the person who added this file withdraws it."))
    if Signature.objects.filter(case=subject, attachment_ids__contains=[attachment.pk]).exists():
        raise FileSigned(_("A signature rests on this file; it stays."))


CASES = Carrier(
    model="approvals.case",
    read=_read,
    add=_require_add,
    keep=_require_unsigned,
    is_personal=True,
)
