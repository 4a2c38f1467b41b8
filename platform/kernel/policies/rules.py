"""Settings that have to go together. Pure."""

from typing import Final, NamedTuple


class Order(NamedTuple):
    """The value of ``low`` is not above that of ``high``."""

    low: str
    high: str


ORDERS: Final = (
    Order("meter.window_from", "meter.window_to"),  # BL-11
    Order("billing.entry_from", "billing.entry_to"),  # BL-13
    Order("billing.entry_to", "billing.open_day"),  # BL-14: audited before collection opens
    Order("leave.director_over_days", "leave.manager_over_days"),  # ST-42
    Order("revisit.days_safety", "revisit.days_default"),  # CS-91
    Order("revisit.days_leak", "revisit.days_default"),
    Order("cs.major.office_report_hours", "cs.major.leader_report_hours"),  # CS-51, CS-52
)
