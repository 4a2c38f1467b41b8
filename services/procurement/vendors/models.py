"""Vendors: who they are, what papers they hold, how they may be paid, what keeps them out."""

from django.db import models
from django.db.models import F, Q

from kernel.models import CompanyModel
from kernel.outgoing import Outgoing
from kernel.text import _, _p, in_language
from services.procurement.catalogue.models import Category


class VendorState(models.TextChoices):
    APPLIED = "APPLIED", _("Applied")  # 申请中: registered himself
    ACTIVE = "ACTIVE", _("Active")
    REFUSED = "REFUSED", _("Refused")
    CLOSED = "CLOSED", _p("of a vendor", "Closed")


class VendorKind(models.TextChoices):
    GOODS = "GOODS", _("Goods")  # 物资供应商
    SERVICE = "SERVICE", _("Services")  # 外包单位
    INTERMEDIARY = "INTERMEDIARY", _("Intermediary")  # 中介机构 (PR-61)


class Vendor(CompanyModel):
    """A vendor of this company (供应商). His sign-ins are kept where no company reads them."""

    plural = _("Vendors")

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    initials = models.CharField(max_length=100, blank=True)  # of the pinyin, for searching
    kind = models.CharField(max_length=12, choices=VendorKind, default=VendorKind.GOODS)
    state = models.CharField(max_length=8, choices=VendorState, default=VendorState.ACTIVE)
    # 统一社会信用代码; without one (a market stall) the name stands alone.
    credit_code = models.CharField(max_length=18, blank=True)
    contact_name = models.CharField(max_length=60, blank=True)
    phone_encrypted = models.CharField(max_length=200, blank=True)
    phone_head = models.CharField(max_length=4, blank=True)
    phone_tail = models.CharField(max_length=4, blank=True)
    email = models.EmailField(blank=True)
    address = models.CharField(max_length=200, blank=True)
    tax_percent = models.DecimalField(max_digits=5, decimal_places=2, default=13)
    # On account: settled by contract so many days after the invoice (PR-72).
    is_on_account = models.BooleanField(default=False)
    payment_days = models.IntegerField(default=0)
    note = models.CharField(max_length=300, blank=True)
    language = models.CharField(max_length=10, default="zh-hans")  # of what is sent to him
    created_by = models.BigIntegerField(null=True)
    created_by_label = models.CharField(max_length=140)
    created_at = models.DateTimeField()
    # On his application, and whoever closed or reopened him.
    decided_by = models.BigIntegerField(null=True)
    decided_by_label = models.CharField(max_length=140, blank=True)
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.CharField(max_length=200, blank=True)
    reviewed_on = models.DateField(null=True)  # the last visit or review (PR-64)
    # That the next visit is due was told then; a visit empties it.
    visit_reminded_at = models.DateTimeField(null=True)
    reconciled_to = models.DateField(null=True)  # the last day both sides have agreed on (PR-63)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["credit_code"],
                condition=~Q(credit_code=""),
                name="vendor_credit_code_once",
                violation_error_message=_("There is a vendor with this credit code."),
            ),
            models.CheckConstraint(
                condition=Q(tax_percent__gte=0, tax_percent__lte=100), name="vendor_tax_in_range"
            ),
            models.CheckConstraint(
                condition=Q(payment_days__gte=0, payment_days__lte=365),
                name="vendor_payment_days_in_range",
            ),
        ]
        indexes = [models.Index(fields=["state", "name"], name="vendor_by_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def phone_masked(self) -> str:
        return f"{self.phone_head} **** {self.phone_tail}".strip() if self.phone_encrypted else ""


class ContactState(models.TextChoices):
    INVITED = "INVITED", _("Invited")
    ACTIVE = "ACTIVE", _("Active")
    ENDED = "ENDED", _("Ended")


class Contact(CompanyModel):
    """A person of the vendor who may use the portal for this company.

    Which sign-in he uses is not known here: another company's invitation may have made it.
    """

    plural = _("Contacts of vendors")

    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="contacts")
    name = models.CharField(max_length=60)
    email = models.EmailField()
    state = models.CharField(max_length=8, choices=ContactState, default=ContactState.INVITED)
    invited_by_label = models.CharField(max_length=140)
    invited_at = models.DateTimeField()
    joined_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # Who quotes can read his own sealed quotes again: his own public key, from his sign-in.
    public_key = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["vendor", "email"],
                condition=~Q(state="ENDED"),
                name="contact_of_vendor_once",
                violation_error_message=_("This person is invited already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SupplyRole(models.TextChoices):
    CONTRACT = "CONTRACT", _("Contract vendor")
    BACKUP = "BACKUP", _("Backup vendor")  # PR-62
    CANDIDATE = "CANDIDATE", _("Candidate")  # outside contracts, visited regularly (PR-64)


class Supply(CompanyModel):
    """What a vendor supplies, and as what."""

    plural = _("What vendors supply")

    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="supplies")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="supplies")
    role = models.CharField(max_length=9, choices=SupplyRole, default=SupplyRole.CANDIDATE)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["vendor", "category"], name="supply_once"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.role}"


class PaperKind(CompanyModel):
    """A kind of licence or certificate, and for whom it is required (PR-60)."""

    plural = _("Kinds of vendors' papers")

    key = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60, blank=True)
    is_required = models.BooleanField(default=False)  # of every vendor
    categories = models.ManyToManyField(Category, blank=True, related_name="paper_kinds")
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return in_language(self.name, self.name_en)


class PaperState(models.TextChoices):
    SUBMITTED = "SUBMITTED", _("To be checked")
    CHECKED = "CHECKED", _("Checked")
    REFUSED = "REFUSED", _("Refused")


