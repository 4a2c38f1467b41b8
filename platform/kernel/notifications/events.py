"""What is recorded here, in words."""

from django.utils.translation import gettext_lazy as _

EVENTS = {
    "notifications.choices.changed": _("Choice of notices changed"),
    "notifications.wording.changed": _("Wording of a notice changed"),
    "notifications.wording.restored": _("Wording of a notice restored"),
}
OBJECTS = {
    "notifications.wording": _("Wording of a notice"),
}
