"""Long lists: the sheet made in the background, and who may fetch it until when."""

import csv
import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tenants.utils import tenant_context
from python_calamine import CalamineWorkbook

from config.celery import app
from console import tasks
from console.downloads import operations, queries
from console.lists import export
from console.models import Export, ExportPart
from kernel.access import Actor
from kernel.access.models import User
from kernel.access.queries import actor_for
from kernel.audit.models import AuditEntry
from kernel.errors import NotFound
from kernel.jobs import operations as jobs
from kernel.jobs import runner
from kernel.jobs.models import Job, JobState
from services.properties.models import Project, Unit
from tenants.companies.models import Company
from tests import factories
from tests.console.browser import Browser, browser_of
from tests.console.lists.conftest import signed_in
from tests.factories import TODAY
from tests.factories_properties import add_project, add_unit

NOTES = ("", "=1+1", "＝1+1", "-2+3", "corner")


@pytest.fixture(autouse=True)
def _short_lists_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "MOST_ROWS", 4)


@pytest.fixture
def project(tenant: Company) -> Project:
    project = add_project()
    for number, note in enumerate(NOTES, start=101):
        add_unit(project, str(number), note=note)
    return project


@pytest.fixture
def director(project: Project) -> Client:
    return signed_in("zhaomin", "charging_director")


@pytest.fixture
def url(project: Project) -> str:
    return reverse("units", args=[project.pk])


def ask(client: Client, url: str, *, kind: str = "csv", query: str = "") -> Export:
    answer = client.post(f"{url}{query}", {"do": "export-later", "kind": kind})
    assert answer.headers["Location"] == reverse("downloads")
    return Export.objects.latest("pk")


def work(export_: Export, clock: Any = timezone.now) -> JobState | None:
    """Do the work, as a worker would."""
    assert export_.job_id is not None
    ended = runner.run(export_.job_id, clock)
    export_.refresh_from_db()
    return ended


def later(minutes: float = 0, days: float = 0) -> datetime:
    return timezone.now() + timedelta(minutes=minutes, days=days)


def fetch(client: Client, export_: Export) -> bytes:
    response = client.post(reverse("downloads-fetch", args=[export_.pk]))
    assert response.status_code == 200
    return content_of(response)


def content_of(response: Any) -> bytes:
    written = b"".join(response)
    for close in response._resource_closers:  # response.close() would close the database as well
        close()
    return written


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def actor_of(username: str) -> Actor:
    return actor_for(user=User.objects.get(username=username), today=TODAY)


# ---- asking -------------------------------------------------------------------------------------


def test_long_list_is_offered_in_the_background(director: Client, url: str) -> None:
    short = director.get(f"{url}?q=101&export=csv")
    whole = director.get(f"{url}?state=OWNER_OCCUPIED&export=csv")

    assert len(rows_of(content_of(short))) == 1 + 1
    page = whole.content.decode()
    assert whole.status_code == 200
    assert f'action="{url}?state=OWNER_OCCUPIED"' in page
    assert 'value="csv" checked' in page
    assert "5 units" in page
    assert not Export.objects.exists()


def test_wish_is_queued_and_recorded_without_what_was_searched(
    director: Client, url: str, project: Project
) -> None:
    wish = ask(director, url, query="?q=13800001111&kind=RESIDENCE")

    job = Job.objects.get()
    assert (wish.job_id, wish.row_count, wish.ready_at) == (job.pk, 0, None)
    assert (job.kind, job.params) == ("console.list.export", {"export_id": wish.pk})
    entry = AuditEntry.objects.get(event="console.export.asked")
    assert entry.project_id == project.pk
    assert entry.data == {"page": "registry.units", "filters": ["kind", "q"], "row_count": 0}


def test_pressing_twice_makes_one_sheet(director: Client, url: str) -> None:
    first = ask(director, url)

    assert ask(director, url) == first
    assert ask(director, url, kind="xlsx") != first
    assert (Export.objects.count(), Job.objects.count()) == (2, 2)


def test_fourth_sheet_at_once_is_refused(director: Client, url: str) -> None:
    for number in range(3):
        ask(director, url, query=f"?q={number}")

    refused = director.post(f"{url}?q=3", {"do": "export-later", "kind": "csv"})

    assert refused.status_code == 409
    assert "Three of your sheets are being made" in refused.content.decode()
    assert Export.objects.count() == 3


def test_list_that_fits_no_sheet_is_refused(
    director: Client, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "MOST_ROWS", 4)

    refused = director.post(url, {"do": "export-later", "kind": "csv"})

    assert refused.status_code == 422
    assert not Export.objects.exists()


def test_asking_needs_the_action_of_exports(project: Project, url: str) -> None:
    reader = signed_in("lijianguo", "meter_reader", project_id=project.pk)

    assert reader.post(url, {"do": "export-later"}).status_code == 403
    assert not Export.objects.exists()
    assert not Job.objects.exists()


