"""The paper of a comparison, as PDF: what the evaluators sign (handbook 09)."""

from pathlib import Path
from typing import Final

from kernel.documents.printing import COMPANY, PROJECT, Field, PrintKind
from kernel.text import _

COMPARISON: Final = PrintKind(
    key="quote-comparison",
    name=_("Comparison of the quotes"),
    folder=Path(__file__).parent / "standard",
    fields={
        "company": COMPANY,
        "project": PROJECT,
        "number": Field(_("Number"), "XJ-2026-0118"),
        "title": Field(_("Title"), "第四季度工程物资集中采购"),
        "estimate": Field(_("Estimate"), "35,100.00"),
        "total": Field(_("Award"), "33,346.50"),
        "least": Field(_("The least it could cost"), "33,346.50"),
        "reason": Field(_("Reason"), ""),
    },
    lists={
        "vendors": (
            _("Vendors"),
            {
                "vendor": _("Vendor"),
                "total": _("Total"),
                "missing": _("Lines not quoted"),
                "delivery": _("Days to deliver"),
                "warranty": _("Months of warranty"),
                "score": _("Score"),
                "rank": _("Rank"),
            },
            [
                {
                    "vendor": "宁波信诺电气",
                    "total": "33,346.50",
                    "missing": "—",
                    "delivery": "3",
                    "warranty": "18",
                    "score": "93.5",
                    "rank": "1",
                }
            ],
        ),
        "lines": (
            _("Lines"),
            {
                "position": _("No."),
                "article": _("Article"),
                "quantity": _("Quantity"),
                "last": _("Last price"),
                "lowest": _("Lowest price"),
                "lowest_vendor": _("Vendor of the lowest price"),
                "taken": _("Price awarded"),
                "taken_vendor": _("Vendor awarded"),
            },
            [
                {
                    "position": "1",
                    "article": "LED 感应吸顶灯 18W",
                    "quantity": "240 个",
                    "last": "32.50",
                    "lowest": "28.90",
                    "lowest_vendor": "宁波信诺电气",
                    "taken": "28.90",
                    "taken_vendor": "宁波信诺电气",
                }
            ],
        ),
        "people": (
            _("Evaluators"),
            {"name": _("Name"), "signed": _("Signature")},
            [{"name": "周岚", "signed": ""}],
        ),
    },
)
