"""What is recorded here, in words."""

from django.utils.translation import gettext_lazy as _

EVENTS = {
    "policies.value.set": _("Setting changed"),
    "policies.value.withdrawn": _("Value of a setting withdrawn"),
}
OBJECTS = {
    "policies.policyvalue": _("Setting"),
}
