"""The company's own days, entered and taken back."""

from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from kernel import access
from kernel.access.actions import Action
from kernel.access.actors import Actor
from kernel.audit import operations as audit
from kernel.calendar.models import CalendarException
from kernel.calendar.public_days import FIRST_YEAR, LAST_YEAR
from kernel.errors import Invalid, NotFound
from kernel.jobs import operations as jobs
from kernel.text import _

MOST_DAYS: Final = 62
_NAME_LENGTH: Final = 60


class DaysInvalid(Invalid):
    code = "calendar.days-invalid"


class ReasonMissing(Invalid):
    code = "calendar.reason-missing"


@transaction.atomic
def set_days(
    *, actor: Actor, first_day: date, last_day: date, is_working: bool, name: str, now: datetime
) -> list[CalendarException]:
    """Let the company work or rest on each of the days; what it said of them before is replaced.

    :raises DaysInvalid: if they are out of order, too many or out of the calendar's reach.
    :raises ReasonMissing: if no name says why.
    """
    access.require_everywhere(actor, Action.COMPANY_CONFIGURE)
    days = _days(first_day, last_day)
    name = name.strip()
    if not name:
        raise ReasonMissing(_("Say why these days are an exception."), field="name")
    if len(name) > _NAME_LENGTH:
        raise ReasonMissing(
            _("At most %(most)d characters fit here.") % {"most": _NAME_LENGTH}, field="name"
        )
    found = [_set(actor, day, is_working=is_working, name=name, now=now) for day in days]
    _follow(actor, now)
    return found


@transaction.atomic
def remove_exception(*, actor: Actor, exception_id: int, now: datetime) -> CalendarException:
    """Let the day count again as weekday and public holidays say.

    :raises NotFound: if there is no such exception.
    """
    access.require_everywhere(actor, Action.COMPANY_CONFIGURE)
    exception = CalendarException.objects.select_for_update().filter(pk=exception_id).first()
    if exception is None:
        raise NotFound
    audit.record(
        actor=actor,
        event="calendar.exception.removed",
        subject=exception,
        now=now,
        data={"before": _facts(exception)},
    )
    CalendarException.objects.filter(pk=exception_id).delete()
    _follow(actor, now)
    return exception


def _days(first: date, last: date) -> list[date]:
    if last < first:
        raise DaysInvalid(_("The last day lies before the first."), field="last_day")
    if (last - first).days >= MOST_DAYS:
        raise DaysInvalid(
            _("At most %(most)d days at a time.") % {"most": MOST_DAYS}, field="last_day"
        )
    if first.year < FIRST_YEAR or last.year > LAST_YEAR:
        raise DaysInvalid(
            _("The calendar reaches from %(first)d to %(last)d.")
            % {"first": FIRST_YEAR, "last": LAST_YEAR},
            field="first_day",
        )
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _follow(actor: Actor, now: datetime) -> None:
    """Let the clocks that count working time be set by the changed calendar."""
    jobs.start(actor=actor, kind="deadlines.recompute", params={}, now=now)


def _set(
    actor: Actor, day: date, *, is_working: bool, name: str, now: datetime
) -> CalendarException:
    earlier = CalendarException.objects.select_for_update().filter(day=day).first()
    before = _facts(earlier) if earlier is not None else None
    exception, _is_new = CalendarException.objects.update_or_create(
        day=day,
        defaults={
            "is_working": is_working,
            "name": name,
            "set_by_id": actor.user_id,
            "set_by_label": actor.label[:140],
            "set_at": now,
        },
    )
    after = _facts(exception)
    if before != after:
        audit.record(
            actor=actor,
            event="calendar.exception.set",
            subject=exception,
            now=now,
            data={"before": before, "after": after},
        )
    return exception


def _facts(exception: CalendarException) -> dict[str, object]:
    return {
        "day": exception.day.isoformat(),
        "is_working": exception.is_working,
        "name": exception.name,
    }
