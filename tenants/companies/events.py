"""What is recorded here, in words."""

from django.utils.translation import gettext_lazy as _

EVENTS = {
    "companies.company.changed": _("Company changed"),
}
OBJECTS = {
    "companies.company": _("Company"),
}
