"""Tell what an uploaded file really is, by its content and never by its name.

Answers within about a second and in bounded memory, whatever it is given.
"""

from enum import StrEnum

from kernel.tabular import ole, ooxml
from kernel.tabular.limits import DEFAULT_LIMITS, MIB, Limits
from kernel.tabular.problems import FileRefused


class FileKind(StrEnum):
    XLSX = "xlsx"
    XLS = "xls"
    CSV = "csv"


# First bytes of what people rename or pick by mistake.
_OTHER_FORMATS = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"),
    (b"BM", "bmp"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"%PDF", "pdf"),
    (b"MZ", "exe"),
    (b"\x7fELF", "exe"),
    (b"Rar!", "rar"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"{\\rtf", "rtf"),
    (b"SQLite format 3\x00", "sqlite"),
)
_MARKUP = (b"<!doctype html", b"<html", b"<head", b"<table", b"<body", b"<meta")
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
# BMP and MZ are letters: a table of text may begin with them, a picture or program has NULs soon.
_LETTERS_ONLY = frozenset({"bmp", "exe"})
_HEAD = 4096


def check_size(size: int, limits: Limits = DEFAULT_LIMITS) -> None:
    """Refuse a file by its size in bytes; callers do so before they read it.

    :raises FileRefused: ``file.empty`` or ``file.too-large``.
    """
    if size == 0:
        raise FileRefused("file.empty")
    if size > limits.file_bytes:
        raise FileRefused("file.too-large", limit_mb=limits.file_bytes // MIB)


def sniff(content: bytes, limits: Limits = DEFAULT_LIMITS) -> FileKind:
    """Return the kind of table ``content`` is.

    :raises FileRefused: if it is none that can be read, or not safe to unpack.
    """
    check_size(len(content), limits)
    if content.startswith(b"PK\x03\x04"):
        ooxml.check_package(content, limits)
        return FileKind.XLSX
    if content.startswith(b"PK"):
        raise FileRefused("file.broken")
    if content.startswith(ole.SIGNATURE):
        ole.check_workbook(content)
        return FileKind.XLS
    _check_text(content[:_HEAD])
    return FileKind.CSV


def _check_text(head: bytes) -> None:
    for magic, name in _OTHER_FORMATS:
        if head.startswith(magic) and (name not in _LETTERS_ONLY or b"\x00" in head):
            raise FileRefused("file.not-a-table", format=name)
    if head[4:8] == b"ftyp":
        raise FileRefused("file.not-a-table", format="video")
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:64].lower()
    if start.startswith(_MARKUP):
        raise FileRefused("file.not-a-table", format="html")
    if start.startswith((b"<?xml", b"<svg", b"<!doctype")):
        raise FileRefused("file.not-a-table", format="xml")
    if b"\x00" in head and not head.startswith(_UTF16_MARKS):
        raise FileRefused("file.binary")
