"""What was refused, tried or looked at that the company must be able to answer for."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kernel.models import CompanyModel


class SecurityKind(models.TextChoices):
    ACTION_DENIED = "ACTION_DENIED", _("Action refused")
    DUTIES_REFUSED = "DUTIES_REFUSED", _("Duties kept apart")
    DUTIES_WARNED = "DUTIES_WARNED", _("Duties met, warned only")
    OUT_OF_REACH = "OUT_OF_REACH", _("Record out of reach")
    SIGN_IN_FAILED = "SIGN_IN_FAILED", _("Sign-in failed")
    LOCKED_OUT = "LOCKED_OUT", _("Locked out")
    PASSWORD_RESET = "PASSWORD_RESET", _("Password reset")
    TOKEN_REFUSED = "TOKEN_REFUSED", _("Void token used")
    TOKEN_REVOKED = "TOKEN_REVOKED", _("Token revoked")
    DATA_REVEALED = "DATA_REVEALED", _("Personal data shown")
    MANY_REVEALED = "MANY_REVEALED", _("Very much personal data shown")
    MANY_REFUSED = "MANY_REFUSED", _("Very many refusals")


class SecurityEvent(CompanyModel):
    """One fact, or one refusal that repeats itself within minutes.

    A trigger refuses to remove it, and every change but that it happened once more.
    Refusals are written after the refused work is rolled back, by the interface it came through.
    """

    at = models.DateTimeField()
    kind = models.CharField(max_length=20, choices=SecurityKind)
    user_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=140, blank=True)
    project_id = models.BigIntegerField(null=True)
    code = models.CharField(max_length=80, blank=True)  # the refusal's, as in the API
    rule = models.CharField(max_length=6, blank=True)  # of the separation of duties
    message = models.CharField(max_length=500, blank=True)  # what the person was told
    path = models.CharField(max_length=300, blank=True)  # "POST /p/3/payments/", or a job's kind
    address = models.CharField(max_length=45, blank=True)
    request_id = models.CharField(max_length=40, blank=True)
    data = models.JSONField(default=dict)
    times = models.PositiveIntegerField(default=1)
    last_at = models.DateTimeField(null=True)  # of several times; ``at`` is the first

    plural: ClassVar[Any] = _("Security events")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(times=1, last_at__isnull=True)
                | Q(times__gt=1, last_at__isnull=False, last_at__gte=F("at")),
                name="securityevent_last_of_several",
            ),
        ]
        indexes = [
            models.Index(fields=["-at", "-id"], name="securityevent_latest"),
            models.Index(fields=["kind", "-at"], name="securityevent_of_kind"),
            models.Index(fields=["user_id", "-at"], name="securityevent_of_person"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"
