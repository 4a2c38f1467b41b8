"""What other code may ask of bill runs: prepare, compute, check, post, cancel, reverse a line."""

from services.billing.runs.operations.common import COMPUTE, POST, PersonNeeded, RunStateWrong
from services.billing.runs.operations.drafting import (
    RunEmpty,
    RunOpen,
    TotalsChanged,
    UnitsMoved,
    check_run,
    compute_run,
    prepare_run,
    recompute_run,
)
from services.billing.runs.operations.ending import cancel_run, interrupt_run, stop_run
from services.billing.runs.operations.issuing import (
    CollectionNotOpen,
    NotChecked,
    post_run,
    post_run_lines,
)
from services.billing.runs.operations.reversal import (
    LinePaid,
    LineReversed,
    ReasonMissing,
    reverse_line,
)

__all__ = [
    "COMPUTE",
    "POST",
    "CollectionNotOpen",
    "LinePaid",
    "LineReversed",
    "NotChecked",
    "PersonNeeded",
    "ReasonMissing",
    "RunEmpty",
    "RunOpen",
    "RunStateWrong",
    "TotalsChanged",
    "UnitsMoved",
    "cancel_run",
    "check_run",
    "compute_run",
    "interrupt_run",
    "post_run",
    "post_run_lines",
    "prepare_run",
    "recompute_run",
    "reverse_line",
    "stop_run",
]
