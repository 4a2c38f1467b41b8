"""All tables of billing, for Django's app registry; each lives in its part's ``models``."""

from services.billing.cashier.models import Allocation, Payment, Receipt, ReceiptSeries
from services.billing.ledger.models import Journal, LedgerAccount, Posting
from services.billing.metering.models import Reading
from services.billing.runs.models import BillLine, BillRun, BillRunChunk, DraftLine, RunSkip
from services.billing.standards.models import FeeAssignment, FeeItem, FeeStandard, FeeVersion

__all__ = [
    "Allocation",
    "BillLine",
    "BillRun",
    "BillRunChunk",
    "DraftLine",
    "FeeAssignment",
    "FeeItem",
    "FeeStandard",
    "FeeVersion",
    "Journal",
    "LedgerAccount",
    "Payment",
    "Posting",
    "Reading",
    "Receipt",
    "ReceiptSeries",
    "RunSkip",
]
