"""The import, page by page."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from console.imports import forms
from kernel.access.models import User
from kernel.imports import operations, tasks
from kernel.imports.models import BatchState, ImportBatch, ImportMapping
from kernel.jobs import registry, runner
from kernel.jobs.models import Job
from kernel.tabular.read import read
from kernel.tenancy import tenant_connection
from services.billing.metering.models import Reading
from services.properties.models import Building, Project, Unit
from tenants.companies.models import Company
from tests.data import bad_files, make_ledger
from tests.factories import NOW, add_actor

DATA = Path(__file__).parents[2] / "data"
LEDGER = DATA / "yunlu-garden" / "房屋业主台账.xlsx"


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages read the clock: it is 10:00 on 9 November in Shanghai."""
    monkeypatch.setattr("console.views.timezone.now", lambda: NOW)


@pytest.fixture
def project(tenant: Company) -> Project:
    return Project.objects.create(code="YL", name="云麓花园", created_at=NOW)


@pytest.fixture
def client(project: Project) -> Client:
    """Signed in as the charging director of the project."""
    add_actor("zhao", "charging_director")
    User.objects.update(language="en")
    assert tasks.commit is registry.handler_of("imports.commit")  # as in a worker
    client = Client(headers={"host": "alpha.test"})
    client.force_login(User.objects.get())
    return client


@pytest.fixture
def in_alpha(tenant: Company) -> Any:
    return lambda: tenant_connection.set_tenant(tenant)


