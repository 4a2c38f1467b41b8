"""No request of ours reaches the inside of a network, whatever address was typed."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from unittest import mock

import pytest
from pytest_django import Settings

from kernel import http


@pytest.mark.parametrize(
    ("address", "is_outside"),
    [
        ("8.8.8.8", True),
        ("2400:3200::1", True),
        ("127.0.0.1", False),
        ("0.0.0.0", False),
        ("10.0.0.1", False),
        ("172.16.5.4", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),  # carrier-grade NAT
        ("169.254.169.254", False),  # a cloud's metadata
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
    ],
)
def test_only_public_addresses_are_outside(address: str, *, is_outside: bool) -> None:
    assert http.is_outside(address) is is_outside


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://example.com/", "scheme"),
        ("ftp://example.com/", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("gopher://127.0.0.1:6379/_x", "scheme"),
        ("https://", "host"),
        ("https:///path", "host"),
        ("https://example.com:0/", "host"),
        ("https://example.com:99999/", "host"),
        ("https://exa mple.com/", "host"),
        ("https://example.com/\r\nX-Evil: 1", "host"),
        ("https://user:secret@example.com/", "user"),
        ("https://example.com/" + "a" * 500, "length"),
    ],
)
def test_an_address_that_is_none_is_refused(url: str, code: str) -> None:
    with pytest.raises(http.AddressRefused) as refused:
        http.check_url(url)

    assert refused.value.code == code


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "0177.0.0.1", "169.254.169.254"],
)
def test_however_it_is_spelled_our_own_machine_is_not_reached(host: str) -> None:
    with pytest.raises((http.AddressRefused, http.RequestFailed)):
        http.post(f"https://{host}/", b"", {})


def test_a_name_with_one_inside_address_among_public_ones_is_refused() -> None:
    found = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 443)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.8", 443)),
    ]
    with (
        mock.patch.object(socket, "getaddrinfo", return_value=found),
        pytest.raises(http.AddressRefused) as refused,
    ):
        http.post("https://rebound.example/", b"", {})

    assert refused.value.code == "private"


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        received.append((self.path, dict(self.headers), self.rfile.read(self.length)))
        if self.path == "/redirect":
            self.send_response(302)
            self.send_header("Location", "/target")
        else:
            self.send_response(200)
        self.end_headers()
        self.wfile.write(b"x" * 100_000)

    @property
    def length(self) -> int:
        return int(self.headers["Content-Length"])

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        return


received: list[tuple[str, dict[str, str], bytes]] = []


@pytest.fixture
def server(settings: Settings) -> Iterator[str]:
    settings.OUTBOUND_NETWORKS = ["127.0.0.0/8"]
    received.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}"
        listening.shutdown()
        thread.join()


def test_a_redirect_is_an_answer_and_not_followed(server: str) -> None:
    answer = http.post(f"{server}/redirect", b"{}", {})

    assert (answer.status, answer.is_ok) == (302, False)
    assert [path for path, _headers, _body in received] == ["/redirect"]


def test_of_a_long_answer_only_the_beginning_is_read(server: str) -> None:
    answer = http.post(f"{server}/?a=1", b"{}", {"X-Own": "1"})

    assert answer.text == "x" * 2000
    path, headers, body = received[0]
    assert (path, headers["X-Own"], body) == ("/?a=1", "1", b"{}")
    assert headers["Host"] == server.removeprefix("http://")


def test_a_server_that_is_not_there_is_a_failure_of_this_request(server: str) -> None:
    with pytest.raises(http.RequestFailed):
        http.post("http://127.0.0.1:1/", b"", {})
