"""Tables of files, numbers, print templates and controlled manuals."""

from django.db import models
from django.db.models import Q

from kernel.access.models import User
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


class PrintBatch(CompanyModel):
    """Many papers that one person has printed in one go; only he fetches the file."""

    plural = _("batches of papers")

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    project_id = models.BigIntegerField()
    language = models.CharField(max_length=10)
    asked_at = models.DateTimeField()
    job_id = models.BigIntegerField(null=True)
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    file_size = models.BigIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["owner", "-id"], name="printbatch_of_person")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"


class PaperState(models.TextChoices):
    WAITING = "WAITING", _("Waiting")
    DONE = "DONE", _("Done")
    REFUSED = "REFUSED", _("Not possible")


class BatchPaper(CompanyModel):
    """One paper of a batch. Its PDF lies here until the file of the whole is made."""

    batch = models.ForeignKey(PrintBatch, on_delete=models.CASCADE, related_name="papers")
    position = models.IntegerField()
    object_id = models.BigIntegerField()
    state = models.CharField(max_length=7, choices=PaperState, default=PaperState.WAITING)
    label = models.CharField(max_length=140, blank=True)
    refusal = models.CharField(max_length=300, blank=True)
    content_encrypted = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "object_id"], name="batchpaper_once"),
            models.UniqueConstraint(fields=["batch", "position"], name="batchpaper_in_order"),
        ]

    def __str__(self) -> str:
        return self.label or str(self.object_id)


class BatchPart(CompanyModel):
    """A megabyte of a batch's file, sealed with the company's key."""

    batch = models.ForeignKey(PrintBatch, on_delete=models.CASCADE, related_name="parts")
    number = models.IntegerField()
    content_encrypted = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="batchpart_once"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.number}"


class Manual(CompanyModel):
    """A controlled document under its number (SH-41). What it says stands in its revisions."""

    plural = _("controlled documents")

    number = models.CharField(max_length=60)
    title = models.CharField(_("title"), max_length=100)
    department = models.CharField(max_length=8)
    project_id = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField()
    created_by_label = models.CharField(max_length=140)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["number"],
                name="manual_number_once",
                violation_error_message=_("There is a controlled document of this number."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class RevisionState(models.TextChoices):
    """The life of a revision (handbook 08)."""

    DRAFT = "DRAFT", _("Draft")
    SUBMITTED = "SUBMITTED", _("In review")
    APPROVED = "APPROVED", _("Approved, not in force yet")
    IN_FORCE = "IN_FORCE", _("In force")
    SUPERSEDED = "SUPERSEDED", _("Superseded")
    DISCARDED = "DISCARDED", _("Discarded")


class ManualRevision(CompanyModel):
    """An edition and revision of a manual: A0, A1, B0. A trigger keeps what was submitted.

    Prepared, reviewed and approved by three people; their names are those of the case that the
    revision went through.
    """

    manual = models.ForeignKey(Manual, on_delete=models.PROTECT, related_name="revisions")
    edition = models.CharField(max_length=1)
    revision = models.IntegerField()
    state = models.CharField(max_length=10, choices=RevisionState, default=RevisionState.DRAFT)
    body = models.TextField(_("text"), blank=True)
    chapter = models.CharField(_("chapter"), max_length=60)
    change = models.CharField(_("change"), max_length=300)
    prepared_by = models.BigIntegerField()
    prepared_by_label = models.CharField(max_length=140)
    prepared_at = models.DateTimeField()
    case_id = models.BigIntegerField(null=True)
    reviewed_by = models.BigIntegerField(null=True)
    reviewed_by_label = models.CharField(max_length=140, blank=True)
    reviewed_at = models.DateTimeField(null=True)
    approved_by = models.BigIntegerField(null=True)
    approved_by_label = models.CharField(max_length=140, blank=True)
    approved_at = models.DateTimeField(null=True)
    in_force_on = models.DateField(null=True)
    superseded_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["manual", "edition", "revision"],
                condition=~Q(state="DISCARDED"),
                name="manualrevision_mark_once",
            ),
            models.UniqueConstraint(
                fields=["manual"], condition=Q(state="IN_FORCE"), name="manualrevision_one_in_force"
            ),
            models.UniqueConstraint(
                fields=["manual"],
                condition=Q(state__in=["DRAFT", "SUBMITTED", "APPROVED"]),
                name="manualrevision_one_to_come",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["APPROVED", "IN_FORCE", "SUPERSEDED"])
                | Q(reviewed_by__isnull=False, approved_by__isnull=False)
                & ~Q(reviewed_by=models.F("prepared_by"))
                & ~Q(approved_by=models.F("prepared_by"))
                & ~Q(approved_by=models.F("reviewed_by")),
                name="manualrevision_three_signatures",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["IN_FORCE", "SUPERSEDED"], in_force_on__isnull=False)
                | ~Q(state__in=["IN_FORCE", "SUPERSEDED"]) & Q(in_force_on__isnull=True),
                name="manualrevision_in_force_has_day",
            ),
            models.CheckConstraint(
                condition=Q(revision__gte=0, revision__lte=99) & Q(edition__regex=r"^[A-Z]$"),
                name="manualrevision_mark_valid",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.manual_id} {self.mark}"

    @property
    def mark(self) -> str:
        """``A1``: edition letter and revision digit."""
        return f"{self.edition}{self.revision}"


