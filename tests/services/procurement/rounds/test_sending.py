from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.storage import storages
from django.db import DatabaseError, IntegrityError, transaction

from kernel import access, sealing
from kernel.access import Actor
from kernel.audit.models import AuditEntry
from kernel.documents import storage
from kernel.errors import NotFound
from services.procurement.rounds import operations, queries
from services.procurement.rounds.models import (
    Invitation,
    Question,
    Quote,
    QuoteDraft,
    QuoteRevision,
    SealedFile,
)
from services.procurement.rounds.operations import sending
from services.procurement.rounds.rules import sheets
from services.procurement.vendors.models import ContactState
from services.procurement.vendors.operations import VendorNotFit
from tests.factories import NOW, TODAY
from tests.factories_procurement_rounds import (
    AFTER,
    CLOSES,
    add_colleague,
    add_quoter,
    add_round,
    publish_round,
    send_quote,
    sheet_of,
)
from tests.factories_procurement_vendors import add_hold, add_paper, add_paper_kind
from tests.services.procurement.rounds.conftest import Asked

PDF = operations.Upload("报价单.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")
LAST_MOMENT = CLOSES - timedelta(microseconds=1)


def test_what_is_sent_is_sealed_and_its_receipt_is_of_the_sealed_bytes(asked: Asked) -> None:
    revision = send_quote(asked.quoters[0], asked.round, "28.90", "645.00")

    assert revision.receipt == sealing.receipt_hash(bytes(revision.sealed))
    assert (revision.number, revision.submitted_at) == (1, NOW)
    assert b"645" not in bytes(revision.sealed) + bytes(revision.own_copy)
    assert not Quote.objects.exists()
    entry = AuditEntry.objects.get(event="procurement.quote.sent")
    assert entry.data == {
        "round": asked.round.number,
        "revision": 1,
        "receipt": revision.receipt,
    }


def test_the_last_revision_counts_and_is_read_again_by_its_sender_alone(asked: Asked) -> None:
    first, second, _third = asked.quoters
    send_quote(first, asked.round, "28.90", "645.00")
    send_quote(first, asked.round, "28.90", "64.50", note="含安装")

    read = operations.read_own(actor=first.actor, round_id=asked.round.pk, key=first.key)

    assert read is not None
    assert ([line.unit_price for line in read.lines], read.note) == (
        [Decimal("28.90"), Decimal("64.50")],
        "含安装",
    )
    assert operations.read_own(actor=second.actor, round_id=asked.round.pk, key=first.key) is None
    with pytest.raises(operations.OwnKeyMissing):
        operations.read_own(actor=first.actor, round_id=asked.round.pk, key=second.key)
    colleague = add_colleague(first, "colleague@example.com")
    with pytest.raises(operations.OwnKeyMissing, match=first.contact.name):
        operations.read_own(actor=colleague.actor, round_id=asked.round.pk, key=colleague.key)
    assert [one.number for one in QuoteRevision.objects.order_by("pk")] == [1, 2]


def test_a_quote_is_taken_until_the_deadline_and_not_at_it(asked: Asked) -> None:
    quoter = asked.quoters[0]
    send_quote(quoter, asked.round, "28.90", "645.00", now=LAST_MOMENT)

    with pytest.raises(operations.QuoteLate) as late:
        send_quote(quoter, asked.round, "20.00", "600.00", now=CLOSES)

    assert late.value.details == {"closes_at": CLOSES.isoformat()}
    assert QuoteRevision.objects.count() == 1
    entry = AuditEntry.objects.get(event="procurement.quote.came-late")
    assert (entry.at, entry.data) == (CLOSES, {"round": asked.round.number})


