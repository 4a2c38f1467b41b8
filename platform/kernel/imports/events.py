"""What is recorded here, in words."""

from django.utils.translation import gettext_lazy as _

EVENTS = {
    "imports.batch.committed": _("Import carried out"),
    "imports.batch.disposed": _("Sheet of an import disposed of"),
    "imports.batch.undone": _("Import undone"),
    "imports.batch.uploaded": _("Sheet uploaded"),
    "imports.mapping.saved": _("Columns of an import matched"),
}
OBJECTS = {
    "imports.importbatch": _("Import"),
}
