"""The readers of approvals: chains, cases, delegations, the simulation, the report of times."""

from kernel.approvals.queries.designs import (
    chains,
    get_chain,
    get_version,
    kinds,
    problems_of,
    version_in_use,
)
from kernel.approvals.queries.inbox import Tab, cases_in, own_places, signing_times
from kernel.approvals.queries.people import Situation, approvers_of, colleagues
from kernel.approvals.queries.reports import StepTime, step_times
from kernel.approvals.queries.running import (
    Path,
    case_of,
    cases,
    cases_to_take_further,
    delegations,
    get_case,
    history_with_cases,
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
from kernel.approvals.queries.staffing import staffing_of
from kernel.approvals.queries.usage import case_count, chain_list, open_case_count

__all__ = [
    "Path",
    "PathStep",
    "SimulatedPath",
    "Situation",
    "StepFate",
    "StepTime",
    "Tab",
    "approvers_of",
    "case_count",
    "case_of",
    "cases",
    "cases_in",
    "cases_to_take_further",
    "chain_list",
    "chains",
    "colleagues",
    "delegations",
    "get_case",
    "get_chain",
    "get_version",
    "history_with_cases",
    "kinds",
    "live_steps",
    "lock_case",
    "open_assignments_of",
    "open_case_count",
    "open_case_of",
    "own_places",
    "path_of",
    "problems_of",
    "signatures_of",
    "signing_times",
    "simulate",
    "staffing_of",
    "step_times",
    "version_in_use",
    "waiting_count",
    "waiting_for",
]
