"""Writes of readings. Each call is one transaction; a project's are one after the other."""

from services.billing.metering.operations.errors import (
    NotResolved,
    ReadingBilled,
    ReadingsRefused,
    ReasonMissing,
    ResolutionInvalid,
)
from services.billing.metering.operations.record import (
    MESSAGES,
    Recorded,
    record_reading,
    record_readings,
)
from services.billing.metering.operations.resolve import reopen_reading, resolve_reading
from services.billing.metering.queries import ReadingEntry

__all__ = [
    "MESSAGES",
    "NotResolved",
    "ReadingBilled",
    "ReadingEntry",
    "ReadingsRefused",
    "ReasonMissing",
    "Recorded",
    "ResolutionInvalid",
    "record_reading",
    "record_readings",
    "reopen_reading",
    "resolve_reading",
]
