import json
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.db import DatabaseError, IntegrityError, transaction

from kernel import access, sealing
from kernel.access.models import PostHolding, User
from kernel.audit.models import AuditEntry
from kernel.documents import queries as documents
from kernel.errors import NotFound
from kernel.notifications.models import Notification
from services.procurement.rounds import about, operations, queries
from services.procurement.rounds.models import (
    Invitation,
    Opening,
    Quote,
    QuoteLine,
    QuoteRevision,
    Release,
    RoundLetter,
    RoundState,
)
from services.procurement.rounds.operations import reminding
from services.procurement.rounds.rules import sheets
from tests.factories import NOW, TODAY, add_actor, hold_post
from tests.factories_procurement_rounds import (
    AFTER,
    CLOSES,
    PASSPHRASE,
    Quoter,
    add_opener,
    open_round,
    send_quote,
    sheet_of,
)
from tests.services.procurement.rounds.conftest import Asked
from tests.services.procurement.rounds.test_sending import PDF


def release(asked: Asked, who: access.Actor, **values: Any) -> Opening | None:
    return operations.release(
        **{
            "actor": who,
            "round_id": asked.round.pk,
            "passphrase": PASSPHRASE,
            "now": AFTER,
            **values,
        }
    )


def plant(asked: Asked, quoter: Quoter, sealed: bytes) -> None:
    """Write a revision as somebody would who has the database, and not our program."""
    QuoteRevision.objects.create(
        invitation=Invitation.objects.get(round=asked.round, vendor=quoter.vendor),
        number=1,
        sealed=sealed,
        own_copy=b"",
        receipt=sealing.receipt_hash(sealed),
        contact_id=quoter.contact.pk,
        contact_label=quoter.contact.name,
        submitted_at=NOW,
    )


def test_two_people_of_different_posts_open_what_was_sealed(asked: Asked) -> None:
    first, second, third = asked.quoters
    send_quote(first, asked.round, "28.90", "645.00", freight=Decimal("8.00"))
    last = send_quote(first, asked.round, "28.90", "64.50", freight=Decimal("8.00"))
    send_quote(second, asked.round, "30", None)
    operations.decline(actor=third.actor, round_id=asked.round.pk, now=NOW)

    opening = open_round(asked.round, asked.openers)

    asked.round.refresh_from_db()
    assert asked.round.state == RoundState.OPENED
    assert [
        (quote.invitation.vendor_id, quote.total, quote.is_complete)
        for quote in queries.quotes_of(asked.round.pk)
    ] == [
        (second.vendor.pk, Decimal("7200.00"), False),
        (first.vendor.pk, Decimal("9846.50"), True),
    ]
    assert sorted(QuoteLine.objects.values_list("unit_price", "amount")) == [
        (Decimal("28.9000"), Decimal("6936.00")),
        (Decimal("30.0000"), Decimal("7200.00")),
        (Decimal("64.5000"), Decimal("2902.50")),
    ]
    assert opening.minutes["vendors"][0] == {
        "vendor": first.vendor.name,
        "state": "opened",
        "revision": 2,
        "submitted_at": NOW.isoformat(),
        "receipt": last.receipt,
        "total": "9846.50",
        "is_complete": True,
        "files": 0,
        "void_files": 0,
    }
    assert [one["state"] for one in opening.minutes["vendors"]] == ["opened", "opened", "declined"]
    assert [(one["side"], one["post"]) for one in opening.minutes["released"]] == [
        (2, "finance_head"),
        (1, "company_gm"),
    ]
    assert json.loads(json.dumps(opening.minutes)) == opening.minutes


