"""What is recorded here, in words."""

from django.utils.translation import gettext_lazy as _

EVENTS = {
    "identity.app.enrolled": _("Authenticator app set up"),
    "identity.app.removed": _("Authenticator app removed"),
    "identity.departure.begun": _("Departure begun"),
    "identity.departure.closed": _("Departure closed"),
    "identity.departure.taken-back": _("Departure taken back"),
    "identity.item.handed-over": _("Item handed over"),
    "identity.item.issued": _("Item issued"),
    "identity.item.lost": _("Item reported lost"),
    "identity.item.returned": _("Item returned"),
    "identity.factor.required": _("Second factor required"),
    "identity.factor.reset": _("Second factor reset"),
    "identity.factor.waived": _("Second factor waived"),
    "identity.passkey.added": _("Passkey added"),
    "identity.passkey.removed": _("Passkey removed"),
    "identity.passkey.renamed": _("Passkey renamed"),
    "identity.recovery-code.used": _("Recovery code used"),
    "identity.recovery-codes.renewed": _("Recovery codes renewed"),
    "identity.session.ended": _("Session ended"),
    "identity.sessions.ended": _("Sessions ended"),
}
OBJECTS = {"identity.helditem": _("Company item")}
