"""What is recorded here, in words."""

from django.utils.translation import gettext_lazy as _

EVENTS = {
    "calendar.exception.removed": _("Exception of the calendar removed"),
    "calendar.exception.set": _("Exception of the calendar set"),
}
OBJECTS = {
    "calendar.calendarexception": _("Exception of the calendar"),
}
