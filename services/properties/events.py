"""What is recorded here, in words."""

from django.utils.translation import gettext_lazy as _

EVENTS = {
    "properties.building.created": _("Building entered"),
    "properties.building.renamed": _("Building renamed"),
    "properties.household.merged": _("Account merged into another"),
    "properties.household.payer-set": _("Payer changed"),
    "properties.meter.changed": _("Meter corrected"),
    "properties.meter.created": _("Meter registered"),
    "properties.meter.deactivated": _("Meter taken out of use"),
    "properties.meter.replaced": _("Meter replaced"),
    "properties.occupancy.added": _("Person entered at a unit"),
    "properties.occupancy.changed": _("Entry of a person at a unit changed"),
    "properties.occupancy.ended": _("Person moved out of a unit"),
    "properties.ownership.transferred": _("Title of a unit transferred"),
    "properties.party.added": _("Person registered"),
    "properties.party.changed": _("Personal data changed"),
    "properties.personal-data.erased": _("Personal data erased"),
    "properties.personal-data.revealed": _("Personal data looked at"),
    "properties.project.changed": _("Project changed"),
    "properties.project.created": _("Project created"),
    "properties.space.assigned": _("Parking space assigned"),
    "properties.space.released": _("Parking space released"),
    "properties.unit.changed": _("Unit corrected"),
    "properties.unit.created": _("Unit entered"),
    "properties.unit.moved": _("Unit moved to another account"),
    "properties.unit.state-changed": _("State of a unit changed"),
    "properties.vehicle.added": _("Vehicle registered"),
    "properties.vehicle.changed": _("Vehicle changed"),
    "properties.vehicle.removed": _("Vehicle signed off"),
}
OBJECTS = {
    "properties.building": _("Building"),
    "properties.household": _("Household"),
    "properties.meter": _("Meter"),
    "properties.party": _("Customer"),
    "properties.project": _("Project"),
    "properties.unit": _("Unit"),
    "properties.vehicle": _("Vehicle"),
}
