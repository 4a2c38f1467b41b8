"""What the clock does: tell openers that a round waits, send the mails that are due."""

import smtplib
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils import translation

from kernel import outgoing
from kernel.tenancy import company_time_zone, current_company, vendor_url
from kernel.text import _, in_language
from services.procurement.rounds import queries, telling
from services.procurement.rounds.models import LetterKind, Round, RoundLetter
from services.procurement.vendors.models import ContactState

# A round that nobody opens is told of every day: quotes run out.
EVERY: Final = timedelta(days=1)
_SUBJECTS: Final = {
    LetterKind.PUBLISHED: _("%(company)s asks for your quote: %(number)s"),
    LetterKind.ANSWERED: _("A question about %(number)s was answered"),
    LetterKind.AMENDED: _("%(number)s was amended"),
    LetterKind.REMINDED: _("Your quote for %(number)s is awaited"),
    LetterKind.CANCELLED: _("%(number)s was cancelled"),
    LetterKind.OPENED: _("The quotes of %(number)s were opened"),
    LetterKind.AWARDED: _("%(number)s was awarded to you"),
    LetterKind.REGRET: _("%(number)s was awarded to others"),
}
_TEXTS: Final = {
    LetterKind.PUBLISHED: _(
        "%(company)s asks for your quote: %(number)s %(title)s. Until %(closes_at)s it can be "
        "sent, changed and taken back. It is sealed: nobody reads it before the deadline."
    ),
    LetterKind.ANSWERED: _("%(number)s %(title)s: read the question and its answer."),
    LetterKind.AMENDED: _(
        "%(number)s %(title)s: read the amendment. The deadline is %(closes_at)s."
    ),
    LetterKind.REMINDED: _("%(number)s %(title)s: the deadline is %(closes_at)s."),
    LetterKind.CANCELLED: _("%(company)s has cancelled %(number)s %(title)s."),
    LetterKind.OPENED: _(
        "%(company)s has opened the quotes of %(number)s %(title)s. You hear of the outcome."
    ),
    LetterKind.AWARDED: _(
        "%(company)s has awarded %(number)s %(title)s to you, in whole or in part. An order "
        "follows."
    ),
    LetterKind.REGRET: _(
        "%(company)s has awarded %(number)s %(title)s to others. Thank you for your quote."
    ),
}


def remind_openers(*, now: datetime) -> int:
    """Tell those who open a round that it waits: at its deadline, then every day.

    :return: of how many rounds somebody was told.
    """
    due = [
        one.pk
        for one in queries.to_open(now=now).only("pk", "reminded_at")
        if one.reminded_at is None or one.reminded_at <= now - EVERY
    ]
    return sum(_remind(round_id, now) for round_id in due)


@transaction.atomic
def _remind(round_id: int, now: datetime) -> bool:
    claimed = Round.objects.filter(pk=round_id).exclude(reminded_at__gt=now - EVERY)
    if not claimed.update(reminded_at=now):
        return False
    waiting = Round.objects.get(pk=round_id)
    released = set(waiting.releases.values_list("side", flat=True))
    telling.tell_openers(waiting, telling.TO_OPEN, sides={1, 2} - released, now=now)
    return True


def deliver_due(*, now: datetime) -> int:
    """Send the mails to vendors that are due; return how many left. See :mod:`kernel.outgoing`."""
    waiting = RoundLetter.objects.select_related("round", "contact__vendor")
    return outgoing.deliver_due(waiting, _send, now)


def _send(letter: RoundLetter, _now: datetime) -> None:
    contact, quote_round = letter.contact, letter.round
    if contact.state != ContactState.ACTIVE:
        raise outgoing.Undeliverable("left")
    closes_at, company = quote_round.closes_at, current_company()
    kind = LetterKind(letter.kind)
    with translation.override(contact.vendor.language):
        values = {
            "company": in_language(company.name, company.name_en),
            "number": quote_round.number,
            "title": quote_round.title,
            "closes_at": f"{closes_at.astimezone(company_time_zone()):%Y-%m-%d %H:%M}"
            if closes_at
            else "",
        }
        subject, text = str(_SUBJECTS[kind]) % values, str(_TEXTS[kind]) % values
    try:
        send_mail(
            " ".join(subject.split()),
            f"{text}\n\n{vendor_url('/')}",
            settings.DEFAULT_FROM_EMAIL,
            [contact.email],
        )
    except (smtplib.SMTPException, OSError) as failure:
        raise outgoing.NotDelivered(f"{type(failure).__name__}: {failure}") from failure
