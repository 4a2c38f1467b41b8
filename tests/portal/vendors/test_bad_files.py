"""What a vendor may put in at the doors of his pages: bombs, programs, names, impossible figures.

Each is refused with words where it was put in; nothing of it is kept.
"""

import io
import zipfile
from typing import Any, Final

import pytest
import xlsxwriter
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django_tenants.utils import tenant_context

from kernel.documents import storage
from kernel.tabular.limits import MIB
from services.procurement.rounds.models import Invitation, Question, QuoteDraft, QuoteDraftFile
from tests.portal.vendors.test_quotes import names, pdf, sheet
from tests.portal.vendors.test_rounds import PDF, Scene, scene

__all__ = ["scene"]

TYPES: Final = (
    '<Types><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LONG: Final = "9" * 120
HARMFUL_NAMES: Final = (
    "../../etc/passwd.pdf",
    "..\\..\\boot.pdf",
    "价" * 500 + ".pdf",
    "a\x07\u202eb.pdf",
)


def package(**parts: bytes) -> bytes:
    """Return a workbook's zip with these parts of ``xl``."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        for name, content in parts.items():
            archive.writestr(f"xl/{name}.xml", content)
    return file.getvalue()


def far_cell() -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet().write(1_000_000, 0, "x")
    return file.getvalue()


def with_macros() -> bytes:
    content = sheet((1, "x", "5", "")).read()
    file = io.BytesIO(content)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"Attribute VB_Name")
    return file.getvalue()


def put_in(scene: Scene, content: bytes, name: str = "报价.xlsx") -> Any:
    body = {**scene.prices("28.90", ""), "do": "import", "sheet": SimpleUploadedFile(name, content)}
    return scene.client.post(scene.url, body)


@pytest.mark.parametrize(
    "make",
    [
        lambda: package(workbook=b"<a>" + b" " * (60 * MIB)),
        lambda: package(workbook=b"0" * (8 * MIB)),
        far_cell,
        with_macros,
        lambda: OLE + "EncryptedPackage".encode("utf-16-le") + b"\x00" * 4096,
        lambda: b"",
        lambda: b"a,b\n" * 2_100,
        lambda: b"PK\x03\x04" + b"\x00" * 100,
        lambda: b"\x00" * (6 * MIB),
    ],
    ids=[
        "unpacks to too much",
        "ratio",
        "a million rows",
        "macros",
        "encrypted",
        "empty",
        "too many rows",
        "broken",
        "too large",
    ],
)
def test_a_sheet_that_is_none_is_refused_with_words(scene: Scene, make: Any) -> None:
    page = put_in(scene, make())

    text = page.content.decode()
    assert page.status_code == 422
    assert 'id="quote-sheet-error"' in text
    assert 'value="28.90"' in text
    with tenant_context(scene.company):
        assert not QuoteDraft.objects.exists()


def test_a_price_that_no_number_holds_is_named_by_its_row(scene: Scene) -> None:
    first, second = names(scene)

    page = put_in(scene, sheet((1, first, LONG, "3"), (2, second, "5", LONG)).read())

    text = page.content.decode()
    assert page.status_code == 422
    assert "Row 4: Enter a number such as 28.90." in text
    assert "Row 5: Enter a number such as 28.90." in text
    again = scene.client.get(scene.url)  # it stands in the draft, to be put right
    assert again.status_code == 200
    assert LONG in again.content.decode()


def test_a_number_of_the_spreadsheets_own_that_is_too_large_is_named_too(scene: Scene) -> None:
    first, second = names(scene)

    page = put_in(scene, sheet((1, first, 1e307, 3), (2, second, 5, 1e307)).read())

    assert page.status_code == 422
    assert "Row 4: Enter a number such as 28.90." in page.content.decode()


@pytest.mark.parametrize("do", ["draft", "check", "send"])
@pytest.mark.parametrize("cell", ["price", "days"])
def test_a_figure_that_no_number_holds_is_refused_where_it_is_typed(
    scene: Scene, do: str, cell: str
) -> None:
    typed = scene.prices("28.90", "64.5")
    field = next(name for name in typed if name.startswith("line-")).replace("price", cell)

    answer = scene.client.post(scene.url, {**typed, field: LONG, "do": do})

    assert answer.status_code == (302 if do == "draft" else 422)
    assert scene.client.get(scene.url).status_code == 200


def test_formulas_in_a_sheet_are_no_prices_of_ours(scene: Scene) -> None:
    first, _second = names(scene)
    content = sheet((1, first, '=HYPERLINK("http://evil.example",1)', "=1+1")).read()

    page = put_in(scene, content)

    assert page.status_code in {200, 422}
    assert "evil.example" not in page.content.decode()


@pytest.mark.parametrize("name", HARMFUL_NAMES)
def test_a_files_name_is_kept_without_what_harms(scene: Scene, name: str) -> None:
    typed = scene.prices("28.90", "64.5")

    answer = scene.client.post(scene.url, {**typed, "do": "draft", "files": pdf(name)})

    assert answer.status_code == 302
    text = scene.client.get(scene.url).content.decode()
    assert ".pdf" in text
    assert not any(sign in text for sign in ("../", "..\\", "\x07", "\u202e", "价" * 200))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b""),
        ("a.xlsx", PDF),
        ("a.exe", b"MZ"),
        ("a.xlsm", b"PK\x03\x04"),
        ("a", PDF),
        ("a.zip", b"PK\x01\x02" * 30_000),
    ],
)
def test_what_is_not_what_its_name_says_goes_with_no_quote(
    scene: Scene, name: str, content: bytes
) -> None:
    typed = scene.prices("28.90", "64.5")
    before = set(_lying(scene))

    for do in ("draft", "send"):
        files = [pdf("good.pdf"), SimpleUploadedFile(name, content)]
        answer = scene.client.post(scene.url, {**typed, "do": do, "files": files})
        assert answer.status_code == 422

    with tenant_context(scene.company):
        assert not QuoteDraftFile.objects.exists()
    assert set(_lying(scene)) == before


def test_words_with_signs_that_no_column_holds_are_refused_or_tidied(scene: Scene) -> None:
    typed = scene.prices("28.90", "64.5")
    for path, field in (("ask/", "text"), ("decline/", "reason")):
        answer = scene.client.post(f"{scene.url}{path}", {field: "a\x00\x1b[31mb"})
        assert answer.status_code in {302, 422}
    assert (
        scene.client.post(scene.url, {**typed, "note": "a\x00b", "do": "send"}).status_code == 422
    )
    with tenant_context(scene.company):
        kept = [*Question.objects.values_list("text", flat=True)]
        kept += Invitation.objects.values_list("decline_reason", flat=True)
    assert not any("\x00" in text or "\x1b" in text for text in kept)


def _lying(scene: Scene) -> list[str]:
    place = storages[storage.ALIAS]
    found = []
    folders = [scene.company.schema_name]
    while folders:
        folder = folders.pop()
        if not place.exists(folder):
            continue
        inner, files = place.listdir(folder)
        folders += [f"{folder}/{each}" for each in inner]
        found += [f"{folder}/{each}" for each in files]
    return found
