from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from kernel.models import CompanyModel


class AuditEntry(CompanyModel):
    """One fact: who did what to which object, when. A trigger refuses to change or remove it."""

    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=140)
    # Key of the post by which he was allowed to, "" for the system and for what is everybody's own.
    post = models.CharField(max_length=60, blank=True, default="", db_default="")
    # For whom he acted, where he stood in for somebody.
    on_behalf_of_id = models.BigIntegerField(null=True)
    on_behalf_of = models.CharField(max_length=140, blank=True, default="", db_default="")
    event = models.CharField(max_length=80)
    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    project_id = models.BigIntegerField(null=True)
    request_id = models.CharField(max_length=40, blank=True)
    data = models.JSONField(default=dict)  # e.g. {"before": {"price": "2.80"}, "after": …}

    class Meta:
        indexes = [
            models.Index(fields=["object_type", "object_id", "-id"], name="auditentry_of_object"),
            models.Index(fields=["actor_id", "-id"], name="auditentry_of_actor"),
            models.Index(fields=["event", "-id"], name="auditentry_of_event"),
            models.Index(fields=["project_id", "-id"], name="auditentry_of_project"),
            BrinIndex(fields=["at"], name="auditentry_at", autosummarize=True),
            models.Index(
                fields=["request_id"],
                name="auditentry_of_request",
                condition=~models.Q(request_id=""),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.event}"


class AuditLink(CompanyModel):
    """The place of one entry in the company's chain; made at commit by a trigger, by nobody else.

    ``digest`` is of the entry, ``hash`` of the previous link's hash with this link's number, entry
    and digest: see ``kernel.audit.chain``.
    """

    seq = models.BigIntegerField(primary_key=True)
    entry_id = models.BigIntegerField(unique=True)
    digest = models.BinaryField()
    hash = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.seq}: #{self.entry_id}"


class AuditHead(CompanyModel):
    """The end of the chain: the one row whose lock puts commits in order."""

    id = models.SmallIntegerField(primary_key=True)
    seq = models.BigIntegerField()
    hash = models.BinaryField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="audithead_is_one_row"),
        ]

    def __str__(self) -> str:
        return str(self.seq)


class AuditAnchor(CompanyModel):
    """What the chain came to at a moment. The database itself fills in number and hash.

    The same is kept outside of the company's schema (``tenants.companies.models.AuditCheck``) and
    in the log, so that a chain that was made anew does not match.
    """

    at = models.DateTimeField()
    seq = models.BigIntegerField(default=0)
    hash = models.BinaryField(default=bytes)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.seq}"
