"""The readers of approvals: chains, cases, delegations, the simulation, the report of times."""

from kernel.approvals.queries.designs import (
    chains,
    get_chain,
    get_version,
    kinds,
    problems_of,
    version_in_use,
)
from kernel.approvals.queries.reports import StepTime, step_times
from kernel.approvals.queries.running import (
    Path,
    case_of,
    cases,
    delegations,
    get_case,
    live_steps,
    lock_case,
    open_assignments_of,
    open_case_of,
    path_of,
    signatures_of,
    waiting_count,
    waiting_for,
)
from kernel.approvals.queries.simulation import Path as SimulatedPath
from kernel.approvals.queries.simulation import PathStep, StepFate, simulate

__all__ = [
    "Path",
    "PathStep",
    "SimulatedPath",
    "StepFate",
    "StepTime",
    "case_of",
    "cases",
    "chains",
    "delegations",
    "get_case",
    "get_chain",
    "get_version",
    "kinds",
    "live_steps",
    "lock_case",
    "open_assignments_of",
    "open_case_of",
    "path_of",
    "problems_of",
    "signatures_of",
    "simulate",
    "step_times",
    "version_in_use",
    "waiting_count",
    "waiting_for",
]
