"""What is asked for: requests with their lines, and the budgets they are held against."""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from kernel.models import CompanyModel
from kernel.text import _
from services.procurement.catalogue.models import Category, Item
from services.properties.models import Project


class ClassChoice(models.TextChoices):
    A = "A", _("A: daily supplies")
    B = "B", _("B: equipment and fixed assets")
    C = "C", _("C: emergency")


def place_name(project: Project | None) -> str:
    """Return for whom something is: a project, or the company itself."""
    return project.name if project is not None else str(_("The company itself"))


class Budget(CompanyModel):
    """What a project, or the company itself, may spend on a category, and below it, in a year."""

    plural = _("Budgets")

    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="budgets")
    year = models.IntegerField()
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    set_by_label = models.CharField(max_length=140)
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "category", "year"],
                name="budget_once",
                nulls_distinct=False,
                violation_error_message=_("There is a budget for this year already."),
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0, amount__lte=999999999999), name="budget_amount_gte_0"
            ),
            models.CheckConstraint(
                condition=Q(year__gte=2000, year__lte=2100), name="budget_year_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.year}"

    @property
    def place_name(self) -> str:
        """For whom it is: the project, or the company itself."""
        return place_name(self.project)


class RequestState(models.TextChoices):
    DRAFT = "DRAFT", _("Draft")
    CONSENTED = "CONSENTED", _("Consented to by word")  # class C: bought before the paper
    SUBMITTED = "SUBMITTED", _("In approval")
    APPROVED = "APPROVED", _("Approved")
    CANCELLED = "CANCELLED", _("Cancelled")


class PurchaseRequest(CompanyModel):
    """A request to buy (物业物品采购单, PR-03). Its approval is a case of kind ``purchase``."""

    plural = _("Purchase requests")

    number = models.CharField(max_length=40, unique=True)
    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, null=True, blank=True, related_name="purchase_requests"
    )  # empty: for the company's own offices
    unit = models.CharField(max_length=100)  # the using unit
    title = models.CharField(max_length=100)
    purchase_class = models.CharField(max_length=1, choices=ClassChoice)
    reason = models.CharField(max_length=500)
    needed_on = models.DateField(null=True, blank=True)
    place = models.CharField(max_length=200, blank=True)  # of delivery
    amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)  # the estimate
    state = models.CharField(max_length=9, choices=RequestState, default=RequestState.DRAFT)
    # PR-06: what was found when existing goods were looked for, and by whom.
    reallocation_note = models.CharField(max_length=300, blank=True)
    reallocation_by = models.BigIntegerField(null=True)
    reallocation_by_label = models.CharField(max_length=140, blank=True)
    is_over_budget = models.BooleanField(default=False)
    budget_reason = models.CharField(max_length=300, blank=True)
    asked_by = models.BigIntegerField()
    asked_by_label = models.CharField(max_length=140)
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    approved_on = models.DateField(null=True)
    # The first of the month in whose round it is bought; set when it is approved (PR-05).
    purchase_month = models.DateField(null=True)
    copied_from_id = models.BigIntegerField(null=True)
    # Who bought of it: none of them signs its approval (SoD-21).
    buyer_ids = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gte=0, amount__lte=999999999999),
                name="purchaserequest_amount_gte_0",
            ),
            models.CheckConstraint(
                condition=~Q(is_over_budget=True) | ~Q(budget_reason=""),
                name="purchaserequest_over_budget_with_reason",
            ),
            models.CheckConstraint(
                condition=~Q(purchase_class="B")
                | Q(state__in=["DRAFT", "CANCELLED"])
                | (Q(needed_on__isnull=False) & ~Q(reallocation_note="")),
                name="purchaserequest_b_is_checked",
            ),
            models.CheckConstraint(
                condition=~Q(state="APPROVED")
                | Q(approved_on__isnull=False, purchase_month__isnull=False),
                name="purchaserequest_approved_has_month",
            ),
            models.CheckConstraint(
                condition=Q(purchase_month__isnull=True) | Q(purchase_month__day=1),
                name="purchaserequest_month_is_first",
            ),
            models.CheckConstraint(
                condition=~Q(state="CONSENTED") | Q(purchase_class="C"),
                name="purchaserequest_only_c_is_consented",
            ),
        ]
        indexes = [
            models.Index(fields=["project", "-id"], name="purchaserequest_of_project"),
            models.Index(fields=["state", "purchase_month"], name="purchaserequest_by_month"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def place_name(self) -> str:
        """For whom it is: the project, or the company itself."""
        return place_name(self.project)


class RequestLine(CompanyModel):
    """One thing that is asked for: from the catalogue, or described freely."""

    plural = _("Lines of purchase requests")

    request = models.ForeignKey(PurchaseRequest, on_delete=models.PROTECT, related_name="lines")
    position = models.IntegerField()
    item = models.ForeignKey(
        Item, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=100)
    spec = models.CharField(max_length=200, blank=True)
    unit = models.CharField(max_length=10)
    is_fixed_asset = models.BooleanField(default=False)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    unit_price = models.DecimalField(max_digits=12, decimal_places=4)  # estimate, with tax
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    note = models.CharField(max_length=200, blank=True)
    # How much of it is bound by rounds or orders; the rest may still be bought.
    bound_quantity = models.DecimalField(max_digits=12, decimal_places=3, default=0)
    # What of it whoever asked does without (PR-34).
    given_up_quantity = models.DecimalField(max_digits=12, decimal_places=3, default=0)
    # Why the buyer cannot buy it as it is asked for; empty once that is answered.
    obstacle = models.CharField(max_length=300, blank=True)
    obstacle_by_label = models.CharField(max_length=140, blank=True)
    obstacle_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "position"], name="requestline_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, quantity__lte=9999999.999)
                & Q(unit_price__gt=0, unit_price__lt=100000000),
                name="requestline_figures_gt_0",
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0, amount__lte=999999999999),
                name="requestline_amount_gte_0",
            ),
            models.CheckConstraint(
                condition=Q(bound_quantity__gte=0, bound_quantity__lte=F("quantity")),
                name="requestline_bound_at_most_all",
            ),
            models.CheckConstraint(
                condition=Q(given_up_quantity__gte=0)
                & Q(given_up_quantity__lte=F("quantity") - F("bound_quantity")),
                name="requestline_given_up_at_most_rest",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def rest(self) -> Decimal:
        """How much of it may still be bought."""
        return self.quantity - self.bound_quantity - self.given_up_quantity


class BudgetUse(CompanyModel):
    """What a request's line binds of a budget, and what was spent of that. One row per line."""

    plural = _("Use of budgets")

    line = models.OneToOneField(RequestLine, on_delete=models.PROTECT, related_name="budget_use")
    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, null=True, related_name="uses")
    committed = models.DecimalField(max_digits=14, decimal_places=2)
    spent = models.DecimalField(max_digits=14, decimal_places=2, default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(committed__gte=0, committed__lte=999999999999)
                & Q(spent__gte=0, spent__lte=999999999999),
                name="budgetuse_gte_0",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.committed}"
