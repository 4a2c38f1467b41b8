"""Health, logs, metrics and error reports, and that no personal data leaves by them."""

import gzip
import io
import json
import logging
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import sentry_sdk
import structlog
from django.db import connection
from django.http import HttpRequest
from django.test import Client

from config.celery import app as celery_app
from config.observability import logs, private, sentry
from config.observability.middleware import sane_id
from console.accounts.views import SetPassword
from kernel.access import passwords
from kernel.jobs.celery import CompanyTask
from tenants.companies.models import Company
from tests.factories import add_user

# Not spelt in the tests below: a report quotes the lines of code around a failure.
OWNER = "陈志远"


def test_health_answers_on_any_host_and_touches_no_database(client: Client) -> None:
    response = client.get("/healthz", headers={"host": "whatever.example"})

    assert response.status_code == 200
    assert response.json() == {"status": "ok"}


def test_ready_asks_the_database(db: None, client: Client) -> None:
    response = client.get("/readyz")

    assert response.json() == {"status": "ok", "checks": {"database": True, "broker": True}}


def test_metrics_are_hidden_without_the_token(client: Client, settings: Any) -> None:
    assert client.get("/metrics").status_code == 404

    settings.METRICS_TOKEN = "s3cret-metrics"
    assert client.get("/metrics", headers={"authorization": "Bearer no"}).status_code == 404
    allowed = client.get("/metrics", headers={"authorization": "Bearer s3cret-metrics"})
    assert allowed.status_code == 200
    assert b"guanjia_requests_total" in allowed.content


@pytest.mark.parametrize(
    "given", ["", "short", "a b c d e f g h", "x" * 41, "id\n[31mred-line", "号码号码号码号码"]
)
def test_an_odd_request_id_is_replaced(given: str) -> None:
    assert sane_id(given) != given
    assert len(sane_id(given)) == 32


def test_a_proxys_request_id_is_kept_and_answered(tenant: Company, client: Client) -> None:
    response = client.get(
        "/nothing/", headers={"host": "alpha.test", "x-request-id": "abcd-1234-efgh"}
    )

    assert response.headers["X-Request-ID"] == "abcd-1234-efgh"


def test_at_no_level_does_a_pages_context_reach_the_log() -> None:
    """Where a name is missing in a template, Django's DEBUG line spells all it was given."""
    loggers = logs.logging_settings("DEBUG")["loggers"]

    assert loggers["django"]["level"] == "DEBUG"
    assert loggers["django.template"]["level"] == "INFO"


def test_secrets_and_control_characters_do_not_reach_the_log() -> None:
    event = {"event": "x", "password": "p", "user_phone": "138", "note": "a\nb\x1b[31m"}

    cleaned = logs.one_line(None, "", logs.remove_secrets(None, "", event))

    assert cleaned == {
        "event": "x",
        "password": "[removed]",
        "user_phone": "[removed]",
        "note": "a b [31m",
    }


@pytest.mark.parametrize(
    "text",
    ["owner 11010119900307391X called", "tel 13812346027", "0571-88001234", "138 1234 6027"],
)
def test_personal_numbers_are_scrubbed_at_any_depth(text: str) -> None:
    cleaned = json.dumps(private.scrub({"a": [{"b": (text,)}]}))

    assert "[removed]" in cleaned
    assert not any(part in cleaned for part in ("11010119900307391X", "6027", "88001234"))


def test_amounts_and_room_codes_are_not_scrubbed() -> None:
    assert private.scrub("3-2-1602 owes 2239.76 in 2026-11") == "3-2-1602 owes 2239.76 in 2026-11"


