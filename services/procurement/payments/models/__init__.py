"""Tables of vendors' and buyers' money."""

from services.procurement.payments.models.bought import (
    Advance,
    AdvanceState,
    Claim,
    ClaimState,
)
from services.procurement.payments.models.owed import (
    AssessmentState,
    CreditNote,
    EntryKind,
    InvoiceLine,
    InvoiceState,
    PaymentState,
    ServiceAssessment,
    StatementState,
    VendorEntry,
    VendorInvoice,
    VendorPayment,
    VendorPaymentShare,
    VendorStatement,
)
from services.procurement.payments.models.refunds import VendorRefund

__all__ = [
    "Advance",
    "AdvanceState",
    "AssessmentState",
    "Claim",
    "ClaimState",
    "CreditNote",
    "EntryKind",
    "InvoiceLine",
    "InvoiceState",
    "PaymentState",
    "ServiceAssessment",
    "StatementState",
    "VendorEntry",
    "VendorInvoice",
    "VendorPayment",
    "VendorPaymentShare",
    "VendorRefund",
    "VendorStatement",
]
