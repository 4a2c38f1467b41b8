"""Nobody finds a price before the opening, wherever he looks; and the search finds what is there.

Prices, words and a file are planted in sealed quotes and drafts; then everything that leaves or
stays is searched for them, in all spellings: rows, a dump, pages, the API, exports, logs, messages,
mails, files, the cache, errors, error reports.
"""

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

import pytest
import sentry_sdk
from celery import current_app
from django.core import mail
from django.views.debug import ExceptionReporter
from sentry_sdk.transport import Transport

from config.observability import sentry
from console import search
from kernel import sealing
from kernel.access.models import User
from kernel.audit import operations as audit
from kernel.errors import DomainError
from services.procurement.rounds import operations
from services.procurement.rounds.models import QuoteDraft, QuoteRevision
from services.procurement.rounds.operations import reminding
from services.procurement.rounds.rules.sheets import Sheet
from tenants.companies.models import Company
from tests import factories
from tests.console.browser import browser_of
from tests.factories import NOW, TODAY
from tests.factories_procurement_rounds import AFTER, CLOSES, Quoter, sheet_of
from tests.matrix.people import token_of
from tests.services.procurement.rounds import haystack
from tests.services.procurement.rounds.conftest import Asked, ask

PRICE, OTHER_PRICE = "73519.37", "64287.91"
BRAND, NOTE = "金丝雀牌HG-18R", "canary-note-qzx"
NAME, CONTENT = "金丝雀报价单.pdf", "canary-content-qzx"
DRAFTED = "58413.26"
DRAFT_NAME, DRAFT_CONTENT = "金丝雀草稿附件.pdf", "canary-draft-file-qzx"
PASSPHRASE: Final = "leise rieselt 42"
NEEDLES: Final = {
    "price": PRICE,
    "other price": OTHER_PRICE,
    "amount": "17644648.80",  # 240 pieces
    "amount as it is shown": "17,644,648.80",
    "total": "20537604.75",
    "total as it is shown": "20,537,604.75",
    "brand": BRAND,
    "note": NOTE,
    "file's name": NAME,
    "file's content": CONTENT,
    "drafted price": DRAFTED,
    "drafted file's name": DRAFT_NAME,
    "drafted file's content": DRAFT_CONTENT,
    "passphrase": PASSPHRASE,
}
DRAFT_UPLOAD = operations.Upload(DRAFT_NAME, f"%PDF-1.7\n{DRAFT_CONTENT}\n%%EOF\n".encode())
UPLOAD = operations.Upload(NAME, f"%PDF-1.7\n{CONTENT}\n%%EOF\n".encode())


def sheet_with(asked: Asked, price: str = PRICE, **values: Any) -> Sheet:
    plain = sheet_of(asked.round, [price, OTHER_PRICE], **{"note": NOTE, **values})
    return replace(plain, lines=[replace(line, brand=BRAND) for line in plain.lines])


def send(asked: Asked, quoter: Quoter, sheet: Sheet, **values: Any) -> QuoteRevision:
    return operations.submit(
        **{
            "actor": quoter.actor,
            "round_id": asked.round.pk,
            "sheet": sheet,
            "now": NOW,
            "today": TODAY,
            **values,
        }
    )


def draft(asked: Asked, quoter: Quoter, price: str = DRAFTED) -> QuoteDraft:
    typed = {"lines": {"1": {"price": price, "brand": BRAND}}, "note": NOTE}
    operations.keep_draft_files(
        actor=quoter.actor,
        round_id=asked.round.pk,
        uploads=[DRAFT_UPLOAD],
        key=quoter.key,
        now=NOW,
    )
    return operations.save_quote_draft(
        actor=quoter.actor, round_id=asked.round.pk, typed=typed, now=NOW
    )


