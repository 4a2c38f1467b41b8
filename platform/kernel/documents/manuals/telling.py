"""Tell holders that there are pages to put in."""

from collections.abc import Collection
from datetime import datetime

from kernel.access import Actor
from kernel.documents.models import ManualRevision
from kernel.notifications.operations import notify
from kernel.notifications.registry import Notice, register
from kernel.text import _

_NOTICE = Notice(
    key="manuals.new-pages",
    name=_("New pages of a controlled document"),
    subject=_("%(number)s %(mark)s is in force"),
    text=_("Put the new pages of %(number)s %(title)s into your copy and confirm it."),
    fields={"number": _("JYHT-KF-10"), "mark": _("A1"), "title": _("Handling of complaints")},
)


def register_notices() -> None:
    register(_NOTICE)


def tell_of_pages(
    revision: ManualRevision, holder_ids: Collection[int], actor: Actor, now: datetime
) -> None:
    """Tell the holders of copies that a revision's pages wait for them."""
    manual = revision.manual
    notify(
        kind=_NOTICE.key,
        to=holder_ids,
        url="/c/manuals/mine/",
        context={"number": manual.number, "mark": revision.mark, "title": manual.title},
        project_id=manual.project_id,
        now=now,
        actor=actor,
    )
