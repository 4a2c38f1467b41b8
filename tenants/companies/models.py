"""The companies (tenants) and their host names. Public schema."""

from typing import Never

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_tenants.models import DomainMixin, TenantMixin

SCHEMA_PATTERN = r"^(public|t_[a-z0-9]{10})$"
SLUG_PATTERN = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"


class CompanyStatus(models.TextChoices):
    PROVISIONING = "PROVISIONING", _("Being set up")
    ACTIVE = "ACTIVE", _("Active")
    SUSPENDED = "SUSPENDED", _("Suspended")
    FAILED = "FAILED", _("Set-up failed")


class SetupStage(models.TextChoices):
    """How far the set-up of a new company is."""

    WAITING = "WAITING", _("Waiting for a worker")
    SCHEMA = "SCHEMA", _("Making its tables")
    CONTENT = "CONTENT", _("Filling in the standard data and the administrator")
    DONE = "DONE", _("Done")


class Company(TenantMixin):
    """A property-management company: one row here, one schema of its own.

    The schema's name is made by the machine; the slug is what people type in the address.
    """

    auto_create_schema = False

    slug = models.SlugField(_("short name"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=100, blank=True)
    time_zone = models.CharField(max_length=60, default="Asia/Shanghai")
    currency = models.CharField(max_length=3, default="CNY")
    status = models.CharField(
        max_length=12, choices=CompanyStatus, default=CompanyStatus.PROVISIONING
    )
    stage = models.CharField(max_length=10, choices=SetupStage, default=SetupStage.WAITING)
    error = models.TextField(blank=True)  # why the set-up failed, for the operator
    # Who is to be the first administrator; emptied when the company's own schema knows it.
    admin_username = models.CharField(max_length=60, blank=True)
    admin_name = models.CharField(max_length=60, blank=True)
    admin_email = models.EmailField(blank=True)
    # Which of the handbook's ladders it starts from, if that was said; emptied as well.
    ladder = models.CharField(max_length=1, blank=True, default="", db_default="")
    created_at = models.DateTimeField()
    suspended_at = models.DateTimeField(null=True, blank=True)
    suspended_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(schema_name__regex=SCHEMA_PATTERN), name="company_schema_name_is_ours"
            ),
            models.CheckConstraint(
                condition=Q(slug__regex=SLUG_PATTERN), name="company_slug_is_a_host_label"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def __enter__(self) -> Never:
        """Refuse ``with company:``; its stack of previous tenants is shared by all threads.

        :raises TypeError: always; use ``django_tenants.utils.tenant_context``.
        """
        raise TypeError("use tenant_context(company)")

    def activate(self) -> Never:
        """Refuse to change the company in force without changing it back.

        :raises TypeError: always; use ``django_tenants.utils.tenant_context``.
        """
        raise TypeError("use tenant_context(company)")

    @property
    def accepts_work(self) -> bool:
        """Tell whether requests and tasks may run in its schema."""
        return self.status == CompanyStatus.ACTIVE


class Domain(DomainMixin):
    """A host name of a company, lower case, without port."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant"], condition=Q(is_primary=True), name="domain_one_primary"
            ),
            models.CheckConstraint(
                condition=Q(domain__regex=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$"),
                name="domain_is_a_lower_case_host",
            ),
        ]


class AuditCheck(models.Model):
    """What a verification of a company's record came to; where it found nothing, an anchor as well.

    It lies outside of the company's schema: a record that was made anew there, with its chain, does
    not match it. A trigger refuses to change or remove it.
    """

    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    seq = models.BigIntegerField()  # how many links were right
    hash = models.BinaryField()  # of the last of them
    fault = models.CharField(max_length=20, blank=True)  # kernel.audit.verification.FaultKind
    detail = models.TextField(blank=True)  # for operators, in English

    class Meta:
        indexes = [models.Index(fields=["company", "-id"], name="auditcheck_of_company")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.fault or self.seq}"


class AuditWalk(models.Model):
    """A verification under way: how far it has come. There is no row once it is done.

    The place is signed: whoever can write this row could else have the record before it left out.
    """

    company = models.OneToOneField(Company, models.CASCADE, primary_key=True, related_name="+")
    place = models.TextField()  # kernel.audit.verification.Place, signed for the company
    touched_at = models.DateTimeField()  # when a portion was done, or its message sent again

    def __str__(self) -> str:
        return f"{self.company_id} {self.touched_at:%Y-%m-%d %H:%M}"
