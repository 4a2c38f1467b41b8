"""What may be refused when readings are recorded and resolved."""

from kernel.errors import Conflict, Invalid


class ReadingsRefused(Conflict):
    """Nothing was recorded. ``details["rows"]`` has ``{"index", "code", "detail"}`` of each fault.

    ``index`` counts from 0; the codes are those of ``queries.Refusal``.
    """

    code = "metering.readings-refused"


class ReadingBilled(Conflict):
    code = "metering.reading-billed"


class ReasonMissing(Invalid):
    code = "metering.reason-missing"


class ResolutionInvalid(Invalid):
    code = "metering.resolution-invalid"


class NotResolved(Conflict):
    code = "metering.not-resolved"
