"""What a person has arranged in, and taken out of, the lists. Nothing of the business is here."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from kernel.models import CompanyModel


class SavedView(CompanyModel):
    """A named search of one list page: filters and order, as the query string that makes them."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="saved_views"
    )
    page = models.CharField(max_length=60)
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=2000, blank=True)
    shared_with_all = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "owner",
                "page",
                Lower("name"),
                name="savedview_name_once",
                violation_error_message=_("You have a view of this name already."),
            ),
        ]
        indexes = [models.Index(fields=["page"], name="savedview_of_page")]

    def __str__(self) -> str:
        return self.name


class ListPreference(CompanyModel):
    """Which columns of a list page a person sees, in which order."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="list_preferences"
    )
    page = models.CharField(max_length=60)
    columns = models.JSONField(default=list)  # keys, e.g. ["room", "owner", "amount"]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "page"], name="listpreference_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.page}"


class FileKind(models.TextChoices):
    XLSX = "xlsx", _("Excel sheet (xlsx)")
    CSV = "csv", _("Text (CSV)")


class Export(CompanyModel):
    """A sheet of a long list, made in the background for the one person who asked for it.

    ``address`` is the list with its search, filters and order. Those may name a person, so all
    but the path is forgotten once the sheet is made; who fetches it must still see the list there.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="exports"
    )
    page = models.CharField(max_length=60)
    title = models.CharField(max_length=100)
    # No Django relation: the list is the project's, the sheet its owner's.
    project_id = models.BigIntegerField(null=True)
    file_kind = models.CharField(max_length=4, choices=FileKind)
    address = models.TextField(blank=True)
    columns = models.JSONField(default=list)  # keys, e.g. ["room", "owner", "amount"]
    language = models.CharField(max_length=10)  # of the headings and words in it
    row_count = models.IntegerField(help_text="Rows when asked for; once made, rows in the sheet.")
    job_id = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    file_size = models.BigIntegerField(null=True, help_text="Bytes.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ready_at__isnull=True, expires_at__isnull=True, file_size__isnull=True)
                | Q(ready_at__isnull=False, expires_at__isnull=False, file_size__isnull=False),
                name="export_ready_is_whole",
            ),
        ]
        indexes = [models.Index(fields=["owner", "-id"], name="export_of_owner")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.page}"


class ExportPart(CompanyModel):
    """A piece of an export's file, encrypted with the company's key.

    The file lies in the company's own schema: every web host and worker reaches it, no other
    company's role does, and it goes with its row.
    """

    export = models.ForeignKey(Export, on_delete=models.CASCADE, related_name="parts")
    number = models.IntegerField()
    content_encrypted = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["export", "number"], name="exportpart_number_once"),
        ]

    def __str__(self) -> str:
        return f"part {self.number} of export {self.export_id}"
