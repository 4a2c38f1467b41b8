"""What is asked of whom, questions and answers, changes before the deadline."""

from django.db import models
from django.db.models import F, Q

from kernel.models import CompanyModel
from kernel.text import _
from services.procurement.catalogue.models import Item
from services.procurement.requests.models import RequestLine
from services.procurement.vendors.models import PaperKind, Vendor
from services.properties.models import Project


class RoundState(models.TextChoices):
    DRAFT = "DRAFT", _("Draft")
    OPEN = "OPEN", _("Quoting")  # 报价中; after ``closes_at`` it waits for its opening
    OPENED = "OPENED", _("Being evaluated")  # 评标中
    AWARDING = "AWARDING", _("Award in approval")
    AWARDED = "AWARDED", _("Awarded")
    REPEATED = "REPEATED", _("Asked again")  # 二次报价: its vendors are in a second round
    CANCELLED = "CANCELLED", _("Cancelled")


class Round(CompanyModel):
    """A request for quotes with a deadline. Its private key exists only in two shares."""

    plural = _("Rounds of quotes")

    number = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=100)
    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, null=True, blank=True, related_name="quote_rounds"
    )  # empty: for several projects, or the company
    state = models.CharField(max_length=9, choices=RoundState, default=RoundState.DRAFT)
    place = models.CharField(max_length=200, blank=True)
    needed_on = models.DateField(null=True, blank=True)
    terms = models.TextField(blank=True)
    # {"price": 50, "quality": 20, …}, a hundred together (PR-21).
    weights = models.JSONField(default=dict)
    tax_percent = models.DecimalField(max_digits=5, decimal_places=2, default=13)
    paper_kinds = models.ManyToManyField(PaperKind, blank=True, related_name="+")
    closes_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    public_key = models.BinaryField(null=True)
    reminded_at = models.DateTimeField(null=True)  # when its openers were last told that it waits
    # The round whose vendors are asked again, with what they offered then as the upper limit.
    earlier = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="later"
    )
    # PR-24: fewer vendors than ``purchase.min_quotes``, with proof, by special approval.
    fewer_reason = models.CharField(max_length=500, blank=True)
    is_fewer_allowed = models.BooleanField(default=False)
    version = models.IntegerField(default=1)  # of the draft: two do not overwrite each other
    created_by = models.BigIntegerField()
    created_by_label = models.CharField(max_length=140)
    created_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)
    cancel_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["DRAFT", "CANCELLED"])
                | Q(
                    closes_at__isnull=False,
                    published_at__isnull=False,
                    public_key__isnull=False,
                ),
                name="round_published_is_sealed",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | Q(closes_at__gt=F("published_at")),
                name="round_closes_after_it_begins",
            ),
            models.CheckConstraint(
                condition=~Q(is_fewer_allowed=True) | ~Q(fewer_reason=""),
                name="round_fewer_with_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state="CANCELLED") | ~Q(cancel_reason=""),
                name="round_cancelled_with_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "closes_at"], name="round_by_deadline"),
            models.Index(fields=["project", "-id"], name="round_of_project"),
        ]

    def __str__(self) -> str:
        return self.number


class RoundLine(CompanyModel):
    """A thing that is asked for, consolidated from the requests of any number of projects."""

    plural = _("Lines of rounds")

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="lines")
    position = models.IntegerField()
    item = models.ForeignKey(
        Item, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    name = models.CharField(max_length=100)
    spec = models.CharField(max_length=300, blank=True)
    unit = models.CharField(max_length=10)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    # As known when the round began: the last order's price, and that of a framework agreement.
    last_price = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    agreed_price = models.DecimalField(max_digits=12, decimal_places=4, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "position"], name="roundline_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, quantity__lte=9999999.999),
                name="roundline_quantity_gt_0",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RoundSource(CompanyModel):
    """Which part of a round's line is for which request."""

    line = models.ForeignKey(RoundLine, on_delete=models.PROTECT, related_name="sources")
    request_line = models.ForeignKey(RequestLine, on_delete=models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=12, decimal_places=3)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "request_line"], name="roundsource_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, quantity__lte=9999999.999),
                name="roundsource_quantity_gt_0",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.quantity}"


class Invitation(CompanyModel):
    """A vendor who is asked."""

    plural = _("Invited vendors")

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="invitations")
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="invitations")
    invited_at = models.DateTimeField(null=True)  # when the round was published
    seen_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)
    decline_reason = models.CharField(max_length=200, blank=True)
    told_at = models.DateTimeField(null=True)  # of the outcome: order or letter of regret

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "vendor"], name="invitation_once"),
        ]
        indexes = [models.Index(fields=["vendor", "-id"], name="invitation_of_vendor")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Question(CompanyModel):
    """A vendor's question. Question and answer go to all who are invited; who asked does not."""

    plural = _("Questions of vendors")

    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, related_name="questions")
    text = models.TextField()
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by_label = models.CharField(max_length=140, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answer="")
                | (Q(answered_at__isnull=False) & ~Q(answer="")),
                name="question_answered_with_text",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Amendment(CompanyModel):
    """A change of a published round, told to all who are invited. Append-only."""

    plural = _("Amendments of rounds")

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="amendments")
    number = models.IntegerField()
    text = models.TextField()
    closes_before = models.DateTimeField()
    closes_after = models.DateTimeField()
    made_by = models.BigIntegerField()
    made_by_label = models.CharField(max_length=140)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="amendment_once"),
            models.CheckConstraint(
                condition=Q(closes_after__gte=F("closes_before"))
                & Q(made_at__lt=F("closes_before")),
                name="amendment_extends_before_closing",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.number}"
