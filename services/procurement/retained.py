"""How long procurement keeps what (SH-72, SH-73)."""

from typing import Final

from kernel.documents.retention import dispose_file, files_of
from kernel.records.retention import RecordClass
from kernel.text import _

_FINANCE: Final = "retention.finance_years"
_CONTENT: Final = _("The file; the record itself stays.")


def _files(key: str, name: object, model: str) -> RecordClass:
    return RecordClass(
        key=key,
        name=name,
        goes=_CONTENT,
        setting=_FINANCE,
        ended=files_of(f"procurement.{model}"),
        dispose=dispose_file,
    )


CLASSES: Final = (
    RecordClass(
        key="purchases",
        name=_("Purchase requests, rounds of quotes, orders, receipts and vendors' accounts"),
        goes=_("Nothing: they are corrected by reversal and kept for ever."),
    ),
    RecordClass(
        key="stock-books",
        name=_("Moves and counts of the stock, and the register of fixed assets"),
        goes=_("Nothing: they are corrected by reversal and kept for ever."),
    ),
    RecordClass(
        key="contracts",
        name=_("Contracts with vendors, and the signed papers"),
        goes=_("Nothing: they are kept for ever."),
    ),
    _files("request-file", _("Files on purchase requests"), "purchaserequest"),
    _files("round-file", _("Files on rounds of quotes"), "round"),
    _files("quote-file", _("Files on quotes"), "quote"),
    _files("order-file", _("Files on purchase orders"), "purchaseorder"),
    _files("goods-file", _("Files on goods receipts"), "goodsreceipt"),
    _files("objection-file", _("Files on objections to goods"), "objection"),
    _files("invoice-file", _("Files on vendors' invoices"), "vendorinvoice"),
    _files("claim-file", _("Files on claims for what was bought"), "claim"),
)
