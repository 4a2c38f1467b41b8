"""What is recorded here, in words."""

from django.utils.translation import gettext_lazy as _

EVENTS = {
    "records.access.ended": _("File given back"),
    "records.access.granted": _("Access to a file registered"),
    "records.access.rejected": _("Access to a file rejected"),
    "records.access.requested": _("Access to a file asked for"),
    "records.access.withdrawn": _("Request for a file withdrawn"),
    "records.disposal.done": _("Records disposed of"),
    "records.disposal.listed": _("Records listed for disposal"),
    "records.disposal.rejected": _("Disposal rejected"),
    "records.disposal.withdrawn": _("Disposal withdrawn"),
    "records.file.copied": _("Protected file copied"),
    "records.file.viewed": _("Protected file looked at"),
    "records.hold.lifted": _("Hold on a record lifted"),
    "records.hold.placed": _("Record held back from disposal"),
}
OBJECTS = {
    "records.accessrequest": _("Request for a file"),
    "records.disposal": _("List of disposal"),
    "records.legalhold": _("Hold on a record"),
}
