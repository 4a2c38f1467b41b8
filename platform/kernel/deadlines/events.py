"""The words for what is recorded here."""

from kernel.text import _

EVENTS = {
    "deadlines.clock.paused": _("Clock paused"),
    "deadlines.clock.resumed": _("Clock resumed"),
    "deadlines.clock.cancelled": _("Clock cancelled"),
    "deadlines.clock.breached": _("Limit exceeded"),
}
OBJECTS = {"deadlines.deadline": _("Time limit")}