@pytest.fixture
def logged() -> Iterator[list[str]]:
    """Log everything, and keep it."""
    recorder, root = haystack.Recorder(), logging.getLogger()
    before = root.level
    root.addHandler(recorder)
    root.setLevel(logging.DEBUG)
    yield recorder.lines
    root.setLevel(before)
    root.removeHandler(recorder)


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Keep what is put on the queue."""
    kept: list[str] = []
    monkeypatch.setattr(
        current_app, "send_task", lambda *args, **kwargs: kept.append(f"{args!r} {kwargs!r}")
    )
    return kept


def plant(asked: Asked) -> None:
    """Let vendors do all that vendors do with what nobody is to see."""
    first, second, third = asked.quoters
    draft(asked, first)
    draft(asked, third)
    send(asked, first, sheet_with(asked), uploads=[UPLOAD])
    send(asked, first, sheet_with(asked), keep=[1], key=first.key)
    send(asked, second, sheet_with(asked))
    operations.withdraw(actor=second.actor, round_id=asked.round.pk, now=NOW)
    operations.read_own(actor=first.actor, round_id=asked.round.pk, key=first.key)
    operations.read_draft(actor=third.actor, round_id=asked.round.pk, key=third.key)
    with pytest.raises(operations.QuoteLate):
        send(asked, third, sheet_with(asked), now=CLOSES)
    # One half of the key alone changes nothing.
    operations.release(
        actor=asked.openers[0], round_id=asked.round.pk, passphrase=PASSPHRASE, now=AFTER
    )


def visitors(asked: Asked) -> dict[str, User]:
    admin = factories.add_user("admin")
    factories.hold_post(admin, "company_admin")
    people = {"admin": admin}
    for name, actor in (
        ("buyer", asked.buyer),
        ("finance", asked.openers[0]),
        ("gm", asked.openers[1]),
    ):
        people[name] = User.objects.get(pk=actor.require_person())
    return people


def site(asked: Asked, people: dict[str, User], part: str = "") -> dict[str, bytes]:
    """Return what each of the company's people can call up, in the browser and by the API.

    Openers see of other parts what everybody sees: they call up those of rounds only.
    """
    found: dict[str, bytes] = {}
    for name, user in people.items():
        seen = haystack.pages(
            browser_of(user.username),
            {"round_id": asked.round.pk},
            token_of(user),
            part=part or ("" if name in {"admin", "buyer"} else "quote-rounds"),
        )
        assert sum(": 200" in place for place in seen) > 2, "hardly a page was looked at"
        found |= {f"{name}: {place}": content for place, content in seen.items()}
    return found


def test_no_price_is_found_anywhere_before_the_opening_and_all_are_after_it(
    committed_tenant: Company, logged: list[str], messages: list[str]
) -> None:
    asked = ask()
    plant(asked)
    people = visitors(asked)
    reminding.deliver_due(now=AFTER)
    assert mail.outbox

    places = haystack.rows() | haystack.stored() | site(asked, people)
    places["dump"] = haystack.dump()
    places["cache"] = haystack.cached()
    places["mails"] = haystack.mails()
    places["search"] = repr(
        [
            search.find(actor=actor, text=text, project_id=None)
            for actor in (asked.buyer, *asked.openers)
            for text in ("73519", "金丝雀", "canary")
        ]
    ).encode()
    places["log"] = "\n".join(logged).encode()
    places["messages"] = "\n".join(messages).encode()

    assert len(places["dump"]) > 100_000
    assert places["messages"]
    assert haystack.found_in(places, NEEDLES) == []

    # The same search finds what is there: without this it could be blind.
    operations.release(
        actor=asked.openers[1], round_id=asked.round.pk, passphrase=PASSPHRASE, now=AFTER
    )
    opened = haystack.found_in(
        haystack.rows()
        | {"dump": haystack.dump()}
        | site(asked, {"buyer": people["buyer"]}, "quote-rounds"),
        NEEDLES,
    )
    for expected in (
        "price in dump",
        "total in dump",
        "note in dump",
        "brand in dump",
        "file's name in dump",
        "amount in dump",
    ):
        assert expected in opened
    assert any("page" in place for place in opened)


def test_the_search_finds_a_price_that_somebody_wrote_down(committed_tenant: Company) -> None:
    """A careless line of code, as it could be written any day."""
    asked = ask()
    audit.record(
        actor=asked.buyer,
        event="procurement.quote.sent",
        subject=asked.round,
        now=NOW,
        data={"price": PRICE, "brand": BRAND},
    )

    found = haystack.found_in(haystack.rows() | {"dump": haystack.dump()}, NEEDLES)

    assert {"price in dump", "brand in dump"} <= set(found)
    assert any(place.endswith("audit_auditentry") for place in found)


@pytest.mark.parametrize("text", [PRICE, BRAND])
def test_every_spelling_of_a_planted_text_is_found(text: str) -> None:
    for content in (
        text.encode(),
        text.encode().hex().encode(),
        json.dumps({"a": text}).encode(),
        text.encode("utf-16-le"),
    ):
        assert haystack.found_in({"x": b"..." + content + b"..."}, {"text": text})


# ---- sizes --------------------------------------------------------------------------------------


def test_sizes_tell_nothing_of_prices(asked: Asked) -> None:
    first, second, third = asked.quoters
    sent = [
        send(asked, first, sheet_with(asked, "0.01")),
        send(asked, second, sheet_with(asked, "99999999.9999")),
        send(asked, third, sheet_with(asked, "28.90", freight=Decimal("12345.67"))),
        operations.withdraw(actor=third.actor, round_id=asked.round.pk, now=NOW),
    ]
    drafts = [draft(asked, first, "1"), draft(asked, second, "99999999.9999")]

    assert len({len(bytes(one.sealed)) for one in sent}) == 1
    assert len({len(bytes(one.own_copy)) for one in sent}) == 1
    assert len({len(bytes(one.sealed)) for one in drafts}) == 1


# ---- errors -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [
        {"freight": Decimal("-73519.37")},
        {"tax_percent": Decimal("73519.37")},
        {"payment_terms": NOTE * 50},
        {"note": NOTE * 500},
    ],
)
def test_errors_do_not_repeat_what_was_typed(asked: Asked, values: dict[str, Any]) -> None:
    with pytest.raises(DomainError) as refused:
        send(asked, asked.quoters[0], sheet_with(asked, **values))

    told = f"{refused.value} {refused.value.details} {refused.value.field} {refused.value.args!r}"
    assert haystack.found_in({"error": told.encode()}, NEEDLES) == []


class Kept(Transport):
    """Takes error reports in place of the network."""

    def __init__(self) -> None:
        super().__init__({})
        self.reports = io.BytesIO()

    def capture_envelope(self, envelope: Any) -> None:
        envelope.serialize_into(self.reports)


def test_a_report_of_a_failure_while_sending_holds_no_price(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    transport = Kept()
    begin = sentry_sdk.init
    monkeypatch.setattr(sentry_sdk, "init", lambda **options: begin(transport=transport, **options))
    sentry.start("http://public@127.0.0.1:9/1", environment="test", release="t")

    def fail(*_args: object, **_kwargs: object) -> bytes:
        raise RuntimeError("the random numbers have run out")

    monkeypatch.setattr(sealing, "seal", fail)
    try:
        send(asked, asked.quoters[0], sheet_with(asked), uploads=[UPLOAD])
    except RuntimeError:
        sentry_sdk.capture_exception()
    with pytest.raises(RuntimeError):
        draft(asked, asked.quoters[0])
    sentry_sdk.flush()
    monkeypatch.undo()
    sentry_sdk.get_client().close()
    sentry_sdk.init()

    report = transport.reports.getvalue()
    assert b"the random numbers have run out" in report
    assert haystack.found_in({"report": report}, NEEDLES) == []


def test_the_debug_page_of_django_hides_it_as_well(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mails to ADMINS are made by the same filter: variables marked as sensitive are starred."""

    def fail(*_args: object, **_kwargs: object) -> bytes:
        raise RuntimeError("no")

    monkeypatch.setattr(sealing, "seal", fail)
    with pytest.raises(RuntimeError) as failed:
        send(asked, asked.quoters[0], sheet_with(asked))

    report = ExceptionReporter(None, failed.type, failed.value, failed.tb)
    frames = [
        frame
        for frame in report.get_traceback_frames()
        if frame["filename"].endswith("rounds/operations/sending.py")
    ]
    shown = repr([frame["vars"] for frame in frames])
    assert frames
    assert haystack.found_in({"frames": shown.encode()}, NEEDLES) == []
