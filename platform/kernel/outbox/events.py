"""What is recorded here, in words."""

from django.utils.translation import gettext_lazy as _

EVENTS = {
    "outbox.endpoint.added": _("Webhook added"),
    "outbox.endpoint.changed": _("Webhook changed"),
    "outbox.endpoint.secret-renewed": _("Secret of a webhook renewed"),
    "outbox.endpoint.tested": _("Webhook tested"),
    "outbox.event.replayed": _("Event sent to webhooks again"),
}
OBJECTS = {
    "outbox.endpoint": _("Webhook"),
    "outbox.event": _("Event"),
}
