"""Which files are taken, told by their content. Pure: bytes and a name in, a kind out.

The name claims what a file is and the content must bear it out; what runs on a computer is taken
under no name. What a browser might run (HTML, SVG) is kept, but never shown inline.
"""

import io
import re
import unicodedata
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

import puremagic

from kernel.documents import pixels
from kernel.errors import Invalid
from kernel.text import _

LONGEST_NAME = 120
# Enough for every signature that is known; MP4 and HEIC name themselves in the first 12 bytes.
_HEAD_BYTES = 4096
_TEXT_BYTES = 64 * 1024


class TypeRefused(Invalid):
    code = "documents.type-refused"


class ContentMismatch(Invalid):
    code = "documents.content-mismatch"


class FileEmpty(Invalid):
    code = "documents.file-empty"


@dataclass(frozen=True, slots=True)
class FileKind:
    """What a file is: the type it is served as, and whether a browser may show it in place."""

    extension: str
    content_type: str
    is_shown: bool = False

    @property
    def is_image(self) -> bool:
        return self.is_shown and self.content_type.startswith("image/")


_OFFICE = "application/vnd.openxmlformats-officedocument."
_OLE_TYPES: Final = {
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "wps": "application/vnd.ms-works",
    "et": "application/vnd.ms-excel",
}
# What the list of names inside a zip must hold for each type that is one.
_ZIPS: Final = {
    "docx": ("[Content_Types].xml", "word/"),
    "xlsx": ("[Content_Types].xml", "xl/"),
    "pptx": ("[Content_Types].xml", "ppt/"),
    "ofd": ("OFD.xml", ""),  # GB/T 33190: invoices and official letters
}
_TEXTS: Final = {
    "txt": "text/plain; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "md": "text/plain; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "htm": "text/html; charset=utf-8",
    "svg": "image/svg+xml",
    "xml": "application/xml",
}
# By extension: the type, whether it is shown, and which signatures bear it out.
_SIGNED: Final[Mapping[str, tuple[str, bool, frozenset[str]]]] = {
    "pdf": ("application/pdf", True, frozenset({".pdf"})),
    "jpg": ("image/jpeg", True, frozenset({".jpg", ".jpeg", ".jfif"})),
    "jpeg": ("image/jpeg", True, frozenset({".jpg", ".jpeg", ".jfif"})),
    "png": ("image/png", True, frozenset({".png"})),
    "gif": ("image/gif", True, frozenset({".gif"})),
    "webp": ("image/webp", True, frozenset({".webp"})),
    "bmp": ("image/bmp", False, frozenset({".bmp"})),
    "tif": ("image/tiff", False, frozenset({".tif", ".tiff"})),
    "tiff": ("image/tiff", False, frozenset({".tif", ".tiff"})),
    "heic": ("image/heic", False, frozenset({".heic", ".heif"})),
    "mp3": ("audio/mpeg", False, frozenset({".mp3", ".mpga"})),
    "m4a": ("audio/mp4", False, frozenset({".m4a", ".mp4"})),
    "amr": ("audio/amr", False, frozenset({".amr"})),
    "wav": ("audio/x-wav", False, frozenset({".wav"})),
    "mp4": ("video/mp4", False, frozenset({".mp4", ".m4v"})),
    "mov": ("video/quicktime", False, frozenset({".mov", ".mp4"})),
    "zip": ("application/zip", False, frozenset({".zip"})),
}
EXTENSIONS: Final = tuple(sorted({*_SIGNED, *_OLE_TYPES, *_ZIPS, *_TEXTS}))
# Windows, Linux and macOS programs, Java classes, Android's, scripts with an interpreter's line.
_PROGRAMS: Final = (
    b"MZ",
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"dex\n",
    b"#!",
    b"L\x00\x00\x00\x01\x14\x02\x00",  # a Windows shortcut
)
_RIFFS: Final = {"webp": b"WEBP", "wav": b"WAVE"}
_AMR: Final = b"#!AMR"  # voice notes begin like a script
# What a list of names begins each line with. Half a million of them take half a gigabyte.
_ZIP_ENTRY: Final = b"PK\x01\x02"
_MOST_IN_ZIP: Final = 20_000
_PROGRAMS_IN_ZIPS: Final = ("AndroidManifest.xml", "META-INF/MANIFEST.MF")
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def kind_of(*, name: str, content: bytes) -> FileKind:
    """Return what the file is.

    :raises FileEmpty: if there is nothing in it.
    :raises TypeRefused: if it is of no type that is taken, or a program under any name.
    :raises ContentMismatch: if the content is not what the name says.
    """
    if not content:
        raise FileEmpty(_("The file is empty."), field="file")
    extension = PurePosixPath(name).suffix.removeprefix(".").lower()
    if extension not in EXTENSIONS:
        raise TypeRefused(
            _("Files of this type are not taken: %(extension)s")
            % {"extension": extension or _("no extension")},
            field="file",
        )
    if content.startswith(_PROGRAMS) and not content.startswith(_AMR):
        raise TypeRefused(_("Programs are not taken, whatever their name."), field="file")
    kind = _borne_out(extension, content)
    if kind is None:
        raise ContentMismatch(
            _("The content of this file is not what its name says (%(extension)s).")
            % {"extension": extension},
            field="file",
        )
    return kind


