"""How long billing keeps what (SH-72, SH-73)."""

from typing import Final

from kernel.documents.retention import dispose_file, files_of
from kernel.records.retention import RecordClass
from kernel.text import _

CLASSES: Final = (
    RecordClass(
        key="books",
        name=_("Bills, receipts and the ledger"),
        goes=_("Nothing: they are corrected by reversal and kept for ever."),
    ),
    RecordClass(
        key="payment-notice",
        name=_("Payment notices"),
        goes=_("The paper; its number stays given."),
        setting="retention.finance_years",
        ended=files_of("properties.household", "payment-notice"),
        dispose=dispose_file,
    ),
    RecordClass(
        key="receipt-file",
        name=_("Files on receipts"),
        goes=_("The file; the receipt stays in the books."),
        setting="retention.finance_years",
        ended=files_of("billing.receipt"),
        dispose=dispose_file,
    ),
)
