"""Ask to look at a protected file, be granted it, look, give it back (SH-24, SH-25, SH-30)."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db import transaction

from kernel import access, policies
from kernel.access import Action, Actor
from kernel.approvals import operations as approvals
from kernel.approvals.models import Case
from kernel.audit import operations as audit
from kernel.documents.models import Attachment
from kernel.documents.queries import content_of, subject_of
from kernel.errors import Conflict, Denied, Invalid, NotFound
from kernel.records import protected, stamping
from kernel.records.models import AccessLook, AccessRequest, AccessState, Mode, Receiver
from kernel.records.queries import lock_request
from kernel.tenancy import company_time_zone
from kernel.text import _, in_company_language

KIND: Final = "archive.access"


class DetailsMissing(Invalid):
    code = "records.details-missing"


class ThirdParty(Denied):
    """SH-30: customer data must never be told to third parties."""

    code = "records.third-party"


class GrantMissing(Denied):
    code = "records.grant-missing"


class GrantExpired(Denied):
    code = "records.grant-expired"


class NotYours(Denied):
    code = "records.not-yours"


class NotGranted(Conflict):
    code = "records.not-granted"


class Shown(NamedTuple):
    """What somebody is shown under a grant."""

    look: AccessLook
    name: str
    content_type: str
    content: bytes


@transaction.atomic
def request_access(
    *,
    actor: Actor,
    subject_type: str,
    subject_id: int,
    purpose: str,
    wanted: str,
    mode: str = Mode.VIEW,
    receiver: str = Receiver.STAFF,
    receiver_name: str = "",
    paper: str = "",
    now: datetime,
) -> AccessRequest:
    """Ask to look at a protected file; the request goes through the chain ``archive.access``.

    :param wanted: which papers or data. :param paper: the written request or the proxy.
    :param receiver: a ``Receiver``; anything else is a stranger, and he is told nothing.
    :raises NotFound: if the actor may not know of the record, or it has no protected file.
    :raises access.ActionDenied: without ``archive.request`` in its project.
    :raises DetailsMissing: without purpose and what is wanted, or, for others, name and paper.
    :raises ThirdParty: if it is for a stranger such as a vendor (SH-30).
    """
    subject = subject_of(actor=actor, subject_type=subject_type, subject_id=subject_id, now=now)
    if protected.find(subject_type) is None:
        raise NotFound
    project_id: int = subject.project_id  # type: ignore[attr-defined]  # protected ones have it
    access.require_in_sight(actor, Action.ARCHIVE_REQUEST, project_id)
    assert actor.user_id is not None, "only people look at files"
    if receiver not in Receiver.values:
        raise ThirdParty(_("Customer data must never be told to third parties."), field="receiver")
    purpose, wanted = " ".join(purpose.split()), " ".join(wanted.split())
    receiver_name, paper = " ".join(receiver_name.split()), " ".join(paper.split())
    for name, text, is_needed in (
        ("purpose", purpose, True),
        ("wanted", wanted, True),
        ("receiver_name", receiver_name, receiver != Receiver.STAFF),
        ("paper", paper, receiver != Receiver.STAFF),
    ):
        if is_needed and not text:
            raise DetailsMissing(_("This is needed."), field=name)
    request = AccessRequest.objects.create(
        project_id=project_id,
        subject_type=subject_type,
        subject_id=subject_id,
        subject_label=str(subject)[:140],
        mode=Mode(mode),
        purpose=purpose[:200],
        wanted=wanted[:200],
        receiver=receiver,
        receiver_name=receiver_name[:120],
        paper=paper[:120],
        asked_by=actor.user_id,
        asked_by_label=actor.label[:140],
        asked_at=now,
    )
    _record(actor, "records.access.requested", request, now, mode=request.mode, wanted=wanted)
    with in_company_language():
        summary = {
            str(_("File asked for")): request.subject_label,
            str(_("Purpose")): purpose,
            str(_("What is wanted")): wanted,
            str(_("How")): request.get_mode_display(),
            str(_("For whom")): " · ".join(
                filter(None, (request.get_receiver_display(), receiver_name))
            ),
            **({str(_("Written request or proxy")): paper} if paper else {}),
        }
    case = approvals.submit(
        actor=actor,
        kind=KIND,
        subject=request,
        project_id=project_id,
        title=str(request),
        facts={"is_copy": request.mode == Mode.COPY},
        summary=summary,
        now=now,
    )
    AccessRequest.objects.filter(pk=request.pk).update(case_id=case.pk)
    request.refresh_from_db()
    return request


def decide(*, case: Case, actor: Actor, state: AccessState, event: str, now: datetime) -> None:
    """Take over how the chain ended: the effect of the last signature, of a refusal, a withdrawal.

    Granted is what the front desk has registered: it signs last.
    """
    request = AccessRequest.objects.select_for_update().get(pk=case.subject_id)
    request.state = state
    if state == AccessState.GRANTED:
        request.registered_by, request.registered_by_label = actor.user_id, actor.label[:140]
        request.granted_at = now
        hours = policies.get("archive.grant_hours", int, project_id=request.project_id)
        request.expires_at = now + timedelta(hours=hours)
    request.save()
    _record(actor, event, request, now)


@transaction.atomic
def end_access(*, actor: Actor, request_id: int, now: datetime) -> AccessRequest:
    """Give a file back before its time: by who looked at it, or by the front desk.

    :raises NotFound: if there is none in the actor's sight.
    :raises NotYours: if it is another's and the actor does not keep the files.
    :raises NotGranted: if it is not granted.
    """
    request = lock_request(actor=actor, request_id=request_id)
    if request.asked_by != actor.user_id and not actor.may(Action.ARCHIVE_KEEP, request.project_id):
        raise NotYours(_("This request is another’s."))
    if request.state != AccessState.GRANTED:
        raise NotGranted(_("This request is not granted."))
    request.state, request.ended_at = AccessState.ENDED, now
    request.save(update_fields=["state", "ended_at"])
    _record(actor, "records.access.ended", request, now)
    return request


@transaction.atomic
def open_file(
    *, actor: Actor, request_id: int, attachment_id: int, mode: str = Mode.VIEW, now: datetime
) -> Shown:
    """Show a secret file under a grant, his name and the time across it, and write that down.

    A copy that cannot be stamped, a spreadsheet for example, is given as it is.

    :raises NotFound: if there is no such request in the actor's sight, or no such file on it.
    :raises NotYours: if the grant is another's.
    :raises GrantMissing: if it is not approved and registered, or only to be viewed.
    :raises GrantExpired: if its time is over.
    :raises stamping.NotStampable: if the file cannot be shown with a watermark.
    """
    request = lock_request(actor=actor, request_id=request_id)
    _require_grant(actor, request, Mode(mode), now)
    attachment = Attachment.objects.filter(
        pk=attachment_id,
        subject_type=request.subject_type,
        subject_id=request.subject_id,
        withdrawn_at=None,
    ).first()
    if attachment is None:
        raise NotFound
    assert actor.user_id is not None
    look = AccessLook.objects.create(
        request=request,
        project_id=request.project_id,
        subject_type=request.subject_type,
        subject_id=request.subject_id,
        subject_label=request.subject_label,
        at=now,
        user_id=actor.user_id,
        user_label=actor.label[:140],
        attachment_id=attachment.pk,
        what=attachment.name,
        mode=mode,
        reason=request.purpose,
    )
    _record(
        actor,
        "records.file.copied" if mode == Mode.COPY else "records.file.viewed",
        request,
        now,
        file=attachment.pk,
        name=attachment.name,
    )
    content = content_of(attachment)
    if mode == Mode.COPY and attachment.content_type not in stamping.STAMPED_TYPES:
        return Shown(look, attachment.name, attachment.content_type, content)
    mark = stamping.mark_of(actor.label, now.astimezone(company_time_zone()), look.pk)
    stamped = stamping.stamp(content, content_type=attachment.content_type, mark=mark)
    stem = attachment.name.rpartition(".")[0] or attachment.name
    return Shown(look, f"{stem}.pdf", "application/pdf", stamped)


def _require_grant(actor: Actor, request: AccessRequest, mode: Mode, now: datetime) -> None:
    if request.asked_by != actor.user_id:
        raise NotYours(_("This request is another’s."))
    if request.state == AccessState.ENDED:
        raise GrantExpired(_("The file was given back. Ask for it anew."))
    if request.state != AccessState.GRANTED or request.expires_at is None:
        raise GrantMissing(
            _("The management-office manager has to approve first, and the front desk to register.")
        )
    if now >= request.expires_at:
        raise GrantExpired(_("The time for looking is over. Ask for it anew."))
    if mode == Mode.COPY and request.mode != Mode.COPY:
        raise GrantMissing(_("This was approved for viewing only: nothing of it is copied."))


def _record(
    actor: Actor, event: str, request: AccessRequest, now: datetime, **data: str | int
) -> None:
    audit.record(
        actor=actor,
        event=event,
        subject=request,
        project_id=request.project_id,
        now=now,
        data={"label": request.subject_label, **data},
    )
