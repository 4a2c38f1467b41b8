"""Vendors' people who sign in: one sign-in for every company that invited them. Public schema.

What they are to a company (which vendor, which quotes) is in that company's schema alone; here is
only that a sign-in may go there. No company can read this.
"""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from tenants.attempts import Attempts
from tenants.companies.models import Company


class VendorLoginManager(BaseUserManager["VendorLogin"]):
    pass


class VendorLogin(AbstractBaseUser):
    """A person who works for vendors."""

    email = models.EmailField(unique=True)  # in small letters
    name = models.CharField(max_length=60)
    language = models.CharField(max_length=10, default="zh-hans")
    is_active = models.BooleanField(default=True)
    email_verified_at = models.DateTimeField(null=True)
    # The authenticator app: its secret, sealed; the half-minute of the last code that was taken.
    app_secret_encrypted = models.CharField(max_length=200, blank=True)
    app_last_step = models.BigIntegerField(default=0)
    # To read his own sealed quotes and drafts again: locked by his password (kernel.sealing). A
    # password that was reset by mail makes a new pair, and what was sealed to the old one stays.
    public_key = models.BinaryField(null=True)
    locked_key = models.BinaryField(null=True)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = VendorLoginManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(public_key__isnull=True, locked_key__isnull=True)
                | Q(public_key__isnull=False, locked_key__isnull=False),
                name="vendorlogin_key_pair_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class VendorSession(models.Model):
    """A signed-in browser. The cookie holds a random key, the table its digest.

    The person's private key lies here encrypted with what only the cookie has: with the database
    alone it is not readable.
    """

    login = models.ForeignKey(VendorLogin, on_delete=models.CASCADE, related_name="sessions")
    digest = models.CharField(max_length=64, unique=True)
    wrapped_key = models.BinaryField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    address = models.CharField(max_length=45, blank=True)
    device = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"#{self.pk} {self.login_id}"


class Membership(models.Model):
    """That a sign-in may go to a company, as one of its contacts there."""

    login = models.ForeignKey(VendorLogin, on_delete=models.PROTECT, related_name="memberships")
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    contact_id = models.BigIntegerField()  # procurement.Contact of the company's schema
    joined_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "contact_id"],
                condition=Q(ended_at__isnull=True),
                name="membership_of_contact_once",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("joined_at")),
                name="membership_ends_after_it_begins",
            ),
        ]
        indexes = [models.Index(fields=["login", "company"], name="membership_of_login")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.login_id}"


class VendorInvitation(models.Model):
    """A mailed link to join a company; the link holds a random key, the table its digest.

    Either the company invited one of its contacts, or somebody applied: then what he wrote lies
    here, sealed, and the company learns of it once the link has shown that the mailbox is his.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    contact_id = models.BigIntegerField(null=True)
    answers_encrypted = models.TextField(blank=True, default="", db_default="")
    email = models.EmailField()
    digest = models.CharField(max_length=64, unique=True)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(contact_id__isnull=False, answers_encrypted="")
                | Q(contact_id__isnull=True) & ~Q(answers_encrypted=""),
                name="vendorinvitation_of_contact_or_applicant",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def is_application(self) -> bool:
        return self.contact_id is None


class VendorToken(models.Model):
    """A key for a vendor's program, for one membership. The table holds its digest."""

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    tail = models.CharField(max_length=4)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class VendorSignInAttempt(Attempts):
    """Failures to sign in with an e-mail address, the ``username``."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["username", "address"], name="vendorsigninattempt_of_place_once"
            ),
        ]


class VendorAction(models.Model):
    """What happened to sign-ins themselves, kept where no company reads it. Append-only."""

    at = models.DateTimeField()
    login_id = models.BigIntegerField(null=True)
    event = models.CharField(max_length=60)
    company_id = models.BigIntegerField(null=True)
    address = models.CharField(max_length=45, blank=True)
    data = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"#{self.pk} {self.event}"