def file_of(content: bytes, name: str = "台账.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def upload(client: Client, project: Project, file: SimpleUploadedFile, **data: str) -> Any:
    kind = data.pop("kind", "unit-ledger")
    address = reverse("imports-new", args=[project.pk, kind])
    return client.post(address, {"file": file, **data})


def page_of(client: Client, route: str, batch: ImportBatch) -> str:
    return client.get(reverse(route, args=[batch.project_id, batch.pk])).content.decode()


def step(client: Client, route: str, batch: ImportBatch, **data: Any) -> Any:
    return client.post(reverse(route, args=[batch.project_id, batch.pk]), data)


def test_the_whole_way_of_the_real_ledger(client: Client, project: Project, in_alpha: Any) -> None:
    assert (
        "Nothing imported yet" in client.get(reverse("imports", args=[project.pk])).content.decode()
    )

    response = upload(client, project, file_of(LEDGER.read_bytes(), LEDGER.name))

    in_alpha()
    batch = ImportBatch.objects.get()
    assert response.headers["Location"] == reverse("imports-batch", args=[project.pk, batch.pk])
    page = page_of(client, "imports-batch", batch)
    assert "Import 951 rows" in page
    assert "Built area is not an exact number: 约90" in page
    assert "967" in page
    in_alpha()
    assert not Unit.objects.exists()

    step(client, "imports-commit", batch)
    in_alpha()
    assert Unit.objects.count() == 951 + 572
    page = page_of(client, "imports-batch", batch)
    assert "Undo the import" in page
    assert "Import 951 rows" not in page

    step(client, "imports-undo", batch)
    in_alpha()
    assert not Unit.objects.exists()
    assert "Taken back by" in page_of(client, "imports-batch", batch)
    assert "房屋业主台账.xlsx" in client.get(reverse("imports", args=[project.pk])).content.decode()


def test_sheets_that_are_left_out_are_named(
    client: Client, project: Project, in_alpha: Any
) -> None:
    header: list[object] = ["楼栋", "房号", "建筑面积"]
    sheets: dict[str, list[list[object]]] = {
        f"{number}栋": [header, [f"{number}栋", "101", 90], [f"{number}栋", "102", 90]][:end]
        for number, end in ((1, 2), (2, 3))
    }

    upload(client, project, file_of(bad_files.workbook(sheets), "台账.xlsx"))

    in_alpha()
    page = page_of(client, "imports-batch", ImportBatch.objects.get())
    assert "Only the sheet 2栋 is imported here. The sheet 1栋 has the same columns" in page


def test_the_table_with_reasons_is_downloaded(
    client: Client, project: Project, in_alpha: Any
) -> None:
    upload(client, project, file_of(LEDGER.read_bytes(), LEDGER.name))
    in_alpha()
    batch = ImportBatch.objects.get()

    response = client.get(reverse("imports-annotated", args=[project.pk, batch.pk]))

    assert response.headers["Content-Type"].startswith("application/vnd.openxmlformats")
    assert "attachment" in response.headers["Content-Disposition"]
    rows = read(response.content).sheets[0].rows
    assert rows[2][15] == "问题 / Problems"
    assert "area" in str(rows[262][15])


def test_a_refused_file_is_explained_beside_the_field(
    client: Client, project: Project, in_alpha: Any
) -> None:
    response = upload(client, project, file_of(bad_files.png(), "台账.xlsx"))

    assert response.status_code == 422
    page = response.content.decode()
    assert 'id="id_file_error"' in page
    assert "png" in page
    in_alpha()
    assert not ImportBatch.objects.exists()


def test_a_file_over_the_limit_is_refused_by_the_form(
    client: Client, project: Project, settings: Any
) -> None:
    settings.IMPORT_MAX_BYTES = 2 * 1024 * 1024

    response = upload(client, project, file_of(bytes(2 * 1024 * 1024 + 1)))

    assert response.status_code == 422
    assert "larger than 2 MB" in response.content.decode()


def test_readings_ask_for_the_month_and_offer_the_last_one(
    client: Client, project: Project, in_alpha: Any
) -> None:
    address = reverse("imports-new", args=[project.pk, "meter-readings"])
    assert 'value="2026-10"' in client.get(address).content.decode()
    upload(client, project, file_of(LEDGER.read_bytes()))
    in_alpha()
    step(client, "imports-commit", ImportBatch.objects.get())
    readings = (DATA / "yunlu-garden" / "抄表记录_2026-10.csv").read_bytes()

    refused = upload(client, project, file_of(readings), kind="meter-readings")
    assert refused.status_code == 422
    upload(
        client, project, file_of(readings), kind="meter-readings",
        usage_month="2026年10月", meter_kind="COLD_WATER",
    )  # fmt: skip

    in_alpha()
    batch = ImportBatch.objects.get(kind="meter-readings")
    assert "Goes on the exception list" in page_of(client, "imports-batch", batch)
    step(client, "imports-commit", batch)
    in_alpha()
    assert Reading.objects.count() == 927


def test_columns_are_matched_and_remembered(
    client: Client, project: Project, in_alpha: Any
) -> None:
    upload(client, project, file_of("甲,乙,丙\n1栋,0101,90\n2栋,0101,80\n".encode()))
    in_alpha()
    batch = ImportBatch.objects.get()
    assert batch.state == BatchState.NEEDS_MAPPING
    assert client.get(reverse("imports-batch", args=[project.pk, batch.pk])).status_code == 302
    page = page_of(client, "imports-columns", batch)
    assert "Not every column could be told" in page

    step(client, "imports-columns", batch, do="reload", header_row="1")
    page = page_of(client, "imports-columns", batch)
    assert "乙  0101, 0101" in page

    matched = {"field-building": "0", "field-room": "1", "field-built_area": "2"}
    response = step(client, "imports-columns", batch, header_row="1", remembers="on", **matched)
    assert response.headers["Location"] == reverse("imports-batch", args=[project.pk, batch.pk])
    in_alpha()
    assert ImportMapping.objects.get().mapping == {"building": 0, "room": 1, "built_area": 2}
    step(client, "imports-commit", batch)
    in_alpha()
    assert set(Building.objects.values_list("name", flat=True)) == {"1栋", "2栋"}


def test_one_column_for_two_fields_is_told_at_the_second(
    client: Client, project: Project, in_alpha: Any
) -> None:
    upload(client, project, file_of("甲,乙\n1栋,0101\n".encode()))
    in_alpha()
    batch = ImportBatch.objects.get()

    response = step(
        client, "imports-columns", batch, header_row="1",
        **{"field-building": "0", "field-room": "0"},
    )  # fmt: skip

    assert response.status_code == 422
    assert 'id="id_field-room_error"' in response.content.decode()


def test_a_sheet_is_chosen(client: Client, project: Project, in_alpha: Any) -> None:
    upload(client, project, file_of(make_ledger.book(), "青岚苑.xlsx"))
    in_alpha()
    batch = ImportBatch.objects.get()

    page = page_of(client, "imports-columns", batch)

    assert "填表说明" in page
    response = step(client, "imports-columns", batch, do="reload", header_row="1", sheet="填表说明")
    assert response.status_code == 302
    in_alpha()
    batch.refresh_from_db()
    assert (batch.sheet, batch.state) == ("填表说明", BatchState.NEEDS_MAPPING)


def test_a_refused_undo_says_what_depends(client: Client, project: Project, in_alpha: Any) -> None:
    upload(client, project, file_of("楼栋,房号,面积\n1栋,0101,90\n".encode()))
    in_alpha()
    batch = ImportBatch.objects.get()
    step(client, "imports-commit", batch)
    in_alpha()
    unit = Unit.objects.get()
    Unit.objects.create(
        project=project, building=unit.building, household=unit.household, kind="RESIDENCE",
        state="VACANT", number="0102", code="1-0102", label="1栋0102", sort_key="x",
    )  # fmt: skip

    response = step(client, "imports-undo", batch)

    assert response.status_code == 409
    assert "something depends on it" in response.content.decode()
    in_alpha()
    assert Unit.objects.count() == 2


def test_a_changed_outcome_offers_to_check_again(
    client: Client, project: Project, in_alpha: Any
) -> None:
    upload(client, project, file_of("楼栋,房号,面积\n1栋,0101,90\n".encode()))
    in_alpha()
    batch = ImportBatch.objects.get()
    Building.objects.create(project=project, name="1栋", code="1", sort_key="1")

    response = step(client, "imports-commit", batch)

    assert response.status_code == 409
    assert "Check again" in response.content.decode()
    assert step(client, "imports-check", batch).status_code == 302
    step(client, "imports-commit", batch)
    in_alpha()
    assert Unit.objects.count() == 1


def test_a_large_file_shows_its_progress(
    client: Client, project: Project, in_alpha: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "DIRECT_BYTES", 10)
    upload(client, project, file_of("楼栋,房号,面积\n1栋,0101,90\n".encode()))
    in_alpha()
    batch = ImportBatch.objects.get()
    assert "data-poll" in page_of(client, "imports-batch", batch)
    assert "data-poll" in page_of(client, "imports-progress", batch)

    in_alpha()
    runner.run(Job.objects.get().pk, lambda: NOW)

    done = client.get(reverse("imports-progress", args=[project.pk, batch.pk]))
    assert done.headers["HX-Redirect"] == reverse("imports-batch", args=[project.pk, batch.pk])
    assert "Import 1 row" in page_of(client, "imports-batch", batch)


def test_a_failed_job_is_explained_and_can_be_repeated(
    client: Client, project: Project, in_alpha: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(client, project, file_of("楼栋,房号,面积\n1栋,0101,90\n".encode()))
    in_alpha()
    batch = ImportBatch.objects.get()
    monkeypatch.setattr(operations, "DIRECT_BYTES", 10)
    step(client, "imports-commit", batch)
    in_alpha()
    Building.objects.create(project=project, name="1栋", code="1", sort_key="1")
    runner.run(Job.objects.get().pk, lambda: NOW)

    page = page_of(client, "imports-batch", batch)

    assert "The records have changed" in page
    assert reverse("imports-check", args=[project.pk, batch.pk]) in page


def test_problems_are_narrowed_and_paged(client: Client, project: Project, in_alpha: Any) -> None:
    lines = [f"1栋,{number},{'x' if number % 2 else 90},无名" for number in range(300)]
    upload(client, project, file_of("\n".join(["楼栋,房号,面积,业主姓名", *lines]).encode()))
    in_alpha()
    batch = ImportBatch.objects.get()
    address = reverse("imports-batch", args=[project.pk, batch.pk])

    page = client.get(address, {"severity": "ERROR", "page": "2"}).content.decode()

    assert "Built area is not a number: x" in page
    assert 'aria-current="page">2' in page
    assert 'aria-current="page">Rejected' in page


@pytest.mark.parametrize(
    "route", ["imports-batch", "imports-columns", "imports-progress", "imports-annotated"]
)
def test_a_batch_is_found_only_by_those_who_may_import_it(
    client: Client, project: Project, in_alpha: Any, route: str
) -> None:
    upload(client, project, file_of("楼栋,房号,面积\n1栋,0101,90\n".encode()))
    in_alpha()
    batch = ImportBatch.objects.get()
    other = Project.objects.create(code="QH", name="青禾苑", created_at=NOW)
    add_actor("li", "meter_reader", project_id=project.pk)
    reader = Client(headers={"host": "alpha.test"})
    reader.force_login(User.objects.get(username="li"))

    assert client.get(reverse(route, args=[other.pk, batch.pk])).status_code == 404
    assert reader.get(reverse(route, args=[project.pk, batch.pk])).status_code == 404
    in_alpha()
    assert reader.post(reverse("imports-commit", args=[project.pk, batch.pk])).status_code == 404
    in_alpha()
    assert not Unit.objects.exists()


def test_a_reader_may_bring_readings_but_no_ledger(project: Project) -> None:
    add_actor("li", "meter_reader", project_id=project.pk)
    reader = Client(headers={"host": "alpha.test"})
    reader.force_login(User.objects.get())

    page = reader.get(reverse("imports", args=[project.pk])).content.decode()

    assert reverse("imports-new", args=[project.pk, "meter-readings"]) in page
    assert reverse("imports-new", args=[project.pk, "unit-ledger"]) not in page
    ledger = reader.get(reverse("imports-new", args=[project.pk, "unit-ledger"]))
    assert ledger.status_code == 403
    assert reader.get(reverse("imports-new", args=[project.pk, "nonsense"])).status_code == 404


@pytest.mark.parametrize(("index", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ")])
def test_columns_have_the_letters_of_spreadsheets(index: int, name: str) -> None:
    assert forms.letter(index) == name
