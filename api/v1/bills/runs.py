"""Bill runs: prepare, look at, check, post."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.history import HistoryView
from api.v1.bills import filters
from api.v1.bills import serializers as shapes
from api.views import ApiView, ListView
from kernel.access import Action
from kernel.audit.models import AuditEntry
from kernel.audit.queries import history_of
from services.billing.runs import operations, preview, queries
from services.billing.runs.models import BillRun, DraftLine, RunSkip


class Runs(ListView):
    """Bill runs: a month of a project each."""

    actions = {"GET": Action.BILL_VIEW, "POST": Action.BILL_RUN_PREPARE}
    model = BillRun
    serializer_class = shapes.RunOut
    filterset_class = filters.RunFilter

    def rows(self) -> QuerySet[BillRun]:
        return queries.runs(actor=self.actor)

    @extend_schema(request=shapes.RunIn, responses={201: shapes.RunOut})
    def post(self, request: Request) -> Response:
        """Open the run of a month and start computing it; ``job_id`` is the work.

        While a run of the month computes, it is answered instead of a second. One that waits to
        be checked or posted is a conflict (``billing.run-open``, ``details.run_id``).
        """
        body = shapes.RunIn(data=request.data)
        body.is_valid(raise_exception=True)
        run = operations.prepare_run(
            actor=self.actor, now=self.now, today=self.today, **body.validated_data
        )
        return Response(shapes.RunOut(run).data, status=201)


class RunDetail(ApiView):
    actions = {"GET": Action.BILL_VIEW}

    @extend_schema(responses=shapes.RunOut)
    def get(self, request: Request, run_id: int) -> Response:
        """Give one run with its state and totals."""
        return Response(shapes.RunOut(queries.get_run(actor=self.actor, run_id=run_id)).data)


class RunPreview(ApiView):
    actions = {"GET": Action.BILL_VIEW}

    @extend_schema(responses=shapes.PreviewOut)
    def get(self, request: Request, run_id: int) -> Response:
        """Answer what the checker looks at. The lines themselves are under ``draft-lines``."""
        run = queries.get_run(actor=self.actor, run_id=run_id)
        found = {
            "run": run,
            "items": preview.item_totals(run),
            "skips": preview.skip_counts(run),
            "changes": preview.biggest_changes(run),
        }
        return Response(shapes.PreviewOut(found).data)


class RunDraftLines(ListView):
    """The lines of the draft; empty once it is posted: then they are bills with this ``run_id``."""

    actions = {"GET": Action.BILL_VIEW}
    model = DraftLine
    serializer_class = shapes.DraftLineOut
    filterset_class = filters.DraftLineFilter

    def rows(self) -> QuerySet[DraftLine]:
        return preview.draft_lines(actor=self.actor, run_id=self.kwargs["run_id"])


class RunSkips(ListView):
    """What the run left out, and why."""

    actions = {"GET": Action.BILL_VIEW}
    model = RunSkip
    serializer_class = shapes.SkipOut
    filterset_class = filters.SkipFilter

    def rows(self) -> QuerySet[RunSkip]:
        return preview.skips(actor=self.actor, run_id=self.kwargs["run_id"])


class RunHistory(HistoryView):
    """What was done to a run, newest first."""

    actions = {"GET": Action.BILL_VIEW}

    def rows(self) -> QuerySet[AuditEntry]:
        return history_of(queries.get_run(actor=self.actor, run_id=self.kwargs["run_id"]))


class RunRecompute(ApiView):
    actions = {"POST": Action.BILL_RUN_PREPARE}

    @extend_schema(request=None, responses=shapes.RunOut)
    def post(self, request: Request, run_id: int) -> Response:
        """Compute the draft anew from the registry, prices and readings of now."""
        run = operations.recompute_run(actor=self.actor, run_id=run_id, now=self.now)
        return Response(shapes.RunOut(run).data)


class RunCheck(ApiView):
    actions = {"POST": Action.BILL_RUN_CHECK}

    @extend_schema(request=shapes.CheckIn, responses=shapes.RunOut)
    def post(self, request: Request, run_id: int) -> Response:
        """Confirm the draft, by somebody who has not prepared it."""
        body = shapes.CheckIn(data=request.data)
        body.is_valid(raise_exception=True)
        run = operations.check_run(
            actor=self.actor, run_id=run_id, now=self.now, **body.validated_data
        )
        return Response(shapes.RunOut(run).data)


class RunPost(ApiView):
    actions = {"POST": Action.BILL_RUN_POST}

    @extend_schema(request=None, responses=shapes.RunOut)
    def post(self, request: Request, run_id: int) -> Response:
        """Start making the checked draft into bills; ``job_id`` is the work.

        Asking again while it posts changes nothing.
        """
        run = operations.post_run(actor=self.actor, run_id=run_id, now=self.now, today=self.today)
        return Response(shapes.RunOut(run).data)


class RunStop(ApiView):
    actions = {"POST": Action.BILL_VIEW}

    @extend_schema(request=None, responses=shapes.JobOut)
    def post(self, request: Request, run_id: int) -> Response:
        """Stop the work on the run after the part at hand; what is done stays done."""
        job = operations.stop_run(actor=self.actor, run_id=run_id, now=self.now)
        return Response(shapes.JobOut(job).data)


class RunCancel(ApiView):
    actions = {"POST": Action.BILL_VIEW}

    @extend_schema(request=shapes.CancelIn, responses=shapes.RunOut)
    def post(self, request: Request, run_id: int) -> Response:
        """Give the run up before anything of it is posted."""
        body = shapes.CancelIn(data=request.data)
        body.is_valid(raise_exception=True)
        run = operations.cancel_run(
            actor=self.actor, run_id=run_id, now=self.now, **body.validated_data
        )
        return Response(shapes.RunOut(run).data)
