"""The register of fixed assets."""

from django.db import models
from django.db.models import F, Q

from kernel.models import CompanyModel
from kernel.text import _, _p
from services.procurement.catalogue.models import Item
from services.properties.models import Project


class AssetState(models.TextChoices):
    IN_USE = "IN_USE", _p("of an asset", "In use")
    IDLE = "IDLE", _("Idle")  # what a class B request is checked against (PR-06)
    REPAIR = "REPAIR", _("In repair")
    SCRAPPED = "SCRAPPED", _("Scrapped")


class Asset(CompanyModel):
    """A fixed asset in the register, with its place and keeper."""

    plural = _("Fixed assets")

    code = models.CharField(max_length=40, unique=True)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="assets")
    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    place = models.CharField(max_length=100, blank=True)
    holder_id = models.BigIntegerField(null=True)
    holder_label = models.CharField(max_length=140, blank=True)
    serial_number = models.CharField(max_length=80, blank=True)
    cost = models.DecimalField(max_digits=14, decimal_places=2)
    received_on = models.DateField()
    warranty_to = models.DateField(null=True, blank=True)
    receipt_line_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=8, choices=AssetState, default=AssetState.IN_USE)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(cost__gte=0, cost__lte=999999999999), name="asset_cost_gte_0"
            ),
            models.CheckConstraint(
                condition=Q(warranty_to__isnull=True) | Q(warranty_to__gte=F("received_on")),
                name="asset_warranty_after_receipt",
            ),
        ]
        indexes = [models.Index(fields=["item", "state"], name="asset_by_state")]

    def __str__(self) -> str:
        return self.code
