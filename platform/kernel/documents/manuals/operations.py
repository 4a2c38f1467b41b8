"""Make a manual, prepare and submit revisions, put them in force."""

from datetime import date, datetime

from django.db import transaction

from kernel import access
from kernel.access import Action
from kernel.approvals import operations as approvals
from kernel.approvals.models import Act, Signature
from kernel.approvals.models import Case as ApprovalCase
from kernel.audit import operations as audit
from kernel.documents import numbers
from kernel.documents.manuals import queries, rules, telling
from kernel.documents.models import (
    Manual,
    ManualCopy,
    ManualPage,
    ManualRelease,
    ManualRevision,
    ReleaseState,
    RevisionState,
)
from kernel.documents.printing import markup
from kernel.errors import Conflict, Denied, Invalid
from kernel.text import _, _p, in_company_language

KIND = "controlled_document"
_LONGEST_BODY = 200_000


class RevisionNotDraft(Conflict):
    code = "manuals.revision-not-draft"


class RevisionUnderWay(Conflict):
    code = "manuals.revision-under-way"


class NotApproved(Conflict):
    """The "approved" signature is missing."""

    code = "manuals.not-approved"


class SignaturesMeet(Conflict):
    code = "manuals.signatures-meet"


class TextMissing(Invalid):
    code = "manuals.text-missing"


class PersonNeeded(Denied):
    code = "manuals.person-needed"


@transaction.atomic
def create_manual(
    *,
    actor: access.Actor,
    title: str,
    department: str,
    project_id: int | None,
    now: datetime,
    today: date,
) -> ManualRevision:
    """Give a new manual its number and open its first draft, A0.

    :raises access.ActionDenied: without ``manual.prepare``, for a company's manual company-wide.
    :raises rules.DepartmentInvalid: if the department is not given by letters.
    :raises NotFound: if there is no such project. :raises TextMissing: without a title.
    """
    _require_prepare(actor, project_id)
    person = require_person(actor)
    letters = rules.department(department)
    title = _line(title, "title", 100)
    manual = Manual.objects.create(
        number=numbers.next_number(
            series="manual", project_id=project_id, on=today, values={"DEPT": letters}
        ),
        title=title,
        department=letters,
        project_id=project_id,
        created_at=now,
        created_by_label=actor.label[:140],
    )
    revision = ManualRevision.objects.create(
        manual=manual,
        edition="A",
        revision=0,
        chapter=str(_("All")),
        change=str(_("First issue")),
        prepared_by=person,
        prepared_by_label=actor.label[:140],
        prepared_at=now,
    )
    _record(actor, "created", revision, now)
    return revision


@transaction.atomic
def draft_revision(
    *, actor: access.Actor, manual_id: int, is_new_edition: bool = False, now: datetime
) -> ManualRevision:
    """Open the draft of the next revision, with the text in force.

    :raises NotFound: if the actor may not know of the manual.
    :raises access.ActionDenied: without ``manual.prepare``.
    :raises RevisionUnderWay: if one is drafted, in review or approved already.
    """
    manual = queries.get_manual(actor=actor, manual_id=manual_id)
    _require_prepare(actor, manual.project_id)
    person = require_person(actor)
    Manual.objects.select_for_update(of=("self",)).get(pk=manual_id)
    if manual.revisions.filter(state__in=queries.TO_COME).exists():
        raise RevisionUnderWay(_("A revision of this document is under way already."))
    latest = (
        manual.revisions.exclude(state=RevisionState.DISCARDED)
        .order_by("-edition", "-revision")
        .first()
    )
    edition, number = (
        rules.next_mark(latest.edition, latest.revision, is_new_edition=is_new_edition)
        if latest is not None
        else ("A", 0)
    )
    revision = ManualRevision.objects.create(
        manual=manual,
        edition=edition,
        revision=number,
        body=latest.body if latest is not None else "",
        chapter="",
        change="",
        prepared_by=person,
        prepared_by_label=actor.label[:140],
        prepared_at=now,
    )
    _record(actor, "drafted", revision, now)
    return revision


