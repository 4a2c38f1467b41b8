"""People of a company, the posts they hold, their API tokens. All in the company's schema."""

from datetime import date, timedelta
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from kernel.access.actions import POSTS
from kernel.models import CompanyModel


def is_named(username: str) -> Exact:
    """Return the condition for a user name, compared as the constraint on it compares.

    ``iexact`` compares in upper case, where two names that the constraint tells apart may be one.
    """
    return Exact(Lower("username"), Lower(Value(username)))


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(is_named(username or ""))


class User(AbstractBaseUser, CompanyModel):
    """A person who signs in to one company. Leavers are deactivated, never deleted."""

    class Language(models.TextChoices):
        ZH_HANS = "zh-hans", "简体中文"
        EN = "en", "English"

    class Theme(models.TextChoices):
        AUTO = "auto", _("Follow the system")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    class Density(models.TextChoices):
        COMFORTABLE = "comfortable", _("Comfortable")
        COMPACT = "compact", _("Compact")

    username = models.CharField(_("user name"), max_length=60)
    name = models.CharField(_("name"), max_length=60)
    email = models.EmailField(_("e-mail"), blank=True)
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=10, choices=Language, default=Language.ZH_HANS)
    theme = models.CharField(max_length=10, choices=Theme, default=Theme.AUTO)
    density = models.CharField(max_length=12, choices=Density, default=Density.COMFORTABLE)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("username"),
                name="user_username_once",
                violation_error_message=_("This user name is taken."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """Name and user name, as the audit shows them."""
        return f"{self.name} ({self.username})"

    # Django's auth contrib asks for these; permission is never decided by them.
    @property
    def is_staff(self) -> bool:
        return False

    @property
    def is_superuser(self) -> bool:
        return False

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return False


class PostHolding(CompanyModel):
    """A person holds a post, company-wide or in one project, from a day on until another.

    ``project_id`` has no Django relation because the kernel knows no service; the foreign key to
    the projects table is added by the registry's migration.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="holdings")
    post = models.CharField(
        max_length=40, choices=[(key, post.name) for key, post in POSTS.items()]
    )
    project_id = models.BigIntegerField(null=True, blank=True, db_index=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True, help_text="Exclusive.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="postholding_days_in_order",
            ),
            models.UniqueConstraint(
                fields=["user", "post", "project_id"],
                condition=Q(valid_to__isnull=True),
                nulls_distinct=False,
                name="postholding_open_once",
                violation_error_message=_("This person holds this post already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.post} {self.project_id or '*'}"

    @property
    def last_day(self) -> date | None:
        """The last day on which it counts, ``None`` while no end is set."""
        return self.valid_to - timedelta(days=1) if self.valid_to else None


class ApiToken(CompanyModel):
    """A key for programs. Only its digest is stored; the text is shown once."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="api_tokens")
    name = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    prefix = models.CharField(max_length=12)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.prefix}… {self.name}"
