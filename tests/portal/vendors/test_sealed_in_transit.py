"""What is typed, on its way: refused, failing, reported and logged it tells nobody anything."""

import io
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sentry_sdk
from celery import current_app
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import tenant_context
from sentry_sdk.transport import Transport

from config.observability import sentry
from kernel import sealing
from kernel.documents import storage
from kernel.tenancy import current_schema
from services.procurement.rounds import operations
from services.procurement.rounds.models import QuoteRevision
from services.procurement.vendors.models import Vendor
from tenants.vendors.models import VendorSession
from tests.crawling import content_of
from tests.portal.vendors import sealed
from tests.portal.vendors.sealed import BRANDS, CONTENT, FILE, PRICES, SECRETS, Sealed
from tests.services.procurement.rounds.haystack import Recorder, cached, found_in

NOTE = "canary-note-qzx"
FILE_BYTES = f"%PDF-1.7\n{CONTENT}\n%%EOF\n".encode()


class Kept(Transport):
    """Takes error reports in place of the network."""

    def __init__(self) -> None:
        super().__init__({})
        self.reports = io.BytesIO()

    def capture_envelope(self, envelope: Any) -> None:
        envelope.serialize_into(self.reports)


@pytest.fixture
def logged() -> Iterator[list[str]]:
    """Log everything of every logger, statements too, and keep it."""
    recorder, names = Recorder(), ("", "django", "django.db.backends", "guanjia.request")
    loggers = [logging.getLogger(name) for name in names]
    before = [(each.level, each.propagate) for each in loggers]
    for each in loggers:
        each.addHandler(recorder)
        each.setLevel(logging.DEBUG)
    yield recorder.lines
    for each, (level, propagates) in zip(loggers, before, strict=True):
        each.removeHandler(recorder)
        each.setLevel(level)
        each.propagate = propagates


@pytest.fixture
def reported(monkeypatch: pytest.MonkeyPatch) -> Iterator[Kept]:
    transport, begin = Kept(), sentry_sdk.init
    monkeypatch.setattr(sentry_sdk, "init", lambda **options: begin(transport=transport, **options))
    sentry.start("http://public@127.0.0.1:9/1", environment="test", release="t")
    yield transport
    monkeypatch.undo()
    sentry_sdk.get_client().close()
    sentry_sdk.init()


def rows(world: Sealed) -> dict[str, bytes]:
    """Return every row that the web server can read, what is not committed yet among it."""
    found: dict[str, bytes] = {}
    for company in (None, world.company):
        if company is None:
            found |= _tables()
        else:
            with tenant_context(company):
                found |= _tables()
    return found


def _tables() -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    schema = current_schema()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = %s"
            " AND table_type = 'BASE TABLE'"
            " AND has_table_privilege(format('%%I.%%I', table_schema, table_name), 'SELECT')",
            [schema],
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{schema}"."{name}" t')
            found[f"table {schema}.{name}"] = "\n".join(row for (row,) in cursor).encode()
    return found


def everywhere(world: Sealed, logged: list[str]) -> dict[str, bytes]:
    places = rows(world) | {"log": "\n".join(logged).encode(), "cache": cached()}
    places["mails"] = "\n".join(one.message().as_string() for one in mail.outbox).encode()
    assert len(places) > 100
    assert any(b"procurement" in content for content in places.values())
    return places


BAD: list[dict[str, Any]] = [
    {"freight": "73519.37.1"},
    {"freight": "-73519.37"},
    {"tax_percent": "73519.37"},
    {"delivery_days": "73519.37"},
    {"valid_to": f"{NOTE}"},
    {"payment_terms": NOTE * 20},
    {"note": f"{NOTE}\0"},
    {"line": "73519.37abc"},
    {"line": "-73519.37"},
    {"line": "73519.3712345"},
    {"line": "73519.37e99"},
]


@pytest.mark.parametrize("wrong", BAD, ids=str)
def test_a_refused_quote_leaves_no_trace(
    asking: Sealed, logged: list[str], wrong: dict[str, Any]
) -> None:
    values = {"note": NOTE, **wrong}
    line = values.pop("line", None)
    prices = (line or PRICES["V1"][0], PRICES["V1"][1])
    file = SimpleUploadedFile(FILE, FILE_BYTES)
    page = asking.send("V1", *prices, files=[file], **values)
    body = asking.body(*prices, brand=BRANDS["V1"], **values)
    answer = asking.call("V1", f"{asking.api}quotes/", body)

    assert page.status_code == 422
    assert answer.status_code in {400, 422}, answer.content
    with tenant_context(asking.company):
        assert not QuoteRevision.objects.exists()
    assert found_in(everywhere(asking, logged), SECRETS) == []


@pytest.mark.parametrize("name", ["报价.exe", f"{NOTE}.pdf", f"{'x' * 300}{NOTE}.pdf"])
def test_a_refused_file_leaves_no_trace(asking: Sealed, logged: list[str], name: str) -> None:
    file = SimpleUploadedFile(name, b"MZ" + CONTENT.encode())
    page = asking.send("V1", *PRICES["V1"], note=NOTE, files=[file])

    assert page.status_code == 422
    assert found_in(everywhere(asking, logged), SECRETS) == []


