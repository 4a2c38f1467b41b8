"""What is recorded here, in words."""

from django.utils.translation import gettext_lazy as _

EVENTS = {
    "documents.file.attached": _("File attached"),
    "documents.file.disposed": _("File disposed of"),
    "documents.file.withdrawn": _("File withdrawn"),
    "documents.manual-copy.acknowledged": _("Receipt of a manual acknowledged"),
    "documents.manual-copy.issued": _("Copy of a manual issued"),
    "documents.manual-copy.returned": _("Copy of a manual returned"),
    "documents.manual-release.approved": _("Release of a manual approved"),
    "documents.manual-release.refused": _("Release of a manual refused"),
    "documents.manual-release.requested": _("Release of a manual asked for"),
    "documents.manual-release.sent": _("Manual sent out"),
    "documents.manual-revision.approved": _("Edition of a manual approved"),
    "documents.manual-revision.created": _("Manual created"),
    "documents.manual-revision.discarded": _("Draft of a manual discarded"),
    "documents.manual-revision.drafted": _("Edition of a manual drafted"),
    "documents.manual-revision.printed": _("Manual printed"),
    "documents.manual-revision.put-in-force": _("Edition of a manual put in force"),
    "documents.manual-revision.returned": _("Edition of a manual returned"),
    "documents.manual-revision.saved": _("Draft of a manual saved"),
    "documents.manual-revision.submitted": _("Edition of a manual submitted"),
    "documents.number-pattern.changed": _("Pattern of numbers changed"),
    "documents.print-batch.asked": _("Batch of papers asked for"),
    "documents.print-batch.fetched": _("Batch of papers fetched"),
    "documents.print-batch.gone-on": _("Batch of papers gone on with"),
    "documents.secret-file.opened": _("Secret file opened"),
    "documents.template.changed": _("Print template changed"),
    "documents.template.reset": _("Print template reset"),
}
OBJECTS = {
    "documents.attachment": _("Attachment"),
    "documents.manual": _("Controlled document"),
    "documents.manualcopy": _("Copy of a manual"),
    "documents.manualrelease": _("Release of a manual"),
    "documents.manualrevision": _("Edition of a manual"),
    "documents.numberseries": _("Series of numbers"),
    "documents.printbatch": _("Batch of papers"),
    "documents.printtemplate": _("Print template"),
}
