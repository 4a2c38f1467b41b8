"""How figures of a standard are told in words: prices, tiers, conditions, states of a version."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Choices
from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from console import formats
from kernel.audit.models import AuditEntry
from kernel.spelling import spell_price
from services.billing.runs.models import SkipReason
from services.billing.standards import rules
from services.billing.standards.models import FeeAssignment, FeeVersion, Method, VersionState
from services.properties.models import Meter, UnitKind, UnitState

EVENTS = {
    "billing.fee-standard.created": _("created the standard"),
    "billing.fee-standard.renamed": _("renamed the standard"),
    "billing.fee-version.drafted": _("drafted V%(number)s"),
    "billing.fee-version.changed": _("changed the draft V%(number)s"),
    "billing.fee-version.submitted": _("submitted V%(number)s to be confirmed"),
    "billing.fee-version.confirmed": _("confirmed V%(number)s"),
    "billing.fee-version.ended": _("ended V%(number)s"),
    "billing.fee-version.withdrawn": _("withdrew V%(number)s"),
    "billing.fee-assignment.drafted": _("drafted who is charged"),
    "billing.fee-assignment.confirmed": _("confirmed who is charged"),
    "billing.fee-assignment.ended": _("ended who is charged"),
    "billing.fee-assignment.removed": _("took back who is charged"),
}


def spell_quantity(quantity: Decimal | None) -> str:
    """Return an area or a consumption without needless zeros."""
    if quantity is None:
        return formats.NOTHING
    return formats.spell_number(quantity.normalize() + 0)


def unit_of(method: str, meter_kind: str) -> str:
    """Return what a price is per: ``元/㎡·月``."""
    if method == Method.PER_AREA:
        return gettext("CNY per m² and month")
    if method == Method.FIXED:
        return gettext("CNY per unit and month")
    return gettext("CNY per %(unit)s") % {"unit": measure_of(meter_kind)}


def measure_of(meter_kind: str) -> str:
    """Return the unit of measure of a kind of meter, ``m³``."""
    return Meter.UNITS_OF_MEASURE.get(meter_kind, "m³")


def price_words(version: FeeVersion) -> str:
    """Return the price in one line, ``2.80`` or ``2.90 / 3.85 / 6.70``."""
    if version.tiers:
        return " / ".join(spell_price(tier.price) for tier in rules.read_tiers(version.tiers))
    return spell_price(version.price)


def month_words(month: date) -> str:
    return f"{month:%Y-%m}"


def months_words(valid_from: date, valid_to: date | None) -> str:
    """Return ``2026-01 至 2026-12``; both months are included."""
    if valid_to is None:
        return gettext("from %(month)s on") % {"month": month_words(valid_from)}
    last = rules.shift_month(valid_to, -1)
    if last == valid_from:
        return month_words(valid_from)
    return gettext("%(first)s to %(last)s") % {
        "first": month_words(valid_from),
        "last": month_words(last),
    }


def state_of(version: FeeVersion, today: date) -> tuple[str, str, str]:
    """Return key, word and tone of what a version is today."""
    if version.state == VersionState.WITHDRAWN:
        return "withdrawn", gettext("Withdrawn"), ""
    if version.state == VersionState.DRAFT:
        if version.submitted_at is not None:
            return "draft", gettext("To be confirmed"), "warn"
        return "draft", gettext("Draft"), "brand"
    month = today.replace(day=1)
    if version.valid_from > month:
        return "next", gettext("Not yet in force"), "info"
    if version.valid_to is not None and version.valid_to <= month:
        return "past", gettext("No longer in force"), ""
    return "now", gettext("In force"), "ok"


def conditions(assignment: FeeAssignment) -> list[tuple[str, str]]:
    """Return a rule's conditions: what they are about, and the values that fit."""
    comma = pgettext("between items of a list", ", ")
    found: list[tuple[str, str]] = []
    for title, values, choices in (
        (gettext("Kind"), assignment.kinds, UnitKind),
        (gettext("State"), assignment.states, UnitState),
    ):
        if values:
            found.append((title, comma.join(word(choices, value) for value in values)))
    buildings = list(assignment.buildings.all())
    if buildings:
        names = comma.join(building.name for building in buildings[:6])
        if len(buildings) > 6:
            names = ngettext(
                "%(names)s and %(count)d more", "%(names)s and %(count)d more", len(buildings) - 6
            ) % {"names": names, "count": len(buildings) - 6}
        found.append((gettext("Building"), names))
    return found or [("", gettext("All units of the project"))]


def word(choices: type[Choices], value: str) -> str:
    """Return the label of a stored value."""
    return str(choices(value).label)


def problem_word(problem: str) -> str:
    """Return why something is not billed, in words."""
    return word(SkipReason, problem)


def event_words(entry: AuditEntry) -> str:
    """Return what an entry of the history says was done."""
    words = EVENTS.get(entry.event)
    return str(words) % {"number": entry.data.get("number", "")} if words else entry.event


def explanation_rows(explanation: rules.Explanation, meter_kind: str) -> list[dict[str, Any]]:
    """Return a line's steps for the side panel: one row for each slab."""
    rows = []
    for slab in explanation.slabs:
        quantity = spell_quantity(slab.quantity)
        if explanation.method == Method.PER_AREA:
            quantity = f"{quantity} m²"
        elif explanation.method == Method.TIERED_METER:
            quantity = f"{quantity} {measure_of(meter_kind)}"
        factors = [quantity, spell_price(slab.price)]
        if explanation.method == Method.FIXED:
            factors = [spell_price(slab.price)]
        if explanation.rate != 1:
            factors.append(formats.spell_share(explanation.rate))
        rows.append({"factors": " × ".join(factors), "exact": slab.exact * explanation.rate})
    return rows
