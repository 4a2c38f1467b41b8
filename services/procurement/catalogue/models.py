"""What can be bought: categories of goods and services, and the articles in them."""

from django.db import models
from django.db.models import Q

from kernel.models import CompanyModel
from kernel.text import _, in_language


class Category(CompanyModel):
    """A class of goods or services, for vendors, items and budgets."""

    plural = _("Categories of goods")

    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60, blank=True)
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return in_language(self.name, self.name_en)


class Item(CompanyModel):
    """An article of the catalogue (物料)."""

    plural = _("Catalogue of goods")

    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="items")
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    spec = models.CharField(max_length=200, blank=True)
    initials = models.CharField(max_length=100, blank=True)
    unit = models.CharField(max_length=10)  # 个, 箱, 米
    brand = models.CharField(max_length=60, blank=True)
    barcode = models.CharField(max_length=40, blank=True)
    is_fixed_asset = models.BooleanField(default=False)
    # Low-value goods with a period of use whose sample is sealed (PR-30).
    is_sampled = models.BooleanField(default=False)
    has_expiry = models.BooleanField(default=False)
    reference_price = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reference_price__isnull=True)
                | Q(reference_price__gt=0, reference_price__lt=100000000),
                name="item_reference_price_gt_0",
            ),
            models.UniqueConstraint(
                fields=["barcode"], condition=~Q(barcode=""), name="item_barcode_once"
            ),
        ]
        indexes = [models.Index(fields=["category", "name"], name="item_by_name")]

    def __str__(self) -> str:
        return self.name
