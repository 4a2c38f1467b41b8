"""The writers of purchase requests and budgets."""

from services.procurement.requests.operations.approval import BoughtAlready
from services.procurement.requests.operations.budgets import set_budget
from services.procurement.requests.operations.buying import (
    bind_lines,
    consented_to,
    free_lines,
    lock_lines,
    require_buyer,
    require_effective,
    signers_of,
    spend,
)
from services.procurement.requests.operations.common import require_changeable
from services.procurement.requests.operations.drafting import (
    LineValues,
    RequestValues,
    change_request,
    copy_request,
    create_request,
)
from services.procurement.requests.operations.errors import (
    BudgetChanged,
    BudgetInvalid,
    ClassWrong,
    LineTaken,
    NothingLeft,
    NotToBuy,
    NotYourRequest,
    PersonNeeded,
    ReallocationMissing,
    RequestInvalid,
    RequestStateWrong,
    SpentTooMuchBack,
)
from services.procurement.requests.operations.giving_up import (
    UNOBTAINABLE,
    give_up_rest,
    report_obstacle,
)
from services.procurement.requests.operations.reminding import PLANS_DUE, remind_of_plans
from services.procurement.requests.operations.steps import (
    cancel_request,
    note_reallocation,
    take_back,
)
from services.procurement.requests.operations.submitting import log_consent, submit_request

__all__ = [
    "PLANS_DUE",
    "UNOBTAINABLE",
    "BoughtAlready",
    "BudgetChanged",
    "BudgetInvalid",
    "ClassWrong",
    "LineTaken",
    "LineValues",
    "NotToBuy",
    "NotYourRequest",
    "NothingLeft",
    "PersonNeeded",
    "ReallocationMissing",
    "RequestInvalid",
    "RequestStateWrong",
    "RequestValues",
    "SpentTooMuchBack",
    "bind_lines",
    "cancel_request",
    "change_request",
    "consented_to",
    "copy_request",
    "create_request",
    "free_lines",
    "give_up_rest",
    "lock_lines",
    "log_consent",
    "note_reallocation",
    "remind_of_plans",
    "report_obstacle",
    "require_buyer",
    "require_changeable",
    "require_effective",
    "set_budget",
    "signers_of",
    "spend",
    "submit_request",
    "take_back",
]
