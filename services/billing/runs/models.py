"""A month's bills: the run, its draft, what it could not bill, and the lines it posted."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kernel.models import CompanyModel
from services.billing.ledger.models import Journal
from services.billing.standards.models import FeeItem
from services.properties.models import Household, Project, Unit


class RunState(models.TextChoices):
    COMPUTING = "COMPUTING", _("Computing")  # 试算中
    PREVIEW = "PREVIEW", _("To be checked")  # 待复核
    CHECKED = "CHECKED", _("Checked")  # 已复核
    POSTING = "POSTING", _("Posting")  # 发布中
    POSTED = "POSTED", _("Posted")  # 已发布
    FAILED = "FAILED", _("Interrupted")  # 已中断: stopped by a person or by an error
    CANCELLED = "CANCELLED", _("Cancelled")


OPEN_RUN_STATES = ("COMPUTING", "PREVIEW", "CHECKED", "POSTING", "FAILED")


class BillRun(CompanyModel):
    """The bills of one month in one project: computed, previewed, checked by another, posted."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="bill_runs")
    period = models.DateField(help_text="First day of the month that is billed.")
    state = models.CharField(max_length=10, choices=RunState, default=RunState.COMPUTING)
    due_on = models.DateField()  # moved to the day of posting if that is later
    issued_on = models.DateField(null=True)  # the day of posting, in the company's zone
    job_id = models.BigIntegerField(null=True)
    draft_lines = models.IntegerField(default=0)  # what the preview showed and the checker saw
    draft_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    # By item, in the items' order: [{"item_id": 1, "lines": 951, "amount": "315255.53",
    # "last_lines": 950, "last_amount": "315011.93"}]; "last" is the month before.
    totals = models.JSONField(default=list)
    skip_count = models.IntegerField(default=0)
    billed_before = models.IntegerField(default=0)  # lines that an earlier run of the month made
    prepared_by = models.BigIntegerField()
    prepared_by_label = models.CharField(max_length=140)
    prepared_at = models.DateTimeField()
    computed_at = models.DateTimeField(null=True)
    checked_by = models.BigIntegerField(null=True)
    checked_by_label = models.CharField(max_length=140, blank=True)
    checked_at = models.DateTimeField(null=True)
    check_note = models.CharField(max_length=300, blank=True)
    posted_by = models.BigIntegerField(null=True)
    posted_by_label = models.CharField(max_length=140, blank=True)
    posted_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "period"],
                condition=Q(state__in=["COMPUTING", "PREVIEW", "CHECKED", "POSTING", "FAILED"]),
                name="billrun_one_open",
                violation_error_message=_("A bill run of this month is open already."),
            ),
            models.CheckConstraint(condition=Q(period__day=1), name="billrun_period_is_first"),
            # BL-14, SoD-01: whoever prepared it does not check it.
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True) | ~Q(checked_by=F("prepared_by")),
                name="billrun_checked_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["CHECKED", "POSTING", "POSTED"])
                | Q(checked_by__isnull=False),
                name="billrun_posted_only_when_checked",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.period:%Y-%m}"


class ChunkState(models.TextChoices):
    OPEN = "OPEN", _("Open")
    COMPUTED = "COMPUTED", _("Computed")
    POSTED = "POSTED", _("Posted")


