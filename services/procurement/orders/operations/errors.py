"""What may be refused of orders."""

from kernel.errors import Conflict, Denied, Invalid


class OrderStateWrong(Conflict):
    code = "procurement.order-state"


class AwardOrdered(Conflict):
    code = "procurement.award-ordered"


class SourcesDiffer(Conflict):
    """What a round's line asks for is not what its requests ask for together."""

    code = "procurement.sources-differ"


class AgreementNotInForce(Conflict):
    code = "procurement.agreement-not-in-force"


class NotAgreed(Conflict):
    """The agreement names no price for a line."""

    code = "procurement.not-agreed"


class SeveralProjects(Conflict):
    code = "procurement.several-projects"


class NotEmergency(Conflict):
    code = "procurement.not-emergency"


class LossInvalid(Invalid):
    code = "procurement.loss-invalid"


class LossWithdrawn(Conflict):
    code = "procurement.loss-withdrawn"


class MoreThanConsented(Conflict):
    """``details``: ``{"consented": "1850.00", "ordered": "2000.00"}``."""

    code = "procurement.more-than-consented"


class DeclarationMissing(Conflict):
    code = "procurement.declaration-missing"


class ContractMissing(Conflict):
    """A bulk purchase without a contract that is signed and comes to its amount."""

    code = "procurement.contract-missing"


class ChangeOpen(Conflict):
    code = "procurement.change-open"


class ChangeStateWrong(Conflict):
    code = "procurement.change-state"


class PersonNeeded(Denied):
    code = "procurement.person-needed"
