"""What waits at a project's home: for whom, and where it leads."""

from datetime import date
from typing import Any

import pytest
from django.utils import translation

from console.dashboard.todos import todos
from kernel.access import Actor
from kernel.duties import Mode
from kernel.imports.models import BatchState, ImportBatch
from kernel.policies.reading import reading_once
from services.billing.runs.models import BillRun, RunState
from services.billing.standards import operations as standards
from tenants.companies.models import Company
from tests import factories, factories_billing, factories_runs
from tests.console.visitor import sign_in
from tests.factories import NOW, TODAY, add_actor, add_user
from tests.factories_duties import ask, set_mode
from tests.factories_runs import Office


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


@pytest.fixture
def office(tenant: Company) -> Office:
    return factories_runs.open_office()


def seen_by(actor: Actor, office: Office) -> list[tuple[str, str, str]]:
    prefix = f"/p/{office.project.pk}/"
    return [
        (todo.title, todo.note, todo.url.removeprefix(prefix))
        for todo in todos(actor=actor, project_id=office.project.pk, today=TODAY, now=NOW)
    ]


def upload(office: Office, state: str, *, project_id: int = 0, kind: str = "unit-ledger") -> None:
    ImportBatch.objects.create(
        kind=kind,
        project_id=project_id or office.project.pk,
        file_name="ledger.xlsx",
        file_size=1,
        sha256="0" * 64,
        state=state,
        uploaded_by_label="x",
        uploaded_at=NOW,
    )


def test_nothing_waits_in_a_project_that_is_up_to_date(office: Office) -> None:
    assert seen_by(office.director, office) == []


def test_draft_waits_for_those_who_check_and_have_not_prepared_it(office: Office) -> None:
    factories_runs.add_homes(office.project, 3)
    run = factories_runs.preview(office, actor=office.director)

    check = ("Bills of November 2026 to be checked", "3 bills, 840.00", f"bill-runs/{run.pk}/")
    assert seen_by(office.manager, office) == [check]
    assert seen_by(office.director, office) == []
    assert seen_by(office.collector, office) == []


def test_checked_run_waits_for_those_who_post(office: Office) -> None:
    factories_runs.add_homes(office.project, 1)
    run = factories_runs.preview(office)
    factories_runs.check(office, run)

    post = ("Bills of November 2026 to be posted", "1 bills, 280.00", f"bill-runs/{run.pk}/")
    assert seen_by(office.director, office) == [post]
    assert seen_by(office.manager, office) == []


@pytest.mark.parametrize(("checked", "who"), [(False, "collector"), (True, "director")])
def test_run_that_broke_off_waits_for_who_can_take_it_up(
    office: Office, *, checked: bool, who: str
) -> None:
    factories_runs.add_homes(office.project, 1)
    run = factories_runs.preview(office)
    if checked:
        factories_runs.check(office, run)
    BillRun.objects.filter(pk=run.pk).update(state=RunState.FAILED)

    titles = {
        name: [title for title, _note, _url in seen_by(getattr(office, name), office)]
        for name in ("collector", "director", "manager")
    }
    broke_off = ["Bill run of November 2026 broke off"]
    assert titles[who] == broke_off
    assert titles["manager"] == []
    # The director may prepare as well as post; the collector only prepares.
    assert titles["director"] == broke_off
    assert titles["collector"] == ([] if checked else broke_off)


def test_exceptions_wait_by_month_for_those_who_resolve(office: Office) -> None:
    (unit,) = factories_runs.add_homes(office.project, 1)
    for code in ("SB-1", "SB-2"):
        meter = factories_billing.add_meter(unit, code)
        factories_runs.read(meter, "3", state="EXCEPTION")
    factories_runs.read(factories_billing.add_meter(unit, "SB-3"), "3")

    assert seen_by(office.director, office) == [
        (
            "Meter readings of October 2026 to be resolved",
            "2 exceptions",
            "readings/2026-10/?state=EXCEPTION",
        )
    ]
    assert seen_by(office.collector, office) == []


