"""Health, logs, metrics and error reports, and that no personal data leaves by them."""

import gzip
import json
import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import sentry_sdk
from django.test import Client

from config.observability import logs, sentry
from config.observability.middleware import sane_id
from tenants.companies.models import Company


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
    cleaned = json.dumps(sentry.scrub({"a": [{"b": (text,)}]}))

    assert "[removed]" in cleaned
    assert not any(part in cleaned for part in ("11010119900307391X", "6027", "88001234"))


def test_amounts_and_room_codes_are_not_scrubbed() -> None:
    assert sentry.scrub("3-2-1602 owes 2239.76 in 2026-11") == "3-2-1602 owes 2239.76 in 2026-11"


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


def test_an_error_report_names_the_company_and_nobodys_data(
    tenant: Company, receiver: tuple[str, list[dict[str, Any]]]
) -> None:
    dsn, events = receiver
    sentry.start(dsn, environment="test", release="t")
    try:
        id_number = "11010119900307391X"
        logging.getLogger("guanjia.test").error("cannot bill %s", id_number)
        sentry_sdk.capture_exception(ValueError(f"phone 13812346027 of {id_number}"))
        sentry_sdk.flush(5)
    finally:
        sentry_sdk.get_client().close()
        sentry_sdk.init()

    reported = [event for event in events if "exception" in event or "logentry" in event]
    assert len(reported) == 2
    text = json.dumps(reported)
    assert tenant.schema_name in text
    assert "11010119900307391X" not in text
    assert "13812346027" not in text
