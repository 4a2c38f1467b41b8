"""The words for what is recorded here."""

from kernel.text import _

EVENTS = {
    "calendar.exception.set": _("Exception entered in the calendar"),
    "calendar.exception.removed": _("Exception taken out of the calendar"),
}
OBJECTS = {"calendar.calendarexception": _("Calendar exception")}