@transaction.atomic
def save_draft(
    *,
    actor: access.Actor,
    revision_id: int,
    body: str,
    chapter: str,
    change: str,
    seen_at: datetime | None = None,
    now: datetime,
) -> ManualRevision:
    """Keep the text of a draft and what it changes. Whoever saves it has prepared it.

    :param seen_at: ``prepared_at`` of the draft that the actor began with.
    :raises NotFound: if the actor may not know of the revision.
    :raises access.ActionDenied: without ``manual.prepare``.
    :raises RevisionNotDraft: if it is no draft any more, or somebody else has saved it meanwhile.
    :raises TextMissing: without text, chapter or change.
    :raises markup.TooMuch: if the text is longer than a manual may be.
    """
    revision = lock_revision(actor, revision_id)
    _require_prepare(actor, revision.manual.project_id)
    if revision.state != RevisionState.DRAFT:
        raise RevisionNotDraft(_("This revision is no draft any more."))
    if seen_at is not None and seen_at != revision.prepared_at:
        raise RevisionNotDraft(_("Somebody else has saved this draft. Look at it again."))
    body = body.replace("\r\n", "\n").strip()
    if not body:
        raise TextMissing(_("Write the text of the document."), field="body")
    if len(body) > _LONGEST_BODY:
        raise markup.TooMuch(
            _("At most %(most)d characters fit here.") % {"most": _LONGEST_BODY}, field="body"
        )
    revision.body = body
    revision.chapter = _line(chapter, "chapter", 60)
    revision.change = _line(change, "change", 300)
    revision.prepared_by = require_person(actor)
    revision.prepared_by_label = actor.label[:140]
    revision.prepared_at = now
    revision.save()
    _record(actor, "saved", revision, now)
    return revision


@transaction.atomic
def discard_draft(*, actor: access.Actor, revision_id: int, now: datetime) -> None:
    """Give up a draft; its mark is free again.

    :raises NotFound: if the actor may not know of the revision.
    :raises access.ActionDenied: without ``manual.prepare``.
    :raises RevisionNotDraft: if it is no draft any more.
    """
    revision = lock_revision(actor, revision_id)
    _require_prepare(actor, revision.manual.project_id)
    if revision.state != RevisionState.DRAFT:
        raise RevisionNotDraft(_("This revision is no draft any more."))
    revision.state = RevisionState.DISCARDED
    revision.save(update_fields=["state"])
    _record(actor, "discarded", revision, now)


@transaction.atomic
def submit(*, actor: access.Actor, revision_id: int, now: datetime) -> ApprovalCase:
    """Send a draft to be reviewed and approved.

    :raises NotFound: if the actor may not know of the revision.
    :raises access.ActionDenied: without ``manual.prepare``.
    :raises RevisionNotDraft: if it is no draft.
    :raises TextMissing: while text, chapter or change is missing.
    :raises approvals.ChainMissing: if no chain is published for controlled documents.
    """
    revision = lock_revision(actor, revision_id)
    manual = revision.manual
    _require_prepare(actor, manual.project_id)
    if revision.state != RevisionState.DRAFT:
        raise RevisionNotDraft(_("This revision is no draft any more."))
    if not (revision.body and revision.chapter and revision.change):
        raise TextMissing(_("Save the text, the chapter and the change first."))
    revision.state = RevisionState.SUBMITTED
    revision.save(update_fields=["state"])
    _record(actor, "submitted", revision, now)
    with in_company_language():
        summary = {
            str(_("Number")): manual.number,
            str(_("Revision")): revision.mark,
            str(_("Chapter")): revision.chapter,
            str(_p("what was changed", "Change")): revision.change,
        }
    case = approvals.submit(
        actor=actor,
        kind=KIND,
        subject=revision,
        project_id=manual.project_id,
        title=f"{manual.number} {manual.title} {revision.mark}",
        facts={"department": manual.department, "is_first": revision.mark == "A0"},
        summary=summary,
        author_ids=[revision.prepared_by],
        now=now,
    )
    ManualRevision.objects.filter(pk=revision.pk).update(case_id=case.pk)
    return case


def on_approved(case: ApprovalCase, actor: access.Actor, now: datetime) -> None:
    """Write the signatures of a finished case onto its revision.

    The last signature is the approval, the one before it the review.

    :raises SignaturesMeet: if it was not prepared, reviewed and approved by three people.
    """
    revision = ManualRevision.objects.select_for_update(of=("self",)).get(pk=case.subject_id)
    signed = list(
        Signature.objects.filter(case=case, lap=case.lap, act__in=(Act.APPROVED, Act.COUNTED))
        .exclude(user=None)
        .order_by("-pk")
    )
    approved = signed[0] if signed else None
    reviewed = next((each for each in signed if each.user_id != signed[0].user_id), None)
    people = {revision.prepared_by, *(each.user_id for each in (approved, reviewed) if each)}
    if approved is None or reviewed is None or len(people) != 3:
        raise SignaturesMeet(
            _("A controlled document is prepared, reviewed and approved by three people.")
        )
    revision.state = RevisionState.APPROVED
    revision.reviewed_by, revision.approved_by = reviewed.user_id, approved.user_id
    revision.reviewed_by_label, revision.approved_by_label = reviewed.label, approved.label
    revision.reviewed_at, revision.approved_at = reviewed.at, approved.at
    revision.save()
    _record(actor, "approved", revision, now)


