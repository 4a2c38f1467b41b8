"""No request of ours reaches the inside of a network, whatever address was typed."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from pytest_django import Settings

from kernel import http
from tests.threads import PATIENCE


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
        ("::127.0.0.1", False),  # IPv4 within IPv6 as it was once written
        ("::ffff:0:7f00:1", False),
        ("fec0::1", False),  # of a site, as it was once called
        ("5f00::1", False),  # segments of a network of one's own
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


def test_a_name_that_leads_elsewhere_the_second_time_is_asked_for_once() -> None:
    asked: list[str] = []

    def resolve(host: str, port: int, *_more: Any, **_named: Any) -> list[Any]:
        asked.append(host)
        is_first = asked.count(host) == 1
        address = {"rebound.example": "93.184.216.34" if is_first else "127.0.0.1"}.get(host, host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    with (
        mock.patch.object(socket, "getaddrinfo", resolve),
        mock.patch.object(socket.socket, "connect", side_effect=ConnectionRefusedError) as connect,
        pytest.raises(http.RequestFailed),
    ):
        http.post("https://rebound.example/", b"", {})

    assert asked.count("rebound.example") == 1
    assert [call.args[-1] for call in connect.call_args_list] == [("93.184.216.34", 443)]


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


def test_an_address_in_chinese_is_sent_as_addresses_are(server: str) -> None:
    assert http.post(f"{server}/钩子?名=值&a=%20", b"{}", {}).is_ok

    path, _headers, _body = received[0]
    assert path == "/%E9%92%A9%E5%AD%90?%E5%90%8D=%E5%80%BC&a=%20"
    for host in ("例子.invalid", "a\u3002\u3002b", "é" * 80):
        with pytest.raises(http.RequestFailed):
            http.post(f"https://{host}/", b"{}", {})


def test_a_server_that_is_not_there_is_a_failure_of_this_request(server: str) -> None:
    with pytest.raises(http.RequestFailed):
        http.post("http://127.0.0.1:1/", b"", {})


def trickling(opening: bytes, piece: bytes, hung_up: threading.Event) -> Iterator[str]:
    """Serve one client that gets ``opening``, then a piece every tenth of a second.

    It goes on for longer than any machine stalls; ``hung_up`` is set if the client ends it.
    """
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            client, _address = listening.accept()
            with client:
                try:
                    client.recv(65536)
                    client.sendall(opening)
                    for _piece in range(10 * PATIENCE):
                        client.sendall(piece)
                        time.sleep(0.1)
                except OSError:
                    hung_up.set()

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        thread.join()


@pytest.mark.parametrize(
    ("opening", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\nX-Long: ", b"a"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"a"),
    ],
)
def test_a_server_that_sends_a_byte_now_and_then_holds_nobody_up(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, opening: bytes, piece: bytes
) -> None:
    settings.OUTBOUND_NETWORKS = ["127.0.0.0/8"]
    monkeypatch.setattr(http, "ANSWER_SECONDS", 0.3)
    hung_up = threading.Event()
    serving = trickling(opening, piece, hung_up)

    with pytest.raises(http.RequestFailed):
        http.post(f"{next(serving)}/", b"{}", {})

    next(serving, None)  # the server has come to its end
    assert hung_up.is_set()


def self_signed(names: list[str], folder: Path) -> Path:
    """Write a key and its certificate for the names into one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    day = timedelta(days=1)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - day)
        .not_valid_after(datetime.now(UTC) + day)
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(one) for one in names]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + certificate.public_bytes(Encoding.PEM)
    )
    return path


@pytest.fixture
def over_tls(server: str, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """Serve as ``localhost`` with a certificate that nobody vouches for."""
    pem = self_signed(["localhost"], tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as listening:
        listening.socket = context.wrap_socket(listening.socket, server_side=True)
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        yield str(listening.server_port), pem
        listening.shutdown()
        thread.join()


def test_over_tls_the_server_must_prove_its_name(
    over_tls: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    port, pem = over_tls
    with pytest.raises(http.RequestFailed, match="CERTIFICATE_VERIFY_FAILED"):
        http.post(f"https://localhost:{port}/", b"{}", {})

    monkeypatch.setenv("SSL_CERT_FILE", str(pem))  # now somebody vouches for it
    assert http.post(f"https://localhost:{port}/hook", b"{}", {}).is_ok
    with pytest.raises(http.RequestFailed, match="CertificateError"):
        http.post(f"https://127.0.0.1:{port}/", b"{}", {})
    assert [path for path, _headers, _body in received] == ["/hook"]
