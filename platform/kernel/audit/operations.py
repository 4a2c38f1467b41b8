"""The one writer of audit entries."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Model

from kernel.access.actors import Actor
from kernel.audit.models import AuditEntry


def record(
    *,
    actor: Actor,
    event: str,
    subject: Model,
    now: datetime,
    project_id: int | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Write one entry in the caller's transaction.

    :param event: ``service.object.past-tense``.
    :param data: JSON values only; no phone, no ID number, no secret.
    """
    AuditEntry.objects.create(
        at=now,
        actor_id=actor.user_id,
        actor=actor.label[:140],
        event=event,
        object_type=subject._meta.label_lower,
        object_id=subject.pk,
        project_id=project_id,
        request_id=actor.request_id,
        data=dict(data or {}),
    )
