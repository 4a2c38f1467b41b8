"""What the rest of the product knows of manuals: their approvals, what a leaver holds."""

from collections.abc import Iterable
from datetime import date, datetime

from django.urls import reverse

from kernel.access import Actor
from kernel.approvals import registry as approvals
from kernel.approvals.registry import DocumentKind
from kernel.approvals.rules.facts import Fact, FactType
from kernel.documents.manuals import copies, operations, papers, queries, telling
from kernel.identity import leaving
from kernel.identity.models import Way
from kernel.text import _


def register() -> None:
    """Make manuals known; called in ``AppConfig.ready``."""
    telling.register_notices()
    department = Fact("department", _("Department"), FactType.TEXT)
    approvals.register(
        DocumentKind(
            key=operations.KIND,
            name=_("Controlled document"),
            module=_("Documents"),
            facts=(department, Fact("is_first", _("First issue"), FactType.YES_NO)),
            url=lambda pk, _project: f"/c/manuals/revisions/{pk}/",
            on_approved=operations.on_approved,
            on_rejected=operations.on_rejected,
            on_withdrawn=operations.on_rejected,
            is_ready=True,
        )
    )
    approvals.register(
        DocumentKind(
            key=papers.KIND,
            name=_("Controlled document given outside"),
            module=_("Documents"),
            facts=(department,),
            on_approved=papers.on_release_approved,
            on_rejected=papers.on_release_refused,
            on_withdrawn=papers.on_release_refused,
            is_ready=True,
        )
    )
    # SH-40: who transfers or leaves returns the manual (S-44).
    leaving.register(
        leaving.Check(
            key="documents.manuals",
            label=_("Copies of controlled documents"),
            find=_held_by,
            settle={Way.TAKE_BACK: _take_back},
        )
    )


def _held_by(*, user_id: int, today: date) -> Iterable[leaving.Held]:
    for copy in queries.copies_held_by(user_id):
        words = _("%(manual)s, copy no. %(number)d") % {
            "manual": copy.manual,
            "number": copy.number,
        }
        yield leaving.Held(
            ref=str(copy.pk),
            what=str(words),
            reason=_("Who keeps the register takes the copy back."),
            ways=(Way.TAKE_BACK,),
            url=reverse("manuals-copies", args=[copy.manual_id]),
            project_id=copy.manual.project_id,
        )


def _take_back(
    *,
    actor: Actor,
    leaver_id: int,
    ref: str,
    to_user_id: int | None,
    counted: str,
    note: str,
    now: datetime,
) -> str:
    copy = copies.return_copy(actor=actor, copy_id=int(ref), note=note, now=now)
    return copy.returned_to_label