@pytest.mark.parametrize(
    ("day", "month", "count"),
    # The window is from the 25th to the 30th: until it opens, the month before is read.
    [(date(2026, 11, 9), "2026-10", 1), (date(2026, 11, 25), "2026-11", 2)],
)
def test_meters_without_a_reading_wait_for_those_who_read(
    office: Office, day: date, month: str, count: int
) -> None:
    (unit,) = factories_runs.add_homes(office.project, 1)
    factories_runs.read(factories_billing.add_meter(unit, "SB-1"), "3")
    factories_billing.add_meter(unit, "SB-2")
    reader = factories.add_actor("lijianguo", "meter_reader", project_id=office.project.pk)

    (todo,) = todos(actor=reader, project_id=office.project.pk, today=day, now=NOW)

    assert todo.note == ("1 meter" if count == 1 else "2 meters")
    assert todo.url == f"/p/{office.project.pk}/readings/{month}/missing/"
    assert todos(actor=office.manager, project_id=office.project.pk, today=day, now=NOW) == []


def test_prices_and_scopes_wait_for_the_manager_unless_he_drafted_them(office: Office) -> None:
    admin = factories.add_actor("xujing", "company_admin")
    standard = factories_billing.add_standard(office.project, name="new")
    version = factories_billing.draft(standard, actor=admin)
    standards.assign_by_rule(
        actor=admin, standard_id=standard.pk, valid_from=version.valid_from, now=NOW
    )
    unsubmitted = seen_by(office.manager, office)

    standards.submit_version(actor=admin, version_id=version.pk, now=NOW)

    price = ("Papers to be signed", "1 case", f"/approvals/?project={office.project.pk}")
    scope = ("Who is charged: to be confirmed", "1 fee standard", "fee-standards/?scope=1")
    assert unsubmitted == [scope]
    assert seen_by(office.manager, office) == [price, scope]
    assert seen_by(admin, office) == []


def test_files_wait_for_those_who_may_import_their_kind(office: Office) -> None:
    other = factories_runs.open_project(office, "BH", "滨河苑")
    for state in BatchState.values:
        if state not in {"COMMITTED", "UNDONE"}:
            upload(office, state)
    upload(office, "REHEARSED", project_id=other.project.pk)

    assert seen_by(office.director, office) == [
        (
            "Uploaded files to be imported",
            "2 files",
            "imports/?state=NEEDS_MAPPING&state=REHEARSED",
        )
    ]
    assert seen_by(office.collector, office) == []


def test_work_of_another_project_is_not_shown(office: Office) -> None:
    other = factories_runs.open_project(office, "BH", "滨河苑")
    factories_runs.add_homes(other.project, 1)
    factories_runs.preview(other)

    assert seen_by(office.manager, office) == []
    assert len(seen_by(office.manager, other)) == 1


def test_home_shows_them_and_each_leads_to_a_page(office: Office) -> None:
    factories_runs.add_homes(office.project, 1)
    factories_runs.preview(office)
    upload(office, "REHEARSED")
    director = sign_in("zhaomin")

    page = director.get(f"/p/{office.project.pk}/")

    assert [todo.title for todo in page.context["todos"]] == [
        "Uploaded files to be imported",
        "Bills of November 2026 to be checked",
    ]
    for todo in page.context["todos"]:
        assert todo.url in page.content.decode().replace("&amp;", "&")
        assert director.get(todo.url).status_code == 200


def test_an_exemption_waits_for_those_who_decide_it(office: Office) -> None:
    set_mode(Mode.BLOCK_WITH_EXEMPTION)
    admin = add_actor("xujing", "company_admin")
    clerk = add_user("clerk")
    exemption = ask(admin, clerk, "SoD-08", project_id=office.project.pk)

    page = f"/c/duties/exemptions/{exemption.pk}/"
    words = "Exemptions from the separation of duties to be decided"
    assert seen_by(office.manager, office) == [(words, f"SoD-08 · {clerk.name}", page)]
    assert seen_by(admin, office) == []
    ask(admin, clerk, "SoD-01", project_id=office.project.pk)
    assert len(seen_by(office.manager, office)) == 2


@pytest.mark.parametrize(("who", "queries"), [("director", 10), ("manager", 7)])
def test_to_dos_take_a_query_for_each_kind_of_work(
    office: Office, django_assert_num_queries: Any, who: str, queries: int
) -> None:
    factories_runs.add_homes(office.project, 1)
    factories_runs.preview(office)
    upload(office, "REHEARSED")

    with django_assert_num_queries(queries), reading_once():
        todos(actor=getattr(office, who), project_id=office.project.pk, today=TODAY, now=NOW)