@pytest.mark.parametrize("moment", [CLOSES, AFTER, NOW - timedelta(seconds=1)])
def test_the_database_takes_none_outside_its_time_whoever_writes(asked: Asked, moment: Any) -> None:
    invitation = Invitation.objects.get(vendor=asked.quoters[0].vendor)

    with pytest.raises(IntegrityError, match="closed"), transaction.atomic():
        QuoteRevision.objects.create(
            invitation=invitation,
            number=1,
            sealed=b"x",
            own_copy=b"x",
            receipt="0" * 64,
            contact_id=asked.quoters[0].contact.pk,
            contact_label="x",
            submitted_at=moment,
        )


def test_a_revision_is_never_changed_or_removed(asked: Asked) -> None:
    revision = send_quote(asked.quoters[0], asked.round, "28.90", "645.00")

    for call in (
        lambda: QuoteRevision.objects.update(submitted_at=LAST_MOMENT),
        lambda: QuoteRevision.objects.filter(pk=revision.pk).delete(),
    ):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            call()


def test_a_quote_is_taken_back_and_sent_anew(asked: Asked) -> None:
    quoter = asked.quoters[0]
    with pytest.raises(operations.NoQuote):
        operations.withdraw(actor=quoter.actor, round_id=asked.round.pk, now=NOW)
    sent = send_quote(quoter, asked.round, "28.90", "645.00")

    back = operations.withdraw(actor=quoter.actor, round_id=asked.round.pk, now=NOW)

    assert (back.is_withdrawal, back.number) == (True, 2)
    # From outside it is any other revision.
    assert len(bytes(back.sealed)) == len(bytes(sent.sealed))
    assert queries.answer_count(asked.round.pk) == 0
    assert operations.read_own(actor=quoter.actor, round_id=asked.round.pk, key=quoter.key) is None
    with pytest.raises(operations.NoQuote):
        operations.withdraw(actor=quoter.actor, round_id=asked.round.pk, now=NOW)
    with pytest.raises(operations.QuoteLate):
        operations.withdraw(actor=quoter.actor, round_id=asked.round.pk, now=CLOSES)
    send_quote(quoter, asked.round, "28.00", None)
    assert queries.answer_count(asked.round.pk) == 1


def test_who_is_not_invited_knows_of_no_round(asked: Asked) -> None:
    stranger = add_quoter("V9")
    calls: list[Any] = [
        lambda actor: operations.note_seen(actor=actor, round_id=asked.round.pk, now=NOW),
        lambda actor: operations.decline(actor=actor, round_id=asked.round.pk, now=NOW),
        lambda actor: operations.ask(actor=actor, round_id=asked.round.pk, text="?", now=NOW),
        lambda actor: operations.save_quote_draft(
            actor=actor, round_id=asked.round.pk, typed={}, now=NOW
        ),
        lambda actor: operations.read_own(actor=actor, round_id=asked.round.pk, key=stranger.key),
        lambda actor: operations.withdraw(actor=actor, round_id=asked.round.pk, now=NOW),
        lambda actor: operations.submit(
            actor=actor,
            round_id=asked.round.pk,
            sheet=sheet_of(asked.round, ["1", "1"]),
            now=NOW,
            today=TODAY,
        ),
    ]

    for actor in (stranger.actor, asked.buyer, asked.openers[0], access.SYSTEM):
        for call in calls:
            with pytest.raises(NotFound):
                call(actor)
    assert not QuoteRevision.objects.exists()
    assert not QuoteDraft.objects.exists()
    assert not Question.objects.exists()


def test_a_draft_round_is_not_shown_to_its_vendors(asked: Asked) -> None:
    quoter = asked.quoters[0]
    add_round(asked.buyer, [quoter])

    assert [one.round_id for one in queries.invitations(actor=quoter.actor)] == [asked.round.pk]


def test_a_contact_who_has_left_sends_nothing(asked: Asked) -> None:
    quoter = asked.quoters[0]
    quoter.contact.state = ContactState.ENDED
    quoter.contact.save()

    with pytest.raises(NotFound):
        send_quote(quoter, asked.round, "28.90", "645.00")


