"""The words for what is recorded of exemptions."""

from kernel.text import _

EVENTS = {
    "duties.exemption.requested": _("Exemption asked for"),
    "duties.exemption.approved": _("Exemption approved"),
    "duties.exemption.rejected": _("Exemption turned down"),
    "duties.exemption.ended": _("Exemption ended"),
    "duties.exemption.used": _("Exemption used"),
}
OBJECTS = {"duties.exemption": _("Exemption from the separation of duties")}
