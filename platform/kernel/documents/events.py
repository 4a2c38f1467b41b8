"""What is recorded here, in words."""

from django.utils.translation import gettext_lazy as _

EVENTS = {
    "documents.file.attached": _("File attached"),
    "documents.file.withdrawn": _("File withdrawn"),
    "documents.number-pattern.changed": _("Pattern of numbers changed"),
    "documents.secret-file.opened": _("Secret file opened"),
    "documents.template.changed": _("Print template changed"),
    "documents.template.reset": _("Print template reset"),
}
OBJECTS = {
    "documents.attachment": _("Attachment"),
    "documents.numberseries": _("Series of numbers"),
    "documents.printtemplate": _("Print template"),
}
