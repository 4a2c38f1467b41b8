"""Reads of readings, and what readings would be worth."""

from services.billing.metering.queries.assess import (
    Assessment,
    MonthAssessment,
    Outcome,
    ReadingEntry,
    Refusal,
    assess,
    assess_month,
    billed_meters,
    histories,
    limits_of,
)
from services.billing.metering.queries.reads import (
    MonthCounts,
    all_readings,
    counts,
    find_meter,
    get_meter,
    get_reading,
    lock_month,
    missing_meters,
    past_of,
    readings,
)

__all__ = [
    "Assessment",
    "MonthAssessment",
    "MonthCounts",
    "Outcome",
    "ReadingEntry",
    "Refusal",
    "all_readings",
    "assess",
    "assess_month",
    "billed_meters",
    "counts",
    "find_meter",
    "get_meter",
    "get_reading",
    "histories",
    "limits_of",
    "lock_month",
    "missing_meters",
    "past_of",
    "readings",
]