@pytest.fixture
def receiver() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A stand-in for Sentry on this machine; yields its DSN and the events it got."""
    events: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            lines = body.split(b"\n")
            events.extend(json.loads(line) for line in lines[2:] if line.startswith(b"{"))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://public@127.0.0.1:{server.server_port}/1", events
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """Return what the log writes from now on."""
    text = io.StringIO()
    (handler,) = [
        handler
        for handler in logging.getLogger().handlers
        if isinstance(handler.formatter, structlog.stdlib.ProcessorFormatter)
    ]
    monkeypatch.setattr(handler, "stream", text)
    return text


@pytest.fixture
def reports(receiver: tuple[str, list[dict[str, Any]]]) -> Iterator[Callable[[], Any]]:
    """Turn error reports on; yields a function that returns those received so far."""
    dsn, events = receiver
    sentry.start(dsn, environment="test", release="t")

    def received() -> list[dict[str, Any]]:
        sentry_sdk.flush(60)
        return [event for event in events if "exception" in event or "logentry" in event]

    yield received
    sentry_sdk.get_client().close()
    sentry_sdk.init()


def test_an_error_report_names_the_company_and_nobodys_data(
    tenant: Company, reports: Callable[[], list[dict[str, Any]]]
) -> None:
    id_number = "11010119900307391X"
    logging.getLogger("guanjia.test").error("cannot bill %s", id_number)
    sentry_sdk.capture_exception(ValueError(f"phone 13812346027 of {id_number}"))

    reported = reports()

    assert [event["tags"]["schema"] for event in reported] == [tenant.schema_name] * 2
    text = json.dumps(reported)
    assert "11010119900307391X" not in text
    assert "13812346027" not in text


def test_a_report_of_a_failed_request_holds_no_link_no_search_and_no_row(
    tenant: Company,
    reports: Callable[[], list[dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
    written: io.StringIO,
) -> None:
    """Whoever reads the reports or the logs could otherwise set somebody's password."""
    token = passwords.make_link_token(add_user("wang"))

    def fail(_view: SetPassword, _request: HttpRequest, token: str) -> Any:
        logging.getLogger("guanjia.test").warning("on /password/%s/?name=%s", token, OWNER)
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO access_user (name) VALUES (%s)", [OWNER])

    monkeypatch.setattr(SetPassword, "get", fail)

    response = Client(raise_request_exception=False).get(
        f"/password/{token}/?email=wang@example.com",
        headers={
            "host": "alpha.test",
            "referer": f"http://alpha.test/password/{token}/?q={OWNER}",
            "x-forwarded-for": "203.0.113.77",
            "authorization": "Bearer gj_0123456789012345678901234567890123456789012",
        },
    )

    assert response.status_code == 500
    (report,) = reports()
    assert report["tags"]["schema"] == tenant.schema_name
    assert "null value in column" in json.dumps(report)
    for text in (json.dumps(report, ensure_ascii=False), written.getvalue()):
        assert "/password/[removed]" in text
        for secret in (token, OWNER, "wang@example.com", "203.0.113.77", "gj_0123"):
            assert secret not in text


class Failing(CompanyTask):
    name = "test.failing"

    def run(self, **_kwargs: object) -> None:
        raise ValueError("planted")


@pytest.fixture
def failing() -> Iterator[Any]:
    yield celery_app.register_task(Failing())
    celery_app.tasks.unregister(Failing.name)


def test_a_task_leaves_its_company_to_no_later_report(
    companies: dict[str, Company], failing: Any
) -> None:
    """Also where no integration gives the task a scope of its own."""
    failing.apply(kwargs={"schema": companies["alpha"].schema_name})

    assert "schema" not in sentry_sdk.get_isolation_scope()._tags


def test_a_report_of_a_failed_task_names_the_company_of_its_message(
    companies: dict[str, Company],
    reports: Callable[[], list[dict[str, Any]]],
    failing: Any,
    written: io.StringIO,
) -> None:
    """Celery reports a failure when the task has left its company again."""
    schemas = [companies[slug].schema_name for slug in ("alpha", "beta", "alpha")]

    for schema in schemas:
        failing.apply(kwargs={"schema": schema})
    failing.apply(kwargs={"schema": "x\nforged"})
    sentry_sdk.capture_exception(ValueError("after the tasks"))

    assert [event["tags"]["schema"] for event in reports()] == [*schemas, "public"]
    lines = [json.loads(line) for line in written.getvalue().splitlines() if "planted" in line]
    assert [line["schema"] for line in lines] == schemas


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Forbidden: /password/eyJ1:1vMabc:xyz/", "Forbidden: /password/[removed]/"),
        ('"GET /c/search/?q=陈志远&x=1 HTTP/1.1"', '"GET /c/search/?[removed] HTTP/1.1"'),
        ("Bearer gj_abcdefghijklmnopqrstuvwxyz", "Bearer [removed]"),
        ("to wang.li@mail.example.com now", "to [removed] now"),
        ("call +8613812346027", "call +[removed]"),
        (
            "duplicate key\nDETAIL:  Key (name)=(陈志远) already exists.\n",
            "duplicate key\n[removed]",
        ),
        (
            "bad\nLINE 1: SELECT '陈志远'\n               ^\n\nThe above exception was",
            "bad\n[removed]\n\nThe above exception was",
        ),
        ("token .eJyrVkrLz1eyUkpKLFKqBQAdegQ0:1vMabc:" + "x" * 43, "token [removed]"),
    ],
)
def test_what_may_not_leave_is_taken_out_of_texts(text: str, clean: str) -> None:
    assert private.scrub_text(text) == clean


def test_random_numbers_are_not_taken_for_phones() -> None:
    identifier = "a13812346027b" + "0" * 19

    assert private.scrub({"event_id": identifier}) == {"event_id": identifier}
