"""Reads of payments to vendors."""

from django.db.models import QuerySet

from kernel import access
from kernel.access import Action, Actor
from kernel.errors import NotFound
from services.procurement.payments.models import VendorPayment, VendorPaymentShare


def payments(*, actor: Actor) -> QuerySet[VendorPayment]:
    """Return the payments to vendors within the actor's reach, newest first."""
    found = VendorPayment.objects.select_related("vendor", "project", "account")
    return access.scoped(found, actor, Action.PURCHASE_VIEW).order_by("-pk")


def get_payment(*, actor: Actor, payment_id: int) -> VendorPayment:
    """Return one payment. :raises NotFound: if there is none within the actor's reach."""
    payment = payments(actor=actor).filter(pk=payment_id).first()
    if payment is None:
        raise NotFound
    return payment


def shares_of(payment: VendorPayment) -> list[VendorPaymentShare]:
    """Return what a payment pays. The caller has checked access."""
    return list(
        payment.shares.select_related("invoice__project", "plan_line").order_by("invoice_id")
    )