def test_a_contact_of_another_vendor_cannot_borrow_a_vendor(asked: Asked) -> None:
    first, second, _third = asked.quoters
    mixed = Actor(label="x", vendor_id=first.vendor.pk, contact_id=second.contact.pk)

    with pytest.raises(NotFound):
        operations.submit(
            actor=mixed,
            round_id=asked.round.pk,
            sheet=sheet_of(asked.round, ["1", "1"]),
            now=NOW,
            today=TODAY,
        )


def test_expired_papers_let_nobody_quote(asked: Asked) -> None:
    """PR-66: the paper ran out after the round was published."""
    quoter = asked.quoters[0]
    licence = add_paper_kind("licence", is_required=True)
    add_paper(quoter.vendor, licence, to=TODAY - timedelta(days=1))

    with pytest.raises(VendorNotFit):
        send_quote(quoter, asked.round, "28.90", "645.00")

    assert not QuoteRevision.objects.exists()


def test_a_hold_lets_nobody_quote(asked: Asked) -> None:
    add_hold(asked.quoters[0].vendor)

    with pytest.raises(VendorNotFit):
        send_quote(asked.quoters[0], asked.round, "28.90", "645.00")


def test_papers_that_the_round_asks_for_are_needed_as_well(asked: Asked) -> None:
    kind = add_paper_kind("3c", name="3C 认证")
    quote_round = publish_round(asked.buyer, asked.quoters, paper_kind_ids=[kind.pk])
    holder, other, _third = asked.quoters
    add_paper(holder.vendor, kind)

    with pytest.raises(VendorNotFit, match="3C 认证"):
        send_quote(other, quote_round, "28.90", "645.00")
    assert send_quote(holder, quote_round, "28.90", "645.00").number == 1


@pytest.mark.parametrize(
    ("prices", "values"),
    [
        ((None, None), {}),
        (("0", "1"), {}),
        (("-1", "1"), {}),
        (("NaN", "1"), {}),
        (("1.00001", "1"), {}),
        (("100000000", "1"), {}),
        (("1", "1"), {"tax_percent": Decimal(17)}),
        (("1", "1"), {"freight": Decimal(-1)}),
        (("1", "1"), {"note": "a\0b"}),
        (("1", "1"), {"delivery_days": -1}),
    ],
)
def test_an_impossible_quote_is_refused(asked: Asked, prices: Any, values: Any) -> None:
    with pytest.raises(sheets.SheetInvalid):
        send_quote(asked.quoters[0], asked.round, *prices, **values)

    assert not QuoteRevision.objects.exists()


def test_the_server_adds_up(asked: Asked) -> None:
    sheet = sheet_of(asked.round, ["28.90", "645.00"], freight=Decimal("3.50"))

    figures = operations.figures_of(
        actor=asked.quoters[0].actor, round_id=asked.round.pk, sheet=sheet
    )

    assert (figures.total, figures.net, figures.is_complete) == (
        Decimal("35964.50"),
        Decimal("31826.99"),
        True,
    )


def test_files_are_sealed_and_go_on_with_the_next_revision(asked: Asked) -> None:
    quoter = asked.quoters[0]
    send_quote(quoter, asked.round, "28.90", "645.00", uploads=[PDF, PDF])

    operations.submit(
        actor=quoter.actor,
        round_id=asked.round.pk,
        sheet=sheet_of(asked.round, ["28.90", "64.50"]),
        uploads=[PDF],
        keep=[2],
        key=quoter.key,
        now=NOW,
        today=TODAY,
    )

    read = operations.read_own(actor=quoter.actor, round_id=asked.round.pk, key=quoter.key)
    assert read is not None
    assert [(file.position, file.name) for file in read.files] == [
        (1, "报价单.pdf"),
        (2, "报价单.pdf"),
    ]
    first, second, kept, new = SealedFile.objects.order_by("pk")
    assert kept.receipt == second.receipt
    assert len({first.receipt, second.receipt, new.receipt}) == 3
    with storages["attachments"].open(new.storage_key) as stored:
        assert b"PDF" not in stored.read()


