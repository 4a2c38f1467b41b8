"""What a vendor's contact does before he sends a quote: look, decline, ask, draft, read his own."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from kernel import sealing
from kernel.access import Actor
from kernel.audit import operations as audit
from kernel.errors import NotFound
from kernel.sealing import KeyPair, NotOpened
from kernel.text import _
from services.procurement.rounds import about, queries, telling
from services.procurement.rounds.models import (
    Invitation,
    Question,
    QuoteDraft,
    RoundState,
)
from services.procurement.rounds.operations.asking import require_before_deadline, written
from services.procurement.rounds.operations.errors import (
    DraftTooLarge,
    OwnKeyMissing,
    QuoteThere,
    RoundStateWrong,
)
from services.procurement.rounds.rules import figures, sheets
from services.procurement.rounds.rules.drafts import TAX_PERCENTS
from services.procurement.rounds.rules.figures import Figures
from services.procurement.rounds.rules.sheets import Sheet
from services.procurement.texts import without_controls
from services.procurement.vendors.models import Contact, ContactState

MAX_DRAFT_BYTES: Final = 512 << 10
_PRICE_FIELD: Final = 24


@transaction.atomic
def note_seen(*, actor: Actor, round_id: int, now: datetime) -> Invitation:
    """Return the invitation, and note that the vendor has looked at it, the first time only.

    :raises NotFound: if his vendor is not invited.
    """
    invitation = queries.get_invitation(actor=actor, round_id=round_id)
    if Invitation.objects.filter(pk=invitation.pk, seen_at=None).update(seen_at=now):
        invitation.seen_at = now
    return invitation


@transaction.atomic
def decline(*, actor: Actor, round_id: int, reason: str = "", now: datetime) -> Invitation:
    """Say that the vendor will not quote. A quote that he sends all the same counts.

    :raises NotFound: if his vendor is not invited.
    :raises RoundStateWrong, DeadlinePassed: if the round takes no quotes.
    :raises QuoteThere: if he has quoted: that is taken back first.
    """
    invitation = lock_invited(actor, round_id, now)
    last = queries.last_revision(invitation)
    if last is not None and not last.is_withdrawal:
        raise QuoteThere(_("You have quoted. Take the quote back first."))
    words = " ".join(without_controls(reason).split())
    invitation.declined_at, invitation.decline_reason = now, words[:200]
    invitation.save(update_fields=["declined_at", "decline_reason"])
    record_invitation(actor, "procurement.invitation.declined", invitation, now)
    return invitation


@transaction.atomic
def ask(*, actor: Actor, round_id: int, text: str, now: datetime) -> Question:
    """Ask something about the round. Its buyer is told, without who asks.

    :raises NotFound: if his vendor is not invited.
    :raises RoundStateWrong, DeadlinePassed: if the round takes no quotes.
    :raises TextMissing: without a text of at most 2 000 characters.
    """
    invitation = lock_invited(actor, round_id, now)
    asked = Question.objects.create(
        invitation=invitation, text=written(text, field="text"), asked_at=now
    )
    record_invitation(actor, "procurement.invitation.asked", invitation, now, question=asked.pk)
    telling.tell_staff(
        invitation.round, telling.ASKED, [invitation.round.created_by], now=now, actor=actor
    )
    return asked


@transaction.atomic
@sensitive_variables("content", "typed")
def save_quote_draft(
    *, actor: Actor, round_id: int, typed: Mapping[str, Any], now: datetime
) -> QuoteDraft:
    """Keep what has been typed so far, whatever it is, sealed to the contact's own key.

    :raises NotFound: if his vendor is not invited.
    :raises RoundStateWrong, DeadlinePassed: if the round takes no quotes.
    :raises OwnKeyMissing: if he has no key of his own.
    :raises DraftTooLarge: if it is more than any quote.
    """
    invitation = lock_invited(actor, round_id, now)
    contact = contact_of(actor)
    content = json.dumps(typed, ensure_ascii=False, separators=(",", ":")).encode()
    if len(content) > MAX_DRAFT_BYTES:
        raise DraftTooLarge(_("This is too much for a quote."))
    # Filled up, so that its size does not tell how long the prices in it are.
    sealed = sealing.seal(
        content + b" " * _spare(typed),
        to=own_key_of(contact),
        about=about.draft(invitation.pk, contact.pk),
    )
    draft, _made = QuoteDraft.objects.update_or_create(
        invitation=invitation, contact=contact, defaults={"sealed": sealed, "saved_at": now}
    )
    return draft


@sensitive_variables("key", "content")
def read_draft(*, actor: Actor, round_id: int, key: KeyPair) -> dict[str, Any] | None:
    """Return what the contact has typed so far, ``None`` if there is nothing.

    :raises NotFound: if his vendor is not invited.
    :raises OwnKeyMissing: if it was sealed to another key than this one.
    """
    invitation = queries.get_invitation(actor=actor, round_id=round_id)
    contact_id = actor.contact_id
    draft = QuoteDraft.objects.filter(invitation=invitation, contact=contact_id).first()
    if draft is None or contact_id is None:
        return None
    content = unseal_own(bytes(draft.sealed), key, about.draft(invitation.pk, contact_id))
    read: dict[str, Any] = json.loads(content)
    return read


@sensitive_variables("key")
def read_own(*, actor: Actor, round_id: int, key: KeyPair) -> Sheet | None:
    """Return the quote that counts, to go on from; ``None`` if there is none.

    :raises NotFound: if his vendor is not invited.
    :raises OwnKeyMissing: if a colleague sent it, or it was sealed to another key than this one.
    """
    invitation = queries.get_invitation(actor=actor, round_id=round_id)
    last = queries.last_revision(invitation)
    if last is None or last.is_withdrawal:
        return None
    if last.contact_id != actor.contact_id:
        raise OwnKeyMissing(
            _("%(name)s has sent this quote and alone can read it again before the opening.")
            % {"name": last.contact_label}
        )
    mark = about.copy(invitation.pk, last.contact_id)
    return sheets.from_bytes(unseal_own(bytes(last.own_copy), key, mark))


@sensitive_variables("sheet")
def figures_of(*, actor: Actor, round_id: int, sheet: Sheet) -> Figures:
    """Return what a quote comes to, by the server's own arithmetic; nothing is kept.

    :raises NotFound: if his vendor is not invited.
    :raises sheets.SheetInvalid: if something in it is impossible.
    """
    invitation = queries.get_invitation(actor=actor, round_id=round_id)
    return checked(invitation, sheet)


@sensitive_variables("sheet")
def checked(invitation: Invitation, sheet: Sheet) -> Figures:
    """Return what a quote comes to. :raises sheets.SheetInvalid: if something is impossible."""
    lines = invitation.round.lines.values_list("pk", "quantity")
    quantities = dict(lines)
    sheets.check(sheet, line_ids=quantities.keys(), tax_percents=TAX_PERCENTS)
    sheets.check_at_most(sheet, queries.prices_of_first(invitation))
    return figures.figures_of(sheet, quantities)


def contact_of(actor: Actor) -> Contact:
    """Return the contact that acts. :raises NotFound: if he is none of the vendor's any more."""
    if actor.contact_id is None:
        raise NotFound
    contact = Contact.objects.filter(
        pk=actor.contact_id, vendor=actor.vendor_id, state=ContactState.ACTIVE
    ).first()
    if contact is None:
        raise NotFound
    return contact


