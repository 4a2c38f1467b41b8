"""Open a round: two people of different posts release the halves of its key, after the deadline.

The second release opens it in the same transaction. A quote that does not unseal is listed as void
and never keeps the others from being opened.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from kernel import crypto, sealing
from kernel.access import Action, Actor
from kernel.audit import operations as audit
from kernel.audit.models import AuditEntry
from kernel.db import refusing
from kernel.documents import operations as documents
from kernel.documents import storage
from kernel.documents.operations import Kept
from kernel.errors import DomainError
from kernel.outbox import operations as outbox
from kernel.sealing import KeyPair, NotOpened
from kernel.tenancy import company_day
from kernel.text import _
from services.procurement import scope
from services.procurement.rounds import about, queries, telling
from services.procurement.rounds.models import (
    Invitation,
    KeyShare,
    Opening,
    Quote,
    QuoteLine,
    QuoteRevision,
    Release,
    Round,
    RoundState,
)
from services.procurement.rounds.operations.errors import (
    BuyerOpens,
    NotClosedYet,
    NotEntrusted,
    ReleasedAlready,
    RoundStateWrong,
)
from services.procurement.rounds.operations.keys import pair_of, unlock
from services.procurement.rounds.operations.sending import LATE_EVENT
from services.procurement.rounds.rules import figures, sheets
from services.procurement.rounds.rules.drafts import TAX_PERCENTS
from services.procurement.rounds.rules.figures import Figures
from services.procurement.rounds.rules.sheets import Sheet

# What the minutes say became of an invitation.
OPENED: Final = "opened"
VOID: Final = "void"
WITHDRAWN: Final = "withdrawn"
DECLINED: Final = "declined"
SILENT: Final = "silent"


# What sealed bytes may be that are no quote: somebody with the database can seal anything to a
# round's public key.
UNREADABLE: Final = (
    NotOpened,
    DomainError,
    ValueError,
    TypeError,
    ArithmeticError,
    RecursionError,
)


@dataclass(slots=True)
class _Read:
    """What an invitation came to, and its files, unsealed and stored."""

    invitation: Invitation
    revision: QuoteRevision | None
    state: str
    sheet: Sheet | None = None
    figures: Figures | None = None
    files: list[Kept] = field(default_factory=list)
    void_files: int = 0


@sensitive_variables("passphrase", "private", "share", "stored")
def release(*, actor: Actor, round_id: int, passphrase: str, now: datetime) -> Opening | None:
    """Release the actor's half of a round's key; with the second half the round is opened.

    The passphrase is tried before anything is locked: it is slow by intent.

    :return: the opening, ``None`` if the other side is still to come.
    :raises NotFound: if there is no such round within his reach.
    :raises access.ActionDenied: without ``quote.open`` there.
    :raises NotClosedYet: before the deadline.
    :raises RoundStateWrong: if the round is opened or cancelled.
    :raises NotEntrusted: if no half was wrapped for him, or for a key or a post that he gave up.
    :raises BuyerOpens: if he made the round, or buys.
    :raises PassphraseWrong, TooManyTries: if this is not his passphrase.
    :raises ReleasedAlready: if he or somebody of his side has released it.
    """
    seen = queries.get_round(actor=actor, round_id=round_id)
    scope.require_of(actor, Action.QUOTE_OPEN, seen.project_id)
    share = _entrusted(actor, seen, now)
    _require_closed(seen, now)
    private = unlock(share.opener_key, passphrase)
    half = sealing.unseal(
        bytes(share.wrapped),
        key=pair_of(share.opener_key, private),
        about=about.share(seen.pk, share.side),
    )
    stored: list[str] = []
    try:
        with transaction.atomic():
            return _release(actor, share, half, now, stored)
    except BaseException:
        for name in stored:
            storage.discard(name)
        raise


@sensitive_variables("half", "stored", "halves", "key")
def _release(
    actor: Actor, share: KeyShare, half: bytes, now: datetime, stored: list[str]
) -> Opening | None:
    quote_round = queries.lock_round(share.round_id)
    _require_closed(quote_round, now)
    other = quote_round.releases.exclude(side=share.side).first()
    there = ReleasedAlready(_("Somebody of your side has released the key already."))
    with refusing(release_once=there, release_by_two_people=there, release_by_two_posts=there):
        Release.objects.create(
            round=quote_round,
            side=share.side,
            # The second half is used at once. Without it nothing is read again that vendors took
            # back or replaced, unless two people release it anew.
            share=half if other is None else b"",
            user_id=actor.require_person(),
            user_label=actor.label[:140],
            post=share.post,
            released_at=now,
        )
    audit.record(
        actor=actor,
        event="procurement.round.released",
        subject=quote_round,
        project_id=quote_round.project_id,
        now=now,
        data={"side": share.side, "post": share.post},
    )
    if other is None:
        telling.tell_openers(
            quote_round, telling.TO_OPEN, sides=[3 - share.side], now=now, actor=actor
        )
        return None
    halves = (half, bytes(other.share))
    private = sealing.join(*halves)
    key = KeyPair(private, bytes(quote_round.public_key or b""))
    if sealing.public_of(private) != key.public:
        raise NotOpened("the halves are not of this round's key")
    return _open(actor, quote_round, key, now, stored)


@sensitive_variables("key", "read", "stored")
def _open(
    actor: Actor, quote_round: Round, key: KeyPair, now: datetime, stored: list[str]
) -> Opening:
    """Unseal every quote that counts, and write the minutes. The round is locked."""
    invitations = quote_round.invitations.select_related("vendor", "round").order_by(
        "vendor__name", "pk"
    )
    read = [_read(quote_round, one, key, stored) for one in invitations]
    opening = Opening.objects.create(
        round=quote_round, opened_at=now, minutes=_minutes(quote_round, read)
    )
    for one in read:
        if one.revision is not None and one.sheet is not None and one.figures is not None:
            _write(one, one.revision, one.sheet, one.figures, now)
    quote_round.state = RoundState.OPENED
    quote_round.save(update_fields=["state"])
    states = [one.state for one in read]
    audit.record(
        actor=actor,
        event="procurement.round.opened",
        subject=quote_round,
        project_id=quote_round.project_id,
        now=now,
        data={
            "number": quote_round.number,
            "quotes": states.count(OPENED),
            "void": states.count(VOID),
            "receipts": [one.revision.receipt for one in read if one.revision is not None],
        },
    )
    outbox.publish(
        event="procurement.round.opened",
        subject=quote_round,
        project_id=quote_round.project_id,
        data={"number": quote_round.number, "quotes": states.count(OPENED)},
        now=now,
    )
    telling.tell_vendors(quote_round, telling.OPENED, now=now)
    telling.tell_openers(quote_round, telling.WAS_OPENED, now=now, actor=actor)
    telling.tell_staff(
        quote_round, telling.WAS_OPENED, [quote_round.created_by], now=now, actor=actor
    )
    return opening


@sensitive_variables("key", "content", "sheet")
def _read(quote_round: Round, invitation: Invitation, key: KeyPair, stored: list[str]) -> _Read:
    """Return what became of an invitation; what does not unseal, or is no quote, is void."""
    revision = queries.last_revision(invitation)
    if revision is None:
        state = DECLINED if invitation.declined_at is not None else SILENT
        return _Read(invitation, None, state)
    if revision.is_withdrawal:
        return _Read(invitation, revision, WITHDRAWN)
    try:
        content = sealing.unseal(bytes(revision.sealed), key=key, about=about.quote(quote_round.pk))
        sheet = sheets.from_bytes(content)
        lines = dict(quote_round.lines.values_list("pk", "quantity"))
        sheets.check(sheet, line_ids=lines.keys(), tax_percents=TAX_PERCENTS)
        came_to = figures.figures_of(sheet, lines)
    except UNREADABLE:
        return _Read(invitation, revision, VOID)
    read = _Read(invitation, revision, OPENED, sheet, came_to)
    _read_files(quote_round, read, sheet, key, stored)
    return read


@sensitive_variables("key", "sheet", "content")
def _read_files(
    quote_round: Round, read: _Read, sheet: Sheet, key: KeyPair, stored: list[str]
) -> None:
    """Unseal a quote's files one by one into the store; one that cannot be is counted as void."""
    assert read.revision is not None
    named = {file.position: file.name for file in sheet.files}
    for file in read.revision.files.order_by("position"):
        try:
            content = sealing.unseal(
                storage.read(file.storage_key), key=key, about=about.file(quote_round.pk)
            )
            kept = documents.keep(content=content, name=named[file.position])
        except (*UNREADABLE, OSError, KeyError, crypto.NotReadable):
            read.void_files += 1
            continue
        stored.append(kept.storage_key)
        read.files.append(kept)