def plain_name(name: str) -> str:
    """Return a name that is safe everywhere: no folders, control or direction characters.

    At most 120 characters; the extension is kept.
    """
    last = re.split(r"[\\/]", name)[-1]
    kept = "".join(
        character
        for character in unicodedata.normalize("NFC", last)
        if unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}
    )
    kept = " ".join(kept.split()).strip(". ") if kept.strip(". ") else ""
    stem, dot, extension = kept.rpartition(".")
    if not dot:
        return (kept or "file")[:LONGEST_NAME]
    extension = extension[:10]
    return f"{(stem.strip() or 'file')[: LONGEST_NAME - len(extension) - 1]}.{extension}"


def _borne_out(extension: str, content: bytes) -> FileKind | None:
    if extension in _TEXTS:
        is_text = _is_text(content[:_TEXT_BYTES], is_whole=len(content) <= _TEXT_BYTES)
        return FileKind(extension, _TEXTS[extension]) if is_text else None
    if extension in _OLE_TYPES:
        return FileKind(extension, _OLE_TYPES[extension]) if content.startswith(_OLE) else None
    if extension in _ZIPS:
        return _zip_kind(extension, content)
    content_type, is_shown, signatures = _SIGNED[extension]
    if extension == "zip" and not _is_plain_zip(content):
        return None
    if not _signatures(content) & signatures:
        return None
    if content[8:12] != _RIFFS.get(extension, content[8:12]):
        return None  # a signature says no more than that it is of RIFF's family
    if is_shown and content_type.startswith("image/") and pixels.is_too_large(content):
        is_shown = False
    return FileKind(extension, content_type, is_shown)


def _is_plain_zip(content: bytes) -> bool:
    """Tell whether a zip holds files and is no program of its own."""
    names = _names(content)
    return bool(names) and not any(name in names for name in _PROGRAMS_IN_ZIPS)


def _zip_kind(extension: str, content: bytes) -> FileKind | None:
    first, folder = _ZIPS[extension]
    names = _names(content)
    if first not in names or not any(name.startswith(folder) for name in names):
        return None
    content_type = {
        "docx": _OFFICE + "wordprocessingml.document",
        "xlsx": _OFFICE + "spreadsheetml.sheet",
        "pptx": _OFFICE + "presentationml.presentation",
        "ofd": "application/ofd",
    }[extension]
    return FileKind(extension, content_type)


def _names(content: bytes) -> frozenset[str]:
    """Return the names inside a zip; nothing is unpacked. Of one with very many, none."""
    if content.count(_ZIP_ENTRY) > _MOST_IN_ZIP:
        return frozenset()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return frozenset(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError):
        return frozenset()


def _signatures(content: bytes) -> frozenset[str]:
    try:
        found = puremagic.magic_string(content[:_HEAD_BYTES])
    except (puremagic.PureError, ValueError):
        return frozenset()
    return frozenset(match.extension for match in found)


def _is_text(head: bytes, *, is_whole: bool) -> bool:
    """Tell whether this decodes as UTF-8 or GB18030; a cut character at the end is no fault."""
    if b"\x00" in head:
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            head.decode(encoding)
        except UnicodeDecodeError as error:
            if not is_whole and error.start >= len(head) - 4:
                return True
        else:
            return True
    return False
