"""The writers of protected files and of retention."""

from kernel.records.operations.access import (
    DetailsMissing,
    GrantExpired,
    GrantMissing,
    NotGranted,
    NotYours,
    ThirdParty,
    decide,
    end_access,
    open_file,
    request_access,
)
from kernel.records.operations.disposal import (
    HeldAlready,
    NotDue,
    NothingChosen,
    OnHold,
    ReasonMissing,
    dispose,
    drop,
    lift_hold,
    list_for_disposal,
    place_hold,
)
from kernel.records.operations.figures import (
    ReasonTooShort,
    note_figure_shown,
    plain_reason,
)

__all__ = [
    "DetailsMissing",
    "GrantExpired",
    "GrantMissing",
    "HeldAlready",
    "NotDue",
    "NotGranted",
    "NotYours",
    "NothingChosen",
    "OnHold",
    "ReasonMissing",
    "ReasonTooShort",
    "ThirdParty",
    "decide",
    "dispose",
    "drop",
    "end_access",
    "lift_hold",
    "list_for_disposal",
    "note_figure_shown",
    "open_file",
    "place_hold",
    "plain_reason",
    "request_access",
]