def _write(
    read: _Read, revision: QuoteRevision, sheet: Sheet, came_to: Figures, now: datetime
) -> None:
    quote = Quote.objects.create(
        invitation=read.invitation,
        revision=revision,
        tax_percent=sheet.tax_percent,
        freight=sheet.freight,
        delivery_days=sheet.delivery_days,
        warranty_months=sheet.warranty_months,
        payment_terms=sheet.payment_terms,
        valid_to=sheet.valid_to,
        note=sheet.note,
        total=came_to.total,
        is_complete=came_to.is_complete,
    )
    QuoteLine.objects.bulk_create(
        QuoteLine(
            quote=quote,
            line_id=line.line_id,
            unit_price=line.unit_price,
            amount=came_to.amounts[line.line_id],
            brand=line.brand,
            delivery_days=line.delivery_days,
            note=line.note,
        )
        for line in sheet.lines
    )
    for kept in read.files:
        documents.hang(
            subject=quote,
            project_id=read.invitation.round.project_id,
            kept=kept,
            added_by_label=revision.contact_label,
            now=now,
        )


def _minutes(quote_round: Round, read: Sequence[_Read]) -> dict[str, Any]:
    late = AuditEntry.objects.filter(
        event=LATE_EVENT, object_id__in=[one.invitation.pk for one in read]
    ).order_by("at")
    names = {one.invitation.pk: one.invitation.vendor.name for one in read}
    return {
        "released": [
            {
                "side": one.side,
                "person": one.user_label,
                "post": one.post,
                "at": one.released_at.isoformat(),
            }
            for one in quote_round.releases.order_by("released_at", "pk")
        ],
        "vendors": [_entry(one) for one in read],
        "late": [{"vendor": names[one.object_id], "at": one.at.isoformat()} for one in late],
    }


