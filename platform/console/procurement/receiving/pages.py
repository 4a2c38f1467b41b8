"""Pages of receiving: a stock-in slip and its print, an objection, a sealed sample."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as _p

from console.procurement.records import (
    Button,
    Cell,
    RecordPage,
    Table,
    day,
    holds,
    money,
    named,
    number,
    person,
    place,
    text,
)
from console.views import ConsoleView
from kernel.access import Action
from kernel.tenancy import current_company
from services.procurement.receiving import queries
from services.procurement.receiving.models import (
    GoodsReceipt,
    GoodsReturn,
    Objection,
    ObjectionKind,
    ObjectionState,
    SealedSample,
    Settlement,
)


class ReceiptPage(RecordPage):
    crumb, route = _("Goods receipts"), "goods-receipts"
    carrier = "procurement.goodsreceipt"

    def find(self, pk: int) -> Model:
        return queries.get_receipt(actor=self.actor, receipt_id=pk)

    def meta(self, record: GoodsReceipt) -> list[Any]:
        return [record.order.number, record.order.vendor.name]

    def tables(self, record: GoodsReceipt) -> Iterable[Table]:
        moves = queries.moves_of(record)
        may_object = holds(self.actor, Action.GOODS_RECEIVE, record.order.project_id)
        rows: list[tuple[Cell, ...]] = []
        for line in queries.lines_of(record):
            lot = moves[line.pk].lot if line.pk in moves else None
            can_object = may_object and queries.may_still_object(line) > 0
            rows.append(
                (
                    text(line.order_line.name, note=line.order_line.spec),
                    number(line.arrived, note=line.order_line.unit),
                    number(line.accepted),
                    number(line.refused, note=line.refusal_reason),
                    text(line.get_goes_to_display()),
                    text(_sample_words(line)),
                    text(str(lot) if lot is not None else ""),
                    money(line.value),
                    Cell(
                        value=_("Object to it"),
                        url=reverse("goods-objections-new", args=[line.pk]),
                    )
                    if can_object
                    else text(""),
                )
            )
        yield Table(
            title=_("What arrived"),
            headings=(
                _("Article"),
                _p("goods", "Arrived"),
                _p("goods", "Accepted"),
                _p("goods", "Refused"),
                _("Goes to"),
                _("Sealed sample"),
                _("Lot"),
                _("Value without tax"),
                "",
            ),
            rows=rows,
        )
        yield Table(
            title=_("Objections"),
            headings=(_("Number"), _("Fault"), _("Quantity"), _("State")),
            rows=[
                (
                    text(
                        objection.number,
                        url=reverse("goods-objections-objection", args=[objection.pk]),
                    ),
                    text(objection.get_kind_display()),
                    number(objection.quantity),
                    text(objection.get_state_display()),
                )
                for objection in Objection.objects.filter(receipt_line__receipt=record).order_by(
                    "pk"
                )
            ],
            empty=_("Nothing was objected to."),
        )

    def facts(self, record: GoodsReceipt) -> Iterable[tuple[Any, Cell]]:
        yield _("Order"), text(record.order.number)
        yield _("Vendor"), text(record.order.vendor.name)
        yield _("Project"), text(place(record.order.project))
        yield _("Warehouse"), text(record.warehouse.name if record.warehouse else "")
        yield _p("goods", "Received"), day(record.received_on)
        yield _("Keeper"), person(record.received_by_label)
        yield _("Sales slip"), text(record.sales_slip)
        yield _("Value without tax"), money(record.value)
        yield _("Note"), text(record.note)

    def buttons(self, record: GoodsReceipt) -> Iterable[Button]:
        yield Button(
            label=_("Print the stock-in slip"),
            url=reverse("goods-receipts-print", args=[record.pk]),
            icon="printer",
            is_sheet=False,
        )
        if holds(self.actor, Action.PURCHASE_BUY, record.order.project_id) and record.value:
            yield Button(
                label=_("Claim the money for it"),
                url=reverse("claims-new", args=[record.pk]),
                is_sheet=False,
            )


def _sample_words(line: Any) -> Any:
    if line.sample is None:
        return ""
    words = _("agrees with %(sample)s") if line.agrees_with_sample else _("differs from %(sample)s")
    return words % {"sample": line.sample.number}


class PrintReceipt(ConsoleView):
    """入库单, for the file, the vendor and finance (PR-35)."""

    action = Action.PURCHASE_VIEW

    def get(self, request: HttpRequest, **_kwargs: int) -> HttpResponseBase:
        pk = named(self)
        receipt = queries.get_receipt(actor=self.actor, receipt_id=pk)
        context = {
            "title": receipt.number,
            "back_url": reverse("goods-receipts-receipt", args=[pk]),
            "receipt": receipt,
            "lines": queries.lines_of(receipt),
            "place": place(receipt.order.project),
            "company": current_company(),
        }
        return render(request, "console/procurement/receiving/print.html", context)


class ObjectionPage(RecordPage):
    crumb, route = _("Objections to goods"), "goods-objections"
    carrier = "procurement.objection"

    def find(self, pk: int) -> Model:
        return queries.get_objection(actor=self.actor, objection_id=pk)

    def meta(self, record: Objection) -> list[Any]:
        return [record.get_kind_display(), record.order_line.name]

    def tables(self, record: Objection) -> Iterable[Table]:
        yield Table(
            title=_("What went back"),
            headings=(
                _("Number"),
                _p("goods", "Returned"),
                _("Quantity"),
                _("Value without tax"),
                _("Keeper"),
            ),
            rows=[
                (
                    text(back.number),
                    day(back.returned_on),
                    number(back.quantity),
                    money(back.value),
                    person(back.returned_by_label),
                )
                for back in record.returns.order_by("pk")
            ],
            empty=_("Nothing went back yet."),
        )

    def facts(self, record: Objection) -> Iterable[tuple[Any, Cell]]:
        receipt = record.receipt_line.receipt if record.receipt_line is not None else None
        yield _("Order"), text(record.order_line.order.number)
        yield _("Vendor"), text(record.order_line.order.vendor.name)
        if receipt is not None:
            yield (
                _("Stock-in slip"),
                text(receipt.number, url=reverse("goods-receipts-receipt", args=[receipt.pk])),
            )
        yield _("Quantity"), number(record.quantity, note=record.order_line.unit)
        yield _("What is wrong"), text(record.text)
        yield _("Set aside in"), text(record.quarantine.name if record.quarantine else "")
        yield _("Raised by"), person(record.raised_by_label)
        yield _("Settlement"), text(record.get_settlement_display() if record.settlement else "")
        yield _("What was agreed"), text(record.settlement_text)
        if record.credit:
            yield _("Given back, with tax"), money(record.credit)
        yield _("Settled by"), person(record.settled_by_label)

    def buttons(self, record: Objection) -> Iterable[Button]:
        project_id = record.order_line.order.project_id
        buys = holds(self.actor, Action.PURCHASE_BUY, project_id)
        keeps = holds(self.actor, Action.GOODS_RECEIVE, project_id)
        is_settled = record.state == ObjectionState.SETTLED
        is_kept = record.settlement in (Settlement.KEPT, Settlement.REDUCED)
        if keeps and record.kind == ObjectionKind.IN_USE and not is_kept and self._is_here(record):
            yield self._button(_("Send it back"), "return", record)
        if keeps and is_kept and record.quarantine is not None:
            yield self._button(_("Put it back"), "put-back", record)
        if buys and record.state == ObjectionState.OPEN:
            yield self._button(_("Take it up with the vendor"), "take-up", record)
        if buys and not is_settled:
            yield self._button(_p("of an objection", "Settle"), "settle", record, is_primary=True)

    def records(self, record: Objection) -> dict[type[Model], list[int]]:
        backs = list(record.returns.order_by().values_list("pk", flat=True))
        return {Objection: [record.pk], **({GoodsReturn: backs} if backs else {})}

    def _is_here(self, record: Objection) -> bool:
        return queries.returned_of(record) < record.quantity

    def _button(self, label: Any, what: str, record: Objection, **more: Any) -> Button:
        url = reverse(f"goods-objections-{what}", args=[record.pk])
        return Button(label=label, url=url, **more)


class SamplePage(RecordPage):
    crumb, route = _("Sealed samples"), "sealed-samples"

    def find(self, pk: int) -> Model:
        return queries.get_sample(actor=self.actor, sample_id=pk)

    def meta(self, record: SealedSample) -> list[Any]:
        return [record.item.name, record.vendor.name]

    def tables(self, record: SealedSample) -> Iterable[Table]:
        seen = {
            receipt.pk: receipt
            for receipt in queries.receipts(actor=self.actor).filter(lines__sample=record)
        }
        yield Table(
            title=_("Deliveries that were compared with it"),
            headings=(_("Stock-in slip"), _p("goods", "Received"), _("Result")),
            rows=[
                (
                    text(
                        seen[line.receipt_id].number,
                        url=reverse("goods-receipts-receipt", args=[line.receipt_id]),
                    ),
                    day(seen[line.receipt_id].received_on),
                    text(_("Agrees") if line.agrees_with_sample else _("Differs")),
                )
                for line in record.compared.order_by("-pk")
                if line.receipt_id in seen
            ],
            empty=_("None yet."),
        )

    def facts(self, record: SealedSample) -> Iterable[tuple[Any, Cell]]:
        yield _("Article"), text(record.item.name)
        yield _("Vendor"), text(record.vendor.name)
        yield _("Description"), text(record.description)
        yield _("Where it is kept"), text(record.place)
        yield _("Sealed"), day(record.sealed_on)
        yield _("Sealed by"), person(record.sealed_by_label)
        yield _("In force until"), day(record.ended_on)

    def buttons(self, record: SealedSample) -> Iterable[Button]:
        if record.ended_on is None and self.actor.may(Action.GOODS_RECEIVE):
            yield Button(
                label=_("Take it out of force"),
                url=reverse("sealed-samples-end", args=[record.pk]),
            )
