"""Requests to addresses that a company types: never to the inside of our own network.

The name is resolved once, every address it has is checked, and the connection goes to the checked
address: a name that changes between check and connection leads nowhere else.
"""

import ipaddress
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPException
from threading import Event, Timer
from typing import Final
from urllib.parse import SplitResult, quote, urlsplit

from django.conf import settings
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.util.ssl_match_hostname import CertificateError

CONNECT_SECONDS: Final = 5
READ_SECONDS: Final = 10  # without a byte
# With the last byte: a server that sends one now and then never runs into the others.
ANSWER_SECONDS: Final = 15
_READ_AT_MOST = 2000
_LONGEST_URL = 500
_SAFE = "/?%:@!$&'()*+,;=~-._[]"  # what may stand in an address; the rest is written in per cent
# What the Internet routes of IPv6; what lies outside may be somebody's own, whatever it is called.
_ROUTED = ipaddress.ip_network("2000::/3")
# Carries IPv4 addresses, which then look public. (The other such networks are not routed.)
_TRANSLATED = ipaddress.ip_network("2002::/16")


class AddressRefused(ValueError):
    """The address is none that we send to; ``code`` says why, the text is for logs."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class RequestFailed(OSError):
    """The other side could not be reached or did not answer in time."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, and the beginning of the text for a log."""

    status: int
    text: str

    @property
    def is_ok(self) -> bool:
        return 200 <= self.status < 300


def check_url(url: str) -> SplitResult:
    """Return the parts of an address that a company may type; its name is not resolved yet.

    :raises AddressRefused: with ``scheme``, ``host``, ``user`` or ``length``.
    """
    if len(url) > _LONGEST_URL:
        raise AddressRefused("length", "too long")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise AddressRefused("host", "no address") from error
    schemes = {"https", "http"} if settings.OUTBOUND_NETWORKS else {"https"}
    if parts.scheme not in schemes:
        raise AddressRefused("scheme", f"scheme {parts.scheme!r}")
    if not parts.hostname or port == 0 or any(ord(c) <= 32 or ord(c) == 127 for c in url):
        raise AddressRefused("host", "no host")
    if parts.username is not None or parts.password is not None:
        raise AddressRefused("user", "user in the address")
    return parts


def post(url: str, body: bytes, headers: dict[str, str]) -> Answer:
    """Send ``body`` and return the answer. Redirects are answers, never followed.

    :raises AddressRefused: if the address is not one that we send to, now that it is resolved.
    :raises RequestFailed: if the other side cannot be reached or is too slow.
    """
    parts = check_url(url)
    host = _ascii(str(parts.hostname))
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = _resolve(host, port)
    name = f"[{host}]" if ":" in host else host
    sent = {"Host": name if parts.port is None else f"{name}:{port}", **headers}
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    target = quote(target, safe=_SAFE)
    connection = (
        HTTPSConnection(
            address, port, timeout=CONNECT_SECONDS, server_hostname=host, assert_hostname=host
        )
        if parts.scheme == "https"
        else HTTPConnection(address, port, timeout=CONNECT_SECONDS)
    )
    try:
        connection.connect()
        connection.timeout = READ_SECONDS
        with _cut_off(connection.sock, ANSWER_SECONDS):
            connection.request("POST", target, body=body, headers=sent, preload_content=False)
            answer = connection.getresponse()
            text = answer.read(_READ_AT_MOST, decode_content=False).decode("utf-8", "replace")
    except (HTTPError, HTTPException, CertificateError, OSError) as error:
        raise RequestFailed(f"{type(error).__name__}: {error}"[:200]) from error
    finally:
        connection.close()
    return Answer(answer.status, text)


@contextmanager
def _cut_off(connected: socket.socket, seconds: float) -> Iterator[None]:
    """End the connection if the block has not come to its end in time.

    :raises TimeoutError: if so, whatever the block has made of what it had got.
    """
    is_cut = Event()

    def cut() -> None:
        is_cut.set()
        with suppress(OSError):
            # Not TLS's own, which would talk to the other side.
            socket.socket.shutdown(connected, socket.SHUT_RDWR)

    timer = Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
    if is_cut.is_set():
        raise TimeoutError("no whole answer in time")


def is_outside(text: str) -> bool:
    """Tell whether an IP address is a public one, or of a network that the operator allows."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return is_outside(str(address.ipv4_mapped))
    allowed = (ipaddress.ip_network(network) for network in settings.OUTBOUND_NETWORKS)
    if any(address.version == network.version and address in network for network in allowed):
        return True
    if address.version == 6 and (address not in _ROUTED or address in _TRANSLATED):
        return False
    return address.is_global and not address.is_multicast


def _ascii(host: str) -> str:
    """Return a name as it is looked up, e.g. ``xn--fsqu00a.xn--0zwm56d`` for ``例子.测试``."""
    try:
        return host if host.isascii() else host.encode("idna").decode()
    except UnicodeError as error:
        raise RequestFailed("not a host name") from error


def _resolve(host: str, port: int) -> str:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise RequestFailed(f"{host} is not known") from error
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(is_outside(address) for address in addresses):
        raise AddressRefused("private", f"{host} is not a public address")
    return addresses[0]
