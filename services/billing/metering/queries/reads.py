"""Reads of readings: the month's list, its exceptions, a meter's past."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import (
    Case,
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)

from kernel import access
from kernel.access import Action, Actor
from kernel.errors import NotFound
from services.billing.metering.models import Reading, ReadingState
from services.properties.models import Meter, Project

_MISSING = "MISSING"  # beside the states, in the count of a month


@dataclass(frozen=True, slots=True)
class MonthCounts:
    """How far a month's reading is."""

    meters: int
    accepted: int
    exceptions: int
    resolved: int
    rejected: int
    missing: int

    @property
    def read(self) -> int:
        return self.accepted + self.exceptions + self.resolved + self.rejected


def readings(*, actor: Actor, project_id: int, usage_month: date) -> QuerySet[Reading]:
    """Return a month's readings with meter and unit: open exceptions first, then by room.

    ``rank`` is what that order goes by.
    """
    return (
        access.scoped(Reading.objects.all(), actor, Action.READING_VIEW)
        .filter(project_id=project_id, usage_month=usage_month)
        .select_related("meter__unit")
        .annotate(
            rank=Case(
                When(state=ReadingState.EXCEPTION, then=Value(0)),
                When(state=ReadingState.REJECTED, then=Value(1)),
                default=Value(2),
                output_field=IntegerField(),
            )
        )
        .order_by("rank", "meter__unit__sort_key", "meter__code", "pk")
    )


def all_readings(*, actor: Actor) -> QuerySet[Reading]:
    """Return every reading within the actor's reach with meter and unit, by id."""
    return (
        access.scoped(Reading.objects.all(), actor, Action.READING_VIEW)
        .select_related("meter__unit")
        .order_by("pk")
    )


def open_exceptions(*, actor: Actor, project_id: int | None = None) -> list[tuple[int, date, int]]:
    """Return the projects and months in which readings wait for the actor, and how many.

    :param project_id: with ``None``, wherever he resolves them.
    """
    found = Reading.objects.filter(state=ReadingState.EXCEPTION)
    if project_id is not None:
        found = found.filter(project_id=project_id)
    return list(
        access.scoped(found, actor, Action.READING_RESOLVE)
        .order_by("project_id", "usage_month")
        .values_list("project_id", "usage_month")
        .annotate(count=Count("pk"))
    )


def counts(*, actor: Actor, project_id: int, usage_month: date) -> MonthCounts:
    """Return how far a month's reading is.

    :raises access.ActionDenied: without ``reading.view`` in the project.
    """
    access.require(actor, Action.READING_VIEW, project_id)
    states = (
        Reading.objects.filter(project_id=project_id, usage_month=usage_month)
        .order_by()
        .values_list("state")
        .annotate(count=Count("pk"))
    )
    without = (
        _without_reading(project_id, usage_month)
        .order_by()
        .values_list(Value(_MISSING))
        .annotate(count=Count("pk"))
    )
    by_state = dict(states.union(without, all=True))
    missing = by_state.pop(_MISSING, 0)
    return MonthCounts(
        meters=sum(by_state.values()) + missing,
        accepted=by_state.get(ReadingState.ACCEPTED, 0),
        exceptions=by_state.get(ReadingState.EXCEPTION, 0),
        resolved=by_state.get(ReadingState.RESOLVED, 0),
        rejected=by_state.get(ReadingState.REJECTED, 0),
        missing=missing,
    )


def missing_meters(*, actor: Actor, project_id: int, usage_month: date) -> QuerySet[Meter]:
    """Return the meters in use that have no reading of the month at all, in the order of rooms."""
    found = access.scoped(_without_reading(project_id, usage_month), actor, Action.READING_VIEW)
    return found.select_related("unit").order_by("unit__sort_key", "code", "pk")


def get_reading(*, actor: Actor, reading_id: int) -> Reading:
    """Return one reading with meter, unit and project.

    :raises NotFound: if there is none within the actor's reach.
    """
    reading = all_readings(actor=actor).select_related("project").filter(pk=reading_id).first()
    if reading is None:
        raise NotFound
    return reading


def reading_of(*, actor: Actor, meter_id: int, usage_month: date) -> Reading | None:
    """Return a meter's reading of a month, if there is one within the actor's reach."""
    return all_readings(actor=actor).filter(meter_id=meter_id, usage_month=usage_month).first()


def past_of(*, actor: Actor, meter_id: int, up_to: date, limit: int = 12) -> list[Reading]:
    """Return a meter's latest readings up to a month, that one included, oldest first."""
    latest = (
        access.scoped(Reading.objects.all(), actor, Action.READING_VIEW)
        .filter(meter_id=meter_id, usage_month__lte=up_to)
        .order_by("-usage_month")[:limit]
    )
    return sorted(latest, key=lambda reading: reading.usage_month)


def last_consumption(*, actor: Actor, unit_id: int, kind: str) -> Decimal | None:
    """Return what a unit's meters of a kind used together in the last month that was settled."""
    settled = access.scoped(Reading.objects.all(), actor, Action.READING_VIEW).filter(
        meter__unit_id=unit_id, meter__kind=kind, consumption__isnull=False
    )
    last = settled.order_by("-usage_month").values_list("usage_month", flat=True).first()
    if last is None:
        return None
    total: Decimal | None = settled.filter(usage_month=last).aggregate(sum=Sum("consumption"))[
        "sum"
    ]
    return total


def last_month(*, actor: Actor, project_id: int) -> date | None:
    """Return the latest month of a project that has readings."""
    return (
        access.scoped(Reading.objects.all(), actor, Action.READING_VIEW)
        .filter(project_id=project_id)
        .order_by("-usage_month")
        .values_list("usage_month", flat=True)
        .first()
    )


def find_meter(*, actor: Actor, project_id: int, code: str) -> Meter | None:
    """Return the meter in use of a number as printed or scanned, whatever its case."""
    return (
        access.scoped(Meter.objects.all(), actor, Action.READING_VIEW)
        .filter(project_id=project_id, code__iexact=code.strip(), is_active=True)
        .select_related("unit")
        .order_by("pk")
        .first()
    )


def get_meter(*, actor: Actor, meter_id: int) -> Meter:
    """Return one meter with its unit and project.

    :raises NotFound: if there is none within the actor's reach.
    """
    meter = (
        access.scoped(Meter.objects.all(), actor, Action.READING_VIEW)
        .select_related("unit", "project")
        .filter(pk=meter_id)
        .first()
    )
    if meter is None:
        raise NotFound
    return meter


def lock_month(*, actor: Actor, project_id: int) -> Project:
    """Return the project, locked against every other writer of its readings.

    One after the other: what is a jump depends on all readings of the month. Payments and bills
    of the project go on, the lock leaves the row's key alone.

    :raises NotFound: if there is none within the actor's reach.
    """
    project = (
        access.scoped(Project.objects.all(), actor, Action.READING_VIEW, field="id")
        .select_for_update(no_key=True)
        .filter(pk=project_id)
        .first()
    )
    if project is None:
        raise NotFound
    return project


def _without_reading(project_id: int, usage_month: date) -> QuerySet[Meter]:
    """Return the meters of the month that have no reading: in place on some day of it.

    A bill run waits for the same (``runs.computing``).
    """
    return Meter.objects.filter(
        ~Exists(Reading.objects.filter(meter=OuterRef("pk"), usage_month=usage_month)),
        Q(installed_on__isnull=True) | Q(installed_on__lt=_next_month(usage_month)),
        Q(is_active=True) | Q(removed_on__gte=usage_month),
        project_id=project_id,
    )


def _next_month(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
