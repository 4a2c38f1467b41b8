"""The words for what is recorded about a household, its units and its people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from console.formats import spell_money
from console.properties.words import in_words, side_by_side
from kernel.audit.models import AuditEntry
from kernel.imports.importer import importer_of
from services.properties.models import OccupancyRole, Unit, UnitKind, UnitState

# event: its words, icon, tone of the icon
EVENTS: Mapping[str, tuple[Any, str, str]] = {
    "imports.batch.committed": (pgettext_lazy("event", "Import"), "import", ""),
    "properties.project.created": (_("Project created"), "community", ""),
    "properties.project.changed": (_("Project changed"), "edit", ""),
    "properties.building.created": (_("Building entered"), "building", ""),
    "properties.building.renamed": (_("Building renamed"), "edit", ""),
    "properties.unit.created": (_("Unit entered"), "door", ""),
    "properties.unit.changed": (_("Unit corrected"), "edit", ""),
    "properties.unit.state-changed": (_("State changed"), "flag", "info"),
    "properties.unit.moved": (_("Moved to another account"), "arrow-r", ""),
    "properties.occupancy.added": (_("Person entered"), "user-plus", ""),
    "properties.occupancy.changed": (_("Entry of a person changed"), "edit", ""),
    "properties.occupancy.ended": (_("Person moved out"), "user", ""),
    "properties.ownership.transferred": (_("Change of title"), "key", "brand"),
    "properties.household.payer-set": (_("Payer changed"), "wallet", ""),
    "properties.household.merged": (_("Account merged"), "arrow-r", ""),
    "properties.party.added": (_("Person registered"), "id", ""),
    "properties.party.changed": (_("Personal data changed"), "edit", ""),
    "properties.personal-data.revealed": (_("Personal data looked at"), "eye", "warn"),
    "properties.vehicle.added": (_("Vehicle registered"), "car", ""),
    "properties.vehicle.changed": (_("Vehicle changed"), "car", ""),
    "properties.vehicle.removed": (_("Vehicle signed off"), "car", ""),
    "properties.space.assigned": (_("Parking space assigned"), "parking", ""),
    "properties.space.released": (_("Parking space released"), "parking", ""),
    "properties.meter.created": (_("Meter registered"), "gauge", ""),
    "properties.meter.changed": (_("Meter corrected"), "gauge", ""),
    "properties.meter.replaced": (_("Meter replaced"), "gauge", "info"),
    "properties.meter.deactivated": (_("Meter taken out"), "gauge", ""),
}
FIELDS: Mapping[str, Any] = {
    "number": _("Room number"),
    "entrance": _("Entrance"),
    "building_id": _("Building"),
    "kind": _("Kind"),
    "state": _("State"),
    "built_area": _("Built area (m²)"),
    "inner_area": _("Inner area (m²)"),
    "handed_over_on": _("Handed over on"),
    "note": _("Note"),
    "is_active": _("In use"),
    "is_contact": _("Call this person first"),
    "share_percent": _("Share (%)"),
    "valid_from": _("From"),
    "valid_to": _("Until"),
    "name": _("Name"),
    "phone": _("Phone"),
    "id_number": _("ID number"),
    "plate": _("Plate"),
    "space_id": _("Space"),
    "code": _("Meter number"),
    "multiplier": _("Multiplier"),
    "opening_reading": _("Opening reading"),
    "closing_reading": _("Closing reading"),
    "installed_on": _("Put in on"),
}
_WORDS = {
    **dict(UnitState.choices),
    **dict(UnitKind.choices),
    **dict(OccupancyRole.choices),
}
_NAMELESS = {"building_id", "space_id"}  # ids say nothing to people


@dataclass(frozen=True)
class Event:
    """A line of the timeline: what, when, by whom, and one line about it."""

    title: str
    at: datetime
    icon: str
    tone: str
    by: str
    text: str
    # Of payments: the sum, how it was paid, why it was voided, the receipt.
    amount: Decimal | None = None
    label: str = ""
    note: str = ""
    code: str = ""
    url: str = ""


def event_of(entry: AuditEntry, units: Mapping[int, str]) -> Event:
    """Return the words of an entry; an event that is not known here keeps its code.

    :param units: labels of the household's units by id: named where there are several.
    """
    title, icon, tone = EVENTS.get(entry.event, (entry.event, "history", ""))
    parts = [_about(entry), _difference(entry.data)]
    if len(units) > 1 and entry.object_type == Unit._meta.label_lower:
        parts.insert(0, units.get(entry.object_id, ""))
    return Event(
        title=str(title),
        at=entry.at,
        icon=icon,
        tone=tone,
        by=entry.actor.partition(" (")[0],
        text=side_by_side(part for part in parts if part),
    )


def _about(entry: AuditEntry) -> str:
    data = entry.data
    if entry.event == "properties.ownership.transferred":
        words = gettext("from %(before)s to %(after)s, on %(day)s") % {
            "before": in_words(data["before"]["owners"]) or "—",
            "after": in_words(data["after"]["owners"]),
            "day": data["effective_on"],
        }
        taken_over = Decimal(data.get("open_amount_taken_over", "0"))
        if taken_over:
            words += gettext(", open bills of ¥%(amount)s taken over") % {
                "amount": spell_money(taken_over)
            }
        return words
    if entry.event == "imports.batch.committed":
        importer = importer_of(data.get("kind", ""))
        return str(importer.name) if importer else ""
    if entry.event == "properties.unit.moved":
        return gettext("from %(before)s to %(after)s") % {
            "before": data["before"],
            "after": data["after"],
        }
    if entry.event == "properties.personal-data.revealed":
        what = str(FIELDS.get(data.get("field", ""), ""))
        return side_by_side(filter(None, [what, data.get("reason", "")]))
    named = [
        data.get(key) for key in ("name", "role", "plate", "space", "label", "effective_on", "note")
    ]
    if entry.event.startswith("properties.meter."):
        named.append(data.get("code"))
    return side_by_side(str(_WORDS.get(value, value)) for value in named if value)


def _difference(data: Mapping[str, Any]) -> str:
    before, after = data.get("before"), data.get("after")
    if not isinstance(before, dict) or not isinstance(after, dict):
        return ""
    changes = [
        gettext("%(field)s: %(before)s → %(after)s")
        % {"field": FIELDS[name], "before": _value(before.get(name)), "after": _value(value)}
        for name, value in after.items()
        if name in FIELDS and name not in _NAMELESS
    ]
    told = {str(FIELDS[name]) for name in after if name in FIELDS}
    silent = [str(FIELDS[name]) for name in data.get("changed", ()) if name in FIELDS]
    return side_by_side([*changes, *(word for word in silent if word not in told)])


def _value(value: Any) -> str:
    if value is None or value == "":
        return pgettext("no value", "none")
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    return str(_WORDS.get(value, value))
