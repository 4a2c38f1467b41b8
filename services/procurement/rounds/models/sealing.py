"""Keys, sealed quotes and their opening.

Before the opening there is no price in any column here: ``QuoteRevision`` holds what nobody can
read (``kernel.sealing``). ``Quote`` and ``QuoteLine`` are written by the opening alone.
"""

from django.db import models
from django.db.models import Q

from kernel.models import CompanyModel
from kernel.text import _
from services.procurement.rounds.models.asking import Invitation, Round, RoundLine
from services.procurement.vendors.models import Contact


class OpenerKey(CompanyModel):
    """A person's key for opening rounds, locked by a passphrase that is kept nowhere."""

    plural = _("Keys of openers")

    user_id = models.BigIntegerField()
    public_key = models.BinaryField()
    locked_key = models.BinaryField()
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user_id"], condition=Q(ended_at__isnull=True), name="openerkey_one"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class KeyShare(CompanyModel):
    """One of the two shares of a round's key, wrapped for one of the people of its side."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="shares")
    side = models.IntegerField()  # 1 or 2: of different posts
    post = models.CharField(max_length=60)  # as whose holder it was entrusted to him
    opener_key = models.ForeignKey(OpenerKey, on_delete=models.PROTECT, related_name="shares")
    wrapped = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "opener_key"], name="keyshare_one_side"),
            models.CheckConstraint(condition=Q(side__in=[1, 2]), name="keyshare_side"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.side}"


class Release(CompanyModel):
    """A share that one of its people released after the deadline. Append-only.

    One alone opens nothing; the second opens the round in the same transaction. Only the first is
    kept here: what the vendors took back or replaced is not to be read with the database alone.
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="releases")
    side = models.IntegerField()
    share = models.BinaryField()  # empty for the second
    user_id = models.BigIntegerField()
    user_label = models.CharField(max_length=140)
    post = models.CharField(max_length=60)
    released_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "side"], name="release_once"),
            models.UniqueConstraint(fields=["round", "user_id"], name="release_by_two_people"),
            models.UniqueConstraint(fields=["round", "post"], name="release_by_two_posts"),
            models.CheckConstraint(condition=Q(side__in=[1, 2]), name="release_side"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.side}"


class QuoteRevision(CompanyModel):
    """What a vendor sent, sealed. Append-only; the last before the deadline counts.

    A trigger refuses one at or after the deadline, whoever writes it.
    """

    plural = _("Sealed quotes")

    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, related_name="revisions")
    number = models.IntegerField()
    is_withdrawal = models.BooleanField(default=False)
    sealed = models.BinaryField()  # to the round
    own_copy = models.BinaryField()  # to who sent it, to read and go on from
    receipt = models.CharField(max_length=64)  # SHA-256 of ``sealed``
    contact_id = models.BigIntegerField()
    contact_label = models.CharField(max_length=140)
    submitted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invitation", "number"], name="quoterevision_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="quoterevision_number_gte_1"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.number}"


class QuoteDraft(CompanyModel):
    """What a contact has typed so far, sealed to himself alone; each saving replaces it."""

    plural = _("Drafts of quotes")

    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, related_name="drafts")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invitation", "contact"], name="quotedraft_once"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class QuoteDraftFile(CompanyModel):
    """A file that waits with a draft, sealed as the draft is, with its name and type."""

    plural = _("Files of drafts of quotes")

    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, related_name="draft_files")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+")
    head = models.BinaryField()  # {"name": "…", "type": "…", "size": 1024}
    storage_key = models.CharField(max_length=120, unique=True)
    saved_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["invitation", "contact", "id"], name="quotedraftfile_of_draft"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class SealedFile(CompanyModel):
    """A file of a quote, sealed as the quote is; its name is in the quote. Append-only."""

    plural = _("Files of sealed quotes")

    revision = models.ForeignKey(QuoteRevision, on_delete=models.PROTECT, related_name="files")
    position = models.IntegerField()
    storage_key = models.CharField(max_length=120, unique=True)
    receipt = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["revision", "position"], name="sealedfile_once"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Opening(CompanyModel):
    """The minutes (开标记录): who, when, which quotes with which receipts. Append-only."""

    plural = _("Openings")

    round = models.OneToOneField(Round, on_delete=models.PROTECT, related_name="opening")
    opened_at = models.DateTimeField()
    # {"released": [{"side": 1, "person": "…", "post": "…", "at": "…"}, …],
    #  "vendors": [{"vendor": "…", "state": "opened", "revision": 3, "submitted_at": "…",
    #               "receipt": "…", "total": "33346.50", "is_complete": true, "files": 2}, …],
    #  "late": [{"vendor": "…", "at": "…"}]}
    minutes = models.JSONField()

    def __str__(self) -> str:
        return f"#{self.pk}"


class Quote(CompanyModel):
    """An opened quote. Written once, by the opening; never changed."""

    plural = _("Quotes")

    invitation = models.OneToOneField(Invitation, on_delete=models.PROTECT, related_name="quote")
    revision = models.OneToOneField(QuoteRevision, on_delete=models.PROTECT, related_name="quote")
    tax_percent = models.DecimalField(max_digits=5, decimal_places=2)
    freight = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    delivery_days = models.IntegerField(null=True)
    warranty_months = models.IntegerField(null=True)
    payment_terms = models.CharField(max_length=200, blank=True)
    valid_to = models.DateField(null=True)
    note = models.TextField(blank=True)
    total = models.DecimalField(max_digits=14, decimal_places=2)  # of what is offered, with freight
    is_complete = models.BooleanField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(total__gte=0, total__lte=999999999999)
                & Q(freight__gte=0, freight__lte=999999999999),
                name="quote_amounts_gte_0",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class QuoteLine(CompanyModel):
    """The price of one line of an opened quote."""

    plural = _("Lines of quotes")

    quote = models.ForeignKey(Quote, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(RoundLine, on_delete=models.PROTECT, related_name="offers")
    unit_price = models.DecimalField(max_digits=12, decimal_places=4)  # with tax
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    brand = models.CharField(max_length=100, blank=True)
    delivery_days = models.IntegerField(null=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["quote", "line"], name="quoteline_once"),
            models.CheckConstraint(
                condition=Q(unit_price__gt=0, unit_price__lt=100000000)
                & Q(amount__gte=0, amount__lte=999999999999),
                name="quoteline_price_gt_0",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.unit_price}"