class ManualCopy(CompanyModel):
    """A numbered copy in somebody's hands. Returned, its number may be issued to another."""

    manual = models.ForeignKey(Manual, on_delete=models.PROTECT, related_name="copies")
    number = models.IntegerField()
    holder_id = models.BigIntegerField()
    holder_label = models.CharField(max_length=140)
    issued_at = models.DateTimeField()
    issued_by_label = models.CharField(max_length=140)
    returned_at = models.DateTimeField(null=True)
    returned_to_label = models.CharField(max_length=140, blank=True)
    return_note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["manual", "number"],
                condition=Q(returned_at__isnull=True),
                name="manualcopy_held_once",
            ),
            models.UniqueConstraint(
                fields=["manual", "holder_id"],
                condition=Q(returned_at__isnull=True),
                name="manualcopy_one_for_holder",
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="manualcopy_number_gte_1"),
        ]
        indexes = [
            models.Index(
                fields=["holder_id"], condition=Q(returned_at__isnull=True), name="manualcopy_held"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.manual_id} #{self.number}"


class ManualPage(CompanyModel):
    """A revision's pages, sent to the holder of a copy, and that he has put them in."""

    copy = models.ForeignKey(ManualCopy, on_delete=models.PROTECT, related_name="pages")
    revision = models.ForeignKey(ManualRevision, on_delete=models.PROTECT, related_name="pages")
    sent_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["copy", "revision"], name="manualpage_once"),
        ]

    def __str__(self) -> str:
        return f"{self.copy_id} {self.revision_id}"


class ReleaseState(models.TextChoices):
    REQUESTED = "REQUESTED", _("Requested")
    APPROVED = "APPROVED", _("Approved")
    REFUSED = "REFUSED", _("Refused")


class ManualRelease(CompanyModel):
    """A request to give a manual to somebody outside the company (SH-40)."""

    revision = models.ForeignKey(ManualRevision, on_delete=models.PROTECT, related_name="releases")
    recipient = models.CharField(_("recipient"), max_length=100)
    purpose = models.CharField(_("purpose"), max_length=200)
    state = models.CharField(max_length=10, choices=ReleaseState, default=ReleaseState.REQUESTED)
    requested_by = models.BigIntegerField()
    requested_by_label = models.CharField(max_length=140)
    requested_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    case_id = models.BigIntegerField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(state="APPROVED"),
                name="manualrelease_sent_if_approved",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.revision_id} → {self.recipient}"