class BillRunChunk(CompanyModel):
    """A range of households that is computed and posted in one transaction each.

    What is done is marked in the same transaction, so that a killed worker's successor goes on
    with the next chunk and never does one twice.
    """

    run = models.ForeignKey(BillRun, on_delete=models.PROTECT, related_name="chunks")
    number = models.IntegerField()
    first_household_id = models.BigIntegerField()  # both ends inclusive
    last_household_id = models.BigIntegerField()
    household_count = models.IntegerField(default=0)
    state = models.CharField(max_length=10, choices=ChunkState, default=ChunkState.OPEN)
    billed_before = models.IntegerField(default=0)
    line_count = models.IntegerField(default=0)
    amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    journal = models.ForeignKey(Journal, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="billrunchunk_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.number}"


class DraftLine(CompanyModel):
    """A line of the preview, which lives from computing to posting.

    Nothing in the database ties it; posting refuses a draft whose units or households are gone.
    """

    plural = _("Lines of a bill run that is open")

    run = models.ForeignKey(
        BillRun, models.DO_NOTHING, related_name="drafts", db_constraint=False, db_index=False
    )
    household = models.ForeignKey(
        Household, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    unit = models.ForeignKey(
        Unit, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    item = models.ForeignKey(
        FeeItem, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    version_id = models.BigIntegerField()
    reading_id = models.BigIntegerField(null=True)
    usage_month = models.DateField(null=True)
    quantity = models.DecimalField(max_digits=12, decimal_places=2)
    price = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    rate = models.DecimalField(max_digits=5, decimal_places=4)
    amount = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        indexes = [models.Index(fields=["run", "household"], name="draftline_of_household")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.amount}"


class SkipReason(models.TextChoices):
    """Why a unit has no bill of an item in this run."""

    NO_STANDARD = "NO_STANDARD", _("No fee standard applies")
    EXCLUDED = "EXCLUDED", _("Taken out of the standard")
    NO_VERSION = "NO_VERSION", _("The standard has no confirmed price in this month")
    TWO_STANDARDS = "TWO_STANDARDS", _("Two standards of the same item apply")
    AREA_MISSING = "AREA_MISSING", _("Area missing")
    NO_METER = "NO_METER", _("No meter")
    READING_MISSING = "READING_MISSING", _("No reading of the month")
    READING_OPEN = "READING_OPEN", _("Reading not resolved")
    READING_REJECTED = "READING_REJECTED", _("Reading set aside: do not bill")


class RunSkip(CompanyModel):
    """A unit and item without a line in the run, and why.

    What an earlier run of the month billed is only counted (``billed_before``): those units have
    their bill.
    """

    plural = _("Units that a bill run left out")

    run = models.ForeignKey(
        BillRun, models.DO_NOTHING, related_name="skips", db_constraint=False, db_index=False
    )
    unit = models.ForeignKey(
        Unit, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    item = models.ForeignKey(
        FeeItem,
        models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )  # null: none of any item
    reason = models.CharField(max_length=20, choices=SkipReason)
    reading_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["run", "reason"], name="runskip_of_run")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.reason}"


class LineState(models.TextChoices):
    """What has become of a bill; not stored, it follows from the amounts and the day."""

    OPEN = "OPEN", _("Open")
    OVERDUE = "OVERDUE", _("Overdue")
    PARTLY_PAID = "PARTLY_PAID", _("Partly paid")
    PAID = "PAID", _("Paid")
    REVERSED = "REVERSED", _("Reversed")


class BillLine(CompanyModel):
    """An amount owed by a household for one unit, item and month (账单).

    Never edited: a trigger lets only ``paid_amount`` and the reversal change. Names the version,
    the quantity and the reading it came from, so that it can explain itself (BL-02).
    """

    plural = _("Bills")

    # A foreign key checked line by line was a third of a run's time (tests/bench). The rows that a
    # person may try to delete are guarded from the other side, for nothing: posting locks units
    # and households once a chunk, and triggers on their tables refuse to delete what has bills.
    # Nothing deletes the rest; the ledger check looks for orphans every night.
    run = models.ForeignKey(
        BillRun, on_delete=models.PROTECT, related_name="lines", db_constraint=False, db_index=False
    )
    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    household = models.ForeignKey(
        Household,
        on_delete=models.PROTECT,
        related_name="bill_lines",
        db_constraint=False,
        db_index=False,
    )
    unit = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        related_name="bill_lines",
        db_constraint=False,
        db_index=False,
    )
    item = models.ForeignKey(
        FeeItem, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    # Where it was credited: the item's later bills may go elsewhere, its reversal may not.
    account_id = models.BigIntegerField()
    version_id = models.BigIntegerField()
    reading_id = models.BigIntegerField(null=True)
    period = models.DateField()
    usage_month = models.DateField(null=True)
    quantity = models.DecimalField(max_digits=12, decimal_places=2)
    price = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    rate = models.DecimalField(max_digits=5, decimal_places=4)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    paid_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    due_on = models.DateField()
    issued_on = models.DateField()
    is_reversed = models.BooleanField(default=False)
    reversed_at = models.DateTimeField(null=True)
    reversed_by = models.BigIntegerField(null=True)
    reverse_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "item", "period"],
                condition=Q(is_reversed=False),
                name="billline_once",
                violation_error_message=_("This unit is billed for this item and month already."),
            ),
            # Zero is a bill too: a meter that stood still is billed 0.00, once. NaN is above all.
            models.CheckConstraint(
                condition=Q(amount__gte=0, amount__lte=999999999999), name="billline_amount_gte_0"
            ),
            models.CheckConstraint(
                condition=Q(paid_amount__gte=0, paid_amount__lte=F("amount")),
                name="billline_paid_within_amount",
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=0, quantity__lt=10000000000)
                & (Q(price__isnull=True) | Q(price__gte=0, price__lt=1000000))
                & Q(rate__gt=0, rate__lte=1),
                name="billline_figures_in_range",
            ),
            models.CheckConstraint(
                condition=Q(is_reversed=False) | Q(paid_amount=0, reversed_at__isnull=False),
                name="billline_reversed_is_unpaid",
            ),
        ]
        indexes = [
            models.Index(fields=["household", "period"], name="billline_of_household"),
            models.Index(fields=["project", "period"], name="billline_of_month"),
            models.Index(
                fields=["project", "due_on"],
                condition=Q(is_reversed=False, paid_amount__lt=F("amount")),
                name="billline_open",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.amount}"
