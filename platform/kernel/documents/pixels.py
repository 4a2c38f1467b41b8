"""How large a picture is once it is unpacked, told by its head. Pure; nothing is unpacked.

A kilobyte can hold a picture that takes gigabytes of memory.
"""

import struct
from typing import Final

# What a camera makes: 60 megapixels take 240 MB.
MOST_PIXELS: Final = 60_000_000
# JPEG's frames: all markers from C0 to CF but DHT, JPG and DAC.
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BARE: Final = frozenset({0x01, *range(0xD0, 0xD8)})  # markers without a length


def is_too_large(content: bytes) -> bool:
    """Tell whether a picture has more pixels than are shown, or does not tell how many."""
    found = pixels_of(content)
    return found is None or not 0 < found <= MOST_PIXELS


def pixels_of(content: bytes) -> int | None:
    """Return width times height of a PNG, GIF, WebP or JPEG, ``None`` if its head is none."""
    try:
        if content.startswith(b"\x89PNG\r\n\x1a\n"):
            width, height = struct.unpack_from(">II", content, 16)
        elif content.startswith((b"GIF87a", b"GIF89a")):
            width, height = struct.unpack_from("<HH", content, 6)
        elif content[:4] == b"RIFF" and content[8:12] == b"WEBP":
            width, height = _webp(content)
        elif content.startswith(b"\xff\xd8"):
            width, height = _jpeg(content)
        else:
            return None
    except (struct.error, ValueError):
        return None
    return int(width) * int(height)


def _webp(content: bytes) -> tuple[int, int]:
    """Return width and height. :raises ValueError: if its first part is of no known kind."""
    part = content[12:16]
    if part == b"VP8X":
        return (
            int.from_bytes(content[24:27], "little") + 1,
            int.from_bytes(content[27:30], "little") + 1,
        )
    if part == b"VP8L":
        (bits,) = struct.unpack_from("<I", content, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if part == b"VP8 ":
        width, height = struct.unpack_from("<HH", content, 26)
        return width & 0x3FFF, height & 0x3FFF
    raise ValueError("no part of WebP")


def _jpeg(content: bytes) -> tuple[int, int]:
    """Return width and height of the first frame. :raises ValueError: if there is none."""
    position = 2
    while position < len(content):
        if content[position] != 0xFF:
            raise ValueError("no marker")
        while position < len(content) and content[position] == 0xFF:
            position += 1
        marker = content[position] if position < len(content) else 0xD9
        position += 1
        if marker in _BARE:
            continue
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", content, position + 3)
            return width, height
        if marker in {0xD9, 0xDA}:
            break
        (length,) = struct.unpack_from(">H", content, position)
        position += max(length, 2)
    raise ValueError("no frame")
