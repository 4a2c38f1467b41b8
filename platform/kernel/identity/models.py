"""Second factors, sessions, things people hold for the company, and their leaving."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.access.models import User
from kernel.models import CompanyModel

MOST_MONEY = 999_999_999_999  # and NaN sorts above all


class AuthenticatorApp(CompanyModel):
    """A person's authenticator app: the secret it shares with us, readable in this company only."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="authenticator_app")
    secret_encrypted = models.CharField(max_length=200)
    # The half-minute of the last code that was taken: no code is taken twice, nor an older one.
    last_step = models.BigIntegerField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"#{self.pk} {self.user_id}"


class RecoveryCode(CompanyModel):
    """One of the codes for the day on which the phone is gone. Opens once."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="recovery_codes")
    digest = models.CharField(max_length=32)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "digest"], name="recoverycode_once"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.user_id}"


class Passkey(CompanyModel):
    """A key of a person's device or security stick, for one host name of the company."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="passkeys")
    name = models.CharField(max_length=60)
    host = models.CharField(max_length=253)
    # SHA-256 of the credential's id, to find it by; the credential itself is sealed.
    digest = models.CharField(max_length=64, unique=True)
    credential_encrypted = models.BinaryField()
    sign_count = models.BigIntegerField()
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"#{self.pk} {self.name}"


class FactorDuty(CompanyModel):
    """Whoever holds this post must have a second factor from his next sign-in on."""

    post = models.CharField(max_length=40, unique=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.post


class Method(models.TextChoices):
    PASSWORD = "PASSWORD", _("Password")
    CODE = "CODE", _("Password and authenticator app")
    RECOVERY = "RECOVERY", _("Password and recovery code")
    STICK = "STICK", _("Password and passkey")
    PASSKEY = "PASSKEY", _("Passkey")


class SignIn(CompanyModel):
    """A browser in which somebody has signed in, for the list of his sessions.

    It lives while it is not ended, its epoch is its person's, and it was seen lately.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="sign_ins")
    session_key = models.CharField(max_length=40, unique=True)
    epoch = models.PositiveIntegerField()
    method = models.CharField(max_length=10, choices=Method)
    device = models.CharField(max_length=120)
    address = models.CharField(max_length=45)
    signed_in_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"#{self.pk} {self.user_id}"


class ItemKind(models.TextChoices):
    MANUAL = "MANUAL", _("Controlled manual")
    KEY = "KEY", pgettext_lazy("thing handed out", "Key")
    CARD = "CARD", _("Card")
    RECEIPT_BOOK = "RECEIPT_BOOK", _("Receipt book")
    CASH_FLOAT = "CASH_FLOAT", _("Cash float")
    LOAN = "LOAN", _("Loan of money")
    TOOL = "TOOL", _("Tool")
    DEVICE = "DEVICE", _("Device")
    SEAL = "SEAL", _("Seal")


class HeldItem(CompanyModel):
    """A thing of the company in somebody's hands: who has it now. How it came there, its events."""

    plural = _("Company items")

    kind = models.CharField(max_length=20, choices=ItemKind)
    number = models.CharField(max_length=60)
    note = models.CharField(max_length=200, blank=True)
    project_id = models.BigIntegerField(null=True, blank=True, db_index=True)
    # Money only: the float, the loan.
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    holder = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="held_items", null=True, blank=True
    )
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "number"], name="helditem_number_once"),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gt=0, amount__lte=MOST_MONEY),
                name="helditem_amount_positive",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["CASH_FLOAT", "LOAN"], amount__isnull=False)
                | (~Q(kind__in=["CASH_FLOAT", "LOAN"]) & Q(amount__isnull=True)),
                name="helditem_amount_of_money",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"


class ItemEventKind(models.TextChoices):
    ISSUED = "ISSUED", _("Issued")
    HANDED_OVER = "HANDED_OVER", _("Handed over")
    RETURNED = "RETURNED", _("Returned")
    LOST = "LOST", _("Reported lost")


class HeldItemEvent(CompanyModel):
    """One change of hands. Never changed, never deleted."""

    item = models.ForeignKey(HeldItem, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=12, choices=ItemEventKind)
    # Who gave it away, who has it now (a return: who took it back), who wrote it down.
    from_user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    to_user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    by_label = models.CharField(max_length=140)
    counted = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(counted__isnull=True) | Q(counted__gte=0, counted__lte=MOST_MONEY),
                name="helditemevent_counted_is_money",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind} {self.item_id}"


class Departure(CompanyModel):
    """A person's leaving: begun, worked off, and closed with the account, or taken back."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="departures")
    last_day = models.DateField()
    begun_at = models.DateTimeField()
    begun_by_label = models.CharField(max_length=140)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by_label = models.CharField(max_length=140, blank=True)
    taken_back_at = models.DateTimeField(null=True, blank=True)
    # What the sheet shows once it is closed: the list as it stood at that moment.
    sheet = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(closed_at__isnull=True, taken_back_at__isnull=True),
                name="departure_open_once",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(taken_back_at__isnull=True),
                name="departure_ends_one_way",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("begun_at")),
                name="departure_times_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.user_id}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None and self.taken_back_at is None


class Way(models.TextChoices):
    HAND_OVER = "HAND_OVER", _("Handed over")
    TAKE_BACK = "TAKE_BACK", _("Taken back")
    END = "END", _("Ended")


class DepartureStep(CompanyModel):
    """One thing that was settled on the way out. Never changed, never deleted."""

    departure = models.ForeignKey(Departure, on_delete=models.PROTECT, related_name="steps")
    way = models.CharField(max_length=10, choices=Way)
    check_key = models.CharField(max_length=60)
    ref = models.CharField(max_length=100)
    kind = models.CharField(max_length=60)  # in the words of the day
    what = models.CharField(max_length=300)
    to_label = models.CharField(max_length=140, blank=True)
    by_label = models.CharField(max_length=140)
    note = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"#{self.pk} {self.what}"
