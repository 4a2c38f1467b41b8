"""Tables of protected files and of retention."""

from django.db import models
from django.db.models import Q

from kernel.models import CompanyModel
from kernel.text import _


class Mode(models.TextChoices):
    """How a file is looked at."""

    VIEW = "VIEW", _("View only")
    COPY = "COPY", _("View and copy")


class LookKind(models.TextChoices):
    """What somebody was shown."""

    VIEW = Mode.VIEW.value, Mode.VIEW.label
    COPY = Mode.COPY.value, Mode.COPY.label
    DATA = "DATA", _("One figure in full")


class Receiver(models.TextChoices):
    """For whom a file is looked at. There is no choice for a stranger: SH-30."""

    STAFF = "STAFF", _("For our own work")
    OWNER = "OWNER", _("For the owner himself or his proxy")
    AUTHORITY = "AUTHORITY", _("For a lawyer, a court or an authority, on a written request")


class AccessState(models.TextChoices):
    WAITING = "WAITING", _("Waiting for approval")
    GRANTED = "GRANTED", _("Granted")
    REJECTED = "REJECTED", _("Rejected")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")
    ENDED = "ENDED", _("Given back")


class AccessRequest(CompanyModel):
    """Somebody asks to look at a protected file; once granted, his leave to do so for some hours.

    The manager approves and the front desk registers through the chain ``archive.access``.
    """

    plural = _("requests for files")

    project_id = models.BigIntegerField()
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    subject_label = models.CharField(max_length=140)
    mode = models.CharField(max_length=4, choices=Mode, default=Mode.VIEW)
    purpose = models.CharField(max_length=200)
    wanted = models.CharField(max_length=200)  # which papers or data
    receiver = models.CharField(max_length=9, choices=Receiver, default=Receiver.STAFF)
    receiver_name = models.CharField(max_length=120, blank=True)
    paper = models.CharField(max_length=120, blank=True)  # the written request, or the proxy
    state = models.CharField(max_length=9, choices=AccessState, default=AccessState.WAITING)
    asked_by = models.BigIntegerField()
    asked_by_label = models.CharField(max_length=140)
    asked_at = models.DateTimeField()
    case_id = models.BigIntegerField(null=True)
    registered_by = models.BigIntegerField(null=True)
    registered_by_label = models.CharField(max_length=140, blank=True)
    granted_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["GRANTED", "ENDED"])
                | Q(
                    granted_at__isnull=False, expires_at__isnull=False, registered_by__isnull=False
                ),
                name="accessrequest_granted_is_registered",
            ),
            models.CheckConstraint(
                condition=~Q(receiver="AUTHORITY") | ~Q(paper="") & ~Q(receiver_name=""),
                name="accessrequest_authority_has_paper",
            ),
            models.CheckConstraint(
                condition=~Q(purpose="") & ~Q(wanted=""), name="accessrequest_says_why_and_what"
            ),
        ]
        indexes = [
            models.Index(fields=["project_id", "-id"], name="accessrequest_of_project"),
            models.Index(
                fields=["subject_type", "subject_id", "-id"], name="accessrequest_of_subject"
            ),
            models.Index(fields=["asked_by", "-id"], name="accessrequest_of_person"),
        ]

    def __str__(self) -> str:
        return self.subject_label


class AccessLook(CompanyModel):
    """One look at a file under a grant, or at a figure that is masked for everybody else.

    A trigger refuses to change or remove it. A look at a figure has a reason in place of a request.
    """

    plural = _("looks at files")

    request = models.ForeignKey(AccessRequest, models.PROTECT, null=True, related_name="looks")
    project_id = models.BigIntegerField(null=True)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    subject_label = models.CharField(max_length=140)
    at = models.DateTimeField()
    user_id = models.BigIntegerField()
    user_label = models.CharField(max_length=140)
    attachment_id = models.BigIntegerField(null=True)
    what = models.CharField(max_length=140)  # the name of the file, or of the figure's field
    mode = models.CharField(max_length=4, choices=LookKind)
    reason = models.CharField(max_length=200)  # a request's purpose, or what was typed

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(mode="DATA", request=None, attachment_id=None)
                | ~Q(mode="DATA") & Q(request__isnull=False, attachment_id__isnull=False),
                name="accesslook_file_or_figure",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="accesslook_says_why"),
        ]
        indexes = [
            models.Index(fields=["project_id", "-id"], name="accesslook_of_project"),
            models.Index(
                fields=["subject_type", "subject_id", "-id"], name="accesslook_of_subject"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_label}: {self.what}"


class LegalHold(CompanyModel):
    """A record that is not disposed of while a dispute, a claim or an inspection needs it."""

    project_id = models.BigIntegerField(null=True)
    record_class = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    label = models.CharField(max_length=140)
    reason = models.CharField(max_length=200)
    placed_by_label = models.CharField(max_length=140)
    placed_at = models.DateTimeField()
    lifted_by_label = models.CharField(max_length=140, blank=True)
    lifted_at = models.DateTimeField(null=True)
    lift_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record_class", "object_id"],
                condition=Q(lifted_at=None),
                name="legalhold_once_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class DisposalState(models.TextChoices):
    WAITING = "WAITING", _("Waiting for approval")
    DONE = "DONE", _("Disposed of")
    REJECTED = "REJECTED", _("Rejected")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")


class Disposal(CompanyModel):
    """A list of records to be disposed of; once approved, the proof of it, which stays."""

    plural = _("disposals")

    project_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=9, choices=DisposalState, default=DisposalState.WAITING)
    note = models.CharField(max_length=200)
    asked_by_label = models.CharField(max_length=140)
    asked_at = models.DateTimeField()
    case_id = models.BigIntegerField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by_label = models.CharField(max_length=140, blank=True)

    class Meta:
        indexes = [models.Index(fields=["project_id", "-id"], name="disposal_of_project")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class DisposalItem(CompanyModel):
    """One record on a list: what it was, how long it had to be kept, by which setting."""

    disposal = models.ForeignKey(Disposal, models.PROTECT, related_name="items")
    record_class = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    label = models.CharField(max_length=140)
    ended_on = models.DateField()
    due_on = models.DateField()
    years = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["disposal", "record_class", "object_id"], name="disposalitem_once_a_list"
            ),
        ]

    def __str__(self) -> str:
        return self.label