# ---- making -------------------------------------------------------------------------------------


def test_sheet_holds_the_rows_and_columns_of_the_screen(director: Client, url: str) -> None:
    director.post(url, {"do": "columns", "column": ["note", "built_area"]})
    wish = ask(director, url, query="?sort=-built_area&state=OWNER_OCCUPIED")

    assert work(wish) == JobState.DONE
    found = rows_of(fetch(director, wish))
    assert found[0] == ["Room", "Note", "Built area (m²)"]
    assert sorted(line[1] for line in found[1:]) == sorted(
        ["", "'=1+1", "'＝1+1", "'-2+3", "corner"]
    )
    assert {line[2] for line in found[1:]} == {"118.36"}


def test_texts_of_an_excel_sheet_are_no_formulas(director: Client, url: str) -> None:
    director.post(url, {"do": "columns", "column": ["note"]})
    wish = ask(director, url, kind="xlsx")
    work(wish)

    book = CalamineWorkbook.from_filelike(io.BytesIO(fetch(director, wish)))
    assert [row[1] for row in book.get_sheet_by_index(0).to_python()] == ["Note", *NOTES]


def test_what_was_searched_is_forgotten_and_the_file_is_sealed(director: Client, url: str) -> None:
    wish = ask(director, url, query="?q=10")
    assert "q=10" in wish.address

    work(wish)

    assert wish.address == url
    (part,) = ExportPart.objects.all()
    content = fetch(director, wish)
    assert wish.file_size == len(content)
    assert content not in bytes(part.content_encrypted)
    assert wish.expires_at == wish.ready_at + operations.KEPT_FOR  # type: ignore[operator]


def test_file_of_several_parts_comes_back_whole(
    director: Client, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "_PART_BYTES", 50)
    wish = ask(director, url)
    work(wish)

    assert wish.parts.count() > 3
    assert len(rows_of(fetch(director, wish))) == 1 + len(NOTES)


