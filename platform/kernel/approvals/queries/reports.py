"""How long papers lie at each step: which desk is slow."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Aggregate, Avg, Count, DurationField, F, Max, Q

from kernel import access
from kernel.access import Action, Actor
from kernel.approvals.models import CaseStep, StepState


class Median(Aggregate):
    """The middle value: one paper that lay for a month does not make a desk slow."""

    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True, slots=True)
class StepTime:
    """Times of one step of a chain; ``spec`` is the step's definition at the latest case."""

    chain_key: str
    chain_name: str
    step_key: str
    spec: dict[str, Any]
    count: int
    late_count: int
    median: timedelta
    average: timedelta
    longest: timedelta


def step_times(
    *, actor: Actor, since: datetime, until: datetime, project_id: int | None = None
) -> list[StepTime]:
    """Return how long the steps signed in a period took, the slowest median first.

    In calendar time from the arrival to the signature; ``until`` is excluded. Steps that needed no
    new signature do not count.

    :raises access.ActionDenied: without ``approval.view``.
    """
    access.require(actor, Action.APPROVAL_VIEW, project_id)
    took = F("finished_at") - F("arrived_at")
    done = access.scoped(
        CaseStep.objects.filter(
            state__in=[StepState.DONE, StepState.UNDONE],
            signatures__act__in=["APPROVED", "DONE"],
            finished_at__gte=since,
            finished_at__lt=until,
        ),
        actor,
        Action.APPROVAL_VIEW,
        field="case__project_id",
    )
    if project_id is not None:
        done = done.filter(case__project_id=project_id)
    rows = (
        CaseStep.objects.filter(pk__in=done.values("pk"))
        .exclude(key="")
        .values("case__version__chain__key", "case__version__chain__name", "key")
        .annotate(
            count=Count("pk"),
            late=Count("pk", filter=Q(due_at__lt=F("finished_at"))),
            median=Median(took),
            average=Avg(took),
            longest=Max(took),
            latest=Max("pk"),
        )
        .order_by("-median", "case__version__chain__key", "key")
    )
    found = list(rows)
    specs = dict(
        CaseStep.objects.filter(pk__in=[row["latest"] for row in found]).values_list("pk", "spec")
    )
    return [
        StepTime(
            chain_key=row["case__version__chain__key"],
            chain_name=row["case__version__chain__name"],
            step_key=row["key"],
            spec=specs[row["latest"]],
            count=row["count"],
            late_count=row["late"],
            median=row["median"],
            average=row["average"],
            longest=row["longest"],
        )
        for row in found
    ]
