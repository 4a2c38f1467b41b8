import io
import zipfile
from datetime import date

import pytest

from kernel.access.actors import Actor
from kernel.imports import operations
from kernel.imports.annotated import HEADING, annotate
from kernel.imports.models import ImportBatch
from kernel.tabular.read import read
from services.properties.models import Project
from tests.data import bad_files
from tests.factories import NOW


def upload(actor: Actor, project: Project, content: bytes) -> ImportBatch:
    return operations.upload(
        actor=actor, kind="test-buildings", project_id=project.pk, file_name="a.xlsx",
        content=content, options={}, now=NOW,
    )  # fmt: skip


def test_reasons_stand_beside_their_rows_in_both_languages(
    director: Actor, project: Project
) -> None:
    rows: list[list[object]] = [
        ["标题"],
        ["楼号", "名称", "层数"],
        ["1", "一号楼", 18],
        ["2", None, "many"],
        ["3", "三", 7],
    ]
    batch = upload(director, project, bad_files.xlsx(rows))

    annotated = read(annotate(batch)).sheets[0].rows

    assert annotated[0] == ["标题", None, None, None]
    assert annotated[1] == ["楼号", "名称", "层数", HEADING]
    assert annotated[2] == ["1", "一号楼", 18, None]
    assert annotated[3][:3] == ["2", None, "many"]
    reasons = str(annotated[3][3]).split("\n")
    assert len(reasons) == 2
    assert reasons[0].endswith("Name is missing")
    assert annotated[4] == ["3", "三", 7, None]


def test_the_annotated_file_can_be_uploaded_again(director: Actor, project: Project) -> None:
    rows: list[list[object]] = [["楼号", "名称"], ["1", "一号楼"], ["2", None]]
    batch = upload(director, project, bad_files.xlsx(rows))

    again = upload(director, project, annotate(batch))

    assert again.counts == batch.counts
    assert again.mapping == batch.mapping


@pytest.mark.parametrize(
    "payload",
    [
        "=1+1", "+1", "-1", "@SUM(1)", "\t=1", '=HYPERLINK("http://127.0.0.1:9/"&A1)',
        "=cmd|'/c calc'!A0", "＝1+1", ";=1", "http://127.0.0.1/", "{=1}",
    ],
)  # fmt: skip
def test_a_formula_in_a_cell_stays_text(director: Actor, project: Project, payload: str) -> None:
    content = ("楼号,名称\n1," + '"' + payload.replace('"', '""') + '"\n2,\n').encode()
    batch = upload(director, project, content)

    annotated = annotate(batch)

    assert read(annotated).sheets[0].rows[1][1] == payload
    with zipfile.ZipFile(io.BytesIO(annotated)) as package:
        sheet = package.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b"hyperlink" not in sheet


def test_dates_and_numbers_keep_their_kind(director: Actor, project: Project) -> None:
    rows: list[list[object]] = [["楼号", "名称", "日期", "数"], ["1", None, date(2023, 1, 5), 90.5]]
    batch = upload(director, project, bad_files.xlsx(rows))

    row = read(annotate(batch)).sheets[0].rows[1]

    assert row[2] == date(2023, 1, 5)
    assert str(row[3]) == "90.5"
