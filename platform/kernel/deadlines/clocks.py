"""The kinds of clocks: the handbook's table 3.6.2, each limit a setting.

A service starts and stops them by their keys; one that needs another kind registers it in
``AppConfig.ready``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise

from kernel import policies
from kernel.calendar.rules import WorkingCalendar
from kernel.deadlines.rules import Limit, Measure
from kernel.text import _


class Unit(StrEnum):
    """What a clock's setting is counted in."""

    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    WORKING_DAYS = "working-days"
    WORKING_HOURS = "working-hours"
    BY_WHEN = "by-when"  # the same day, within 24 hours, or by the next working day


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockKind:
    """One row of the table.

    ``setting`` holds the limit, those of ``variants`` hold it for special subjects: the shortest
    that applies counts. ``escalates_to`` is the post that hears of a breach; a ``target`` warns
    and is reported, and nobody is called to account (CS-28).
    """

    key: str
    name: Promise
    setting: str
    unit: Unit
    escalates_to: str
    rule: str
    variants: Mapping[str, str] = field(default_factory=dict)
    is_target: bool = False

    def limit(
        self,
        *,
        project_id: int | None,
        started_at: datetime,
        variants: Iterable[str],
        calendar: WorkingCalendar,
    ) -> Limit:
        """Return the limit by the settings in force.

        :raises KeyError: for a variant that the kind does not know.
        """
        settings = [self.variants[one] for one in variants] or [self.setting]
        limits = (
            _limit(key, self.unit, project_id, started_at, calendar)
            for key in dict.fromkeys(settings)
        )
        return min(limits, key=lambda limit: limit.amount)


def _limit(
    key: str,
    unit: Unit,
    project_id: int | None,
    started_at: datetime,
    calendar: WorkingCalendar,
) -> Limit:
    if unit == Unit.BY_WHEN:
        return _by_when(policies.get(key, str, project_id=project_id), started_at, calendar)
    number = policies.get(key, int, project_id=project_id)
    return {
        Unit.MINUTES: Limit(timedelta(minutes=number)),
        Unit.HOURS: Limit(timedelta(hours=number)),
        Unit.DAYS: Limit(timedelta(days=number)),
        Unit.WORKING_DAYS: Limit(timedelta(days=number), Measure.WORKING_DAYS),
        Unit.WORKING_HOURS: Limit(timedelta(hours=number), Measure.WORKING_HOURS),
    }[unit]


def _by_when(choice: str, started_at: datetime, calendar: WorkingCalendar) -> Limit:
    if choice == "same_day":  # until 24:00, CS-24
        return Limit(calendar.end_of_day(started_at) - started_at)
    if choice == "next_working_day":
        return Limit(timedelta(days=1), Measure.WORKING_DAYS)
    return Limit(timedelta(hours=24))


_CLOCKS: dict[str, ClockKind] = {}


def register(kind: ClockKind) -> None:
    """Add a kind.

    :raises ValueError: if its key is in use.
    """
    if _CLOCKS.get(kind.key, kind) != kind:
        raise ValueError(f"two clocks are called {kind.key}")
    _CLOCKS[kind.key] = kind


def clock_of(key: str) -> ClockKind:
    """Return the kind.

    :raises KeyError: if none is registered: a typing error, not the user's.
    """
    return _CLOCKS[key]


def clocks() -> list[ClockKind]:
    """Return every kind in the order of registration."""
    return list(_CLOCKS.values())


H, M, D, WD = Unit.HOURS, Unit.MINUTES, Unit.DAYS, Unit.WORKING_DAYS
_SUPERVISOR, _DIRECTOR, _MANAGER = "cs_supervisor", "mo_director", "mo_manager"


def _kind(
    key: str, name: Promise, setting: str, unit: Unit, escalates_to: str, rule: str
) -> ClockKind:
    return ClockKind(
        key=key, name=name, setting=setting, unit=unit, escalates_to=escalates_to, rule=rule
    )


# fmt: off
HANDBOOK: Final = (
    _kind("complaint.report-to-desk", _("Report to the front desk"), "cs.complaint.report_to_desk_hours", H, _SUPERVISOR, "CS-20"),  # noqa: E501
    _kind("complaint.dispatch", _("Dispatch of the complaint"), "cs.complaint.dispatch_hours", H, _SUPERVISOR, "CS-23"),  # noqa: E501
    _kind("complaint.cannot-meet", _("Notice that the deadline cannot be met"), "cs.complaint.cannot_meet_notice_hours", H, _DIRECTOR, "CS-25"),  # noqa: E501
    _kind("complaint.verify", _("Facts verified"), "cs.complaint.investigate", Unit.BY_WHEN, _DIRECTOR, "CS-24"),  # noqa: E501
    _kind("complaint.first-reply", _("First reply"), "cs.complaint.first_reply_hours", H, _DIRECTOR, "CS-26"),  # noqa: E501
    _kind("complaint.remedy", _("Answer which remedy is planned"), "cs.complaint.remedy_reply_days", D, _DIRECTOR, "CS-27"),  # noqa: E501
    ClockKind(
        key="complaint.resolution", name=_("Complaint solved"),
        setting="cs.complaint.resolve_target_hours", unit=H, escalates_to=_DIRECTOR,
        rule="CS-28", is_target=True,
    ),
    _kind("complaint.done-report", _("Report that the work is done"), "cs.complaint.done_report_hours", H, _DIRECTOR, "CS-29"),  # noqa: E501
    _kind("complaint.first-contact", _("First contact told"), "cs.first_contact.notify_hours", H, _SUPERVISOR, "CS-14"),  # noqa: E501
    _kind("complaint.revisit", _("Revisit after the complaint"), "cs.complaint.revisit_wd", WD, _SUPERVISOR, "CS-29"),  # noqa: E501
    _kind("major.notify", _("Departments told of the emergency"), "cs.major.notify_dept_minutes", M, _MANAGER, "CS-50"),  # noqa: E501
    _kind("major.to-leader", _("Leader in charge told"), "cs.major.escalate_leader_minutes", M, "deputy_gm", "CS-51"),  # noqa: E501
    _kind("major.office-report", _("Written report of the office"), "cs.major.office_report_hours", H, "deputy_gm", "CS-51"),  # noqa: E501
    _kind("major.to-board", _("Board leader told"), "cs.major.escalate_board_minutes", M, "board_leader", "CS-52"),  # noqa: E501
    _kind("major.leader-report", _("Written report of the leader"), "cs.major.leader_report_hours", H, "board_leader", "CS-52"),  # noqa: E501
    _kind("major.verify", _("Result verified with the developer"), "cs.major.verify_hours", H, _MANAGER, "CS-53"),  # noqa: E501
    _kind("major.revisit", _("Revisit after the major matter"), "cs.major.revisit_wd", WD, _MANAGER, "CS-53"),  # noqa: E501
    _kind("repair.transfer", _("Repair accepted by engineering"), "repair.transfer_minutes", M, "maintenance_supervisor", "CS-71"),  # noqa: E501
    ClockKind(
        key="repair.revisit", name=_("Revisit after the repair"), setting="revisit.days_default",
        unit=D, escalates_to=_MANAGER, rule="CS-91",
        variants={"safety": "revisit.days_safety", "leak": "revisit.days_leak"},
    ),
    _kind("repair.revisit-defect", _("Notice of a defect found at the revisit"), "revisit.problem_notice_hours", H, _DIRECTOR, "CS-93"),  # noqa: E501
    _kind("purchase.backfill", _("Approval of the emergency purchase completed"), "purchase.c_backfill_wd", WD, "property_manager", "PR-07"),  # noqa: E501
)
# fmt: on
