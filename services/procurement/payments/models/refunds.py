"""Money that vendors gave back."""

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Replace, Upper

from kernel.models import CompanyModel
from kernel.text import _
from services.procurement.payments.models.owed import VendorInvoice
from services.procurement.vendors.models import Vendor


class VendorRefund(CompanyModel):
    """What a vendor gave back of an invoice that was credited after it was paid (供应商退款).

    Append-only. A trigger keeps it from whoever entered a credit note on the invoice.
    """

    plural = _("Refunds of vendors")

    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="refunds")
    invoice = models.ForeignKey(VendorInvoice, on_delete=models.PROTECT, related_name="refunds")
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    reference = models.CharField(max_length=60)  # the bank's
    refunded_on = models.DateField()
    entered_by = models.BigIntegerField()
    entered_by_label = models.CharField(max_length=140)
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, amount__lte=999999999999), name="vendorrefund_gt_0"
            ),
            models.CheckConstraint(condition=~Q(reference=""), name="vendorrefund_has_reference"),
            models.UniqueConstraint(
                Upper(Replace(F("reference"), Value(" "), Value(""))),
                name="vendorrefund_reference_once",
                violation_error_message=_("This payment reference is booked already."),
            ),
        ]
        indexes = [models.Index(fields=["vendor", "-id"], name="vendorrefund_of_vendor")]

    def __str__(self) -> str:
        return self.reference