def _entry(read: _Read) -> dict[str, Any]:
    entry: dict[str, Any] = {"vendor": read.invitation.vendor.name, "state": read.state}
    if read.revision is not None:
        entry |= {
            "revision": read.revision.number,
            "submitted_at": read.revision.submitted_at.isoformat(),
            "receipt": read.revision.receipt,
        }
    if read.figures is not None:
        entry |= {
            "total": f"{read.figures.total:.2f}",
            "is_complete": read.figures.is_complete,
            "files": len(read.files),
            "void_files": read.void_files,
        }
    return entry


def _entrusted(actor: Actor, quote_round: Round, now: datetime) -> KeyShare:
    """Return the half that was wrapped for the actor, if he may still release it."""
    user_id = actor.require_person()
    if quote_round.created_by == user_id or actor.may(Action.PURCHASE_BUY):
        raise BuyerOpens(_("Whoever buys does not open quotes."))
    share = queries.own_share(quote_round.pk, user_id)
    standing = [
        one
        for one in queries.standings(quote_round, today=company_day(now))
        if one.user_id == user_id
    ]
    if share is None or not standing:
        raise NotEntrusted(_("No part of this round's key was entrusted to you: others open it."))
    if not standing[0].holds_post:
        raise NotEntrusted(
            _("The key was entrusted to you for a post that you do not hold any more.")
        )
    if not standing[0].has_key:
        raise NotEntrusted(
            _(
                "You have replaced your key since this round was published. Somebody else of your "
                "side opens it."
            )
        )
    return share


def _require_closed(quote_round: Round, now: datetime) -> None:
    if quote_round.state != RoundState.OPEN:
        raise RoundStateWrong(
            _("This cannot be done now: the round is in the state “%(state)s”.")
            % {"state": quote_round.get_state_display()},
            details={"state": quote_round.state},
        )
    closes_at = quote_round.closes_at
    if closes_at is None or now < closes_at:
        raise NotClosedYet(
            _("Quotes are opened after the deadline, not before."),
            details={"closes_at": closes_at.isoformat() if closes_at else ""},
        )