def on_rejected(case: ApprovalCase, actor: access.Actor, now: datetime) -> None:
    """Let a rejected or withdrawn revision be a draft again."""
    revision = ManualRevision.objects.select_for_update(of=("self",)).get(pk=case.subject_id)
    revision.state = RevisionState.DRAFT
    revision.save(update_fields=["state"])
    _record(actor, "returned", revision, now)


@transaction.atomic
def put_in_force(
    *, actor: access.Actor, revision_id: int, now: datetime, today: date
) -> ManualRevision:
    """Put an approved revision in force from today and send its pages to every holder.

    :raises NotFound: if the actor may not know of the revision.
    :raises access.ActionDenied: without ``manual.keep``.
    :raises NotApproved: without the "approved" signature.
    """
    revision = lock_revision(actor, revision_id)
    manual = revision.manual
    queries.require_keep(actor, manual.project_id)
    if revision.state != RevisionState.APPROVED:
        raise NotApproved(_("It is not in force without the signature “approved”."))
    ManualRevision.objects.filter(manual=manual, state=RevisionState.IN_FORCE).update(
        state=RevisionState.SUPERSEDED, superseded_on=today
    )
    revision.state, revision.in_force_on = RevisionState.IN_FORCE, today
    revision.save(update_fields=["state", "in_force_on"])
    held = list(
        ManualCopy.objects.select_for_update(of=("self",))
        .filter(manual=manual, returned_at__isnull=True)
        .order_by("pk")
    )
    ManualPage.objects.bulk_create(
        ManualPage(copy=copy, revision=revision, sent_at=now) for copy in held
    )
    _record(actor, "put-in-force", revision, now, copies=len(held))
    telling.tell_of_pages(revision, [copy.holder_id for copy in held], actor, now)
    return revision


def lock_revision(actor: access.Actor, revision_id: int) -> ManualRevision:
    """Return a revision with its manual, the manual locked before it.

    :raises NotFound: if the actor may not know of it.
    """
    seen = queries.get_revision(actor=actor, revision_id=revision_id)
    manual = Manual.objects.select_for_update(of=("self",)).get(pk=seen.manual_id)
    revision = ManualRevision.objects.select_for_update(of=("self",)).get(pk=revision_id)
    revision.manual = manual
    return revision


def require_person(actor: access.Actor) -> int:
    """Return who acts. :raises PersonNeeded: the system signs nothing."""
    if actor.user_id is None:
        raise PersonNeeded(_("Documents are prepared and sent by people, not by the system."))
    return actor.user_id


def _require_prepare(actor: access.Actor, project_id: int | None) -> None:
    if project_id is None:
        access.require_everywhere(actor, Action.MANUAL_PREPARE)
    else:
        access.require_in_project(actor, Action.MANUAL_PREPARE, project_id)


def _line(text: str, field: str, most: int) -> str:
    plain = " ".join(text.split())
    if not 0 < len(plain) <= most:
        raise TextMissing(
            _("Write between 1 and %(most)d characters.") % {"most": most}, field=field
        )
    return plain


def _record(
    actor: access.Actor, what: str, revision: ManualRevision, now: datetime, **data: object
) -> None:
    audit.record(
        actor=actor,
        event=f"documents.manual-revision.{what}",
        subject=revision,
        project_id=revision.manual.project_id,
        now=now,
        data={"number": revision.manual.number, "mark": revision.mark, **data},
    )


def decide_release(case: ApprovalCase, actor: access.Actor, now: datetime, *, yes: bool) -> None:
    """Write what became of a request to give a manual outside."""
    release = ManualRelease.objects.select_for_update(of=("self",)).get(pk=case.subject_id)
    release.state = ReleaseState.APPROVED if yes else ReleaseState.REFUSED
    release.decided_at = now
    release.save(update_fields=["state", "decided_at"])
    audit.record(
        actor=actor,
        event=f"documents.manual-release.{'approved' if yes else 'refused'}",
        subject=release,
        project_id=case.project_id,
        now=now,
        data={"recipient": release.recipient},
    )
