"""A manual on paper: for its holders, and outside only with an approval (SH-40)."""

from datetime import datetime

from django.db import transaction

from kernel import access
from kernel.approvals import operations as approvals
from kernel.approvals.models import Case as ApprovalCase
from kernel.audit import operations as audit
from kernel.documents import printing
from kernel.documents.manuals import operations, queries, rules
from kernel.documents.models import (
    ManualCopy,
    ManualRelease,
    ManualRevision,
    ReleaseState,
    RevisionState,
)
from kernel.errors import Conflict, Denied, Invalid
from kernel.tenancy import current_company
from kernel.text import _, in_company_language

KIND = "controlled_document.release"


class HoldersOnly(Denied):
    code = "manuals.holders-only"


class ReleaseNotApproved(Conflict):
    code = "manuals.release-not-approved"


class RecipientMissing(Invalid):
    code = "manuals.recipient-missing"


class RevisionNotInForce(Conflict):
    code = "manuals.revision-not-in-force"


@transaction.atomic
def print_copy(
    *, actor: access.Actor, revision_id: int, language: str, now: datetime
) -> tuple[ManualRevision, bytes]:
    """Return a revision as PDF for the holder of a copy, or for who keeps or prepares manuals.

    The paper bears whose copy it is; a superseded one is marked so across every page.

    :raises NotFound: if the actor may not know of the revision.
    :raises HoldersOnly: if he neither holds a copy nor keeps or prepares manuals.
    """
    revision = queries.get_revision(actor=actor, revision_id=revision_id)
    copy = queries.copy_of(actor=actor, manual=revision.manual)
    if copy is None and not queries.may_see_all(actor, revision.manual.project_id):
        raise HoldersOnly(
            _("Only the holders of a copy take the document with them. You may read it here.")
        )
    pdf = _printed(revision, language, copy=_copy_in_words(copy, actor), marks=_marks(revision))
    audit.record(
        actor=actor,
        event="documents.manual-revision.printed",
        subject=revision,
        project_id=revision.manual.project_id,
        now=now,
        data={
            "number": revision.manual.number,
            "mark": revision.mark,
            "copy": copy.number if copy is not None else None,
        },
    )
    return revision, pdf


@transaction.atomic
def request_release(
    *,
    actor: access.Actor,
    revision_id: int,
    recipient: str,
    purpose: str,
    now: datetime,
) -> ManualRelease:
    """Ask that a revision in force may be given to somebody outside the company.

    :raises NotFound: if the actor may not know of the revision.
    :raises access.ActionDenied: without ``manual.keep``.
    :raises RevisionNotInForce: if it is not the one in force.
    :raises RecipientMissing: without recipient or purpose.
    """
    revision = operations.lock_revision(actor, revision_id)
    manual = revision.manual
    queries.require_keep(actor, manual.project_id)
    if revision.state != RevisionState.IN_FORCE:
        raise RevisionNotInForce(_("Only what is in force is given outside."))
    whom, why = " ".join(recipient.split()), " ".join(purpose.split())
    if not 0 < len(whom) <= 100:
        raise RecipientMissing(_("Name the recipient."), field="recipient")
    if not 0 < len(why) <= 200:
        raise RecipientMissing(_("Say what it is for."), field="purpose")
    release = ManualRelease.objects.create(
        revision=revision,
        recipient=whom,
        purpose=why,
        requested_by=operations.require_person(actor),
        requested_by_label=actor.label[:140],
        requested_at=now,
    )
    audit.record(
        actor=actor,
        event="documents.manual-release.requested",
        subject=release,
        project_id=manual.project_id,
        now=now,
        data={"number": manual.number, "mark": revision.mark, "recipient": whom},
    )
    with in_company_language():
        summary = {
            str(_("Number")): f"{manual.number} {revision.mark}",
            str(_("Recipient")): whom,
            str(_("Purpose")): why,
        }
    case = approvals.submit(
        actor=actor,
        kind=KIND,
        subject=release,
        project_id=manual.project_id,
        title=f"{manual.number} {manual.title} → {whom}"[:200],
        facts={"department": manual.department},
        summary=summary,
        now=now,
    )
    release.refresh_from_db()
    release.case_id = case.pk
    release.save(update_fields=["case_id"])
    return release


@transaction.atomic
def send_outside(
    *, actor: access.Actor, release_id: int, language: str, now: datetime
) -> tuple[ManualRelease, bytes]:
    """Return the PDF for the recipient of an approved request, his name across every page.

    :raises NotFound: if the actor may not know of the manual.
    :raises access.ActionDenied: without ``manual.keep``.
    :raises ReleaseNotApproved: without the approval.
    """
    queries.get_release(actor=actor, release_id=release_id)
    release = (
        ManualRelease.objects.select_for_update(of=("self",))
        .select_related("revision__manual")
        .get(pk=release_id)
    )
    if release.state != ReleaseState.APPROVED:
        raise ReleaseNotApproved(
            _("A controlled document is not given outside the company without approval.")
        )
    pdf = _printed(release.revision, language, copy=release.recipient, marks=release.recipient)
    if release.sent_at is None:
        release.sent_at = now
        release.save(update_fields=["sent_at"])
    audit.record(
        actor=actor,
        event="documents.manual-release.sent",
        subject=release,
        project_id=release.revision.manual.project_id,
        now=now,
        data={"number": release.revision.manual.number, "recipient": release.recipient},
    )
    return release, pdf


def on_release_approved(case: ApprovalCase, actor: access.Actor, now: datetime) -> None:
    """Write onto a request to give a manual outside that it is approved."""
    operations.decide_release(case, actor, now, yes=True)


def on_release_refused(case: ApprovalCase, actor: access.Actor, now: datetime) -> None:
    """Write onto a request to give a manual outside that it was rejected or withdrawn."""
    operations.decide_release(case, actor, now, yes=False)


def _printed(revision: ManualRevision, language: str, *, copy: str, marks: str) -> bytes:
    manual = revision.manual
    signed = [
        {
            "mark": each.mark,
            "day": each.in_force_on.isoformat() if each.in_force_on else "",
            "chapter": each.chapter,
            "change": each.change,
            "signatures": " / ".join(
                rules.plain(label)
                for label in (
                    each.prepared_by_label,
                    each.reviewed_by_label,
                    each.approved_by_label,
                )
                if label
            ),
        }
        for each in queries.revision_page(revision)
    ]
    company = current_company()
    return printing.render(
        kind="manual",
        context={
            "company": company.name,
            "number": manual.number,
            "title": manual.title,
            "edition": revision.edition,
            "revision": str(revision.revision),
            "prepared": rules.plain(revision.prepared_by_label),
            "reviewed": rules.plain(revision.reviewed_by_label),
            "approved": rules.plain(revision.approved_by_label),
            "day": revision.in_force_on.isoformat() if revision.in_force_on else "",
            "state": str(RevisionState(revision.state).label),
            "copy": copy,
            "body": revision.body,
            "changes": signed,
        },
        language=language,
        project_id=manual.project_id,
        watermark=marks,
    )


def _copy_in_words(copy: ManualCopy | None, actor: access.Actor) -> str:
    if copy is None:
        return rules.plain(actor.label)
    return str(
        _("Copy no. %(number)d, %(holder)s")
        % {"number": copy.number, "holder": rules.plain(copy.holder_label)}
    )


def _marks(revision: ManualRevision) -> str:
    if revision.state == RevisionState.SUPERSEDED:
        return str(_("SUPERSEDED"))
    return "" if revision.state == RevisionState.IN_FORCE else str(_("NOT IN FORCE"))
