"""What is recorded here, in words."""

from django.utils.translation import gettext_lazy as _

EVENTS = {
    "console.export.asked": _("Export asked for"),
    "console.export.fetched": _("Export fetched"),
    "console.list.exported": _("List exported"),
    "console.view.changed": _("Shared view changed"),
    "console.view.deleted": _("Shared view deleted"),
    "console.view.shared": _("View shared"),
}
OBJECTS = {
    "console.export": _("Exported sheet"),
    "console.savedview": _("View of a list"),
}
