"""Exports: exactly what is filtered, the visible columns, and never a formula."""

import csv
import io
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from console.lists import Column, export
from kernel.audit.models import AuditEntry
from services.properties.models import Project
from tests.console.lists.conftest import signed_in

# What a spreadsheet may take for a formula, one way or another.
DANGEROUS = [
    "=1+1",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "\u3000=1+1",
    "\ufeff=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    '=HYPERLINK("http://x","y")',
    "=cmd|' /C calc'!A0",
]
HARMLESS = ["", "3栋2单元1602", "a=b", "1-101", "'quoted", "0.5", "业主 -自住"]


def content(response: Any) -> bytes:
    assert response.headers["Content-Disposition"].startswith("attachment")
    written = b"".join(response)
    for close in response._resource_closers:  # response.close() would close the database as well
        close()
    return written


def sheet(response: Any) -> list[list[Any]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content(response)))
    return book.get_sheet_by_index(0).to_python()


def lines(response: Any) -> list[list[str]]:
    text = content(response).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def rows(texts: Iterable[str]) -> list[dict[str, str]]:
    return [{"pk": str(number), "text": text} for number, text in enumerate(texts)]


TEXT = [Column(key="text", label="=Text")]


@pytest.mark.parametrize("text", DANGEROUS)
def test_csv_text_that_starts_a_formula_is_neutralised(text: str) -> None:
    head, line = list(
        csv.reader(io.StringIO("".join(export.csv_lines(TEXT, rows([text]))), newline=""))
    )

    assert line == [f"'{text}"]
    assert head == ["\ufeff'=Text"]


@pytest.mark.parametrize("text", HARMLESS)
def test_csv_text_that_starts_no_formula_is_left_alone(text: str) -> None:
    written = "".join(export.csv_lines(TEXT, rows([text])))

    assert list(csv.reader(io.StringIO(written)))[1:] == [[text]] if text else True


def test_xlsx_writes_every_text_as_a_string() -> None:
    file = io.BytesIO()
    export.write_xlsx(file, "Units", TEXT, rows(DANGEROUS + HARMLESS))
    book = CalamineWorkbook.from_filelike(io.BytesIO(file.getvalue()))

    found = [line[0] for line in book.get_sheet_by_index(0).to_python()]

    assert found == ["=Text", *DANGEROUS, *HARMLESS]
    assert all(isinstance(value, str) for value in found)


def test_xlsx_holds_no_formula_element() -> None:
    import zipfile  # noqa: PLC0415

    file = io.BytesIO()
    export.write_xlsx(file, "a/b[c]*?:'" + "x" * 40, TEXT, rows(DANGEROUS))
    with zipfile.ZipFile(file) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()

    assert "<f>" not in xml
    assert xml.count("<is>") == len(DANGEROUS) + 1


def test_numbers_and_days_keep_their_type() -> None:
    columns = [
        Column(key="amount", label="Amount", kind="money"),
        Column(key="day", label="Day", kind="day"),
        Column(key="at", label="At", kind="time"),
        Column(key="none", label="None", kind="money"),
    ]
    row = {
        "amount": Decimal("-315255.53"),
        "day": date(2026, 11, 9),
        "at": datetime.fromisoformat("2026-11-09T02:00:00+00:00"),
        "none": None,
    }
    file = io.BytesIO()
    export.write_xlsx(file, "x", columns, [row])

    line = (
        CalamineWorkbook.from_filelike(io.BytesIO(file.getvalue()))
        .get_sheet_by_index(0)
        .to_python()[1]
    )

    assert line[:3] == [-315255.53, date(2026, 11, 9), datetime(2026, 11, 9, 2, 0)]  # noqa: DTZ001
    assert (
        list(export.csv_lines(columns, [row]))[1] == "-315255.53,2026-11-09,2026-11-09 02:00,\r\n"
    )


def test_control_characters_do_not_break_the_file() -> None:
    file = io.BytesIO()
    export.write_xlsx(file, "x", TEXT, rows(["a\x00b\x0bc\x1f"]))

    found = (
        CalamineWorkbook.from_filelike(io.BytesIO(file.getvalue()))
        .get_sheet_by_index(0)
        .to_python()
    )

    assert found[1:] == [["a b c "]]


@pytest.mark.urls("tests.console.lists.sample")
class TestThroughThePage:
    def test_rows_and_columns_are_those_of_the_screen(self, director: Client, url: str) -> None:
        found = sheet(director.get(f"{url}?kind=RESIDENCE&sort=-built_area&page=2&export=xlsx"))

        assert found == [
            ["Room", "Note", "Kind", "Area", "Handed over"],
            ["1-102", "corner flat", "Residence", 120.0, date(2021, 7, 1)],
            ["1-101", "", "Residence", 90.5, date(2021, 6, 18)],
            ["2-101", "＝1+1", "Residence", "", date(2022, 1, 1)],
        ]

    def test_chosen_columns_are_exported_in_their_order(self, director: Client, url: str) -> None:
        director.post(url, {"do": "columns", "column": ["building.name", "code", "nonsense"]})

        found = lines(director.get(f"{url}?kind=SHOP&export=csv"))

        assert found == [["Building", "Room"], ["Building 1", "1-103"]]

    def test_dangerous_notes_are_neutralised_in_csv(self, director: Client, url: str) -> None:
        found = lines(director.get(f"{url}?export=csv"))

        assert [line[1] for line in found[1:]] == ["", "corner flat", "'=1+1", "'＝1+1", "'-2+3"]

    def test_selection_is_exported_alone(
        self, director: Client, url: str, project: Project
    ) -> None:
        picked = project.units.get(code="2-102").pk

        found = sheet(director.post(url, {"do": "export", "pick": [picked, "x", "9" * 30]}))

        assert [line[0] for line in found] == ["Room", "2-102"]

    def test_export_is_recorded_without_what_was_searched(self, director: Client, url: str) -> None:
        content(director.get(f"{url}?kind=SHOP&q=13800001111&export=xlsx"))

        entry = AuditEntry.objects.get(event="console.list.exported")
        assert entry.data == {"page": "sample.units", "filters": ["kind", "q"], "row_count": 0}

    def test_export_needs_its_action(self, project: Project, url: str) -> None:
        reader = signed_in("li", "meter_reader", project_id=project.pk)

        assert reader.get(url).status_code == 200
        assert "export=xlsx" not in reader.get(url).content.decode()
        assert reader.get(f"{url}?export=xlsx").status_code == 403
        assert not AuditEntry.objects.filter(event="console.list.exported").exists()

    def test_too_long_an_export_is_offered_in_the_background_and_not_recorded(
        self, director: Client, url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(export, "MOST_ROWS", 4)

        answer = director.get(f"{url}?export=xlsx")

        assert "Content-Disposition" not in answer.headers
        assert 'value="export-later"' in answer.content.decode()
        assert not AuditEntry.objects.filter(event="console.list.exported").exists()
