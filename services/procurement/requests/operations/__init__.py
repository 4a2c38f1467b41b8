"""The writers of purchase requests and budgets."""

from services.procurement.requests.operations.buying import (
    bind_lines,
    free_lines,
    lock_lines,
    require_buyer,
    require_effective,
    signers_of,
    spend,
)
from services.procurement.requests.operations.errors import (
    BudgetInvalid,
    ClassWrong,
    LineTaken,
    NotToBuy,
    PersonNeeded,
    ReallocationMissing,
    RequestInvalid,
    RequestStateWrong,
    SpentTooMuchBack,
)

__all__ = [
    "BudgetInvalid",
    "ClassWrong",
    "LineTaken",
    "NotToBuy",
    "PersonNeeded",
    "ReallocationMissing",
    "RequestInvalid",
    "RequestStateWrong",
    "SpentTooMuchBack",
    "bind_lines",
    "free_lines",
    "lock_lines",
    "require_buyer",
    "require_effective",
    "signers_of",
    "spend",
]
