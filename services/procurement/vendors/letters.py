"""Mails to vendors about their own affairs. Higher parts register the kinds that they write."""

import smtplib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.core.mail import send_mail
from django.utils import translation
from django.utils.functional import Promise

from kernel import outgoing
from kernel.jobs.operations import enqueue_after_commit
from kernel.tenancy import current_company, vendor_url
from kernel.text import in_language
from services.procurement.vendors.models import Contact, ContactState, Vendor, VendorLetter

DELIVER_TASK: Final = "services.procurement.vendors.deliver"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A kind of mail: its words, which name ``%(company)s`` and the values it is written with."""

    key: str
    subject: Promise
    text: Promise


_LETTERS: dict[str, Letter] = {}


def register(*letters: Letter) -> None:
    """Add kinds.

    :raises ValueError: if a key is in use.
    """
    for letter in letters:
        if _LETTERS.setdefault(letter.key, letter) != letter:
            raise ValueError(f"two letters are called {letter.key}")


def write(
    vendor: Vendor,
    letter: Letter,
    *,
    values: Callable[[], Mapping[str, str]],
    page: str,
    now: datetime,
) -> None:
    """Write to those of a vendor who have joined, after the commit.

    :param values: what fills the places of the words, asked for in the vendor's language.
    :param page: which page of the portal it leads to, below the company's own address.
    """
    with translation.override(vendor.language):
        filled = {name: str(value) for name, value in values().items()}
    contacts = Contact.objects.filter(vendor=vendor, state=ContactState.ACTIVE).order_by("pk")
    VendorLetter.objects.bulk_create(
        VendorLetter(
            contact=contact, kind=letter.key, values=filled, page=page, written_at=now, due_at=now
        )
        for contact in contacts
    )
    enqueue_after_commit(DELIVER_TASK)


def deliver_due(*, now: datetime) -> int:
    """Send the mails to vendors that are due; return how many left. See :mod:`kernel.outgoing`."""
    waiting = VendorLetter.objects.select_related("contact__vendor")
    return outgoing.deliver_due(waiting, _send, now)


def _send(letter: VendorLetter, _now: datetime) -> None:
    contact, company = letter.contact, current_company()
    if contact.state != ContactState.ACTIVE:
        raise outgoing.Undeliverable("left")
    words = _LETTERS[letter.kind]
    with translation.override(contact.vendor.language):
        values = {**letter.values, "company": in_language(company.name, company.name_en)}
        subject, text = str(words.subject) % values, str(words.text) % values
    address = vendor_url(f"/v/{company.slug}.{contact.pk}/{letter.page}")
    try:
        send_mail(
            " ".join(subject.split()),
            f"{text}\n\n{address}",
            settings.DEFAULT_FROM_EMAIL,
            [contact.email],
        )
    except (smtplib.SMTPException, OSError) as failure:
        raise outgoing.NotDelivered(f"{type(failure).__name__}: {failure}") from failure