def test_who_is_told_and_what_is_written_down(asked: Asked) -> None:
    sent = send_quote(asked.quoters[0], asked.round, "28.90", "645.00")
    Notification.objects.all().delete()

    open_round(asked.round, asked.openers)

    assert RoundLetter.objects.filter(kind="OPENED").count() == 3
    told = Notification.objects.filter(kind="procurement.round.opened")
    assert asked.buyer.user_id in told.values_list("user_id", flat=True)
    entry = AuditEntry.objects.get(event="procurement.round.opened")
    assert entry.data == {
        "number": asked.round.number,
        "quotes": 1,
        "void": 0,
        "receipts": [sent.receipt],
    }
    assert "645" not in json.dumps(list(AuditEntry.objects.values_list("data", flat=True)))
    mail.outbox.clear()
    assert reminding.deliver_due(now=AFTER) == 6
    assert all("645" not in message.body for message in mail.outbox)


def test_one_side_alone_opens_nothing(asked: Asked) -> None:
    send_quote(asked.quoters[0], asked.round, "28.90", "645.00")

    assert release(asked, asked.openers[0]) is None

    assert (Release.objects.count(), Quote.objects.count()) == (1, 0)
    kept = bytes(Release.objects.get().share)
    assert sealing.public_of(kept) != bytes(asked.round.public_key or b"")
    with pytest.raises(operations.ReleasedAlready):
        release(asked, asked.openers[0])
    waiting = Notification.objects.filter(kind="procurement.round.to-open")
    assert [one.user_id for one in waiting] == [asked.openers[1].user_id]


def test_with_the_database_after_the_opening_what_was_replaced_stays_sealed(
    asked: Asked,
) -> None:
    """Only the first half is kept: the key is not put together again without a passphrase."""
    open_round(asked.round, asked.openers)

    halves = [bytes(one.share) for one in Release.objects.order_by("released_at", "pk")]
    assert sorted(map(len, halves)) == [0, 32]


def test_nothing_is_released_before_the_deadline(asked: Asked) -> None:
    with pytest.raises(operations.NotClosedYet) as early:
        release(asked, asked.openers[0], now=CLOSES.replace(microsecond=0) - (AFTER - CLOSES))

    assert early.value.details == {"closes_at": CLOSES.isoformat()}
    assert not Release.objects.exists()


def test_the_database_takes_no_early_release_and_none_by_another(asked: Asked) -> None:
    values: dict[str, Any] = {
        "round": asked.round,
        "side": 2,
        "share": b"x",
        "user_id": asked.openers[0].user_id,
        "user_label": "x",
        "post": "finance_head",
        "released_at": AFTER,
    }
    for wrong in (
        {"released_at": NOW},
        {"side": 1},
        {"user_id": asked.buyer.user_id},
    ):
        with pytest.raises(IntegrityError, match="too early, or by another"), transaction.atomic():
            Release.objects.create(**{**values, **wrong})
    Release.objects.create(**values)
    with pytest.raises(IntegrityError, match="not released by two"), transaction.atomic():
        Opening.objects.create(round=asked.round, opened_at=AFTER, minutes={})


def test_a_wrong_passphrase_releases_nothing(asked: Asked) -> None:
    with pytest.raises(operations.PassphraseWrong):
        release(asked, asked.openers[0], passphrase="something else 1")

    assert not Release.objects.exists()


def test_who_was_entrusted_with_nothing_opens_nothing(asked: Asked) -> None:
    late = add_opener("office", "general_office")
    with pytest.raises(operations.NotEntrusted):
        release(asked, late)
    with pytest.raises(access.ActionDenied):
        release(asked, asked.buyer)
    with pytest.raises(NotFound):
        release(asked, add_actor("keeper", "steward"))
    with pytest.raises(access.ActionDenied):
        release(asked, access.SYSTEM)

    assert not Release.objects.exists()


def test_who_has_left_the_post_or_buys_by_now_opens_nothing(asked: Asked) -> None:
    first, second = asked.openers
    PostHolding.objects.filter(user_id=first.require_person()).update(valid_to=TODAY)
    hold_post(User.objects.get(pk=second.require_person()), "buyer")

    with pytest.raises(operations.NotEntrusted):
        release(asked, first)
    with pytest.raises(operations.NotEntrusted):
        release(asked, second)

    assert not Release.objects.exists()
    assert not any(one.is_able for one in queries.standings(asked.round, today=TODAY))


