"""What the payments of procurement refuse. Those of pure arithmetic stand in the rules."""

from kernel.errors import Conflict, Invalid


class InvoiceInvalid(Invalid):
    code = "procurement.invoice-invalid"


class InvoiceExists(Conflict):
    code = "procurement.invoice-exists"


class InvoiceMismatch(Conflict):
    """``details["findings"]`` names each line, what is wrong with it and by how much."""

    code = "procurement.invoice-mismatch"


class InvoiceStateWrong(Conflict):
    code = "procurement.invoice-state-wrong"


class InvoiceUsed(Conflict):
    code = "procurement.invoice-used"


class AssessmentMissing(Conflict):
    code = "procurement.assessment-missing"


class AssessmentInvalid(Invalid):
    code = "procurement.assessment-invalid"


class AssessmentExists(Conflict):
    code = "procurement.assessment-exists"


class CreditInvalid(Invalid):
    code = "procurement.credit-invalid"


class CreditExists(Conflict):
    code = "procurement.credit-exists"


class AdvanceStateWrong(Conflict):
    code = "procurement.advance-state-wrong"


class AdvanceTaken(Conflict):
    """``details``: ``{"advance_id": 7}``."""

    code = "procurement.advance-taken"


class ClaimStateWrong(Conflict):
    code = "procurement.claim-state-wrong"


class ClaimInvalid(Invalid):
    code = "procurement.claim-invalid"


class ClaimExists(Conflict):
    code = "procurement.claim-exists"


class OnAccount(Conflict):
    """What is settled with the vendor by contract is not bought with cash (PR-72)."""

    code = "procurement.vendor-on-account"


class NotDueYet(Conflict):
    code = "procurement.payment-not-due"


class PlanExceeded(Conflict):
    code = "procurement.payment-plan-exceeded"


class SharesInvalid(Invalid):
    code = "procurement.payment-shares-invalid"


class NoAccount(Conflict):
    code = "procurement.vendor-has-no-account"


class AccountChanged(Conflict):
    code = "procurement.vendor-account-changed"


class PaymentStateWrong(Conflict):
    code = "procurement.payment-state-wrong"


class ReferenceTaken(Conflict):
    code = "procurement.payment-reference-taken"


class KeyReused(Conflict):
    code = "procurement.payment-key-reused"


class RefundInvalid(Invalid):
    code = "procurement.vendor-refund-invalid"


class StatementExists(Conflict):
    code = "procurement.statement-exists"


class StatementInvalid(Invalid):
    code = "procurement.statement-invalid"


class StatementAnswered(Conflict):
    code = "procurement.statement-answered"
