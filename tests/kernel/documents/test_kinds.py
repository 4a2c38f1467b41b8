"""What a file is, by its content."""

import pytest

from kernel.documents import kinds
from tests.kernel.documents.samples import DOCX, EXE, JPEG, OLE, PDF, XLSX, png, zipped


@pytest.mark.parametrize(
    ("name", "content", "content_type", "is_shown"),
    [
        ("合同.pdf", PDF, "application/pdf", True),
        ("照片.JPG", JPEG, "image/jpeg", True),
        ("a.png", png(), "image/png", True),
        ("a.webp", b"RIFF\x24\0\0\0WEBPVP8 " + bytes(30), "image/webp", True),
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
