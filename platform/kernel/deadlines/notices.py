"""What people are told about clocks."""

from typing import Final

from django.utils.functional import Promise

from kernel.notifications.registry import Notice
from kernel.text import _

WARNED, BREACHED, ESCALATED = "deadlines.warned", "deadlines.breached", "deadlines.escalated"

_FIELDS: Final[dict[str, Promise]] = {
    "clock": _("First reply"),
    "title": _("Complaint 20261109-003"),
    "due": _("2026-11-10 10:00"),
}

NOTICES: Final = (
    Notice(
        key=WARNED,
        name=_("A time limit runs out"),
        subject=_("%(clock)s: due %(due)s"),
        text=_("%(title)s: “%(clock)s” is due at %(due)s. Four fifths of the time are used."),
        fields=_FIELDS,
    ),
    Notice(
        key=BREACHED,
        name=_("A time limit is exceeded"),
        subject=_("%(clock)s: overdue since %(due)s"),
        text=_("%(title)s: “%(clock)s” was due at %(due)s."),
        fields=_FIELDS,
    ),
    Notice(
        key=ESCALATED,
        name=_("An exceeded time limit comes to you"),
        subject=_("Escalated: %(clock)s is overdue since %(due)s"),
        text=_(
            "%(title)s: “%(clock)s” was due at %(due)s and is not done. It comes to you because of"
            " your post."
        ),
        fields=_FIELDS,
        is_urgent=True,
    ),
)
