"""Send the mails to vendors about their orders; each leads to the order in the portal."""

import smtplib
from datetime import datetime
from typing import Final

from django.conf import settings
from django.core.mail import send_mail
from django.utils import translation

from kernel import outgoing
from kernel.tenancy import current_company, vendor_url
from kernel.text import _, in_language
from services.procurement.orders.models import LetterKind, OrderLetter
from services.procurement.vendors.models import ContactState

_SUBJECTS: Final = {
    LetterKind.SENT: _("%(company)s orders: %(number)s"),
    LetterKind.CHANGE: _("%(number)s is to be changed: your answer is awaited"),
    LetterKind.CHANGED: _("%(number)s was changed"),
    LetterKind.REFUSED: _("Your change of %(number)s was refused"),
    LetterKind.CLOSED: _("%(number)s was closed"),
    LetterKind.CANCELLED: _("%(number)s was cancelled"),
}
_TEXTS: Final = {
    LetterKind.SENT: _(
        "%(company)s has sent you the order %(number)s. Confirm it and promise a day of delivery."
    ),
    LetterKind.CHANGE: _(
        "%(company)s would like to change the order %(number)s. It is in force when you agree."
    ),
    LetterKind.CHANGED: _("The change of the order %(number)s that you proposed is in force."),
    LetterKind.REFUSED: _("%(company)s has refused the change of %(number)s. It stays as it was."),
    LetterKind.CLOSED: _(
        "%(company)s has closed the order %(number)s: the rest is not to be delivered any more."
    ),
    LetterKind.CANCELLED: _("%(company)s has cancelled the order %(number)s."),
}


def deliver_due(*, now: datetime) -> int:
    """Send the mails to vendors that are due; return how many left. See :mod:`kernel.outgoing`."""
    waiting = OrderLetter.objects.select_related("order", "contact__vendor")
    return outgoing.deliver_due(waiting, _send, now)


def _send(letter: OrderLetter, _now: datetime) -> None:
    contact, order, company = letter.contact, letter.order, current_company()
    if contact.state != ContactState.ACTIVE:
        raise outgoing.Undeliverable("left")
    kind = LetterKind(letter.kind)
    with translation.override(contact.vendor.language):
        values = {
            "company": in_language(company.name, company.name_en),
            "number": order.number,
        }
        subject, text = str(_SUBJECTS[kind]) % values, str(_TEXTS[kind]) % values
    address = vendor_url(f"/v/{company.slug}.{contact.pk}/orders/{order.pk}/")
    try:
        send_mail(
            " ".join(subject.split()),
            f"{text}\n\n{address}",
            settings.DEFAULT_FROM_EMAIL,
            [contact.email],
        )
    except (smtplib.SMTPException, OSError) as failure:
        raise outgoing.NotDelivered(f"{type(failure).__name__}: {failure}") from failure
