"""People of a company, its posts and departments, who holds what, API tokens. Per company."""

from datetime import date, timedelta
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from kernel.access.catalogue import Place
from kernel.models import CompanyModel
from kernel.tenancy import current_schema
from kernel.text import in_language

OWN = "company"  # the source of a post that the company made itself


def is_named(username: str) -> Exact:
    """Return the condition for a user name, compared as the constraint on it compares.

    ``iexact`` compares in upper case, where two names that the constraint tells apart may be one.
    """
    return Exact(Lower("username"), Lower(Value(username)))


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(is_named(username or ""))


class Department(CompanyModel):
    """A part of the company. The departments form a tree that all projects share.

    A trigger refuses a circle. Who leads one, in the company or in a project, is a
    :class:`DepartmentHead`.
    """

    key = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60, blank=True)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="children", null=True, blank=True
    )
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The name in the language in force."""
        return in_language(self.name, self.name_en)


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
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="people", null=True, blank=True
    )
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


class DepartmentHead(CompanyModel):
    """Who leads a department: in one project, or in the company where ``project_id`` is empty."""

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="heads")
    project_id = models.BigIntegerField(null=True, blank=True, db_index=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="headships")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["department", "project_id"],
                nulls_distinct=False,
                name="departmenthead_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department_id} {self.project_id or '*'} {self.user_id}"


class Post(CompanyModel):
    """A post of this company: what its holder may do.

    Retired, never deleted: decisions of long ago name it. ``key`` never changes: chains, duties and
    the catalogue name posts by it. To whom a holder reports says :class:`ReportingLine`.
    """

    class Place(models.TextChoices):
        COMPANY = Place.COMPANY, _("Whole company")
        PROJECT = Place.PROJECT, _("Project")
        EITHER = Place.EITHER, _("Whole company or project")
        OUTSIDE = Place.OUTSIDE, _("Outside the company")

    key = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60, blank=True)
    place = models.CharField(_("held in"), max_length=10, choices=Place, default=Place.PROJECT)
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="posts", null=True, blank=True
    )
    # The rule that asks for the post; empty for a row that the catalogue has yet to fill.
    source = models.CharField(max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    # Somebody has said as which posts of the catalogue this one counts, be it as none.
    is_classified = models.BooleanField(default=False)
    # Its holders sign where a chain names a post as which this one counts.
    stands_in = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(stands_in=False) | Q(is_classified=True),
                name="post_stands_in_if_classified",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The name in the language in force."""
        return in_language(self.name, self.name_en)

    @property
    def is_own(self) -> bool:
        """Whether the company made the post itself."""
        return self.source == OWN

    @property
    def is_company_wide(self) -> bool:
        """Whether the post is usually held in the whole company."""
        return self.place == self.Place.COMPANY


class ReportingLine(CompanyModel):
    """A post reports to another during ``[valid_from, valid_to)``; without a line to nobody.

    A trigger refuses a circle on any day.
    """

    post = models.ForeignKey(
        Post, on_delete=models.PROTECT, to_field="key", db_column="post", related_name="lines"
    )
    reports_to = models.ForeignKey(
        Post,
        on_delete=models.PROTECT,
        to_field="key",
        db_column="reports_to",
        related_name="lines_below",
    )
    valid_from = models.DateField(null=True, blank=True, help_text="Empty: since ever.")
    valid_to = models.DateField(null=True, blank=True, help_text="Exclusive.")

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="reportingline_one_a_day",
                expressions=[
                    ("post", RangeOperators.EQUAL),
                    (
                        Func(
                            F("valid_from"),
                            F("valid_to"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_to__isnull=True)
                | Q(valid_to__gt=F("valid_from")),
                name="reportingline_days_in_order",
            ),
            models.CheckConstraint(
                condition=~Q(post=F("reports_to")), name="reportingline_to_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post_id} < {self.reports_to_id}"

    @property
    def last_day(self) -> date | None:
        """The last day on which it counts, ``None`` while no end is set."""
        return self.valid_to - timedelta(days=1) if self.valid_to else None


class CountsAs(CompanyModel):
    """A post carries the duties that the handbook gives to a post of the catalogue.

    Pairs of duties and chains name posts of the catalogue; this says which others they mean.
    """

    post = models.ForeignKey(
        Post, on_delete=models.PROTECT, to_field="key", db_column="post", related_name="counts"
    )
    counts_as = models.ForeignKey(
        Post,
        on_delete=models.PROTECT,
        to_field="key",
        db_column="counts_as",
        related_name="counted",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["post", "counts_as"], name="countsas_once"),
            models.CheckConstraint(condition=~Q(post=F("counts_as")), name="countsas_of_another"),
        ]

    def __str__(self) -> str:
        return f"{self.post_id} = {self.counts_as_id}"


class PostAction(CompanyModel):
    """A post carries an action. Taken away, the row stays: the seed does not bring it back."""

    post = models.ForeignKey(
        Post, on_delete=models.PROTECT, to_field="key", db_column="post", related_name="actions"
    )
    action = models.CharField(max_length=60)  # an Action; not choices: each new one is data
    is_given = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["post", "action"], name="postaction_once"),
        ]

    def __str__(self) -> str:
        return f"{self.post_id} {self.action}"


class PostHolding(CompanyModel):
    """A person holds a post, company-wide or in one project, from a day on until another.

    ``project_id`` has no Django relation because the kernel knows no service; the foreign key to
    the projects table is added by the registry's migration.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="holdings")
    post = models.ForeignKey(
        Post, on_delete=models.PROTECT, to_field="key", db_column="post", related_name="holdings"
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
        return f"{self.user_id} {self.post_id} {self.project_id or '*'}"

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
