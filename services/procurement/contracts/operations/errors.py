"""What may be refused of contracts."""

from kernel.errors import Conflict, Denied, Invalid


class ContractStateWrong(Conflict):
    code = "procurement.contract-state"


class AwardNotApproved(Conflict):
    code = "procurement.award-not-approved"


class VendorNotAwarded(Invalid):
    code = "procurement.vendor-not-awarded"


class PricesMissing(Conflict):
    code = "procurement.prices-missing"


class ScanMissing(Conflict):
    code = "procurement.scan-missing"


class PersonUnknown(Invalid):
    code = "procurement.person-unknown"


class PersonNeeded(Denied):
    code = "procurement.person-needed"


class ReasonMissing(Invalid):
    code = "procurement.reason-missing"


class CopyInvalid(Invalid):
    code = "procurement.copy-invalid"
