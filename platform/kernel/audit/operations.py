"""The one writer of audit entries and anchors."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model

from kernel.access.actors import Actor
from kernel.access.models import User
from kernel.audit.models import AuditAnchor, AuditEntry


def record(
    *,
    actor: Actor,
    event: str,
    subject: Model,
    now: datetime,
    project_id: int | None = None,
    data: Mapping[str, Any] | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    on_behalf_of: int | None = None,
) -> None:
    """Write one entry in the caller's transaction; the database chains it when that commits.

    :param event: ``service.object.past-tense``; its words are registered in ``audit.registry``.
    :param data: JSON values only; no phone, no ID number, no secret.
    :param before: what changed, as it was, by field; kept in ``data["before"]``.
    :param after: the same as it is now; kept in ``data["after"]``.
    :param on_behalf_of: id of the user for whom the actor stood in.
    """
    kept = dict(data or {})
    if before is not None:
        kept["before"] = dict(before)
    if after is not None:
        kept["after"] = dict(after)
    AuditEntry.objects.create(
        at=now,
        actor_id=actor.user_id,
        actor=actor.label[:140],
        post=getattr(actor, "post_used", ""),
        on_behalf_of_id=on_behalf_of,
        on_behalf_of=_label_of(on_behalf_of),
        event=event,
        object_type=subject._meta.label_lower,
        object_id=subject.pk,
        project_id=project_id,
        request_id=actor.request_id,
        data=kept,
    )


@transaction.atomic
def anchor(*, now: datetime) -> AuditAnchor:
    """Keep what the chain comes to at present. The database fills in number and hash."""
    made = AuditAnchor.objects.create(at=now)
    made.refresh_from_db()
    return made


def _label_of(user_id: int | None) -> str:
    """Return the name of a user as the record shows it, ``""`` for nobody."""
    if user_id is None:
        return ""
    return User.objects.get(pk=user_id).label[:140]
