"""People of a company, the posts they hold, their API tokens. All in the company's schema."""

from datetime import date, timedelta
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from kernel.access.actions import POSTS
from kernel.models import CompanyModel
from kernel.tenancy import current_schema


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
    # Counted up when all sessions of the person end: each of them carries the count it began with.
    session_epoch = models.PositiveIntegerField(default=0)
    # Set while the password is one that the product made for him: until when it opens, once.
    first_password_until = models.DateTimeField(null=True, blank=True)

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

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        # Django's own covers the password. Ours also ends with the epoch, and with the company.
        state = f"{current_schema()}:{self.password}:{self.session_epoch}"
        digest = salted_hmac("kernel.access.session", state, secret=secret, algorithm="sha256")
        return digest.hexdigest()

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


class Integration(CompanyModel):
    """Another program, e.g. a parking system: it is no person and acts in nobody's name.

    It may do what is named here and nothing else, whoever looks after it.
    """

    name = models.CharField(max_length=60)
    purpose = models.CharField(max_length=200)
    actions = ArrayField(models.CharField(max_length=40))
    # Empty: in all projects.
    project_ids = ArrayField(models.BigIntegerField(), default=list, blank=True)
    keeper = models.ForeignKey(User, on_delete=models.PROTECT, related_name="integrations")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("name"), condition=Q(ended_at__isnull=True), name="integration_name_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ApiToken(CompanyModel):
    """A key for programs, of a person or of an integration. Only its digest is stored.

    A person's token may do at most what the person may at that moment, and less if it names
    actions or projects.
    """

    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="api_tokens", null=True, blank=True
    )
    integration = models.ForeignKey(
        Integration, on_delete=models.PROTECT, related_name="api_tokens", null=True, blank=True
    )
    name = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    prefix = models.CharField(max_length=12)
    # Null: whatever its owner may.
    actions = ArrayField(models.CharField(max_length=40), null=True, blank=True)
    project_ids = ArrayField(models.BigIntegerField(), null=True, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=True) ^ Q(integration__isnull=True),
                name="apitoken_of_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="apitoken_days_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prefix}… {self.name}"
