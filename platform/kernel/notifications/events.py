"""What is recorded here, in words."""

from django.utils.translation import gettext_lazy as _

EVENTS = {
    "notifications.channel.added": _("Channel of notices added"),
    "notifications.channel.changed": _("Channel of notices changed"),
    "notifications.channel.tried": _("Channel of notices tried"),
    "notifications.choices.changed": _("Choice of notices changed"),
    "notifications.month.disposed": _("Month of the log of notices disposed of"),
    "notifications.wording.changed": _("Wording of a notice changed"),
    "notifications.wording.restored": _("Wording of a notice restored"),
}
OBJECTS = {
    "notifications.channel": _("Channel of notices"),
    "notifications.notification": _("Notice"),
    "notifications.wording": _("Wording of a notice"),
}
