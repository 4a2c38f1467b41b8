"""The forms on an order: its draft, sending, a change, closing it short, cancelling it."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as _p

from console.procurement.orders import forms
from console.sheets import EditSheet
from kernel.access import Action
from services.procurement.orders import operations, queries
from services.procurement.orders.models import Loss, PurchaseOrder


class _OfOrder(EditSheet):
    """A form of one order."""

    action = Action.PURCHASE_BUY

    def back(self) -> str:
        return reverse("purchase-orders-order", args=[self.kwargs["order_id"]])

    def words(self) -> dict[str, Any]:
        order = self.order()
        return {"lead": f"{order.number} {order.vendor.name}"}

    def order(self) -> PurchaseOrder:
        return queries.get_order(actor=self.actor, order_id=self.kwargs["order_id"])


class Draft(_OfOrder):
    form_class = forms.Draft
    title = _("Delivery and terms")

    def form_options(self) -> dict[str, Any]:
        order = self.order()
        warehouses = queries.warehouses_for(actor=self.actor, order=order)
        return {
            "warehouses": [(one.pk, f"{one.code} {one.name}") for one in warehouses],
            "initial": {
                "warehouse_id": order.warehouse_id,
                "place": order.place,
                "deliver_by": order.deliver_by,
                "terms": order.terms,
            },
        }

    def save(self, values: dict[str, Any]) -> None:
        operations.change_draft(
            actor=self.actor, order_id=self.kwargs["order_id"], now=self.now, **values
        )


class Send(_OfOrder):
    form_class = forms.Send
    title = _("Send to the vendor")
    button = _("Declare and send")

    def save(self, values: dict[str, Any]) -> None:
        order_id = self.kwargs["order_id"]
        operations.declare(actor=self.actor, order_id=order_id, now=self.now)
        operations.send(actor=self.actor, order_id=order_id, now=self.now, today=self.today)


class ProposeChange(_OfOrder):
    form_class = forms.ProposeChange
    title = _("Change the order")
    button = _("Submit the change")

    def form_options(self) -> dict[str, Any]:
        order = self.order()
        return {
            "lines": queries.lines_of(order),
            "has_prices": order.award_id is not None or order.contract_id is None,
            "initial": {"deliver_by": order.deliver_by},
        }

    def save(self, values: dict[str, Any]) -> None:
        operations.propose_change(
            actor=self.actor,
            order_id=self.kwargs["order_id"],
            lines=values["figures"],
            deliver_by=values["deliver_by"],
            reason=values["reason"],
            now=self.now,
            today=self.today,
        )


class Close(_OfOrder):
    form_class = forms.Reason
    title = _("Close the order short")
    button = _("Close it")

    def save(self, values: dict[str, Any]) -> None:
        operations.close_short(
            actor=self.actor, order_id=self.kwargs["order_id"], now=self.now, **values
        )


class RecordLoss(_OfOrder):
    """Finance writes down what a buyer's error cost (PR-82)."""

    action = Action.INVOICE_MATCH
    form_class = forms.Loss
    title = _("Loss by the buyer's error")
    button = _("Write it down")

    def save(self, values: dict[str, Any]) -> None:
        operations.record_loss(
            actor=self.actor, order_id=self.kwargs["order_id"], now=self.now, **values
        )


class WithdrawLoss(EditSheet):
    action = Action.INVOICE_MATCH
    form_class = forms.Reason
    title = _("Withdraw the loss")
    button = _p("of a loss", "Withdraw it")

    def loss(self) -> Loss:
        return queries.get_loss(actor=self.actor, loss_id=self.kwargs["loss_id"])

    def words(self) -> dict[str, Any]:
        loss = self.loss()
        return {"lead": f"{loss.order.number} {loss.amount:,.2f} {loss.cause}"}

    def save(self, values: dict[str, Any]) -> None:
        operations.withdraw_loss(
            actor=self.actor, loss_id=self.kwargs["loss_id"], now=self.now, **values
        )

    def back(self) -> str:
        return reverse("purchase-orders-order", args=[self.loss().order_id])


class Cancel(_OfOrder):
    form_class = forms.Reason
    title = _("Cancel the order")
    button = _("Cancel the order")

    def save(self, values: dict[str, Any]) -> None:
        operations.cancel_order(
            actor=self.actor, order_id=self.kwargs["order_id"], now=self.now, **values
        )
