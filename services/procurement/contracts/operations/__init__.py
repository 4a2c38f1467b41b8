"""The writers of contracts."""

from services.procurement.contracts.operations.drafting import (
    Terms,
    cancel_contract,
    change_contract,
    draft_contract,
)
from services.procurement.contracts.operations.errors import (
    AwardNotApproved,
    ContractStateWrong,
    CopyInvalid,
    PersonNeeded,
    PersonUnknown,
    PricesMissing,
    ReasonMissing,
    ScanMissing,
    VendorNotAwarded,
)
from services.procurement.contracts.operations.reminding import remind
from services.procurement.contracts.operations.review import joint_review, page_of, submit_contract
from services.procurement.contracts.operations.signing import (
    archive_contract,
    end_contract,
    give_copy,
    sign_contract,
)

__all__ = [
    "AwardNotApproved",
    "ContractStateWrong",
    "CopyInvalid",
    "PersonNeeded",
    "PersonUnknown",
    "PricesMissing",
    "ReasonMissing",
    "ScanMissing",
    "Terms",
    "VendorNotAwarded",
    "archive_contract",
    "cancel_contract",
    "change_contract",
    "draft_contract",
    "end_contract",
    "give_copy",
    "joint_review",
    "page_of",
    "remind",
    "sign_contract",
    "submit_contract",
]
