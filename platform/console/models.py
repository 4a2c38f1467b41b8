"""What a person has arranged in the lists of the console. Nothing of the business is here."""

from django.conf import settings
from django.db import models
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
