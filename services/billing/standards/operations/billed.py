"""Months that are billed stand: what priced them may not move under them."""

from datetime import date

from kernel.text import _
from services.billing.standards import queries, rules
from services.billing.standards.models import FeeStandard
from services.billing.standards.operations.errors import MonthBilledAlready


def refuse_billed(standard: FeeStandard, month: date, *, field: str) -> None:
    """Return if no unit of the standard is billed for ``month`` or later.

    :raises MonthBilledAlready: otherwise, naming the first month that can still be chosen.
    """
    last = queries.last_billed(standard=standard, since=month)
    if last is None:
        return
    earliest = rules.month_after(last)
    raise MonthBilledAlready(
        _(
            "%(billed)s is billed already, or in a bill run that is open. The earliest month "
            "possible is %(earliest)s."
        )
        % {"billed": f"{last:%Y-%m}", "earliest": f"{earliest:%Y-%m}"},
        field=field,
        details={"earliest": earliest.isoformat()},
    )