@pytest.mark.parametrize("kind", ["noise", "other round", "no quote", "too much", "foreign line"])
def test_what_does_not_unseal_or_is_no_quote_is_void_and_blocks_nobody(
    asked: Asked, kind: str
) -> None:
    first, second, _third = asked.quoters
    key, mark = bytes(asked.round.public_key or b""), about.quote(asked.round.pk)
    good = sheets.to_bytes(sheet_of(asked.round, ["1", "1"]))
    planted = {
        "noise": b"\x01" * 5000,
        "other round": sealing.seal(good, to=key, about=about.quote(asked.round.pk + 1)),
        "no quote": sealing.seal(b'{"version":1,"lines":7}', to=key, about=mark),
        "too much": sealing.seal(
            good.replace(b'"price":"1"', b'"price":"1e400"'), to=key, about=mark
        ),
        "foreign line": sealing.seal(
            sheets.to_bytes(sheet_of(asked.round, {10**9: "1"})), to=key, about=mark
        ),
    }[kind]
    plant(asked, first, planted)
    send_quote(second, asked.round, "28.90", "645.00")

    opening = open_round(asked.round, asked.openers)

    assert [one["state"] for one in opening.minutes["vendors"]] == ["void", "opened", "silent"]
    assert Quote.objects.get().invitation.vendor_id == second.vendor.pk


def test_a_quote_that_was_taken_back_is_not_opened(asked: Asked) -> None:
    quoter = asked.quoters[0]
    send_quote(quoter, asked.round, "28.90", "645.00")
    operations.withdraw(actor=quoter.actor, round_id=asked.round.pk, now=NOW)

    opening = open_round(asked.round, asked.openers)

    assert [one["state"] for one in opening.minutes["vendors"]] == [
        "withdrawn",
        "silent",
        "silent",
    ]
    assert not Quote.objects.exists()


def test_who_came_too_late_stands_in_the_minutes(asked: Asked) -> None:
    with pytest.raises(operations.QuoteLate):
        send_quote(asked.quoters[1], asked.round, "1", "1", now=CLOSES)

    opening = open_round(asked.round, asked.openers)

    assert opening.minutes["late"] == [
        {"vendor": asked.quoters[1].vendor.name, "at": CLOSES.isoformat()}
    ]


def test_files_hang_on_the_opened_quote(asked: Asked) -> None:
    send_quote(asked.quoters[0], asked.round, "28.90", "645.00", uploads=[PDF])

    open_round(asked.round, asked.openers)

    quote = Quote.objects.get()
    attachment = documents.attachments_of(quote).get()
    assert (attachment.name, documents.content_of(attachment)) == (PDF.name, PDF.content)
    seen = documents.get_attachment(actor=asked.buyer, attachment_id=attachment.pk, now=AFTER)
    assert seen == attachment


def test_a_quote_and_its_minutes_are_never_changed(asked: Asked) -> None:
    send_quote(asked.quoters[0], asked.round, "28.90", "645.00")
    open_round(asked.round, asked.openers)

    for call in (
        lambda: Quote.objects.update(total=1),
        lambda: QuoteLine.objects.update(unit_price=1),
        lambda: Opening.objects.update(minutes={}),
        Release.objects.all().delete,
    ):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            call()
    with pytest.raises(operations.RoundStateWrong):
        release(asked, asked.openers[0])
    with pytest.raises(operations.QuoteLate):
        send_quote(asked.quoters[1], asked.round, "1", "1", now=NOW)


def test_openers_are_reminded_at_the_deadline_and_then_every_day(asked: Asked) -> None:
    Notification.objects.all().delete()
    assert reminding.remind_openers(now=NOW) == 0
    assert reminding.remind_openers(now=AFTER) == 1
    assert reminding.remind_openers(now=AFTER) == 0
    assert reminding.remind_openers(now=AFTER + reminding.EVERY) == 1

    told = Notification.objects.filter(kind="procurement.round.to-open")
    assert told.count() == 4
    open_round(asked.round, asked.openers)
    assert reminding.remind_openers(now=AFTER + 3 * reminding.EVERY) == 0
