"""The papers of billing, as PDF: the receipt and the payment notice (handbook 09: 55, 69)."""

from pathlib import Path

from kernel.documents.printing import COMPANY, PROJECT, Field, PrintKind
from kernel.text import _

_FOLDER = Path(__file__).parent / "standard"
_ROWS = {
    "item": _("Item"),
    "period": _("Period"),
    "basis": _("Basis"),
    "billed": _("Billed"),
    "amount": _("Amount"),
}
_BILL = {
    "item": "物业服务费",
    "period": "2026年11月",
    "basis": "118.36㎡ × 2.80",
    "billed": "331.41",
    "amount": "331.41",
}

RECEIPT = PrintKind(
    key="receipt",
    name=_("Receipt"),
    folder=_FOLDER,
    paper="a5",
    fields={
        "company": COMPANY,
        "project": PROJECT,
        "number": Field(_("Number"), "YL-202611-00001"),
        "household": Field(_("Room"), "3栋2单元1602"),
        "payer": Field(_("Payer"), "陈志远"),
        "day": Field(_("Date"), "2026年11月20日"),
        "total": Field(_("Total"), "994.22"),
        "capitals": Field(_("Total in words"), "玖佰玖拾肆元贰角贰分"),
        "method": Field(_("Way to pay"), "现金"),
        "collector": Field(_("Collector"), "周婷"),
        "note": Field(_("Note"), ""),
        "print_number": Field(_("Number of the print"), "1"),
    },
    lists={
        "lines": (
            _("Bills"),
            _ROWS,
            [_BILL],
        )
    },
)
NOTICE = PrintKind(
    key="payment-notice",
    name=_("Payment notice"),
    folder=_FOLDER,
    fields={
        "company": COMPANY,
        "project": PROJECT,
        "number": Field(_("Number"), "YL-TZ-2026-0087"),
        "household": Field(_("Room"), "7栋2单元0904"),
        "payer": Field(_("Payer"), "徐曼"),
        "day": Field(_("Date"), "2026年11月20日"),
        "total": Field(_("Total"), "994.22"),
        "hotline": Field(_("Hotline"), "0571-8800 1234"),
        "collected_by": Field(_("Payee"), "云麓物业服务有限公司"),
    },
    lists={
        "lines": (
            _("Bills"),
            {**_ROWS, "due": _("Due on"), "days": _("Days overdue")},
            [
                {**_BILL, "period": "2026年10月", "due": "2026-10-10", "days": "41"},
            ],
        )
    },
)
