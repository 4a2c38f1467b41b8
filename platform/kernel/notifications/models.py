"""What was told to whom, and how it reached him."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kernel.access.models import User
from kernel.models import CompanyModel
from kernel.outgoing import Outgoing


class Notification(CompanyModel):
    """One thing told to one person, in the language he reads."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=200)
    text = models.TextField(max_length=2000, blank=True)
    url = models.CharField(max_length=300, blank=True)  # a path in the company's site
    project_id = models.BigIntegerField(null=True, blank=True)
    is_urgent = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["user", "-id"], name="notification_of_user"),
            models.Index(
                fields=["user"], condition=Q(read_at__isnull=True), name="notification_unread"
            ),
        ]

    def __str__(self) -> str:
        return self.subject


class Delivery(Outgoing):
    """A notification on its way to a person's mail box or telephone."""

    notification = models.ForeignKey(
        Notification, on_delete=models.PROTECT, related_name="deliveries"
    )
    channel = models.CharField(max_length=20)
    # Of a security notice: where his mails went when it was written, not where they go now.
    address = models.EmailField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="delivery_waiting"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["notification", "channel", "address"], name="delivery_once"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.channel} {self.state}"


class Wording(CompanyModel):
    """The company's own words for a kind, in one language; without it the product's are used."""

    kind = models.CharField(max_length=60)
    language = models.CharField(max_length=10, choices=User.Language)
    subject = models.CharField(max_length=200)
    text = models.TextField(max_length=2000, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "language"], name="wording_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.language}"


class Preference(CompanyModel):
    """How a person wants a kind; without it the kind's own default counts, and no text message."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=60)
    by_mail = models.BooleanField()
    by_sms = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="preference_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind}"


class MobileNumber(CompanyModel):
    """Where a person gets text messages. He enters it himself."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="+")
    number_encrypted = models.TextField()

    def __str__(self) -> str:
        return str(self.user_id)


class QuietHours(CompanyModel):
    """When a person gets no mail or text message. Past midnight where the hours end earlier."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="+")
    starts_at = models.TimeField()
    ends_at = models.TimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(starts_at=F("ends_at")), name="quiethours_not_empty"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%H:%M}-{self.ends_at:%H:%M}"


class Channel(CompanyModel):
    """A group robot of the company. ``kinds`` are the notices that it repeats."""

    class Kind(models.TextChoices):
        WECOM = "wecom", _("WeCom robot")
        DINGTALK = "dingtalk", _("DingTalk robot")
        FEISHU = "feishu", _("Feishu robot")

    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=60)
    key_encrypted = models.TextField()
    secret_encrypted = models.TextField(blank=True)
    language = models.CharField(max_length=10, choices=User.Language)
    project_id = models.BigIntegerField(null=True, blank=True)
    kinds = models.JSONField(default=list)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class ChannelPost(Outgoing):
    """A notice on its way to a robot."""

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="posts")
    kind = models.CharField(max_length=60, blank=True)
    text = models.TextField(max_length=2500)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(state="waiting"), name="channelpost_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.channel_id} {self.state}"
