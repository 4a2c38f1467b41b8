"""Reads of bill runs and bill lines; those of a draft are in ``preview``."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Sum, Value, When

from kernel import access
from kernel.access import Action, Actor
from kernel.errors import NotFound
from services.billing.ledger import queries as ledger
from services.billing.ledger.models import Journal, JournalKind
from services.billing.metering.models import Reading
from services.billing.runs.models import (
    OPEN_RUN_STATES,
    BillLine,
    BillRun,
    BillRunChunk,
    ChunkState,
    DraftLine,
    LineState,
    RunState,
)
from services.billing.standards import queries as standards
from services.billing.standards import rules as pricing
from services.billing.standards.models import FeeVersion

OPEN_LINE = Q(is_reversed=False, paid_amount__lt=F("amount"))
# Oldest due day first, then the items in their order (BL-109); ``cashier.rules.in_turn``.
IN_TURN = ("due_on", "item__sort_order", "period", "pk")


def runs(*, actor: Actor, project_id: int | None = None) -> QuerySet[BillRun]:
    """Return the runs within the actor's reach, the latest month first."""
    found = access.scoped(BillRun.objects.all(), actor, Action.BILL_VIEW)
    if project_id is not None:
        found = found.filter(project_id=project_id)
    return found.order_by("-period", "-pk")


def get_run(*, actor: Actor, run_id: int) -> BillRun:
    """Return one run with its project. :raises NotFound: if there is none within reach."""
    run = runs(actor=actor).select_related("project").filter(pk=run_id).first()
    if run is None:
        raise NotFound
    return run


def open_run(*, actor: Actor, project_id: int, period: date) -> BillRun | None:
    """Return the run of a month that is under way, if there is one."""
    return (
        runs(actor=actor, project_id=project_id)
        .filter(period=period, state__in=OPEN_RUN_STATES)
        .first()
    )


def runs_waiting_for(*, actor: Actor, project_id: int | None = None) -> list[BillRun]:
    """Return the open runs whose next step is the actor's, the latest month first.

    A draft is checked by somebody who has neither prepared it nor entered its readings; a run
    that broke off is taken up by who may do what it broke off at.

    :param project_id: with ``None``, wherever it is.
    """
    found = runs(actor=actor, project_id=project_id)
    entered = DraftLine.objects.filter(
        run=OuterRef("pk"),
        reading_id__in=Reading.objects.filter(recorded_by=actor.user_id).values("pk"),
    )
    to_check = found.filter(
        Q(state=RunState.PREVIEW) & ~Q(prepared_by=actor.user_id) & ~Q(Exists(entered))
    )
    to_post = found.filter(
        Q(state=RunState.CHECKED) | Q(state=RunState.FAILED, checked_by__isnull=False)
    )
    to_prepare = found.filter(state=RunState.FAILED, checked_by__isnull=True)
    return list(
        access.scoped(to_check, actor, Action.BILL_RUN_CHECK)
        | access.scoped(to_post, actor, Action.BILL_RUN_POST)
        | access.scoped(to_prepare, actor, Action.BILL_RUN_PREPARE)
    )


def chunk_of_line(line: BillLine) -> BillRunChunk | None:
    """Return the chunk of the run in which a line was posted."""
    return (
        BillRunChunk.objects.filter(
            run_id=line.run_id,
            first_household_id__lte=line.household_id,
            last_household_id__gte=line.household_id,
        )
        .select_related("journal")
        .first()
    )


def chunk_amount(run: BillRun, state: ChunkState) -> Decimal:
    """Return what the chunks of a run that are in ``state`` come to, while it is worked on."""
    total = run.chunks.filter(state=state).aggregate(total=Sum("amount"))["total"]
    return total or Decimal("0.00")


def has_bills(run: BillRun) -> bool:
    """Tell whether some of the run is posted."""
    return run.chunks.filter(state=ChunkState.POSTED).exists()


