"""What a file is, by its content."""

from collections.abc import Callable

import pytest

from kernel.documents import kinds, pixels
from tests.kernel.documents.samples import (
    DOCX,
    EXE,
    JPEG,
    OLE,
    PDF,
    XLSX,
    gif,
    jpeg,
    many_names,
    png,
    png_head,
    webp,
    zipped,
)


@pytest.mark.parametrize(
    ("name", "content", "content_type", "is_shown"),
    [
        ("合同.pdf", PDF, "application/pdf", True),
        ("照片.JPG", JPEG, "image/jpeg", True),
        ("a.png", png(), "image/png", True),
        ("a.webp", webp(2, 2), "image/webp", True),
        ("a.heic", b"\0\0\0\x18ftypheic" + bytes(40), "image/heic", False),
        ("a.mp4", b"\0\0\0\x18ftypisom" + bytes(40), "video/mp4", False),
        ("a.amr", b"#!AMR\n" + bytes(20), "audio/amr", False),
        ("表.xls", OLE, "application/vnd.ms-excel", False),
        (
            "a.docx",
            DOCX,
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            False,
        ),
        ("发票.ofd", zipped("OFD.xml", "Doc_0/Document.xml"), "application/ofd", False),
        ("a.zip", zipped("one.txt"), "application/zip", False),
        ("a.csv", "姓名,房号\n".encode("gb18030"), "text/csv; charset=utf-8", False),
        ("a.html", b"<script>alert(1)</script>", "text/html; charset=utf-8", False),
        ("a.svg", b"<svg onload='alert(1)'/>", "image/svg+xml", False),
    ],
)
def test_a_file_that_is_what_it_says_is_taken(
    name: str, content: bytes, content_type: str, *, is_shown: bool
) -> None:
    kind = kinds.kind_of(name=name, content=content)

    assert (kind.content_type, kind.is_shown) == (content_type, is_shown)


@pytest.mark.parametrize(
    ("name", "content", "refusal"),
    [
        ("setup.exe", EXE, kinds.TypeRefused),
        ("invoice.pdf", EXE, kinds.TypeRefused),
        ("photo.jpg", b"\x7fELF\x02" + bytes(60), kinds.TypeRefused),
        ("a.txt", b"#!/bin/sh\nrm -rf /\n", kinds.TypeRefused),
        ("a.csv", b"MZ" + bytes(20), kinds.TypeRefused),
        ("run.bat", b"del *.*", kinds.TypeRefused),
        ("a.js", b"alert(1)", kinds.TypeRefused),
        ("noextension", PDF, kinds.TypeRefused),
        ("a.pdf.exe", PDF, kinds.TypeRefused),
        ("a.pdf", png(), kinds.ContentMismatch),
        ("a.jpg", b"<html><script>alert(1)</script></html>", kinds.ContentMismatch),
        ("a.docx", XLSX, kinds.ContentMismatch),
        ("a.docx", zipped("AndroidManifest.xml", "classes.dex"), kinds.ContentMismatch),
        ("a.zip", zipped("META-INF/MANIFEST.MF", "A.class"), kinds.ContentMismatch),
        ("a.xlsx", b"PK\x03\x04" + bytes(40), kinds.ContentMismatch),
        ("a.xls", DOCX, kinds.ContentMismatch),
        ("a.txt", b"a\x00b", kinds.ContentMismatch),
        ("a.webp", b"RIFF\x24\0\0\0WAVEfmt " + bytes(30), kinds.ContentMismatch),
        ("a.wav", b"RIFF\x24\0\0\0WEBPVP8 " + bytes(30), kinds.ContentMismatch),
        ("a.gif", b"<script>alert(1)</script>GIF89a", kinds.ContentMismatch),
        ("a.pdf", b"<script>alert(1)</script>%PDF-1.7", kinds.ContentMismatch),
        ("a.docx", many_names(20_001), kinds.ContentMismatch),
        ("a.zip", many_names(20_001), kinds.ContentMismatch),
        ("a.zip", zipped(), kinds.ContentMismatch),
        ("a.txt", b"\xff\xfe\xff\xff\xff", kinds.ContentMismatch),
        ("a.pdf", b"", kinds.FileEmpty),
    ],
)
def test_anything_else_is_refused(name: str, content: bytes, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        kinds.kind_of(name=name, content=content)


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("合同 扫描件.pdf", "合同 扫描件.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\x\\照片.jpg", "照片.jpg"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("invoice\u202efdp.exe.pdf", "invoicefdp.exe.pdf"),
        ("  .pdf", "pdf"),
        ("...", "file"),
        ("", "file"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_a_name_is_made_safe(name: str, plain: str) -> None:
    assert kinds.plain_name(name) == plain
    assert len(kinds.plain_name(name)) <= kinds.LONGEST_NAME


@pytest.mark.parametrize("make", [png_head, gif, jpeg, webp])
def test_a_pictures_size_is_told_by_its_head(make: Callable[[int, int], bytes]) -> None:
    assert pixels.pixels_of(make(300, 200)) == 60_000
    assert pixels.pixels_of(make(300, 200)[:20]) is None or make in {png_head, gif}


@pytest.mark.parametrize(
    ("name", "content", "is_shown"),
    [
        ("a.png", png_head(10_000, 6_000), True),
        ("a.png", png_head(10_000, 6_001), False),
        ("a.png", png_head(0, 0), False),
        ("a.jpg", jpeg(65_000, 65_000), False),
        ("a.gif", gif(65_000, 65_000), False),
        ("a.webp", webp(16_383, 16_383), False),
    ],
)
def test_a_picture_that_takes_too_much_memory_is_not_shown(
    name: str, content: bytes, *, is_shown: bool
) -> None:
    assert kinds.kind_of(name=name, content=content).is_shown is is_shown


@pytest.mark.parametrize("content", [b"", b"\xff\xd8", b"\xff\xd8\xff\xc0", b"GIF89a", b"RIFF"])
def test_what_tells_no_size_is_too_large(content: bytes) -> None:
    assert pixels.is_too_large(content)


def test_webp_tells_its_size_in_three_ways() -> None:
    extended = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + (299).to_bytes(3, "little")
    lossless = b"RIFF\0\0\0\0WEBPVP8L\x0a\0\0\0\x2f" + (299 | 199 << 14).to_bytes(4, "little")

    assert pixels.pixels_of(extended + (199).to_bytes(3, "little")) == 60_000
    assert pixels.pixels_of(lossless) == 60_000
