"""Tables of the papers that hang together with one: each row leads to its page.

Each shows what is within the visitor's reach, the latest of it, and is left out without any.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.utils.translation import pgettext_lazy as _p

from console.procurement.records import Cell, Table, day, money, number, place, text
from console.tones import TONES
from kernel.access import Action, Actor
from services.procurement.contracts.models import Contract
from services.procurement.orders import queries as orders
from services.procurement.orders.models import PurchaseOrder
from services.procurement.payments import queries as payments
from services.procurement.receiving import queries as receiving
from services.procurement.requests.models import PurchaseRequest
from services.procurement.rounds import queries as rounds
from services.procurement.rounds.models import RoundSource
from services.procurement.vendors.models import Vendor

MOST_SHOWN: Final = 50


def of_order(actor: Actor, order: PurchaseOrder) -> list[Table]:
    """Return what was received, sent back, invoiced and paid of an order."""
    return _filled(
        _receipts(receiving.receipts(actor=actor).filter(order=order)),
        _returns(receiving.returns(actor=actor).filter(objection__order_line__order=order)),
        _invoices(payments.invoices(actor=actor).filter(order=order)),
        _payments(payments.payments(actor=actor).filter(shares__invoice__order=order).distinct()),
    )


def of_vendor(actor: Actor, vendor: Vendor) -> list[Table]:
    """Return the orders of a vendor that are not done."""
    running = orders.orders(actor=actor).filter(vendor=vendor, state__in=orders.RUNNING)
    return _filled(_orders(running, _("Open orders")))


def of_request(actor: Actor, request: PurchaseRequest) -> list[Table]:
    """Return the rounds and orders into which something of a request went."""
    sources = RoundSource.objects.filter(request_line__request=request)
    asked = rounds.rounds(actor=actor).filter(pk__in=sources.order_by().values("line__round"))
    bought = orders.orders(actor=actor).filter(
        Q(request=request) | Q(lines__request_line__request=request)
    )
    return _filled(
        Table(
            title=_("Rounds of quotes"),
            headings=(_("Number"), _("Title"), _("Deadline"), _("State")),
            rows=[
                (
                    text(one.number, url=reverse("quote-rounds-round", args=[one.pk])),
                    text(one.title),
                    Cell(value=one.closes_at, kind="time") if one.closes_at else text("—"),
                    _state(one),
                )
                for one in asked[:MOST_SHOWN]
            ],
        ),
        _orders(bought.distinct(), _("Purchase orders")),
    )


def of_contract(actor: Actor, contract: Contract) -> list[Table]:
    """Return what was ordered, invoiced and paid by a contract."""
    by_it = Q(contract=contract) | Q(order__contract=contract)
    return _filled(
        _orders(orders.orders(actor=actor).filter(contract=contract), _("Purchase orders")),
        _invoices(payments.invoices(actor=actor).filter(by_it)),
        _payments(
            payments.payments(actor=actor)
            .filter(
                Q(shares__invoice__contract=contract) | Q(shares__invoice__order__contract=contract)
            )
            .distinct()
        ),
    )


def may_receive(actor: Actor, order: PurchaseOrder) -> bool:
    """Tell whether the visitor may take in something of an order, as its keeper."""
    return receiving.orders_to_receive(actor=actor).filter(pk=order.pk).exists()


def may_bill(actor: Actor, order: PurchaseOrder) -> bool:
    """Tell whether the visitor may enter an invoice of an order that was sent."""
    if order.sent_at is None:
        return False
    if order.project_id is None:
        return actor.may_everywhere(Action.INVOICE_MATCH)
    return actor.may(Action.INVOICE_MATCH, order.project_id)


def _filled(*tables: Table) -> list[Table]:
    return [table for table in tables if table.rows]


def _state(record: Any) -> Cell:
    return text(record.get_state_display(), tone=TONES.get(record.state, ""))


def _rows(
    found: QuerySet[Any], route: str, cells: Callable[[Any], Iterable[Cell]]
) -> Iterator[tuple[Cell, ...]]:
    """Return a row for each record: its number, which leads to its page, and ``cells``."""
    for record in found[:MOST_SHOWN]:
        yield (text(record.number, url=reverse(route, args=[record.pk])), *cells(record))


def _orders(found: QuerySet[Any], title: Any) -> Table:
    return Table(
        title=title,
        headings=(
            _("Number"),
            _("Vendor"),
            _("Project"),
            _("Promised for"),
            _("Amount"),
            _("State"),
        ),
        rows=list(
            _rows(
                found,
                "purchase-orders-order",
                lambda order: (
                    text(order.vendor.name),
                    text(place(order.project)),
                    day(order.promised_on or order.deliver_by),
                    money(order.amount),
                    _state(order),
                ),
            )
        ),
    )


def _receipts(found: QuerySet[Any]) -> Table:
    return Table(
        title=_("Goods receipts"),
        headings=(_("Stock-in slip"), _("Received"), _("Keeper"), _("Value without tax")),
        rows=list(
            _rows(
                found,
                "goods-receipts-receipt",
                lambda receipt: (
                    day(receipt.received_on),
                    Cell(value=receipt.received_by_label, kind="who"),
                    money(receipt.value),
                ),
            )
        ),
    )


def _returns(found: QuerySet[Any]) -> Table:
    return Table(
        title=_("Returns to vendors"),
        headings=(_("Number"), _("Article"), _("Quantity"), _("Returned")),
        rows=[
            (
                text(
                    one.number,
                    url=reverse("goods-objections-objection", args=[one.objection_id]),
                ),
                text(one.objection.order_line.name),
                number(one.quantity),
                day(one.returned_on),
            )
            for one in found[:MOST_SHOWN]
        ],
    )


def _invoices(found: QuerySet[Any]) -> Table:
    return Table(
        title=_("Vendors' invoices"),
        headings=(
            _("Number"),
            _("Dated"),
            _p("payable", "Due"),
            _("Amount"),
            pgettext_lazy("to a vendor", "Paid"),
            _("State"),
        ),
        rows=list(
            _rows(
                found,
                "vendor-invoices-invoice",
                lambda invoice: (
                    day(invoice.invoiced_on),
                    day(invoice.due_on),
                    money(invoice.amount),
                    money(invoice.paid_amount),
                    _state(invoice),
                ),
            )
        ),
    )


def _payments(found: QuerySet[Any]) -> Table:
    return Table(
        title=_("Payments to vendors"),
        headings=(_("Number"), _("Asked for"), _("Paid on"), _("Amount"), _("State")),
        rows=list(
            _rows(
                found,
                "vendor-payments-payment",
                lambda payment: (
                    Cell(value=payment.asked_at, kind="time"),
                    day(payment.paid_on),
                    money(payment.amount),
                    _state(payment),
                ),
            )
        ),
    )