def test_killed_worker_is_followed_by_another(
    director: Client, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wish = ask(director, url)
    with monkeypatch.context() as patched:
        patched.setattr(ExportPart.objects, "create", killed)
        with pytest.raises(KeyboardInterrupt):
            work(wish)
    assert (wish.ready_at, ExportPart.objects.count()) == (None, 0)
    assert work(wish, lambda: later(minutes=1)) is None  # still taken for alive

    assert work(wish, lambda: later(minutes=5)) == JobState.DONE
    assert len(rows_of(fetch(director, wish))) == 1 + len(NOTES)


def killed(**_values: Any) -> None:
    raise KeyboardInterrupt


def test_worker_that_was_taken_over_stores_nothing(
    director: Client, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wish = ask(director, url)
    write, depth = export.write_csv, [0]

    def write_while_another_takes_over(*args: Any) -> None:
        write(*args)
        if not depth[0]:
            depth[0] = 1
            assert work(wish, lambda: later(minutes=5)) == JobState.DONE
            Unit.objects.update(note="changed after the second worker was done")

    monkeypatch.setattr(export, "write_csv", write_while_another_takes_over)
    assert work(wish) is None

    assert b"changed after" not in fetch(director, wish)
    assert ExportPart.objects.count() == 1


def test_job_sent_twice_makes_the_sheet_once(director: Client, url: str) -> None:
    wish = ask(director, url)
    work(wish)
    Job.objects.update(state=JobState.QUEUED)
    ready_at = wish.ready_at

    assert work(wish) == JobState.DONE
    assert wish.ready_at == ready_at


def test_owner_without_his_post_gets_no_sheet(director: Client, url: str, tenant: Company) -> None:
    wish = ask(director, url)
    User.objects.filter(username="zhaomin").update(is_active=False)

    assert work(wish) == JobState.FAILED
    assert wish.ready_at is None
    assert not ExportPart.objects.exists()


def test_progress_is_told_and_a_stop_is_heard(
    director: Client, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.downloads.making._ROWS_BETWEEN_REPORTS", 2)
    told: list[tuple[int, int]] = []
    report = runner.Progress.report

    def listen(progress: runner.Progress, done: int, total: int, stage: str = "") -> None:
        told.append((done, total))
        if done == 4:
            jobs.request_stop(job_id=progress.job.pk)
        report(progress, done, total, stage)

    monkeypatch.setattr(runner.Progress, "report", listen)
    wish = ask(director, url)

    assert work(wish) == JobState.STOPPED
    assert told == [(0, 5), (2, 5), (4, 5)]
    assert wish.ready_at is None


# ---- my downloads -------------------------------------------------------------------------------


def test_page_shows_progress_then_the_file(director: Client, url: str) -> None:
    address = reverse("downloads")
    empty = director.get(address).content.decode()
    wish = ask(director, url)
    waiting = director.get(address).content.decode()
    work(wish)
    ready = director.get(address, headers={"HX-Request": "true"}).content.decode()

    assert "No downloads" in empty
    assert "data-poll" in waiting
    assert reverse("downloads-delete", args=[wish.pk]) in waiting
    assert "data-download" not in waiting
    assert reverse("downloads-fetch", args=[wish.pk]) in ready
    assert "data-poll" not in ready
    assert "<html" not in ready


def test_each_fetching_is_recorded(director: Client, url: str, project: Project) -> None:
    wish = ask(director, url)
    work(wish)
    fetch(director, wish)
    fetch(director, wish)

    entries = AuditEntry.objects.filter(event="console.export.fetched")
    assert [(entry.object_id, entry.project_id) for entry in entries] == [(wish.pk, project.pk)] * 2


def test_another_person_neither_sees_nor_fetches_nor_deletes(
    director: Client, url: str, project: Project
) -> None:
    wish = ask(director, url)
    work(wish)
    other = signed_in("fangqiming", "property_manager")

    assert "No downloads" in other.get(reverse("downloads")).content.decode()
    assert other.post(reverse("downloads-fetch", args=[wish.pk])).status_code == 404
    assert other.post(reverse("downloads-delete", args=[wish.pk])).status_code == 404
    assert Export.objects.filter(pk=wish.pk).exists()
    assert not AuditEntry.objects.filter(event="console.export.fetched").exists()


def test_another_company_has_nothing_of_it(
    director: Client, url: str, companies: dict[str, Company]
) -> None:
    wish = ask(director, url)
    work(wish)
    with tenant_context(companies["beta"]):
        factories.add_actor("zhaomin", "charging_director")
        twin = browser_of("zhaomin")
        twin.defaults["HTTP_HOST"] = "beta.test"
        assert not Export.objects.exists()

        assert twin.post(reverse("downloads-fetch", args=[wish.pk])).status_code == 404
    stranger = Browser(headers={"host": "beta.test"})
    stranger.cookies = director.cookies
    assert stranger.post(reverse("downloads-fetch", args=[wish.pk])).status_code == 302


def test_file_that_is_not_ready_or_has_expired_is_not_found(
    director: Client, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wish = ask(director, url)
    address = reverse("downloads-fetch", args=[wish.pk])
    assert director.post(address).status_code == 404
    work(wish)

    Export.objects.update(expires_at=later(minutes=-1))

    assert director.post(address).status_code == 404
    assert "No downloads" in director.get(reverse("downloads")).content.decode()


def test_who_may_not_export_any_more_does_not_fetch(director: Client, url: str) -> None:
    wish = ask(director, url)
    work(wish)
    person = User.objects.get(username="zhaomin")
    person.holdings.update(post="meter_reader")

    assert director.post(reverse("downloads-fetch", args=[wish.pk])).status_code == 403


def test_who_may_not_see_the_list_any_more_does_not_fetch(project: Project) -> None:
    admin = signed_in("xujing", "company_admin")
    wish = ask(admin, reverse("people"))
    work(wish)
    User.objects.get(username="xujing").holdings.update(post="property_manager")

    assert admin.post(reverse("downloads-fetch", args=[wish.pk])).status_code == 403


def test_deleting_stops_the_work(director: Client, url: str) -> None:
    wish = ask(director, url)

    director.post(reverse("downloads-delete", args=[wish.pk]))

    assert not Export.objects.exists()
    assert Job.objects.get().state == JobState.STOPPED
    with pytest.raises(NotFound):
        queries.get_export(actor=actor_of("zhaomin"), export_id=wish.pk, now=timezone.now())


def test_night_removes_what_is_over(director: Client, url: str, tenant: Company) -> None:
    kept, expired, stuck = (ask(director, url, query=f"?q={word}") for word in ("10", "11", "12"))
    for wish in (kept, expired):
        work(wish)
    Export.objects.filter(pk=expired.pk).update(expires_at=later(minutes=-1))
    Export.objects.filter(pk=stuck.pk).update(asked_at=later(days=-8))

    tasks.drop_expired_exports(schema=tenant.schema_name)

    assert list(Export.objects.all()) == [kept]
    assert set(ExportPart.objects.values_list("export_id", flat=True)) == {kept.pk}
    entry = app.conf.beat_schedule["drop-expired-exports"]
    assert entry["kwargs"]["task"] == tasks.drop_expired_exports.name


def test_page_takes_the_same_queries_however_many_downloads(
    director: Client, url: str, django_assert_max_num_queries: Any
) -> None:
    for word in ("1", "2", "3"):
        work(ask(director, url, query=f"?q={word}"))
    director.get(reverse("downloads"))

    with django_assert_max_num_queries(9 + 2):  # two put the company in force
        director.get(reverse("downloads"))