def own_key_of(contact: Contact) -> bytes:
    """Return the public half of the contact's own key. :raises OwnKeyMissing: if he has none."""
    if contact.public_key is None:
        raise OwnKeyMissing(_("Sign in on the vendors' site once: then your own key is made."))
    return bytes(contact.public_key)


def record_invitation(
    actor: Actor, event: str, invitation: Invitation, now: datetime, **data: object
) -> None:
    """Write down that a vendor did something; never what is in his quote."""
    audit.record(
        actor=actor,
        event=event,
        subject=invitation,
        project_id=invitation.round.project_id,
        now=now,
        data={"round": invitation.round.number, **data},
    )


@sensitive_variables("key")
def unseal_own(sealed: bytes, key: KeyPair, mark: bytes) -> bytes:
    """Return what was sealed to the contact himself. :raises OwnKeyMissing: with another key."""
    try:
        return sealing.unseal(sealed, key=key, about=mark)
    except NotOpened as error:
        raise OwnKeyMissing(
            _(
                "This was sealed to an earlier key of yours: your password was reset since. "
                "Enter it anew."
            )
        ) from error


@sensitive_variables("typed", "rows", "prices")
def _spare(typed: Mapping[str, Any]) -> int:
    """Return by how much the prices that were typed are shorter than a usual field."""
    rows: Mapping[str, Mapping[str, Any]] = typed.get("lines") or {}
    prices = [*(row.get("price", "") for row in rows.values()), typed.get("freight", "")]
    return sum(max(0, _PRICE_FIELD - len(str(price).encode())) for price in prices)


def lock_invited(actor: Actor, round_id: int, now: datetime) -> Invitation:
    """Return the invitation to a round that takes quotes, locked."""
    invitation = queries.get_invitation(actor=actor, round_id=round_id)
    contact_of(actor)
    if invitation.round.state != RoundState.OPEN:
        raise RoundStateWrong(_("This round takes no quotes any more."))
    require_before_deadline(invitation.round, now)
    locked = queries.lock_invitation(invitation.pk)
    locked.round = invitation.round
    return locked
