"""Chains, their versions, and the cases that run through them with every signature.

A project's id has no Django relation because the kernel knows no service; the registry's migration
adds the foreign keys.
"""

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from kernel.access.models import User
from kernel.approvals.rules import definitions
from kernel.models import CompanyModel


def _in_language(name: str, name_en: str) -> str:
    is_english = (translation.get_language() or "").startswith("en")
    return (name_en if is_english else name) or name or name_en


class Chain(CompanyModel):
    """A way of approving documents of a kind: the company's, or one project's in its place."""

    plural = _("Approval chains")

    key = models.CharField(_("key"), max_length=60)
    kind = models.CharField(max_length=60)
    project_id = models.BigIntegerField(null=True, blank=True, db_index=True)
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80, blank=True)
    source = models.CharField(_("source"), max_length=120, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key", "project_id"],
                nulls_distinct=False,
                name="chain_key_once",
                violation_error_message=_("There is such a chain already."),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the language in force."""
        return _in_language(self.name, self.name_en)


class ChainState(models.TextChoices):
    DRAFT = "DRAFT", _("Draft")
    PUBLISHED = "PUBLISHED", _("In use")
    RETIRED = "RETIRED", _("Retired")


class ChainVersion(CompanyModel):
    """The steps of a chain. A trigger refuses to change them once they are published.

    ``definition`` is what ``rules.definitions.definition_as_json`` returns.
    """

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="versions")
    number = models.IntegerField()
    state = models.CharField(max_length=10, choices=ChainState, default=ChainState.DRAFT)
    definition = models.JSONField()
    note = models.CharField(_("what changes"), max_length=200, blank=True)
    drafted_by = models.BigIntegerField(null=True)
    drafted_by_label = models.CharField(max_length=140)
    drafted_at = models.DateTimeField()
    published_by = models.BigIntegerField(null=True)
    published_by_label = models.CharField(max_length=140, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain", "number"], name="chainversion_number_once"),
            models.UniqueConstraint(
                fields=["chain"], condition=Q(state="DRAFT"), name="chainversion_one_draft"
            ),
            models.UniqueConstraint(
                fields=["chain"], condition=Q(state="PUBLISHED"), name="chainversion_one_in_use"
            ),
            models.CheckConstraint(
                condition=Q(state="DRAFT") | Q(published_at__isnull=False),
                name="chainversion_published_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.chain_id} V{self.number}"

    def read(self) -> definitions.Definition:
        """Return the definition as plain values."""
        return definitions.read_definition(self.definition)


class CaseState(models.TextChoices):
    CONSENTED = "CONSENTED", _("Consented verbally, paper to follow")
    RUNNING = "RUNNING", _("In approval")
    STUCK = "STUCK", _("Stopped: nobody can sign")
    REJECTED = "REJECTED", _("Rejected")
    APPROVED = "APPROVED", _("Approved")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")


OPEN_STATES = (CaseState.CONSENTED, CaseState.RUNNING, CaseState.STUCK, CaseState.REJECTED)
WITH_APPLICANT = (CaseState.CONSENTED, CaseState.REJECTED)


class Case(CompanyModel):
    """One document on its way. Number and history stay when it is submitted again.

    ``author_ids`` are the people whose paper it is: none of them ever signs it. ``facts`` and
    ``summary`` are what is submitted: ``{"days": "2.5"}`` and ``[["Days", "2.5"]]``.
    """

    plural = _("Approvals")

    kind = models.CharField(max_length=60)
    version = models.ForeignKey(ChainVersion, on_delete=models.PROTECT, related_name="cases")
    project_id = models.BigIntegerField(null=True, blank=True, db_index=True)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    title = models.CharField(max_length=200)
    applicant = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    applicant_label = models.CharField(max_length=140)
    author_ids = ArrayField(models.BigIntegerField(), default=list)
    state = models.CharField(max_length=10, choices=CaseState, default=CaseState.RUNNING)
    facts = models.JSONField(default=dict)
    summary = models.JSONField(default=list)
    lap = models.IntegerField(default=1)  # grows when it is submitted again or returned
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(  # one open case of a kind for each record
                fields=["kind", "subject_type", "subject_id"],
                condition=Q(state__in=["CONSENTED", "RUNNING", "STUCK", "REJECTED"]),
                name="case_one_open",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["APPROVED", "WITHDRAWN"], finished_at__isnull=False)
                | (~Q(state__in=["APPROVED", "WITHDRAWN"]) & Q(finished_at__isnull=True)),
                name="case_finished_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="case_of_subject"),
            models.Index(fields=["state", "-id"], name="case_by_state"),
            models.Index(fields=["applicant", "-id"], name="case_of_applicant"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def number(self) -> str:
        """The case's number for people; unique in the company, with gaps."""
        return f"SP{self.pk:07d}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


class StepState(models.TextChoices):
    WAITING = "WAITING", _("To come")
    ACTIVE = "ACTIVE", _("Being signed")
    STUCK = "STUCK", _("Nobody can sign")
    DONE = "DONE", _("Signed")
    COUNTED = "COUNTED", _("Signed before")  # an earlier signature of the same person counts
    UNDONE = "UNDONE", _("To be signed again")
    CANCELLED = "CANCELLED", _("No longer needed")


SIGNED_STEPS = (StepState.DONE, StepState.COUNTED)
LIVE_STEPS = (StepState.WAITING, StepState.ACTIVE, StepState.STUCK, *SIGNED_STEPS)


class CaseStep(CompanyModel):
    """A step of a case. ``spec`` is its definition as JSON; steps of past laps stay as they were.

    ``key`` is the step's in the version, ``""`` for the step of a signer who was added.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")
    lap = models.IntegerField()
    position = models.IntegerField()
    key = models.CharField(max_length=40, blank=True)
    spec = models.JSONField()
    state = models.CharField(max_length=10, choices=StepState, default=StepState.WAITING)
    arrived_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    remind_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    urged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(state__in=["ACTIVE", "STUCK"]),
                name="casestep_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["WAITING", "CANCELLED"]) | Q(arrived_at__isnull=False),
                name="casestep_begun_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["case", "position"], name="casestep_of_case"),
            models.Index(
                fields=["due_at"], condition=Q(state="ACTIVE"), name="casestep_running_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.position} {self.key}"

    def read(self) -> definitions.Step:
        """Return the step as plain values."""
        return definitions.read_step(self.spec)


class Origin(models.TextChoices):
    CHAIN = "CHAIN", _("By the chain")
    ADDED = "ADDED", _("Added as a signer")
    HANDED_OVER = "HANDED_OVER", _("Taken over")
    ESCALATED = "ESCALATED", _("As leader, after the time limit")
    NAMED = "NAMED", _("Named by an administrator")


class AssignmentState(models.TextChoices):
    OPEN = "OPEN", _("To sign")
    SIGNED = "SIGNED", _("Signed")
    HANDED_OVER = "HANDED_OVER", _("Handed over")
    CLOSED = "CLOSED", _("No longer needed")


class Assignment(CompanyModel):
    """A person's place at a step. One who takes over, or a leader, stands for another's place.

    ``parties`` are the numbers of the step's assignees that he stands for.
    """

    step = models.ForeignKey(CaseStep, on_delete=models.PROTECT, related_name="assignments")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    parties = ArrayField(models.IntegerField(), default=list)
    origin = models.CharField(max_length=12, choices=Origin, default=Origin.CHAIN)
    state = models.CharField(max_length=12, choices=AssignmentState, default=AssignmentState.OPEN)
    stands_for = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    is_extra = models.BooleanField(default=False)  # must sign whatever the mode says
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["step", "user"], condition=Q(state="OPEN"), name="assignment_open_once"
            ),
        ]
        indexes = [
            models.Index(fields=["user"], condition=Q(state="OPEN"), name="assignment_open"),
        ]

    def __str__(self) -> str:
        return f"{self.step_id} {self.user_id} {self.state}"


class Delegation(CompanyModel):
    """A deputy signs for somebody in a period. Empty lists mean all kinds, all projects."""

    plural = _("Delegations")

    principal = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    deputy = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), help_text="Exclusive.")
    kinds = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    project_ids = ArrayField(models.BigIntegerField(), default=list, blank=True)
    reason = models.CharField(_("reason"), max_length=200)
    created_by = models.BigIntegerField(null=True)
    created_by_label = models.CharField(max_length=140)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(principal=F("deputy")), name="delegation_to_another"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")), name="delegation_days_in_order"
            ),
        ]
        indexes = [
            models.Index(fields=["deputy", "valid_to"], name="delegation_of_deputy"),
            models.Index(fields=["principal", "valid_to"], name="delegation_of_principal"),
        ]

    def __str__(self) -> str:
        return f"{self.principal_id} → {self.deputy_id}"

    def has_ended(self, today: date) -> bool:
        """Tell whether it ended, also before its first day."""
        return self.valid_to <= max(today, self.valid_from)


class Act(models.TextChoices):
    """What somebody did in a case."""

    CONSENTED = "CONSENTED", _("consented verbally")
    SUBMITTED = "SUBMITTED", _("submitted")
    RESUBMITTED = "RESUBMITTED", _("submitted again")
    APPROVED = "APPROVED", _("approved")
    DONE = "DONE", _("did it")
    COUNTED = "COUNTED", _("signed before")
    REJECTED = "REJECTED", _("rejected")
    RETURNED = "RETURNED", _("returned")
    WITHDRAWN = "WITHDRAWN", _("withdrew")
    ADDED = "ADDED", _("added a signer")
    HANDED_OVER = "HANDED_OVER", _("handed over")
    URGED = "URGED", _("urged")
    ESCALATED = "ESCALATED", _("passed on to the leader")
    STUCK = "STUCK", _("stopped")
    RESUMED = "RESUMED", _("went on")
    REPLACED = "REPLACED", _("was replaced")


# Acts by which a step is signed; each assignment carries at most one deciding act.
SIGNING = (Act.APPROVED, Act.DONE, Act.COUNTED)
DECIDING = (*SIGNING, Act.REJECTED, Act.RETURNED)


class Signature(CompanyModel):
    """What was done in a case: by whom, for whom, when, in which words, on which facts.

    A trigger refuses to change or remove it. ``attachment_ids`` are attachments of the case,
    ``data`` what belongs to the act: ``{"to": "李四", "where": "before"}``.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="signatures")
    step = models.ForeignKey(
        CaseStep, on_delete=models.PROTECT, null=True, related_name="signatures"
    )
    assignment = models.ForeignKey(
        Assignment, on_delete=models.PROTECT, null=True, related_name="signatures"
    )
    version = models.ForeignKey(ChainVersion, on_delete=models.PROTECT, related_name="+")
    act = models.CharField(max_length=12, choices=Act)
    at = models.DateTimeField()
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    label = models.CharField(max_length=140)
    for_user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    for_label = models.CharField(max_length=140, blank=True)
    delegation = models.ForeignKey(
        Delegation, on_delete=models.PROTECT, null=True, related_name="signatures"
    )
    text = models.TextField(blank=True)
    facts = models.JSONField(default=dict)
    attachment_ids = ArrayField(models.BigIntegerField(), default=list)
    data = models.JSONField(default=dict)
    lap = models.IntegerField()
    request_id = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assignment"],
                condition=Q(act__in=["APPROVED", "DONE", "COUNTED", "REJECTED", "RETURNED"]),
                name="signature_decides_once",
            ),
            models.CheckConstraint(
                condition=Q(for_user__isnull=True) | Q(user__isnull=True) | ~Q(user=F("for_user")),
                name="signature_for_another",
            ),
        ]
        indexes = [models.Index(fields=["case", "id"], name="signature_of_case")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.act} {self.label}"


class VerbalConsent(CompanyModel):
    """Consent by word of mouth, logged before the paper exists (PR-07, PR-08). Append-only.

    The paper must be approved by ``due_at``, the end of the last working day.
    """

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="consent")
    consenter = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    consenter_label = models.CharField(max_length=140)
    consented_at = models.DateTimeField()
    means = models.CharField(max_length=60)  # by telephone, in person
    text = models.TextField()  # what was asked, what was said
    logged_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    logged_at = models.DateTimeField()
    due_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(consenter=F("logged_by")), name="verbalconsent_by_another"
            ),
            models.CheckConstraint(
                condition=Q(due_at__gt=F("consented_at")) & Q(logged_at__gte=F("consented_at")),
                name="verbalconsent_times_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.consenter_label}"
