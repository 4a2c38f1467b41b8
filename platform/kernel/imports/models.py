"""Uploaded files, what a rehearsal found in them, and what an import changed."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.models import CompanyModel


class BatchState(models.TextChoices):
    UPLOADED = "UPLOADED", _("Being checked")
    NEEDS_MAPPING = "NEEDS_MAPPING", _("Columns to be matched")
    REHEARSED = "REHEARSED", _("Checked, not imported")
    COMMITTING = "COMMITTING", _("Being imported")
    COMMITTED = "COMMITTED", _("Imported")
    UNDONE = "UNDONE", pgettext_lazy("import", "Undone")
    FAILED = "FAILED", _("Failed")


# A batch in one of these has written nothing and may be checked again or imported.
OPEN_STATES = (BatchState.NEEDS_MAPPING, BatchState.REHEARSED, BatchState.FAILED)


class Severity(models.TextChoices):
    ERROR = "ERROR", pgettext_lazy("import problem", "Rejected")
    WARNING = "WARNING", pgettext_lazy("import problem", "Note")


class ImportBatch(CompanyModel):
    """One uploaded file and what became of it.

    ``mapping`` is from field key to 0-based column, e.g. ``{"room": 3, "area": 4}``; ``columns``
    are the header's texts; ``sheets`` says of each sheet its name and its rows. ``counts``:
    ``{"rows": 963, "accepted": 951, "rejected": 12, "created": 951, "changed": 0, "unchanged": 0,
    "noted": 0, "ignored": 1, "ignored_rows": [967], "objects": {"buildings": 14}}``.
    """

    kind = models.CharField(max_length=40)
    # No Django relation: the kernel knows no service. The registry's migration adds the key.
    project_id = models.BigIntegerField(db_index=True)
    file_name = models.CharField(_("file"), max_length=200)
    file_size = models.IntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64)
    file_kind = models.CharField(max_length=8, blank=True)
    encoding = models.CharField(max_length=20, blank=True)
    sheet = models.CharField(max_length=100, blank=True)
    sheets = models.JSONField(default=list)
    header_rows = ArrayField(models.IntegerField(), default=list, blank=True)
    columns = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    confidence = models.JSONField(default=dict)  # per field key, at most 1
    options = models.JSONField(default=dict)
    state = models.CharField(max_length=14, choices=BatchState, default=BatchState.UPLOADED)
    counts = models.JSONField(default=dict)
    failure_code = models.CharField(max_length=80, blank=True)
    failure_params = models.JSONField(default=dict)
    job_id = models.BigIntegerField(null=True, blank=True)
    uploaded_by = models.BigIntegerField(null=True)
    uploaded_by_label = models.CharField(max_length=140)
    uploaded_at = models.DateTimeField()
    rehearsed_at = models.DateTimeField(null=True, blank=True)
    committed_by = models.BigIntegerField(null=True)
    committed_by_label = models.CharField(max_length=140, blank=True)
    committed_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.BigIntegerField(null=True)
    undone_by_label = models.CharField(max_length=140, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["COMMITTED", "UNDONE"], committed_at__isnull=False)
                | (~Q(state__in=["COMMITTED", "UNDONE"]) & Q(committed_at__isnull=True)),
                name="importbatch_committed_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state="UNDONE", undone_at__isnull=False)
                | (~Q(state="UNDONE") & Q(undone_at__isnull=True)),
                name="importbatch_undone_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind} {self.file_name}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


class ImportFile(CompanyModel):
    """The bytes of a batch's file, apart so that lists never load them.

    A ledger is full of identity numbers: it is encrypted with the company's key, as they are.
    """

    batch = models.OneToOneField(
        ImportBatch, on_delete=models.CASCADE, primary_key=True, related_name="file"
    )
    content_encrypted = models.BinaryField()
    # The first data rows as short texts, for the page on which columns are matched.
    sample_encrypted = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"file of import {self.batch_id}"


class ImportProblem(CompanyModel):
    """What is wrong with one row, or worth knowing about it, as a code; the words come later."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="problems")
    row_number = models.IntegerField(help_text="1-based, as the spreadsheet counts.")
    field = models.CharField(max_length=40, blank=True)
    code = models.CharField(max_length=60)
    severity = models.CharField(max_length=8, choices=Severity)
    raw = models.CharField(max_length=80, blank=True)  # the cell as typed; personal data masked
    params = models.JSONField(default=dict)  # e.g. {"row": 217}

    class Meta:
        indexes = [
            models.Index(fields=["batch", "row_number", "id"], name="importproblem_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.row_number} {self.field} {self.code}"


class ImportChange(CompanyModel):
    """A record that existed before and was changed by an import, with what it was.

    ``before`` and ``after`` hold the changed fields only, e.g. ``{"built_area": "90.50"}``.
    """

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="changes")
    table = models.CharField(max_length=60)  # the model's label: properties.unit
    object_id = models.BigIntegerField()
    before = models.JSONField()
    after = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "table", "object_id"], name="importchange_object_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.object_id}"


class ImportMapping(CompanyModel):
    """Which column is which in files made by one form, kept because a person said so."""

    kind = models.CharField(max_length=40)
    signature = models.CharField(max_length=64)  # digest of the header's texts
    columns = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    saved_by = models.BigIntegerField(null=True)
    saved_by_label = models.CharField(max_length=140)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "signature"], name="importmapping_form_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.signature[:8]}"
