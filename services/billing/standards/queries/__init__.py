"""Reads of fee standards: what there is, what applies, what figures would charge."""

from services.billing.standards.queries.preview import (
    Gap,
    Impact,
    Preview,
    PreviewMonth,
    impact,
    preview,
    suggested_units,
)
from services.billing.standards.queries.reads import (
    assignments,
    figures_of,
    get_standard,
    get_version,
    items,
    lock_standard,
    lock_version,
    pricing_of,
    standards,
    versions_in_force,
)
from services.billing.standards.queries.resolve import Applicable, applicable, last_billed
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
    "get_standard",
    "get_version",
    "impact",
    "items",
    "last_billed",
    "lock_standard",
    "lock_version",
    "preview",
    "pricing_of",
    "standards",
    "suggested_units",
    "versions_in_force",
]
