"""What the operations on orders share."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from kernel import policies
from kernel.access import Action, Actor
from kernel.audit import operations as audit
from kernel.duties import operations as duties
from kernel.errors import NotFound
from kernel.text import _
from services.procurement import scope
from services.procurement.contracts import queries as contracts
from services.procurement.contracts import rules as contract_rules
from services.procurement.orders import queries
from services.procurement.orders.models import AgreedPrice, OrderLine, OrderState, PurchaseOrder
from services.procurement.orders.operations.errors import (
    ContractMissing,
    OrderStateWrong,
    PersonNeeded,
)
from services.procurement.orders.rules import check_agreed_amount, check_call_off
from services.procurement.requests import operations as requests

SERIES = "purchase-order"
DELIVERY_SERIES = "vendor-delivery"


def require_person(actor: Actor) -> int:
    """Return the id of the person who acts. :raises PersonNeeded: for programs and vendors."""
    if actor.user_id is None:
        raise PersonNeeded(_("Only a person may do this."))
    return actor.user_id


def lock_to_buy(*, actor: Actor, order_id: int, now: datetime) -> PurchaseOrder:
    """Return an order, locked, if the actor buys where it lies.

    :raises NotFound: if there is none within his sight.
    :raises access.ActionDenied: without ``purchase.buy`` there.
    :raises duties.DutiesMeet: if he received goods of it (SoD-18).
    """
    order = queries.lock_order(order_id)
    if actor.vendor_id is not None:
        raise NotFound
    scope.require_of(actor, Action.PURCHASE_BUY, order.project_id)
    duties.require_apart(
        "SoD-18",
        actor=actor,
        earlier=order.receipts.values_list("received_by", flat=True),
        subject=order,
        project_id=order.project_id,
        now=now,
        is_fixed=True,
    )
    return order


def lock_own(*, actor: Actor, order_id: int) -> PurchaseOrder:
    """Return an order of the vendor whose contact the actor is, locked.

    :raises NotFound: if it is none, or was not sent to him.
    """
    queries.get_own_order(actor=actor, order_id=order_id)
    return queries.lock_order(order_id)


def lock_lines(order: PurchaseOrder) -> list[OrderLine]:
    """Return the lines of a locked order, locked, in the order of their ids."""
    return list(order.lines.select_for_update().order_by("pk"))


def require_state(order: PurchaseOrder, *states: OrderState) -> None:
    """Return if it is in one of the states. :raises OrderStateWrong: otherwise."""
    if order.state not in states:
        raise OrderStateWrong(
            _("%(number)s is “%(state)s”: this is not possible now.")
            % {"number": order.number, "state": order.get_state_display()},
            details={"state": order.state},
        )


def require_contract(order: PurchaseOrder, amount: Decimal) -> None:
    """Return if a bulk purchase of an award has its signed contract (PR-50, PR-52).

    :param amount: to what the vendor's orders of the award come together.
    :raises ContractMissing: if there is none, or it comes to less.
    """
    threshold = policies.get("purchase.bulk_amount", Decimal)
    if order.award_id is None or not contract_rules.is_bulk(amount, threshold=threshold):
        return
    signed = contracts.signed_amount(award_id=order.award_id, vendor_id=order.vendor_id)
    if signed is None or signed < amount:
        raise ContractMissing(
            _(
                "From %(threshold)s on, a purchase takes a contract that is reviewed and signed. "
                "This one comes to %(amount)s, the signed contract to %(signed)s."
            )
            % {
                "threshold": f"{threshold:,.2f}",
                "amount": f"{amount:,.2f}",
                "signed": f"{signed or 0:,.2f}",
            },
            details={"amount": f"{amount:.2f}", "signed": f"{signed or 0:.2f}"},
        )


def require_agreed_amount(order: PurchaseOrder, amount: Decimal) -> None:
    """Return if the agreement that an order calls off lets it come to ``amount``.

    :raises PriceLimits: if less is left of it.
    """
    if order.award_id is None and order.contract_id is not None:
        agreement = contracts.lock_contract(order.contract_id)
        called = queries.called_amount(agreement.pk, without=order.pk)
        check_agreed_amount(amount, agreed=agreement.amount, called=called)


def reserve(order: PurchaseOrder, quantities: Mapping[OrderLine, Decimal]) -> None:
    """Bind so much more of the requests and of the agreement behind the lines.

    :raises LineTaken: if less is left of a request.
    :raises PriceLimits: if less is left of the agreement.
    """
    bound = by_request_line(quantities)
    if bound:
        requests.bind_lines(bound)
    for price, quantity in _prices(order, quantities):
        check_call_off(
            quantity,
            minimum=Decimal(0),
            maximum=price.maximum_quantity,
            called=price.called_quantity,
        )
        price.called_quantity += quantity
        price.save(update_fields=["called_quantity"])


def release(order: PurchaseOrder, quantities: Mapping[OrderLine, Decimal]) -> None:
    """Give back what lines bind of their requests and of the agreement."""
    freed = by_request_line(quantities)
    if freed:
        requests.free_lines(freed)
    for price, quantity in _prices(order, quantities):
        price.called_quantity -= quantity
        price.save(update_fields=["called_quantity"])


def by_request_line(quantities: Mapping[OrderLine, Decimal]) -> dict[int, Decimal]:
    """Return quantities by the lines of requests that they are for."""
    found: dict[int, Decimal] = {}
    for line, quantity in quantities.items():
        if line.request_line_id is not None and quantity:
            found[line.request_line_id] = found.get(line.request_line_id, Decimal(0)) + quantity
    return found


def record_order(
    actor: Actor, what: str, order: PurchaseOrder, now: datetime, data: Mapping[str, Any]
) -> None:
    """Write into the audit record what happened to an order."""
    audit.record(
        actor=actor,
        event=f"procurement.order.{what}",
        subject=order,
        project_id=order.project_id,
        now=now,
        data={"number": order.number, **data},
    )


def facts(order: PurchaseOrder) -> dict[str, Any]:
    """Return what an order says, for the audit record."""
    return {
        "vendor": order.vendor.name,
        "amount": f"{order.amount:.2f}",
        "deliver_by": order.deliver_by.isoformat() if order.deliver_by else None,
        "lines": [
            {
                "name": line.name,
                "quantity": f"{line.quantity:f}",
                "unit_price": f"{line.unit_price:f}",
            }
            for line in order.lines.order_by("position")
        ],
    }


def _prices(
    order: PurchaseOrder, quantities: Mapping[OrderLine, Decimal]
) -> list[tuple[AgreedPrice, Decimal]]:
    """Return the prices, locked, at which lines were called off, with their quantities."""
    if order.award_id is not None or order.contract_id is None:
        return []
    by_item: dict[int, Decimal] = {}
    for line, quantity in quantities.items():
        if line.item_id is not None and quantity:
            by_item[line.item_id] = by_item.get(line.item_id, Decimal(0)) + quantity
    prices = (
        AgreedPrice.objects.select_for_update()
        .filter(contract_id=order.contract_id, item_id__in=by_item)
        .order_by("pk")
    )
    return [(price, by_item[price.item_id]) for price in prices]
