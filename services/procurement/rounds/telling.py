"""Who is told what of a round: its vendors by mail, its openers and its buyer by notices.

Nothing here holds what is in a quote, nor, before the opening, who has quoted.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from django.conf import settings
from django.urls import reverse

from kernel.access import SYSTEM, Actor
from kernel.access.telling import security_notice
from kernel.jobs.operations import enqueue_after_commit
from kernel.notifications.operations import notify
from kernel.notifications.registry import Notice
from kernel.tenancy import company_time_zone
from kernel.text import _, _p
from services.procurement.rounds.models import KeyShare, LetterKind, Round, RoundLetter
from services.procurement.vendors.models import Contact, ContactState

DELIVER_TASK: Final = "services.procurement.rounds.deliver"
PUBLISHED, ANSWERED = LetterKind.PUBLISHED, LetterKind.ANSWERED
AMENDED, REMINDED = LetterKind.AMENDED, LetterKind.REMINDED
CANCELLED, OPENED = LetterKind.CANCELLED, LetterKind.OPENED

_FIELDS: Final[Mapping[str, object]] = {
    "number": _("Number of the round"),
    "title": _("Title of the round"),
    "closes_at": _p("of quotes", "Deadline"),
}
ENTRUSTED: Final = Notice(
    key="procurement.round.entrusted",
    name=_("A share of a round's key is entrusted to you"),
    subject=_("You open the quotes of %(number)s with another"),
    text=_(
        "%(number)s %(title)s: after the deadline, %(closes_at)s, you and somebody of another "
        "post open the quotes with your passphrases."
    ),
    fields=_FIELDS,  # type: ignore[arg-type]
)
TO_OPEN: Final = Notice(
    key="procurement.round.to-open",
    name=_("Quotes wait to be opened"),
    subject=_("The quotes of %(number)s wait to be opened"),
    text=_("%(number)s %(title)s: the deadline was %(closes_at)s. Open the quotes."),
    fields=_FIELDS,  # type: ignore[arg-type]
)
WAS_OPENED: Final = Notice(
    key="procurement.round.opened",
    name=_("Quotes were opened"),
    subject=_("The quotes of %(number)s were opened"),
    text=_("%(number)s %(title)s: the quotes were opened and can be evaluated."),
    fields=_FIELDS,  # type: ignore[arg-type]
)
ASKED: Final = Notice(
    key="procurement.round.question-asked",
    name=_("A vendor asks about a round of quotes"),
    subject=_("A question about %(number)s"),
    text=_("%(number)s %(title)s: answer it before the deadline, %(closes_at)s."),
    fields=_FIELDS,  # type: ignore[arg-type]
)
# Whoever signs in as an opener before a round is published could open it with a key of his own.
KEY_CHANGED: Final = security_notice(
    "procurement.opener-key.changed",
    name=_("My key for opening quotes is changed"),
    subject=_("Your key for opening quotes was changed"),
    text=_(
        "Somebody signed in as you has made or replaced the key with which you open quotes, or "
        "has set another passphrase for it."
    ),
)
NOTICES: Final = (ENTRUSTED, TO_OPEN, WAS_OPENED, ASKED, KEY_CHANGED)


def tell_vendors(
    quote_round: Round,
    kind: LetterKind,
    *,
    now: datetime,
    vendor_ids: Collection[int] | None = None,
) -> None:
    """Write to the contacts of those who are invited and have not declined, after the commit.

    :param vendor_ids: only to these of them.
    """
    invited = quote_round.invitations.filter(invited_at__isnull=False)
    if kind != CANCELLED:
        invited = invited.filter(declined_at__isnull=True)
    if vendor_ids is not None:
        invited = invited.filter(vendor__in=vendor_ids)
    contacts = Contact.objects.filter(
        vendor__in=invited.values("vendor"), state=ContactState.ACTIVE
    ).order_by("pk")
    RoundLetter.objects.bulk_create(
        RoundLetter(round=quote_round, contact=contact, kind=kind, written_at=now, due_at=now)
        for contact in contacts
    )
    enqueue_after_commit(DELIVER_TASK)


def tell_openers(
    quote_round: Round,
    notice: Notice,
    *,
    now: datetime,
    sides: Collection[int] = (1, 2),
    actor: Actor = SYSTEM,
) -> None:
    """Tell those to whom a share of the round is entrusted."""
    people = KeyShare.objects.filter(
        round=quote_round, side__in=sides, opener_key__ended_at__isnull=True
    ).values_list("opener_key__user_id", flat=True)
    tell_staff(quote_round, notice, people, now=now, actor=actor)


def tell_staff(
    quote_round: Round,
    notice: Notice,
    people: Collection[int],
    *,
    now: datetime,
    actor: Actor = SYSTEM,
) -> None:
    """Tell people of the company something about a round."""
    closes_at = quote_round.closes_at
    notify(
        kind=notice.key,
        to=people,
        # A vendor's page tells the staff too: his host has other addresses.
        url=reverse("quote-rounds-round", settings.ROOT_URLCONF, args=[quote_round.pk]),
        context={
            "number": quote_round.number,
            "title": quote_round.title,
            "closes_at": f"{closes_at.astimezone(company_time_zone()):%Y-%m-%d %H:%M}"
            if closes_at
            else "",
        },
        project_id=quote_round.project_id,
        now=now,
        actor=actor,
    )
