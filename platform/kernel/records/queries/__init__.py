"""Reads of protected files and of retention."""

from datetime import datetime

from django.db.models import Q, QuerySet

from kernel import access
from kernel.access import Action, Actor
from kernel.documents.models import Attachment
from kernel.errors import NotFound
from kernel.records.models import AccessLook, AccessRequest, AccessState


def requests(*, actor: Actor) -> QuerySet[AccessRequest]:
    """Return one's own requests, and those of projects whose register one may see; newest first."""
    register = access.scoped(AccessRequest.objects.all(), actor, Action.ARCHIVE_VIEW)
    own = access.scoped(AccessRequest.objects.all(), actor, Action.ARCHIVE_REQUEST).filter(
        asked_by=actor.user_id or 0
    )
    return (register | own).order_by("-pk")


def get_request(*, actor: Actor, request_id: int) -> AccessRequest:
    """Return one request. :raises NotFound: if there is none in the actor's sight."""
    request = requests(actor=actor).filter(pk=request_id).first()
    if request is None:
        raise NotFound
    return request


def lock_request(*, actor: Actor, request_id: int) -> AccessRequest:
    """Return one request, locked. :raises NotFound: if there is none in the actor's sight."""
    get_request(actor=actor, request_id=request_id)
    return AccessRequest.objects.select_for_update(of=("self",)).get(pk=request_id)


def own_grants(
    *, actor: Actor, project_id: int | None = None, now: datetime
) -> QuerySet[AccessRequest]:
    """Return what the actor may look at now, what ends first before the others.

    :param project_id: with ``None``, wherever it is.
    """
    found = requests(actor=actor).filter(
        asked_by=actor.user_id or 0, state=AccessState.GRANTED, expires_at__gt=now
    )
    if project_id is not None:
        found = found.filter(project_id=project_id)
    return found.order_by("expires_at", "pk")


def is_open_now(request: AccessRequest, now: datetime) -> bool:
    """Tell whether a request is granted and its time not over."""
    return (
        request.state == AccessState.GRANTED
        and request.expires_at is not None
        and now < request.expires_at
    )


def looks(*, actor: Actor) -> QuerySet[AccessLook]:
    """Return every look in projects whose register one may see, newest first.

    At files under a request, and at single figures that are masked.
    """
    found = AccessLook.objects.order_by("-pk")
    return access.scoped(found, actor, Action.ARCHIVE_VIEW)


def looks_of(*, actor: Actor, request_id: int) -> QuerySet[AccessLook]:
    """Return the looks of one request. :raises NotFound: if it is out of the actor's sight."""
    get_request(actor=actor, request_id=request_id)
    return AccessLook.objects.filter(request_id=request_id).order_by("-pk")


def papers_of(*, actor: Actor, request_id: int) -> QuerySet[Attachment]:
    """Return the secret files that a request is about, by when they came."""
    request = get_request(actor=actor, request_id=request_id)
    return secret_files(request.subject_type, request.subject_id)


def secret_files(subject_type: str, subject_id: int) -> QuerySet[Attachment]:
    """Return the secret files on a record. The caller has checked access to it."""
    condition = Q(subject_type=subject_type, subject_id=subject_id, is_secret=True)
    return Attachment.objects.filter(condition, withdrawn_at=None).order_by("pk")
