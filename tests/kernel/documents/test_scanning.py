"""The virus scanner, against a daemon that speaks its protocol over TCP."""

import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from kernel.documents import scanning
from kernel.documents.scanning import Verdict

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Daemon(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        self.seen: list[bytes] = []
        self.answer = b""
        super().__init__(("127.0.0.1", 0), _Session)


class _Session(socketserver.BaseRequestHandler):
    """Reads INSTREAM as clamd does: its command, chunks with their length, a length of nought."""

    server: Daemon

    def handle(self) -> None:
        stream = self.request.makefile("rb")
        assert stream.read(10) == b"zINSTREAM\0"
        content = b""
        while size := struct.unpack("!L", stream.read(4))[0]:
            content += stream.read(size)
        self.server.seen.append(content)
        if self.server.answer == b"silence":
            return
        verdict = b"Eicar-Test-Signature FOUND" if EICAR in content else b"OK"
        self.request.sendall(self.server.answer or b"stream: " + verdict + b"\0")


@pytest.fixture
def daemon(settings: Any) -> Iterator[Daemon]:
    with Daemon() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        host, port = server.server_address[0], server.server_address[1]
        settings.ATTACHMENT_SCANNER = f"tcp://{host!s}:{port}"
        yield server
        server.shutdown()
        thread.join()


def test_a_clean_file_passes_whole(daemon: Daemon) -> None:
    content = bytes(200_000)  # more than three chunks

    assert scanning.scan(content) == Verdict.CLEAN
    assert daemon.seen == [content]


def test_an_infected_file_is_refused_by_name(daemon: Daemon) -> None:
    with pytest.raises(scanning.FileInfected, match="Eicar-Test-Signature"):
        scanning.scan(b"before" + EICAR)


@pytest.mark.parametrize("answer", [b"silence", b"INSTREAM size limit exceeded. ERROR\0"])
def test_an_odd_answer_is_none(daemon: Daemon, settings: Any, answer: bytes) -> None:
    daemon.answer = answer
    assert scanning.scan(b"x") == Verdict.NOT_SCANNED

    settings.ATTACHMENT_SCAN_REQUIRED = True
    with pytest.raises(scanning.ScannerUnreachable):
        scanning.scan(b"x")


def test_a_scanner_out_of_reach_refuses_only_where_it_is_required(settings: Any) -> None:
    with socket.socket() as held:  # its port is nobody else's, and nobody listens there
        held.bind(("127.0.0.1", 0))
        settings.ATTACHMENT_SCANNER = f"tcp://127.0.0.1:{held.getsockname()[1]}"
        assert scanning.scan(b"x") == Verdict.NOT_SCANNED

        settings.ATTACHMENT_SCAN_REQUIRED = True
        with pytest.raises(scanning.ScannerUnreachable):
            scanning.scan(b"x")


def test_a_required_scanner_that_is_not_set_refuses(settings: Any) -> None:
    settings.ATTACHMENT_SCAN_REQUIRED = True

    with pytest.raises(scanning.ScannerUnreachable):
        scanning.scan(b"x")


def test_a_scanner_on_a_socket_of_the_machine_is_asked_too(settings: Any, tmp_path: Any) -> None:
    path = str(tmp_path / "clamd.ctl")
    server = socketserver.ThreadingUnixStreamServer(path, _Session)
    server.daemon_threads = True
    server.seen, server.answer = [], b""  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.ATTACHMENT_SCANNER = f"unix://{path}"

    assert scanning.scan(b"clean") == Verdict.CLEAN
    server.shutdown()
    thread.join()
    server.server_close()