def draft_readings_recorded_by(run: BillRun, user_id: int) -> int:
    """Return how many readings of the draft this person entered: what BL-14 wants audited."""
    return (
        DraftLine.objects.filter(
            run=run, reading_id__in=Reading.objects.filter(recorded_by=user_id).values("pk")
        )
        .order_by()
        .count()
    )


def lines(*, actor: Actor, today: date, project_id: int | None = None) -> QuerySet[BillLine]:
    """Return bill lines within the actor's reach by id, each with its ``state`` on ``today``.

    Household, unit and item come with it.
    """
    found = access.scoped(BillLine.objects.all(), actor, Action.BILL_VIEW)
    if project_id is not None:
        found = found.filter(project_id=project_id)
    return (
        found.select_related("household", "unit", "item")
        .annotate(
            state=Case(
                When(is_reversed=True, then=Value(LineState.REVERSED.value)),
                When(paid_amount__gte=F("amount"), then=Value(LineState.PAID.value)),
                When(due_on__lt=today, then=Value(LineState.OVERDUE.value)),
                When(paid_amount__gt=0, then=Value(LineState.PARTLY_PAID.value)),
                default=Value(LineState.OPEN.value),
                output_field=models.CharField(choices=LineState),
            ),
            open_amount=Case(
                When(is_reversed=True, then=Value(0)),
                default=F("amount") - F("paid_amount"),
                output_field=models.DecimalField(max_digits=14, decimal_places=2),
            ),
        )
        .order_by("pk")
    )


def get_line(*, actor: Actor, line_id: int, today: date) -> BillLine:
    """Return one line with household, unit, item, run and project, and its ``state``.

    :raises NotFound: if there is none within reach.
    """
    line = (
        lines(actor=actor, today=today)
        .select_related("household", "unit", "item", "run", "project")
        .filter(pk=line_id)
        .first()
    )
    if line is None:
        raise NotFound
    return line


def open_lines(*, actor: Actor, household_id: int, today: date) -> list[BillLine]:
    """Return what a household owes as ``lines`` has it, in the turn in which it is paid."""
    found = lines(actor=actor, today=today).filter(OPEN_LINE, household_id=household_id)
    return list(found.order_by(*IN_TURN))


def open_lines_of_household(household_id: int) -> QuerySet[BillLine]:
    """Return what a household owes in the turn in which it is paid (BL-109).

    Oldest due day first, then the items in their order. The caller has checked access.
    """
    return (
        BillLine.objects.filter(OPEN_LINE, household_id=household_id)
        .select_related("item", "unit")
        .order_by(*IN_TURN)
    )


def lock_lines(ids: Collection[int]) -> list[BillLine]:
    """Return the lines that exist, locked until the transaction ends, by id, with their items."""
    return list(
        BillLine.objects.select_for_update(of=("self",))
        .select_related("item")
        .filter(pk__in=ids)
        .order_by("pk")
    )


def version_of(line: BillLine) -> FeeVersion:
    """Return the price that a line was computed with; confirmed versions are never changed."""
    return FeeVersion.objects.select_related("standard").get(pk=line.version_id)


def explanation_of(line: BillLine, version: FeeVersion) -> pricing.Explanation:
    """Return how the amount of a line came about, step by step."""
    return pricing.explain(standards.pricing_of(version), line.quantity, line.rate)


def readings_of(line: BillLine, version: FeeVersion) -> QuerySet[Reading]:
    """Return the readings that the quantity of a metered line is the sum of, by meter."""
    if line.usage_month is None:
        return Reading.objects.none()
    return (
        Reading.objects.filter(
            meter__unit_id=line.unit_id,
            meter__kind=version.meter_kind,
            usage_month=line.usage_month,
        )
        .select_related("meter")
        .order_by("meter__code")
    )


def journals_of(line: BillLine) -> list[Journal]:
    """Return the entries that posted a line and, if so, took it back."""
    chunk = chunk_of_line(line)
    reversal = ledger.journal_of_source(
        kind=JournalKind.BILL_REVERSAL, source_type="billline", source_id=line.pk
    )
    return [
        journal for journal in (chunk.journal if chunk else None, reversal) if journal is not None
    ]
