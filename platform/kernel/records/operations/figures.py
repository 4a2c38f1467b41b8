"""Show one figure that is masked for everybody else: with a reason, in the register (SH-25, SH-30).

The service that keeps the figure finds it, checks who may see it and writes the audit entry.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Model

from kernel import policies
from kernel.access import Actor
from kernel.errors import Invalid
from kernel.records.models import AccessLook, LookKind
from kernel.security import operations as security
from kernel.security.models import SecurityKind
from kernel.security.queries import count_since
from kernel.text import _

LONGEST_REASON = 200


class ReasonTooShort(Invalid):
    code = "records.reason-too-short"


@transaction.atomic
def note_figure_shown(
    *,
    actor: Actor,
    subject: Model,
    project_id: int | None,
    what: str,
    field: str,
    reason: str,
    now: datetime,
) -> AccessLook:
    """Write down, before it is shown, that a person is shown a figure; the caller has checked him.

    The security log has each look, and one entry more an hour for whoever looks very often.

    :param what: the figure's name as people read it; never the figure. :param field: its key.
    :raises ReasonTooShort: if the reason has fewer characters than the company asks for, or none
        but signs.
    """
    words = plain_reason(reason, project_id=project_id)
    look = AccessLook.objects.create(
        project_id=project_id,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        subject_label=str(subject)[:140],
        at=now,
        user_id=actor.require_person(),
        user_label=actor.label[:140],
        what=what[:140],
        mode=LookKind.DATA,
        reason=words,
    )
    security.note(
        kind=SecurityKind.DATA_REVEALED,
        actor=actor,
        project_id=project_id,
        data={"of": look.subject_type, "id": look.subject_id, "field": field},
        now=now,
    )
    _notice_many(actor, project_id, now)
    return look


def plain_reason(reason: str, *, project_id: int | None) -> str:
    """Return a reason in one line.

    :raises ReasonTooShort: if it says less than the company asks for.
    """
    least = policies.get("archive.reveal_reason_chars", int, project_id=project_id)
    words = " ".join(reason.split())
    if len({sign for sign in words if sign.isalnum()}) < min(least, 2) or len(words) < least:
        raise ReasonTooShort(
            _("Say in at least %(least)d characters why you need to see this.") % {"least": least},
            field="reason",
        )
    return words[:LONGEST_REASON]


def _notice_many(actor: Actor, project_id: int | None, now: datetime) -> None:
    """Enter once an hour that a person is shown more figures than is usual."""
    most = policies.get("archive.reveals_per_hour", int)
    since = now - timedelta(hours=1)
    user_id = actor.require_person()
    shown = count_since(kind=SecurityKind.DATA_REVEALED, user_id=user_id, since=since)
    if shown <= most:
        return
    if count_since(kind=SecurityKind.MANY_REVEALED, user_id=user_id, since=since):
        return
    security.note(
        kind=SecurityKind.MANY_REVEALED,
        actor=actor,
        project_id=project_id,
        message=str(_("%(count)d figures shown within an hour.") % {"count": shown}),
        data={"count": shown, "usual": most},
        now=now,
    )
