"""What the vendors are written about a round."""

from django.db import models

from kernel.outgoing import Outgoing
from kernel.text import _
from services.procurement.rounds.models.asking import Round
from services.procurement.vendors.models import Contact


class LetterKind(models.TextChoices):
    PUBLISHED = "PUBLISHED", _("Invitation to quote")
    ANSWERED = "ANSWERED", _("A question was answered")
    AMENDED = "AMENDED", _("The round was amended")
    REMINDED = "REMINDED", _("Reminder before the deadline")
    CANCELLED = "CANCELLED", _("The round was cancelled")
    OPENED = "OPENED", _("The quotes were opened")
    AWARDED = "AWARDED", _("Award")
    REGRET = "REGRET", _("Letter of regret")


class RoundLetter(Outgoing):
    """A mail to a vendor's contact; its words are made when it leaves, in his language."""

    plural = _("Mails about rounds of quotes")

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="letters")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=9, choices=LetterKind)
    written_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(state="waiting"), name="roundletter_waiting"
            ),
            models.Index(fields=["contact", "-id"], name="roundletter_of_contact"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"