def test_a_quote_that_comes_too_late_leaves_no_trace(
    asking: Sealed, logged: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    after = asking.round.closes_at
    assert after is not None
    VendorSession.objects.update(expires_at=after + timedelta(hours=1))
    monkeypatch.setattr(timezone, "now", lambda: after)
    page = asking.send("V1", *PRICES["V1"], note=NOTE)
    answer = asking.call(
        "V2", f"{asking.api}quotes/", asking.body(*PRICES["V2"], brand=BRANDS["V2"], note=NOTE)
    )
    monkeypatch.undo()

    assert {page.status_code, answer.status_code} <= {409, 422}
    assert found_in(everywhere(asking, logged), SECRETS) == []


@pytest.mark.parametrize("where", ["sealing", "storing", "writing"])
@pytest.mark.parametrize("way", ["page", "draft", "API"])
def test_a_failure_tells_nothing_to_logs_and_error_reports(
    asking: Sealed,
    logged: list[str],
    reported: Kept,
    monkeypatch: pytest.MonkeyPatch,
    where: str,
    way: str,
) -> None:
    def fail(*_args: object, **_kwargs: object) -> Any:
        raise RuntimeError("it has run out")

    module, name = {
        "sealing": (sealing, "seal"),
        "storing": (storage, "keep"),
        "writing": (QuoteRevision, "save"),
    }[where]
    monkeypatch.setattr(module, name, fail)
    client = asking.browsers["V1"]
    client.raise_request_exception = False
    typed = asking.typed(*PRICES["V1"], brand=BRANDS["V1"], note=NOTE)
    with transaction.atomic():
        if way == "API":
            body = asking.body(*PRICES["V1"], brand=BRANDS["V1"], note=NOTE)
            answer = asking.call("V1", f"{asking.api}quotes/", body)
        else:
            typed["files"] = [SimpleUploadedFile(FILE, FILE_BYTES)]
            typed["do"] = "send" if way == "page" else "draft"
            answer = client.post(asking.url, typed)
    sentry_sdk.flush()

    # A program sends no files, and a draft is no revision.
    spared = {("API", "storing"), ("draft", "writing")}
    fails = (way, where) not in spared
    assert (answer.status_code == 500) is fails
    places = everywhere(asking, logged)
    if fails:
        places["answer"] = content_of(answer)
        places["report"] = reported.reports.getvalue()
        assert b"it has run out" in places["report"]
        assert any("it has run out" in line or "500" in line for line in logged)
    assert found_in(places, SECRETS) == []


def test_no_statement_and_no_message_carries_what_was_typed(
    asking: Sealed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What no statement says stands in no WAL, no log of the server, no replica and no backup."""
    said: list[bytes] = []
    sent: list[str] = []

    def listen(execute: Any, sql: str, params: Any, *more: Any) -> Any:
        for values in (params if more[0] else [params]) or ():
            given = values.values() if isinstance(values, dict) else values or ()
            said.extend(
                bytes(one) if isinstance(one, bytes | memoryview) else repr(one).encode()
                for one in (getattr(value, "obj", value) for value in given)
            )
        said.append(sql.encode())
        return execute(sql, params, *more)

    monkeypatch.setattr(
        current_app, "send_task", lambda *args, **kwargs: sent.append(f"{args!r} {kwargs!r}")
    )
    with TestCase.captureOnCommitCallbacks(execute=True), connection.execute_wrapper(listen):
        sealed.quote(asking)
        asking.browsers["V1"].post(f"{asking.url}withdraw/")
        with tenant_context(asking.company):
            now = timezone.now()
            operations.remind(actor=asking.buyer, round_id=asking.round.pk, now=now)

    assert len(said) > 100
    assert sent
    with tenant_context(asking.company):
        receipt = QuoteRevision.objects.order_by("pk")[0].receipt
    places = {"statements": b"\n".join(said), "messages": "\n".join(sent).encode()}
    assert found_in(places, {"receipt": receipt})
    assert found_in(places, SECRETS) == []


def test_the_same_is_done_whatever_the_price(asking: Sealed) -> None:
    """How long a quote takes depends on its lines: as many statements, answers as long."""
    done = set()
    for prices in (("1", "2"), ("99999999.9999", "0.0001"), PRICES["V1"]):
        with transaction.atomic():
            with CaptureQueriesContext(connection) as by_page:
                page = asking.send("V1", *prices)
            with CaptureQueriesContext(connection) as by_program:
                answer = asking.call("V2", f"{asking.api}quotes/", asking.body(*prices))
            assert (page.status_code, answer.status_code) == (302, 201)
            done.add((len(by_page), len(by_program), len(page.content)))
            transaction.set_rollback(True)

    assert len(done) == 1
    assert min(*done.pop()[:2]) > 5


def test_what_was_typed_would_be_found(asking: Sealed, logged: list[str]) -> None:
    """A careless line of code: logged, or kept in a note."""
    logging.getLogger("django").debug("quote %s", {"price": PRICES["V1"][0]})
    with tenant_context(asking.company):
        Vendor.objects.filter(pk=asking.quoters["V1"].vendor.pk).update(note=NOTE)

    found = found_in(everywhere(asking, logged), SECRETS)

    assert "price in log" in found
    assert any("procurement_vendor" in place for place in found)