class VendorPaper(CompanyModel):
    """A licence or certificate; its file hangs on it. A renewed one is another row."""

    plural = _("Vendors' papers")

    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="papers")
    kind = models.ForeignKey(PaperKind, on_delete=models.PROTECT, related_name="papers")
    number = models.CharField(max_length=80, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)  # inclusive; empty: does not run out
    state = models.CharField(max_length=9, choices=PaperState, default=PaperState.SUBMITTED)
    added_by = models.BigIntegerField(null=True)  # empty: the vendor himself, in the portal
    added_by_label = models.CharField(max_length=140)
    is_added_by_vendor = models.BooleanField(default=False)
    added_at = models.DateTimeField()
    checked_by = models.BigIntegerField(null=True)
    checked_by_label = models.CharField(max_length=140, blank=True)
    checked_at = models.DateTimeField(null=True)
    check_note = models.CharField(max_length=200, blank=True)
    # How many days before its end was told last; -1: that it has run out.
    reminded_days = models.SmallIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="vendorpaper_days_in_order",
            ),
            models.CheckConstraint(
                condition=Q(state="SUBMITTED") | Q(checked_at__isnull=False),
                name="vendorpaper_checked_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["valid_to"], name="vendorpaper_by_end"),
            models.Index(fields=["vendor", "kind"], name="vendorpaper_of_vendor"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.state}"


class AccountState(models.TextChoices):
    PENDING = "PENDING", _("In approval")
    ACTIVE = "ACTIVE", _("In force")
    REFUSED = "REFUSED", _("Refused")
    REPLACED = "REPLACED", _("Replaced")


class BankAccount(CompanyModel):
    """Where a vendor is paid. A change is a new row that comes into force by approval."""

    plural = _("Vendors' bank accounts")

    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="accounts")
    holder = models.CharField(max_length=100)
    bank = models.CharField(max_length=100)
    number_encrypted = models.CharField(max_length=200)
    number_index = models.CharField(max_length=32)  # equal numbers have equal ones: the watch
    number_tail = models.CharField(max_length=4)
    state = models.CharField(max_length=8, choices=AccountState, default=AccountState.PENDING)
    asked_by = models.BigIntegerField(null=True)  # empty: the vendor himself, in the portal
    asked_by_label = models.CharField(max_length=140)
    asked_at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["vendor"], condition=Q(state="ACTIVE"), name="bankaccount_one_in_force"
            ),
            models.UniqueConstraint(
                fields=["vendor"],
                condition=Q(state="PENDING"),
                name="bankaccount_one_pending",
                violation_error_message=_("A change of this account is in approval already."),
            ),
        ]
        indexes = [models.Index(fields=["number_index"], name="bankaccount_by_number")]

    def __str__(self) -> str:
        return f"**** {self.number_tail}"


class HoldKind(models.TextChoices):
    HOLD = "HOLD", _("On hold")  # 暂停合作
    BLACKLIST = "BLACKLIST", _("Blacklisted")  # 黑名单


class VendorHold(CompanyModel):
    """What keeps a vendor from quoting and delivering: a reason, and days that are inclusive."""

    plural = _("Holds of vendors")

    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="holds")
    kind = models.CharField(max_length=9, choices=HoldKind)
    reason = models.CharField(max_length=300)
    first_day = models.DateField()
    last_day = models.DateField(null=True, blank=True)
    set_by = models.BigIntegerField(null=True)
    set_by_label = models.CharField(max_length=140)
    set_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by_label = models.CharField(max_length=140, blank=True)
    lift_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="vendorhold_has_reason"),
            models.CheckConstraint(
                condition=Q(last_day__isnull=True) | Q(last_day__gte=F("first_day")),
                name="vendorhold_days_in_order",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True) | ~Q(lift_reason=""),
                name="vendorhold_lifted_with_reason",
            ),
            models.UniqueConstraint(
                fields=["vendor"],
                condition=Q(lifted_at__isnull=True, last_day__isnull=True),
                name="vendorhold_one_without_end",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"


class VisitOutcome(models.TextChoices):
    KEEP = "KEEP", _("Go on as it is")
    PROMOTE = "PROMOTE", _("Take up as backup or contract vendor")
    REPLACE = "REPLACE", _("Replace by a better one")
    DROP = "DROP", _("Drop")


class Visit(CompanyModel):
    """A visit to a vendor and what was found (走访记录, PR-64)."""

    plural = _("Visits to vendors")

    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="visits")
    visited_on = models.DateField()
    visitors = models.CharField(max_length=200)
    findings = models.TextField()
    outcome = models.CharField(max_length=7, choices=VisitOutcome)
    written_by = models.BigIntegerField(null=True)
    written_by_label = models.CharField(max_length=140)
    written_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"#{self.pk} {self.visited_on}"


class IntermediaryCheck(CompanyModel):
    """The four things that are looked at before an intermediary is used (PR-61). Append-only."""

    plural = _("Checks of intermediaries")

    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="checks")
    reputation = models.BooleanField()
    technical_ability = models.BooleanField()
    qualification = models.BooleanField()
    performance = models.BooleanField()
    note = models.TextField(blank=True)
    checked_by = models.BigIntegerField()
    checked_by_label = models.CharField(max_length=140)
    checked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def is_passed(self) -> bool:
        return (
            self.reputation and self.technical_ability and self.qualification and self.performance
        )


class VendorLetter(Outgoing):
    """A mail to a vendor's contact about his own affairs: a paper that ends, a statement.

    Its words are made when it leaves, in his language, of ``values``; see ``letters``.
    """

    plural = _("Mails to vendors")

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    values = models.JSONField(default=dict)
    page = models.CharField(max_length=100)  # of the portal, below the company's own address
    written_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(state="waiting"), name="vendorletter_waiting"
            ),
            models.Index(fields=["contact", "-id"], name="vendorletter_of_contact"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"
