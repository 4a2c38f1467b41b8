"""Reads of goods at the door: what is still to come, receipts, objections, returns, samples."""

from collections.abc import Collection
from decimal import Decimal

from django.db.models import F, Q, QuerySet, Sum

from kernel import access
from kernel.access import Action, Actor
from kernel.errors import NotFound
from services.procurement.orders.models import OrderLine, OrderState, PurchaseOrder
from services.procurement.receiving.models import (
    GoodsReceipt,
    GoodsReceiptLine,
    GoodsReturn,
    Objection,
    ObjectionState,
    SealedSample,
)
from services.procurement.stock.models import StockMove
from services.procurement.vendors.queries import require_vendor

ZERO = Decimal(0)
# Orders that goods may come for.
COMING = (OrderState.SENT, OrderState.ACKNOWLEDGED, OrderState.DELIVERING)
# What is still to come of a line: what went back to the vendor is to come again.
TO_COME = F("quantity") - F("received_quantity") + F("returned_quantity")


def orders_to_receive(*, actor: Actor) -> QuerySet[PurchaseOrder]:
    """Return the orders that goods may come for where the actor takes goods in, soonest first."""
    orders = PurchaseOrder.objects.filter(state__in=COMING).select_related("vendor", "project")
    return access.scoped(orders, actor, Action.GOODS_RECEIVE).order_by(
        F("promised_on").asc(nulls_last=True), F("deliver_by").asc(nulls_last=True), "pk"
    )


def order_to_receive(*, actor: Actor, order_id: int) -> PurchaseOrder:
    """Return one order that goods may come for. :raises NotFound: if there is none in reach."""
    order = orders_to_receive(actor=actor).select_related("warehouse").filter(pk=order_id).first()
    if order is None:
        raise NotFound
    return order


def lines_to_come(order_id: int) -> list[OrderLine]:
    """Return the lines of an order of which something is still to come, in its order.

    The caller has checked access to it.
    """
    return list(
        OrderLine.objects.filter(order_id=order_id)
        .annotate(to_come=TO_COME)
        .filter(to_come__gt=0)
        .select_related("item")
        .order_by("position")
    )


def samples_in_force(*, vendor_id: int, item_ids: Collection[int]) -> dict[int, SealedSample]:
    """Return the sealed sample of each article from a vendor, where there is one (PR-30).

    The caller has checked access to the order.
    """
    samples = SealedSample.objects.filter(
        vendor_id=vendor_id, item_id__in=item_ids, ended_on__isnull=True
    )
    return {sample.item_id: sample for sample in samples}


def receipts(*, actor: Actor) -> QuerySet[GoodsReceipt]:
    """Return the receipts of goods within the actor's reach, newest first."""
    return access.scoped(
        GoodsReceipt.objects.select_related("order__vendor", "order__project", "warehouse"),
        actor,
        Action.PURCHASE_VIEW,
        field="order__project_id",
    ).order_by("-pk")


def get_receipt(*, actor: Actor, receipt_id: int) -> GoodsReceipt:
    """Return one receipt. :raises NotFound: if there is none within the actor's reach."""
    receipt = receipts(actor=actor).filter(pk=receipt_id).first()
    if receipt is None:
        raise NotFound
    return receipt


def lines_of(receipt: GoodsReceipt) -> list[GoodsReceiptLine]:
    """Return the lines of a receipt in its order's order. The caller has checked access."""
    return list(
        receipt.lines.select_related("order_line__item", "sample").order_by("order_line__position")
    )


def moves_of(receipt: GoodsReceipt) -> dict[int, StockMove]:
    """Return, by line, how its goods came into stock, with their lots."""
    lines = receipt.lines.order_by().values_list("pk", flat=True)
    moves = StockMove.objects.filter(source_type="goodsreceiptline", source_id__in=list(lines))
    return {move.source_id: move for move in moves.select_related("lot")}


