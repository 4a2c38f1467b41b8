"""Quotes with files and filled sheets: what is kept with a draft, read from a table, listed."""

import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone, translation
from django_tenants.utils import tenant_context

from kernel.documents import storage
from kernel.tabular.read import read
from services.procurement.rounds.models import (
    LetterKind,
    QuoteDraft,
    QuoteDraftFile,
    QuoteRevision,
    RoundLetter,
    SealedFile,
)
from services.procurement.rounds.operations import drafted
from services.procurement.vendors.models import Contact
from tests.factories_portal import client_of, join
from tests.portal.vendors.test_rounds import PDF, Scene, scene

__all__ = ["scene"]


def pdf(name: str = "报价单.pdf", text: bytes = b"") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF + text)


def sheet(*rows: tuple[Any, ...], head: tuple[str, ...] = ()) -> SimpleUploadedFile:
    """Return a filled sheet: rows of number, article, price, days."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["第四季度"])
        page.write_row(2, 0, head or ("No.", "Article", "Price with tax", "Days to deliver"))
        for number, row in enumerate(rows, start=3):
            page.write_row(number, 0, row)
    return SimpleUploadedFile("报价.xlsx", file.getvalue())


def names(scene: Scene) -> list[str]:
    with tenant_context(scene.company):
        return list(scene.round.lines.order_by("position").values_list("name", flat=True))


def test_files_wait_sealed_with_the_draft_and_go_with_the_quote(scene: Scene) -> None:
    typed = scene.prices("28.90", "64.5")
    scene.client.post(scene.url, {**typed, "do": "draft", "files": pdf()})
    scene.client.post(scene.url, {**typed, "do": "check", "files": pdf("3C.pdf", b"canary-qzx")})

    page = scene.client.get(scene.url).content.decode()
    assert "报价单.pdf" in page
    assert "3C.pdf" in page
    with tenant_context(scene.company):
        first, second = QuoteDraftFile.objects.order_by("pk")
        assert b"3C" not in bytes(second.head)
        assert b"canary-qzx" not in storage.read(second.storage_key)
    sent = scene.client.post(scene.url, {**typed, "do": "send", "drafted": [second.pk]})

    assert sent.status_code == 302
    with tenant_context(scene.company):
        assert SealedFile.objects.count() == 1
        # What was not chosen is thrown away with the draft, content and all.
        assert not QuoteDraftFile.objects.exists()
        for row in (first, second):
            assert not storages[storage.ALIAS].exists(row.storage_key)
    again = scene.client.get(scene.url).content.decode()
    assert "3C.pdf" in again
    assert "报价单.pdf" not in again


def test_a_colleague_and_another_key_do_not_read_them(scene: Scene) -> None:
    scene.client.post(scene.url, {**scene.prices("1", "2"), "do": "draft", "files": pdf()})
    with tenant_context(scene.company):
        vendor = Contact.objects.get(pk=scene.person.contact_id).vendor
        row = QuoteDraftFile.objects.get()
    colleague = client_of(join(scene.company, vendor, "wu@xinnuo.example").login)

    assert "报价单.pdf" not in colleague.get(scene.url).content.decode()
    sent = colleague.post(scene.url, {**scene.prices("1", "2"), "do": "send", "drafted": [row.pk]})
    assert sent.status_code == 422
    assert colleague.post(scene.url, {"drop": row.pk}).status_code == 404
    with tenant_context(scene.company):
        QuoteDraftFile.objects.update(head=b"\x01" * 200)

    lost = scene.client.get(scene.url).content.decode()

    assert "choose it anew" in lost
    refused = scene.client.post(
        scene.url, {**scene.prices("1", "2"), "do": "send", "drafted": [row.pk]}
    )
    assert refused.status_code == 422
    with tenant_context(scene.company):
        assert not QuoteRevision.objects.exists()
    assert scene.client.post(scene.url, {"drop": row.pk}).status_code == 302
    with tenant_context(scene.company):
        assert not QuoteDraftFile.objects.exists()
        assert not storages[storage.ALIAS].exists(row.storage_key)


def test_what_is_no_file_of_a_quote_is_refused(scene: Scene) -> None:
    typed = scene.prices("28.90", "64.5")
    program = SimpleUploadedFile("a.pdf", b"MZ")

    refused = scene.client.post(scene.url, {**typed, "do": "draft", "files": program})
    too_many = scene.client.post(
        scene.url, {**typed, "do": "draft", "files": [pdf(f"{n}.pdf") for n in range(6)]}
    )

    assert (refused.status_code, too_many.status_code) == (422, 422)
    assert 'value="28.90"' in refused.content.decode()
    with tenant_context(scene.company):
        assert not QuoteDraftFile.objects.exists()


def test_files_of_a_refused_quote_are_not_chosen_twice(scene: Scene) -> None:
    refused = scene.client.post(
        scene.url, {**scene.prices("abc", "2"), "do": "send", "files": pdf()}
    )

    assert refused.status_code == 422
    assert "报价单.pdf" in refused.content.decode()


def test_files_that_were_never_sent_are_forgotten(scene: Scene) -> None:
    scene.client.post(scene.url, {**scene.prices("1", "2"), "do": "draft", "files": pdf()})
    with tenant_context(scene.company):
        row = QuoteDraftFile.objects.get()
        closes_at = scene.round.closes_at
        assert closes_at is not None
        assert drafted.forget_drafts(now=closes_at + drafted.KEPT) == 0
        assert drafted.forget_drafts(now=closes_at + drafted.KEPT + timedelta(minutes=1)) == 1
        assert not storages[storage.ALIAS].exists(row.storage_key)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_template_holds_the_lines_and_is_read_again(scene: Scene, language: str) -> None:
    scene.client.cookies["language"] = language
    scene.client.post("/language/", {"language": language})

    given = scene.client.get(f"{scene.url}template/")

    content = b"".join(given.streaming_content)  # type: ignore[attr-defined]
    rows = read(content).sheets[0].rows
    assert [row[1] for row in rows[4:6]] == names(scene)
    with translation.override(language):
        head = str(translation.gettext("Price with tax"))
    assert head in rows[3]
    imported = scene.client.post(
        scene.url,
        {
            **scene.prices("1", "2"),
            "do": "import",
            "sheet": SimpleUploadedFile("a.xlsx", content),
        },
    )
    assert imported.status_code == 200  # nothing was filled in: what was typed stays
    assert 'value="2"' in imported.content.decode()


def test_a_filled_sheet_fills_the_grid_and_the_draft(scene: Scene) -> None:
    first, second = names(scene)
    filled = sheet((2, second, "￥64.5", 3), (1, first, 28.9, "7"))

    page = scene.client.post(
        scene.url, {**scene.prices("1", ""), "freight": "8", "do": "import", "sheet": filled}
    )

    text = page.content.decode()
    assert page.status_code == 200
    assert 'value="28.9"' in text
    assert "2 lines were filled in" in text
    with tenant_context(scene.company):
        assert QuoteDraft.objects.count() == 1
    kept = scene.client.get(scene.url).content.decode()
    assert 'value="￥64.5"' in kept
    assert 'value="8"' in kept


def test_each_wrong_row_is_named(scene: Scene) -> None:
    first, second = names(scene)
    filled = sheet(
        (1, first, "abc", ""),
        (2, second, "1.00001", ""),
        (2, second, "5", ""),
        (9, "外星物料", "5", ""),
        ("", "", "", ""),
    )

    page = scene.client.post(scene.url, {**scene.prices("", ""), "do": "import", "sheet": filled})

    text = page.content.decode()
    assert page.status_code == 422
    assert "Row 4: Enter a number such as 28.90." in text
    assert "Row 5: Enter a price above zero with at most four decimals." in text
    assert "Row 6: line 2 is here twice." in text
    assert "Row 7: the inquiry has no line 9." in text
    assert 'value="abc"' in text  # what was wrong stands in the grid, to be put right


def test_rows_that_were_moved_about_are_not_taken_for_others(scene: Scene) -> None:
    first, second = names(scene)

    page = scene.client.post(
        scene.url,
        {
            **scene.prices("", ""),
            "do": "import",
            "sheet": sheet((1, second, "5.55", ""), (2, first, "6.66", "")),
        },
    )

    assert page.status_code == 422
    assert "Row 4: line 1 of the inquiry is another article." in page.content.decode()
    assert "5.55" not in page.content.decode()


@pytest.mark.parametrize(
    "filled",
    [
        None,
        SimpleUploadedFile("a.xlsx", b"no table"),
        SimpleUploadedFile("a.pdf", PDF),
        sheet((1, "x", "5", ""), head=("Nr", "Artikel", "Preis", "Tage")),
    ],
    ids=["none", "text", "PDF", "another table"],
)
def test_what_is_not_the_sheet_is_refused(scene: Scene, filled: Any) -> None:
    body = {**scene.prices("28.90", ""), "do": "import"}

    page = scene.client.post(scene.url, body if filled is None else {**body, "sheet": filled})

    assert page.status_code == 422
    assert 'id="quote-sheet-error"' in page.content.decode()
    assert 'value="28.90"' in page.content.decode()
    with tenant_context(scene.company):
        assert not QuoteDraft.objects.exists()


def test_all_quotes_are_listed_with_their_receipts_and_outcome(scene: Scene) -> None:
    for price in ("28.90", "28.80"):
        scene.client.post(scene.url, {**scene.prices(price, "64.5"), "do": "send"})

    text = scene.client.get("/v/alpha/rounds/quotes/").content.decode()

    with tenant_context(scene.company):
        receipts = list(QuoteRevision.objects.values_list("receipt", flat=True))
        contact = Contact.objects.get(pk=scene.person.contact_id)
        RoundLetter.objects.create(
            round=scene.round,
            contact=contact,
            kind=LetterKind.REGRET,
            written_at=timezone.now(),
            due_at=timezone.now(),
        )
    assert all(receipt in text for receipt in receipts)
    assert text.count("Replaced") == 1
    assert "Awarded to others" in scene.client.get("/v/alpha/rounds/quotes/").content.decode()
    assert "awarded to others" in scene.client.get(scene.url).content.decode()


def test_the_deadline_comes_with_the_servers_time(scene: Scene) -> None:
    page = scene.client.get(scene.url).content.decode()

    assert scene.round.closes_at is not None
    assert f'data-countdown="{scene.round.closes_at.isoformat()}"' in page
    assert "data-now=" in page
    assert Decimal(page.partition('role="timer">')[2].partition(" h")[0]) >= 47
