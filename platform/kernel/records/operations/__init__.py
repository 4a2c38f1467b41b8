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

__all__ = [
    "DetailsMissing",
    "GrantExpired",
    "GrantMissing",
    "NotGranted",
    "NotYours",
    "ThirdParty",
    "decide",
    "end_access",
    "open_file",
    "request_access",
]
