"""What receiving wires into the product: numbers, notices, files, what other systems are told."""

from django.db.models import Model

from kernel.access import Action
from kernel.documents import carriers, numbers
from kernel.documents.carriers import Carrier, holding
from kernel.notifications import registry as notices
from kernel.notifications.registry import Notice
from kernel.outbox import registry as events
from kernel.text import _
from services.procurement.receiving import queries
from services.procurement.receiving.models import GoodsReceipt, Objection
from services.procurement.receiving.operations import common
from services.procurement.receiving.operations.receiving import OBJECTION_RAISED

_SERIES = (
    (common.SERIES_RECEIPT, _("Stock-in slips"), "RK-{YYYY}{MM}-{NNNN}"),
    (common.SERIES_OBJECTION, _("Objections to goods"), "YY-{YYYY}{MM}-{NNNN}"),
    (common.SERIES_RETURN, _("Returns to vendors"), "TH-{YYYY}{MM}-{NNNN}"),
    (common.SERIES_SAMPLE, _("Sealed samples"), "FY-{YYYY}-{NNN}"),
)


def _project_of_receipt(receipt: Model) -> int | None:
    assert isinstance(receipt, GoodsReceipt)
    return receipt.order.project_id


def _project_of_objection(objection: Model) -> int | None:
    assert isinstance(objection, Objection)
    return objection.order_line.order.project_id


def register() -> None:
    for key, name, pattern in _SERIES:
        numbers.register(numbers.Series(key=key, name=name, pattern=pattern))
    events.register("procurement.goods.received", _("Goods were taken in"))
    notices.register(
        Notice(
            key=OBJECTION_RAISED,
            name=_("Objection to goods"),
            subject=_("%(number)s: objection to %(article)s"),
            text=_(
                "The keeper objects to %(quantity)s of %(article)s (order %(order)s). "
                "Talk with the vendor."
            ),
            fields={
                "number": _("Number"),
                "order": _("Order"),
                "article": _("Article"),
                "quantity": _("Quantity"),
            },
        )
    )
    # Photographs of what arrived, and the vendor's papers that came with it.
    carriers.register(
        Carrier(
            model="procurement.goodsreceipt",
            read=lambda actor, pk, _now: queries.get_receipt(actor=actor, receipt_id=pk),
            add=holding(Action.GOODS_RECEIVE, _project_of_receipt),
            project_id=_project_of_receipt,
        )
    )
    carriers.register(
        Carrier(
            model="procurement.objection",
            read=lambda actor, pk, _now: queries.get_objection(actor=actor, objection_id=pk),
            add=holding(Action.GOODS_RECEIVE, _project_of_objection),
            project_id=_project_of_objection,
        )
    )
