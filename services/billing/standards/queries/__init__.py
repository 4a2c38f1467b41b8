"""Reads of fee standards: what there is, what applies, what figures would charge."""

from services.billing.standards.queries.preview import (
    Gap,
    Impact,
    Preview,
    PreviewMonth,
    find_unit,
    impact,
    preview,
    suggested_units,
)
from services.billing.standards.queries.reads import (
    assignments,
    figures_of,
    get_item,
    get_standard,
    get_version,
    history,
    items,
    lock_standard,
    lock_version,
    pricing_of,
    standards,
    versions,
    versions_in_force,
)
from services.billing.standards.queries.resolve import (
    Applicable,
    applicable,
    last_billed,
    unit_counts,
)
from services.billing.standards.queries.units import UnitFee, fees_of_units

__all__ = [
    "Applicable",
    "Gap",
    "Impact",
    "Preview",
    "PreviewMonth",
    "UnitFee",
    "applicable",
    "assignments",
    "fees_of_units",
    "figures_of",
    "find_unit",
    "get_item",
    "get_standard",
    "get_version",
    "history",
    "impact",
    "items",
    "last_billed",
    "lock_standard",
    "lock_version",
    "preview",
    "pricing_of",
    "standards",
    "suggested_units",
    "unit_counts",
    "versions",
    "versions_in_force",
]
