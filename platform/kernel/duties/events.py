"""What is recorded here, in words."""

from django.utils.translation import gettext_lazy as _

EVENTS = {
    "duties.exemption.used": _("Exemption from separated duties used"),
}
OBJECTS = {
    "duties.exemption": _("Exemption from separated duties"),
}
