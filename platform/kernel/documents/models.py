"""Tables of files, numbers, print templates and controlled manuals."""

from django.db import models
from django.db.models import Q

from kernel.models import CompanyModel
from kernel.text import _


class Attachment(CompanyModel):
    """A file on a record. It is never edited or removed: a wrong one is withdrawn with a reason.

    ``subject_type`` is the model's label in small letters, ``storage_key`` where the sealed
    content lies.
    """

    plural = _("files")

    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    project_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=40, blank=True)  # what it is to the record: "sample", …
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=100)
    size_bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    storage_key = models.CharField(max_length=120, unique=True)
    is_image = models.BooleanField(default=False)
    is_shown = models.BooleanField(default=False)  # a browser may show it in place
    is_secret = models.BooleanField(default=False)  # every look at it is written down
    is_scanned = models.BooleanField(default=False)
    added_by = models.BigIntegerField(null=True)
    added_by_label = models.CharField(max_length=140)
    added_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by_label = models.CharField(max_length=140, blank=True)
    withdrawal_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(size_bytes__gt=0), name="attachment_size_gt_0"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawal_reason="")
                | Q(withdrawn_at__isnull=False) & ~Q(withdrawal_reason=""),
                name="attachment_withdrawn_with_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "id"], name="attachment_of_subject"),
            models.Index(fields=["project_id", "id"], name="attachment_of_project"),
        ]

    def __str__(self) -> str:
        return self.name


class NumberSeries(CompanyModel):
    """A series of numbers with the company's own pattern; made when it is first used."""

    key = models.CharField(max_length=40, unique=True)
    pattern = models.CharField(max_length=60)
    is_gapless = models.BooleanField()
    changed_at = models.DateTimeField(null=True)
    changed_by_label = models.CharField(max_length=140, blank=True)

    def __str__(self) -> str:
        return self.key


class NumberCounter(CompanyModel):
    """Where a frame of a gapless series stands; its row lock keeps the numbers without gaps."""

    series = models.ForeignKey(NumberSeries, on_delete=models.PROTECT, related_name="counters")
    frame = models.CharField(max_length=120)
    next_count = models.BigIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "frame"], name="numbercounter_frame_once"),
            models.CheckConstraint(condition=Q(next_count__gte=1), name="numbercounter_gte_1"),
        ]

    def __str__(self) -> str:
        return self.frame


class IssuedNumber(CompanyModel):
    """A number that was given. It is never given again, and never taken back."""

    series = models.ForeignKey(NumberSeries, on_delete=models.PROTECT, related_name="numbers")
    frame = models.CharField(max_length=120)
    count = models.BigIntegerField()
    code = models.CharField(max_length=140)
    project_id = models.BigIntegerField(null=True)
    on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "code"], name="issuednumber_code_once"),
            models.UniqueConstraint(
                fields=["series", "frame", "count"], name="issuednumber_count_once"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class PrintTemplate(CompanyModel):
    """A company's own template of a paper, one row for each time it was changed.

    The latest row is in force; one without a body puts the standard template back.
    """

    kind = models.CharField(max_length=40)
    language = models.CharField(max_length=10)
    project_id = models.BigIntegerField(null=True)
    version = models.IntegerField()
    body = models.TextField(blank=True)
    made_at = models.DateTimeField()
    made_by_label = models.CharField(max_length=140)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "language", "project_id", "version"],
                nulls_distinct=False,
                name="printtemplate_version_once",
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="printtemplate_version_gte_1"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.language} V{self.version}"
