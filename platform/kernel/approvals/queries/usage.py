"""How chains are used: how many cases, how long they take, which projects have their own."""

from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    Avg,
    Count,
    DurationField,
    F,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce

from kernel.access import Actor
from kernel.approvals.models import OPEN_STATES, Case, CaseState, Chain, ChainState, ChainVersion
from kernel.approvals.queries.designs import chains


def chain_list(*, actor: Actor, since: datetime) -> QuerySet[Chain]:
    """Return the chains with what their list tells.

    ``in_use`` and ``draft`` are numbers of versions, ``project_ids`` the projects that have a
    chain of their own in place of this one, ``case_count`` the cases submitted since, ``took`` how
    long those took on average that were approved since.

    :raises access.ActionDenied: without ``approval.configure``.
    """
    versions = ChainVersion.objects.filter(chain_id=OuterRef("pk"))
    own = Chain.objects.filter(key=OuterRef("key"), project_id__isnull=False).exclude(
        pk=OuterRef("pk")
    )
    cases = Case.objects.filter(version__chain_id=OuterRef("pk")).order_by()
    counted = cases.filter(created_at__gte=since).values("version__chain_id")
    approved = cases.filter(state=CaseState.APPROVED, finished_at__gte=since)
    return chains(actor=actor).annotate(
        in_use=Subquery(versions.filter(state=ChainState.PUBLISHED).values("number")[:1]),
        draft=Subquery(versions.filter(state=ChainState.DRAFT).values("number")[:1]),
        own_project_ids=ArraySubquery(own.order_by("project_id").values("project_id")),
        case_count=Coalesce(
            Subquery(
                counted.annotate(how_many=Count("pk")).values("how_many"),
                output_field=IntegerField(),
            ),
            0,
        ),
        took=Subquery(
            approved.values("version__chain_id")
            .annotate(average=Avg(F("finished_at") - F("submitted_at")))
            .values("average"),
            output_field=DurationField(),
        ),
    )


def case_count(*, chain_id: int, since: datetime) -> int:
    """Return how many cases of a chain were submitted since. The caller has checked access."""
    return Case.objects.filter(version__chain_id=chain_id, created_at__gte=since).count()


def open_case_count(*, chain_id: int) -> int:
    """Return how many cases of a chain are not finished. The caller has checked access."""
    return Case.objects.filter(version__chain_id=chain_id, state__in=OPEN_STATES).count()
