"""What is recorded here, in words."""

from django.utils.translation import gettext_lazy as _

EVENTS = {
    "records.access.ended": _("File given back"),
    "records.access.granted": _("Access to a file registered"),
    "records.access.rejected": _("Access to a file rejected"),
    "records.access.requested": _("Access to a file asked for"),
    "records.access.withdrawn": _("Request for a file withdrawn"),
    "records.file.copied": _("Protected file copied"),
    "records.file.viewed": _("Protected file looked at"),
}
OBJECTS = {
    "records.accessrequest": _("Request for a file"),
}
