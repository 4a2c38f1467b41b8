"""Events for other systems, who wants them, and how they reach them."""

import uuid

from django.db import models
from django.db.models import Q

from kernel.models import CompanyModel
from kernel.outgoing import Outgoing


class Event(CompanyModel):
    """Something that happened, as other systems are told. Append-only by a trigger."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True)  # what receivers tell repeats by
    name = models.CharField(max_length=80)
    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    project_id = models.BigIntegerField(null=True, blank=True)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"#{self.pk} {self.name}"


class Endpoint(CompanyModel):
    """An address of another system. ``events`` are the names it wants, empty for all."""

    name = models.CharField(max_length=60)
    url = models.CharField(max_length=500)
    secret_encrypted = models.TextField()
    events = models.JSONField(default=list)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    plural = "webhooks"

    def __str__(self) -> str:
        return self.name


class EventDelivery(Outgoing):
    """An event on its way to one endpoint."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="deliveries")
    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, related_name="deliveries")
    status = models.PositiveSmallIntegerField(null=True, blank=True)  # HTTP's, of the last attempt
    replays = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(state="waiting"), name="eventdelivery_waiting"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["event", "endpoint"], name="eventdelivery_once"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} to {self.endpoint_id}: {self.state}"
