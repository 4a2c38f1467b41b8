"""Ask a ClamAV daemon about a file, by its INSTREAM command, where one is set.

``ATTACHMENT_SCANNER`` is ``""``, ``tcp://host:3310`` or ``unix:///run/clamav/clamd.ctl``.
"""

import logging
import socket
import struct
from enum import StrEnum
from urllib.parse import urlsplit

from django.conf import settings

from kernel.errors import Conflict, Invalid
from kernel.text import _

logger = logging.getLogger(__name__)

_SECONDS = 20  # a file of 20 MB takes clamd two to five
_CHUNK_BYTES = 64 * 1024
_LONGEST_ANSWER = 4096


class Verdict(StrEnum):
    NOT_SCANNED = "NOT_SCANNED"
    CLEAN = "CLEAN"


class FileInfected(Invalid):
    code = "documents.file-infected"


class ScannerUnreachable(Conflict):
    code = "documents.scanner-unreachable"


def scan(content: bytes) -> Verdict:
    """Return what the scanner says of ``content``; ``NOT_SCANNED`` where there is none.

    :raises FileInfected: if it found something.
    :raises ScannerUnreachable: if it gave no answer and ``ATTACHMENT_SCAN_REQUIRED`` is set.
    """
    if not settings.ATTACHMENT_SCANNER:
        if settings.ATTACHMENT_SCAN_REQUIRED:
            raise _unreachable()
        return Verdict.NOT_SCANNED
    try:
        answer = _ask(settings.ATTACHMENT_SCANNER, content)
    except OSError as error:
        logger.warning("the virus scanner gave no answer", extra={"reason": str(error)})
        if settings.ATTACHMENT_SCAN_REQUIRED:
            raise _unreachable() from error
        return Verdict.NOT_SCANNED
    if answer == "stream: OK":
        return Verdict.CLEAN
    if answer.endswith(" FOUND"):
        name = answer.removeprefix("stream: ").removesuffix(" FOUND")
        raise FileInfected(
            _("This file is not taken: the virus scanner found %(name)s.") % {"name": name},
            field="file",
        )
    logger.warning("the virus scanner answered oddly", extra={"answer": answer[:200]})
    if settings.ATTACHMENT_SCAN_REQUIRED:
        raise _unreachable()
    return Verdict.NOT_SCANNED


def _unreachable() -> ScannerUnreachable:
    return ScannerUnreachable(
        _("The virus scanner gives no answer. The file was not taken; try again later."),
        field="file",
    )


def _ask(address: str, content: bytes) -> str:
    with _connect(address) as connection:
        connection.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), _CHUNK_BYTES):
            chunk = content[start : start + _CHUNK_BYTES]
            connection.sendall(struct.pack("!L", len(chunk)) + chunk)
        connection.sendall(struct.pack("!L", 0))
        answer = b""
        while b"\0" not in answer and len(answer) < _LONGEST_ANSWER:
            part = connection.recv(1024)
            if not part:
                break
            answer += part
    if not answer:
        raise ConnectionError("closed without an answer")
    return answer.partition(b"\0")[0].decode(errors="replace").strip()


def _connect(address: str) -> socket.socket:
    parts = urlsplit(address)
    if parts.scheme == "unix":
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(_SECONDS)
        try:
            connection.connect(parts.path)
        except OSError:
            connection.close()
            raise
        return connection
    return socket.create_connection((parts.hostname, parts.port or 3310), timeout=_SECONDS)