def objections(*, actor: Actor) -> QuerySet[Objection]:
    """Return the objections to goods within the actor's reach, newest first."""
    return access.scoped(
        Objection.objects.select_related(
            "order_line__order__vendor", "order_line__order__project", "receipt_line__receipt"
        ),
        actor,
        Action.PURCHASE_VIEW,
        field="order_line__order__project_id",
    ).order_by("-pk")


def get_objection(*, actor: Actor, objection_id: int) -> Objection:
    """Return one objection. :raises NotFound: if there is none within the actor's reach."""
    objection = (
        objections(actor=actor)
        .select_related("quarantine", "receipt_line__receipt__warehouse")
        .filter(pk=objection_id)
        .first()
    )
    if objection is None:
        raise NotFound
    return objection


def returns(*, actor: Actor) -> QuerySet[GoodsReturn]:
    """Return what went back to vendors within the actor's reach, newest first."""
    return access.scoped(
        GoodsReturn.objects.select_related(
            "objection__order_line__order__vendor", "objection__order_line__order__project"
        ),
        actor,
        Action.PURCHASE_VIEW,
        field="objection__order_line__order__project_id",
    ).order_by("-pk")


def samples(*, actor: Actor) -> QuerySet[SealedSample]:
    """Return the sealed samples, newest first: whoever sees purchases sees them."""
    access.require(actor, Action.PURCHASE_VIEW)
    return SealedSample.objects.select_related("item", "vendor").order_by("-pk")


def get_sample(*, actor: Actor, sample_id: int) -> SealedSample:
    """Return one sealed sample. :raises NotFound: if there is none."""
    sample = samples(actor=actor).filter(pk=sample_id).first()
    if sample is None:
        raise NotFound
    return sample


def may_still_object(line: GoodsReceiptLine) -> Decimal:
    """Return how much of what was accepted is neither objected to nor back at the vendor."""
    objections = line.objections.filter(kind="IN_USE")
    kept = Q(state=ObjectionState.SETTLED, settlement="KEPT")
    held: Decimal | None = objections.exclude(kept).aggregate(total=Sum("quantity"))["total"]
    # Of what is kept in the end, a part may have gone back before that was settled.
    back = objections.filter(kept).aggregate(total=Sum("returns__quantity"))["total"]
    return line.accepted - (held or ZERO) - (back or ZERO)


def returned_of(objection: Objection) -> Decimal:
    """Return how much of what is objected to went back to the vendor."""
    total: Decimal | None = objection.returns.aggregate(total=Sum("quantity"))["total"]
    return total or ZERO


def is_all_here(order_id: int) -> bool:
    """Tell whether nothing of an order is still to come."""
    lines = OrderLine.objects.filter(order_id=order_id).annotate(to_come=TO_COME)
    return not lines.filter(Q(to_come__gt=0)).exists()


def own_receipts(*, actor: Actor) -> QuerySet[GoodsReceipt]:
    """Return what was taken in of the goods of the vendor who asks, newest first (PR-65).

    :raises NotFound: if the actor is no vendor's contact.
    """
    vendor_id = require_vendor(actor, actor.vendor_id)
    return (
        GoodsReceipt.objects.filter(order__vendor_id=vendor_id)
        .select_related("order", "delivery")
        .prefetch_related("lines__order_line")
        .order_by("-pk")
    )


def own_objections(*, actor: Actor) -> QuerySet[Objection]:
    """Return the objections to the goods of the vendor who asks, newest first, with returns.

    :raises NotFound: if the actor is no vendor's contact.
    """
    vendor_id = require_vendor(actor, actor.vendor_id)
    return (
        Objection.objects.filter(order_line__order__vendor_id=vendor_id)
        .select_related("order_line__order", "receipt_line__receipt")
        .prefetch_related("returns")
        .order_by("-pk")
    )


def get_own_receipt(*, actor: Actor, receipt_id: int) -> GoodsReceipt:
    """Return a receipt of the asking vendor's goods. :raises NotFound: if it is none of his."""
    receipt = own_receipts(actor=actor).filter(pk=receipt_id).first()
    if receipt is None:
        raise NotFound
    return receipt
