"""Who may do what: users, posts, scopes, and the one choke point that every operation calls.

access.require(actor, Action.BILL_RUN_POST, project_id=run.project_id)
"""

from kernel.access.actions import Action
from kernel.access.actors import (
    ALL_PROJECTS,
    SYSTEM,
    ActionDenied,
    Actor,
    Grant,
    ProjectScope,
    know_projects,
    require,
    require_everywhere,
    require_in_project,
    require_in_sight,
    scoped,
)

__all__ = [
    "ALL_PROJECTS",
    "SYSTEM",
    "Action",
    "ActionDenied",
    "Actor",
    "Grant",
    "ProjectScope",
    "know_projects",
    "require",
    "require_everywhere",
    "require_in_project",
    "require_in_sight",
    "scoped",
]