def test_files_that_come_to_nothing_are_thrown_away(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[str] = []

    def keep(content: bytes) -> str:
        kept.append(storage_keep(content))
        return kept[-1]

    storage_keep = storage.keep
    monkeypatch.setattr(storage, "keep", keep)
    # The round closes while the files are being stored.
    monkeypatch.setattr(sending, "_require_in_time", lambda *_args: None)

    with pytest.raises(operations.QuoteLate):
        send_quote(asked.quoters[0], asked.round, "28.90", "645.00", uploads=[PDF], now=AFTER)

    assert len(kept) == 1
    assert not storages["attachments"].exists(kept[0])
    assert AuditEntry.objects.filter(event="procurement.quote.came-late").count() == 1


def test_too_many_files_and_foreign_ones_are_refused(asked: Asked) -> None:
    with pytest.raises(operations.FilesInvalid):
        send_quote(asked.quoters[0], asked.round, "1", "1", uploads=[PDF] * 6)
    with pytest.raises(operations.FilesInvalid):
        operations.submit(
            actor=asked.quoters[0].actor,
            round_id=asked.round.pk,
            sheet=sheet_of(asked.round, ["1", "1"]),
            keep=[1],
            key=asked.quoters[0].key,
            now=NOW,
            today=TODAY,
        )

    assert not SealedFile.objects.exists()


def test_a_draft_is_one_row_that_only_its_writer_reads(asked: Asked) -> None:
    first, second, _third = asked.quoters
    for price in ("28.9", "64.50"):
        operations.save_quote_draft(
            actor=first.actor,
            round_id=asked.round.pk,
            typed={"lines": {"1": {"price": price}}},
            now=NOW,
        )

    read = operations.read_draft(actor=first.actor, round_id=asked.round.pk, key=first.key)

    assert read == {"lines": {"1": {"price": "64.50"}}}
    assert QuoteDraft.objects.count() == 1
    assert b"price" not in bytes(QuoteDraft.objects.get().sealed)
    assert operations.read_draft(actor=second.actor, round_id=asked.round.pk, key=first.key) is None
    with pytest.raises(operations.OwnKeyMissing):
        operations.read_draft(actor=first.actor, round_id=asked.round.pk, key=second.key)
    with pytest.raises(operations.DraftTooLarge):
        operations.save_quote_draft(
            actor=first.actor, round_id=asked.round.pk, typed={"a": "x" * 600_000}, now=NOW
        )
    send_quote(first, asked.round, "28.90", "64.50")
    assert not QuoteDraft.objects.exists()


def test_declining_and_quoting_exclude_each_other(asked: Asked) -> None:
    quoter = asked.quoters[0]
    operations.decline(actor=quoter.actor, round_id=asked.round.pk, reason="缺货", now=NOW)
    invitation = Invitation.objects.get(vendor=quoter.vendor)
    assert (invitation.declined_at, invitation.decline_reason) == (NOW, "缺货")

    send_quote(quoter, asked.round, "28.90", "645.00")

    invitation.refresh_from_db()
    assert (invitation.declined_at, invitation.decline_reason) == (None, "")
    with pytest.raises(operations.QuoteThere):
        operations.decline(actor=quoter.actor, round_id=asked.round.pk, now=NOW)


def test_the_first_look_is_noted(asked: Asked) -> None:
    actor = asked.quoters[0].actor
    operations.note_seen(actor=actor, round_id=asked.round.pk, now=NOW)
    operations.note_seen(actor=actor, round_id=asked.round.pk, now=LAST_MOMENT)

    seen = Invitation.objects.filter(seen_at__isnull=False)
    assert [one.seen_at for one in seen] == [NOW]


def test_a_cancelled_round_takes_no_quotes(asked: Asked) -> None:
    operations.cancel(actor=asked.buyer, round_id=asked.round.pk, reason="计划变更", now=NOW)

    with pytest.raises(operations.RoundStateWrong):
        send_quote(asked.quoters[0], asked.round, "28.90", "645.00")
